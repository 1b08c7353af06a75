"""What a parsed YAML or JSON file may hold, and its one canonical form."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias, cast

import rfc8785

if TYPE_CHECKING:
    Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
    JsonObject: TypeAlias = Mapping[str, Json]
else:  # a recursive alias cannot be evaluated, and the converter of `run_file` evaluates hints
    Json, JsonObject = object, Mapping


_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)
# What may be a fraction, an exponent or a huge number, or only looks like one inside a text.
_DOUBTFUL = re.compile(r"[0-9](?:\.[0-9]|[eE]|[0-9]{15})")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")


def canonical(value: Json) -> bytes:
    """Return the RFC 8785 bytes of a value: the same on every machine and Python version.

    Raises ValueError for NaN, infinities and integers beyond 2**53, which JSON cannot carry.
    """
    try:
        # With keys in ASCII and numbers of usual size, the standard library writes the same bytes.
        text = _ENCODER.encode(value)
        if not text.isascii() or _DOUBTFUL.search(text):
            text = _ENCODER.encode(_simple(value))
    except _NotSimpleError:
        pass
    else:
        return text.encode()
    return rfc8785.dumps(cast("dict[str, object]", value))  # type: ignore[arg-type]  # its type names concrete containers


class _NotSimpleError(Exception):
    """A value holds what the standard library writes in another way than RFC 8785."""


def _simple(value: Json) -> Json:
    """Return a value with whole numbers as integers; _NotSimpleError for what needs an exponent."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return value
    if kind is dict:
        items = cast("dict[str, Json]", value)
        if not all(type(key) is str and key.isascii() for key in items):
            raise _NotSimpleError
        # Most of what there is are texts: they are spared the call.
        return {k: item if type(item) is str else _simple(item) for k, item in items.items()}
    if kind is list:
        return [_simple(item) for item in cast("list[Json]", value)]
    if kind in {int, float} and abs(number := cast("float", value)) < 2**53 and number % 1 == 0:
        return int(number)
    if kind is float and 1e-4 <= abs(cast("float", value)) < 2**53:
        return value
    raise _NotSimpleError


def as_object(value: Json) -> JsonObject:
    """Return a mapping that a schema has already checked to be one."""
    return cast("JsonObject", value)


def value_at(value: Json, *path: str) -> Json:
    """Return what stands at a path in a value of any shape, None when a part of it is missing."""
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def as_list(value: Json) -> Sequence[Json]:
    """Return a value or a list of values as a list; None is the empty list."""
    if value is None:
        return ()
    return value if isinstance(value, (list, tuple)) else (value,)


def as_texts(value: Json) -> tuple[str, ...]:
    """Return one text or a list of texts as a tuple of texts."""
    return tuple(str(item) for item in as_list(value))


def parse_json(text: str) -> Json:
    """Return the value of a JSON text; half a surrogate pair in it becomes a question mark.

    Raises ValueError for anything else, NaN, infinities and bottomless nesting included.
    """
    try:
        value: Json = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite_number)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return without_surrogates(value, text)


def without_surrogates(value: Json, text: str) -> Json:
    """Return the value of a JSON text in a form that any file can hold.

    JSON may spell half a surrogate pair, which no UTF-8 carries: a question mark stands for it.
    """
    if not _SURROGATE.search(text):
        return value
    mended: Json = json.loads(encodable(json.dumps(value, ensure_ascii=False)))
    return mended


def encodable(text: str) -> str:
    """Return a text that any file can hold: half a surrogate pair becomes a question mark."""
    return text.encode("utf-8", "replace").decode()


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _finite_number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is beyond the range of a double")
    return number


def unread_by_html(text: str) -> str:
    """Return a JSON text that can neither end an HTML comment nor begin a tag."""
    text = text.replace("<", "\\u003c").replace(">", "\\u003e")
    return re.sub("-(?=-)", "\\\\u002d", text)


def same_json(left: Json, right: Json) -> bool:
    """Compare two values as JSON does: 1 equals 1.0 but not true, and keys have no order."""
    waiting = [(left, right)]
    while waiting:
        one, other = waiting.pop()
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            if one.keys() != other.keys():
                return False
            waiting += [(one[key], other[key]) for key in one]
        elif isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
            if len(one) != len(other):
                return False
            waiting += zip(one, other, strict=True)
        elif isinstance(one, bool) != isinstance(other, bool) or one != other:
            return False
    return True


def number(value: Json, default: float) -> float:
    """Return a number, or the default for anything else."""
    return float(value) if isinstance(value, (int, float)) else default


def integer(value: Json, default: int) -> int:
    """Return a whole number, or the default for anything else."""
    return int(value) if isinstance(value, (int, float)) else default
