"""A JSON Schema validator that neither fetches nor hangs, whatever the answer says."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError, best_match
from jsonschema.validators import extend
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from evalci.core.json_value import Json, JsonObject
from evalci.core.pattern import compile_pattern


def _pattern(
    validator: Any, pattern: str, instance: Json, schema: JsonObject
) -> Iterator[ValidationError]:
    del validator, schema
    if isinstance(instance, str) and not compile_pattern(pattern).search(instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _pattern_properties(
    validator: Any, patterns: Mapping[str, Json], instance: Json, schema: JsonObject
) -> Iterator[ValidationError]:
    del schema
    if not isinstance(instance, dict):
        return
    for pattern, subschema in patterns.items():
        for key, value in instance.items():
            if compile_pattern(pattern).search(key):
                yield from validator.descend(value, subschema, path=key, schema_path=pattern)


def _additional_properties(
    validator: Any, rule: Json, instance: Json, schema: JsonObject
) -> Iterator[ValidationError]:
    if not isinstance(instance, dict):
        return
    patterns: Any = schema.get("patternProperties", {})
    known: Any = schema.get("properties", {})
    for key, value in instance.items():
        if key in known or any(compile_pattern(p).search(key) for p in patterns):
            continue
        if rule is False:
            yield ValidationError(f"unexpected key {key!r}")
        else:
            yield from validator.descend(value, rule, path=key)


# Every place where the library would run Python's backtracking `re` on a model's text.
_DATA = {"const", "default", "enum", "examples"}
_Validator: Any = extend(  # type: ignore[no-untyped-call]  # untyped in the stubs
    Draft202012Validator,
    {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
    },
)


class SafeValidator:
    """Says what is wrong with a value by one schema."""

    def __init__(self, schema: Any) -> None:
        """``schema`` is checked: ValueError if invalid, for a foreign `$ref`, a refused pattern."""
        try:
            Draft202012Validator.check_schema(schema)
        except SchemaError as exc:
            raise ValueError(f"not a JSON Schema: {exc.message}") from None
        _check_parts(schema, schema)
        # A dialect named inside would bring back the library's own keywords, `re` and all.
        # An empty registry: nothing is ever fetched for a `$ref`.
        self._validator = _Validator(_without_dialect(schema), registry=Registry())

    def problem(self, value: Json) -> str:
        """Return the problem that says most, empty for a value that fits."""
        try:
            error = best_match(self._validator.iter_errors(value))
        except RecursionError:
            return "nested too deeply to be checked"
        return "" if error is None else f"{error.json_path}: {error.message}"


def _without_dialect(schema: Any) -> Any:
    """Return a schema in which no part names a dialect: all of it is read as draft 2020-12."""
    if isinstance(schema, list):
        return [_without_dialect(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: value if key in _DATA else _without_dialect(value)
        for key, value in schema.items()
        if not (key == "$schema" and isinstance(value, str))
    }


def _check_reference(reference: str, root: Json) -> None:
    if not reference.startswith("#"):
        raise ValueError(f"`$ref: {reference}` points outside the schema")
    resource = DRAFT202012.create_resource(cast("dict[str, Any]", root))
    try:
        Registry().with_resource("", resource).resolver("").lookup(reference)
    except Unresolvable:
        raise ValueError(f"`$ref: {reference}` points nowhere") from None


def _check_parts(schema: Json, root: Json) -> None:
    """Raise ValueError for a keyword that could fetch, or that the safe engine cannot serve."""
    if isinstance(schema, list):
        for item in schema:
            _check_parts(item, root)
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key not in _DATA:
                _check_keyword(key, value, root)
                _check_parts(value, root)


def _check_keyword(key: str, value: Json, root: Json) -> None:
    match key, value:
        case "$ref" | "$dynamicRef", str():
            _check_reference(value, root)
        case "pattern", str():
            compile_pattern(value)
        case "patternProperties", dict():
            for pattern in value:
                compile_pattern(pattern)
        case "unevaluatedProperties", _ if '"patternProperties"' in json.dumps(root):
            # The library looks for evaluated keys with `re`, which can hang.
            raise ValueError("`unevaluatedProperties` together with `patternProperties`")
        case _:
            return
