"""Reads a judge's reply strictly: one JSON object with evidence, or no score at all."""

import json
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from evalci.core.answer import read_answer
from evalci.core.golden_set import Protocol
from evalci.core.json_value import Json, JsonObject, as_object, without_surrogates
from evalci.core.judge_question import MIN_QUOTE_CHARS, Question
from evalci.core.trial import Finish, Output

MAX_REPLY_CHARS = 20_000
MAX_TEXT_CHARS = 500
_NO_LETTER = re.compile(r"[\W_]+")
_QUOTES = str.maketrans("\u201c\u201d\u2018\u2019", "\"\"''")


class Fault(StrEnum):
    """Why a reply gives no score; each is asked again once, and none is ever a number."""

    REFUSED = "the judge refused"
    TRUNCATED = "the judge's reply was cut off"
    OBEYED = "the judge followed an instruction inside the answer"
    EMPTY = "the judge's reply was empty"
    TOO_LONG = "the judge's reply was far too long"
    NOT_JSON = "the judge's reply was not JSON"
    SEVERAL = "the judge's reply was more than one JSON value"
    NOT_OBJECT = "the judge's reply was no JSON object"
    WRONG_KEYS = "the judge's reply had missing, unknown or doubled keys"
    WRONG_TYPE = "the judge's reply had a value of the wrong type"
    ABSTAINED = "the judge abstained"
    OUT_OF_SCALE = "the judge's score is not on the scale"
    NO_EVIDENCE = "the judge's evidence is not in the answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a reply is worth from 0 to 1; ``fault`` says why where ``value`` is None."""

    value: float | None
    reason: str = ""
    evidence: str = ""
    fault: Fault | None = None


class _UnusableError(Exception):
    """A reply has a fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def read_reply(output: Output, question: Question) -> Reply:
    """Return what a judge's output says; nothing is ever fished out of prose."""
    try:
        data = _object(_text(output, question))
        return _reply(data, question)
    except _UnusableError as exc:
        return Reply(value=None, fault=exc.fault)


def _text(output: Output, question: Question) -> str:
    """Return the JSON text of a reply: all of it, or the one fenced block that is all of it."""
    if output.finish is Finish.REFUSED:
        raise _UnusableError(Fault.REFUSED)
    if output.finish is Finish.TRUNCATED:
        raise _UnusableError(Fault.TRUNCATED)
    if _says(output.text, question.canary):
        raise _UnusableError(Fault.OBEYED)
    if len(output.text) > MAX_REPLY_CHARS:
        raise _UnusableError(Fault.TOO_LONG)
    text = read_answer(Protocol.JSON, output.text)
    if not text or not text.strip():
        raise _UnusableError(Fault.EMPTY)
    return text.strip()


def _object(text: str) -> JsonObject:
    try:
        value: Json = json.loads(text, object_pairs_hook=_distinct, parse_constant=_refuse)
    except json.JSONDecodeError as exc:
        several = exc.msg == "Extra data" and text[exc.pos] in "{["
        raise _UnusableError(Fault.SEVERAL if several else Fault.NOT_JSON) from None
    except (ValueError, RecursionError):
        raise _UnusableError(Fault.NOT_JSON) from None
    if not isinstance(value, dict):
        raise _UnusableError(Fault.NOT_OBJECT)
    return as_object(without_surrogates(value, text))


def _distinct(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    """Return an object; a key that stands there twice would say two things."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _UnusableError(Fault.WRONG_KEYS)
    return found


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _reply(data: JsonObject, question: Question) -> Reply:
    if any(_says(text, question.canary) for text in data.values() if isinstance(text, str)):
        raise _UnusableError(Fault.OBEYED)
    if set(data) != {"evidence", "reason", question.key}:
        raise _UnusableError(Fault.WRONG_KEYS)
    evidence, reason, said = data["evidence"], data["reason"], data[question.key]
    if said is None:
        raise _UnusableError(Fault.ABSTAINED)
    if not isinstance(evidence, str) or not isinstance(reason, str):
        raise _UnusableError(Fault.WRONG_TYPE)
    word = _word(said, question)
    if word not in question.values:
        raise _UnusableError(Fault.OUT_OF_SCALE)
    if not _stands(evidence, question) and not (word in question.silent and not evidence.strip()):
        raise _UnusableError(Fault.NO_EVIDENCE)
    return Reply(
        value=question.values[word],
        reason=" ".join(reason.split())[:MAX_TEXT_CHARS],
        evidence=evidence.strip()[:MAX_TEXT_CHARS],
    )


def _says(text: str, canary: str) -> bool:
    """Tell whether a text holds the canary, in whatever case and however it is spaced."""
    letters = _NO_LETTER.sub("", unicodedata.normalize("NFKC", text).casefold())
    return _NO_LETTER.sub("", canary) in letters


def _word(said: Json, question: Question) -> int | str:
    """Return a reply of the kind that is asked for; 2.0 is the number 2, "2" and true are not."""
    wanted = str if any(isinstance(value, str) for value in question.values) else (int, float)
    if isinstance(said, bool) or not isinstance(said, wanted):
        raise _UnusableError(Fault.WRONG_TYPE)
    if isinstance(said, float):
        if not said.is_integer():
            raise _UnusableError(Fault.OUT_OF_SCALE)
        return int(said)
    return str(said) if isinstance(said, str) else int(said)


def _stands(evidence: str, question: Question) -> bool:
    """Tell whether a quote occurs in the answer, white space and curved quotes aside."""
    quote, text = _plain(evidence), _plain(question.quoted)
    return quote in text and len(quote) >= min(MIN_QUOTE_CHARS, len(text))


def _plain(text: str) -> str:
    return " ".join(text.translate(_QUOTES).split())
