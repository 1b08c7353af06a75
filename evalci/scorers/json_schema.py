"""A pass/fail scorer: the answer is JSON and fits a JSON Schema (draft 2020-12)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evalci.core.golden_set import Case
from evalci.core.json_value import JsonObject, parse_json
from evalci.core.trial import Output, Score
from evalci.scorers.base import Scorer, ScorerKind, Tier, answer_of, parameters

if TYPE_CHECKING:
    from evalci.scorers.schema_validator import SafeValidator


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonSchema:
    """1 when the answer parses as JSON and the schema finds nothing wrong."""

    validator: "SafeValidator"

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
        return self.validator.problem(value)


def build_json_schema(params: JsonObject, case: Case) -> Scorer:
    """Return the scorer; ValueError for an invalid schema, a foreign `$ref`, a refused pattern."""
    # The library takes a tenth of a second to import.
    from evalci.scorers.schema_validator import SafeValidator

    del case
    schema: Any = params["schema"]
    if isinstance(schema, str):
        try:
            schema = parse_json(schema)
        except ValueError as exc:
            raise ValueError(f"the schema is not JSON: {exc}") from None
    return JsonSchema(validator=SafeValidator(schema))


JSON_SCHEMA = ScorerKind(
    name="json_schema",
    tier=Tier.STRUCTURE,
    version=1,
    binary=True,
    schema=parameters(required=("schema",), schema={"type": ["object", "boolean", "string"]}),
    build=build_json_schema,
)
