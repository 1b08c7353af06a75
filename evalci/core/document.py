"""A parsed file with the means to say on which line something stands."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from evalci.core.json_value import Json, JsonObject, as_object
from evalci.core.problem import Problem, did_you_mean
from evalci.schemas import load_schema

Path = Sequence[str | int]
_EXCESS = {
    "maxItems": "is too long",
    "maxLength": "is too long",
    "maxProperties": "has too many properties",
}

_TYPES = {
    "object": "a mapping (`key: value`)",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "empty",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The content of one file; ``line_of`` is asked only when there is something to report."""

    source: str
    data: Json
    line_of: Callable[[Path], int]

    def problem(self, path: Path, message: str, *, hint: str = "") -> Problem:
        """Return a problem at a place inside this file."""
        where = dotted(path)
        text = f"`{where}`: {message}" if where else message
        return Problem(source=self.source, line=self.line_of(path), message=text, hint=hint)

    def check(self, schema: str) -> list[Problem]:
        """Return everything that the named schema finds wrong."""
        return list(schema_problems(self, as_object(load_schema(schema)), self.data, ()))


def dotted(path: Path) -> str:
    """Return ``cases[3].scorers.exact`` for a path of keys and indices."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def schema_problems(
    document: Document, schema: JsonObject, data: Json, at: Path
) -> Iterator[Problem]:
    """Yield what a JSON Schema finds wrong with ``data``, which stands at ``at``."""
    if fits(schema, data):
        return
    from jsonschema import Draft202012Validator

    for error in Draft202012Validator(schema).iter_errors(data):
        yield from _problems_of(document, error, (*at, *error.absolute_path))


def fits(schema: JsonObject, data: Json) -> bool:
    """Tell at a glance, fifty times faster than it takes to say what is wrong."""
    try:
        return jsonschema_rs.Draft202012Validator(dict(schema)).is_valid(data)
    except ValueError:  # a value that is not JSON, such as a date
        return False


def _problems_of(document: Document, error: Any, path: Path) -> Iterator[Problem]:
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = sorted(error.schema.get("properties", {}))
        for key in sorted(set(error.instance) - set(known), key=str):
            hint = did_you_mean(str(key), known)
            yield document.problem((*path, key), f"unknown key `{key}`", hint=hint)
        return
    if "propertyNames" in error.absolute_schema_path:
        about = str(error.schema.get("description", ""))
        hint = _enum_hint(error.instance, error.schema.get("enum", [])) or about
        yield document.problem((*path, error.instance), "not allowed here", hint=hint)
        return
    message, hint = _message_of(error)
    yield document.problem(path, message, hint=hint)


def _message_of(error: Any) -> tuple[str, str]:
    """Return what is wrong and what to write instead, in words rather than in schema terms."""
    schema = error.schema if isinstance(error.schema, dict) else {}
    hint = str(schema.get("description", ""))
    rule, got = error.validator_value, _got(error.instance, schema)
    match error.validator:
        case "required":
            missing = [f"`{key}`" for key in rule if key not in error.instance]
            message, hint = f"missing key {', '.join(missing)}", ""
        case "type":
            wanted = [rule] if isinstance(rule, str) else rule
            message = _type_message(error.instance, got, wanted)
            hint = _type_hint(error.instance, wanted) or hint
        case "enum":
            allowed = [str(word) for word in rule]
            message = f"{got} is not one of {', '.join(allowed)}"
            hint = _enum_hint(error.instance, allowed)
        case "minItems" | "minProperties" | "minLength":
            message = "is empty"
        case "uniqueItems":
            message, hint = _doubled(error.instance), "remove one"
        case "maxItems" | "maxLength" | "maxProperties":
            message = f"{got} {_EXCESS[error.validator]}"
        case "anyOf" | "oneOf" | "not" | "pattern" | "const" | "propertyNames":
            message = f"{got} is not valid here"
        case _:
            message = str(error.message)
    return message, hint


def _got(instance: Json, schema: JsonObject) -> str:
    return "what stands here" if schema.get("writeOnly") else shown(instance)  # maybe a secret


def _type_message(instance: Json, got: str, wanted: Sequence[str]) -> str:
    words = " or ".join(_TYPES[one] for one in wanted)
    return f"nothing stands here, not {words}" if instance is None else f"{got} is not {words}"


def _type_hint(instance: Json, wanted: Sequence[str]) -> str:
    if not isinstance(instance, (str, int, float)) or isinstance(instance, bool):
        return ""
    if wanted == ["string"]:
        return f'write it in quotes: "{instance}"'
    return f"write [{instance}]" if wanted == ["array"] else ""


def _doubled(items: Sequence[Json]) -> str:
    twice = next(item for index, item in enumerate(items) if item in items[:index])
    return f"{shown(twice)} stands here twice"


def _enum_hint(instance: Json, words: list[str]) -> str:
    hint = did_you_mean(str(instance), words)
    return hint if hint.startswith("did") else ""


def shown(value: Json, limit: int = 60) -> str:
    """Return a short printable form of a value for a message."""
    text = repr(value) if isinstance(value, str) else str(value)
    text = text.replace("\n", " ")
    return text if len(text) <= limit else text[: limit - 1] + "…"
