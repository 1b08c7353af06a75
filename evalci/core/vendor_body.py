"""Reads the text of a vendor's error: what the vendor itself says in it, and by which code.

Such a text may quote the prompt, so that words count at its beginning alone, and codes only in the
body itself.
"""

import json
import re
from collections.abc import Iterator

from evalci.core.json_value import Json, value_at

_OBJECT = re.compile(r'([\[\s]*)\{\s*"')  # Google's is in a list, over several lines
_NOISE = re.compile(r"^(?:(?:litellm\.)?\w+(?:Error|Exception)(?:: | - | (?=\w+Error)))+")
_CODE_PLACES = (("code",), ("type",), ("error", "code"), ("error", "type"))
_MESSAGE_PLACES = (("error", "message"), ("error",), ("message",), ("detail",))


def without_names(text: str) -> str:
    """Return a text without the class names that a client puts in front of it."""
    return _NOISE.sub("", text)


def own_message(text: str) -> str:
    """Return the vendor's own message of an error: from its body, or the text where it is none."""
    return next(_texts_at(_own_body(text), _MESSAGE_PLACES), without_names(text))


def codes_in(text: str) -> set[str]:
    """Return the codes of a text that is a JSON body; a body within a sentence is a quotation."""
    places = (*_CODE_PLACES, ("error", "innererror", "code"))  # the last one is Azure's
    return set(_texts_at(_own_body(text), places))


def message_in(text: str) -> str | None:
    """Return the `error.message` of a text that is a JSON body, None when there is none."""
    message = value_at(_own_body(text), "error", "message")
    return " ".join(message.split()) if isinstance(message, str) and message.strip() else None


def _own_body(text: str) -> Json:
    """Return the JSON object that a text begins with, None when it begins with another thing."""
    bare = without_names(text)
    start = _OBJECT.match(bare)
    if start is None:
        return None
    try:
        body: Json = json.JSONDecoder().raw_decode(bare, start.end(1))[0]
    except (ValueError, RecursionError):
        return None
    return body


def _texts_at(body: Json, places: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    found = (value_at(body, *place) for place in places)
    return (text for text in found if isinstance(text, str))
