"""Reads what a scorer of the user's own returned: a typed result, or no score at all."""

import math

from evalci.core.json_value import Json, as_object, as_texts, number
from evalci.core.trial import Score, shortened

MAX_REASON = 500
MAX_DETAIL = 200
MAX_DETAILS = 20
_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["value"],
    "properties": {
        "value": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
        "reason": {"type": "string"},
        "details": {"type": "array", "items": {"type": "string"}},
        "measures": {
            "type": "object",
            "maxProperties": 20,
            "propertyNames": {"maxLength": 60},
            "additionalProperties": {"type": "number", "minimum": -1e12, "maximum": 1e12},
        },
    },
}


def read_result(name: str, data: Json) -> Score:
    """Return the score that a result is; unscored, with the cause, for anything ill-typed.

    A result is ``{"value": 0..1 or null, "reason": text, "details": [text], "measures": {name:
    number}}``; all but ``value`` may be left out. Nothing is guessed.
    """
    problem = _problem(data)
    if problem:
        return Score(scorer=name, value=None, reason=f"not a result: {problem}")
    given = as_object(data)
    value, reason = given["value"], str(given.get("reason", ""))
    return Score(
        scorer=name,
        value=None if value is None else number(value, 0.0),
        reason=shortened(reason, MAX_REASON) or ("it gave no score" if value is None else ""),
        details=tuple(
            shortened(text, MAX_DETAIL) for text in as_texts(given.get("details"))[:MAX_DETAILS]
        ),
        measures={k: number(v, 0.0) for k, v in as_object(given.get("measures", {})).items()},
    )


def _problem(data: Json) -> str:
    from jsonschema import Draft202012Validator

    error = next(Draft202012Validator(_SCHEMA).iter_errors(data), None)
    if error is not None:
        return shortened(f"`{error.json_path}`: {error.message}", MAX_DETAIL)
    given = as_object(data)
    numbers = [given["value"], *as_object(given.get("measures", {})).values()]
    finite = all(math.isfinite(number(value, 0.0)) for value in numbers)
    return "" if finite else "a number is not finite"
