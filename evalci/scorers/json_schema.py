"""A pass/fail scorer: the answer is JSON and fits a JSON Schema (draft 2020-12)."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError, best_match
from jsonschema.validators import extend
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from evalci.core.golden_set import Case
from evalci.core.json_value import Json, JsonObject, parse_json
from evalci.core.pattern import compile_pattern
from evalci.core.trial import Output, Score
from evalci.scorers.base import Scorer, ScorerKind, Tier, answer_of, parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonSchema:
    """1 when the answer parses as JSON and the schema finds nothing wrong."""

    validator: Any

    def score(self, case: Case, output: Output) -> Score:
        """Parse the answer and validate it."""
        try:
            problem = self._problem(answer_of(case, output) or "")
        except Exception as exc:  # noqa: BLE001  # the library's own limits, such as huge numbers
            reason = f"the schema cannot be applied: {type(exc).__name__}: {exc}"
            return Score(scorer="json_schema", value=None, reason=reason)
        return Score(scorer="json_schema", value=float(not problem), reason=problem)

    def _problem(self, answer: str) -> str:
        try:
            value = parse_json(answer)
        except ValueError:
            return f"not JSON: {answer.strip()!r}"
        try:
            error = best_match(self.validator.iter_errors(value))
        except RecursionError:
            return "nested too deeply to be checked"
        return "" if error is None else f"{error.json_path}: {error.message}"


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


def build_json_schema(params: JsonObject, case: Case) -> Scorer:
    """Return the scorer; ValueError for an invalid schema, a foreign `$ref`, a refused pattern."""
    del case
    schema: Any = params["schema"]
    if isinstance(schema, str):
        try:
            schema = parse_json(schema)
        except ValueError as exc:
            raise ValueError(f"the schema is not JSON: {exc}") from None
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as exc:
        raise ValueError(f"not a JSON Schema: {exc.message}") from None
    _check_parts(schema, schema)
    # A dialect named inside would bring back the library's own keywords, `re` and all.
    schema = _without_dialect(schema)
    # An empty registry: nothing is ever fetched for a `$ref`.
    return JsonSchema(validator=_Validator(schema, registry=Registry()))


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


JSON_SCHEMA = ScorerKind(
    name="json_schema",
    tier=Tier.STRUCTURE,
    version=1,
    binary=True,
    schema=parameters(required=("schema",), schema={"type": ["object", "boolean", "string"]}),
    build=build_json_schema,
)
