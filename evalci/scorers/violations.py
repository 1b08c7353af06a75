"""The `violations` scorer: points to begin with, and a deduction for each rule that is broken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalci.core.answer import without_reasoning
from evalci.core.golden_set import Case
from evalci.core.json_value import JsonObject, as_list, as_object, number
from evalci.core.pattern import Pattern, compile_pattern
from evalci.core.trial import Output, Score
from evalci.scorers.base import Scorer, ScorerKind, Tier, parameters

START = 10.0
MAX_DETAILS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What costs ``weight`` points: a pattern in the answer, or a low score of another scorer.

    ``each`` counts every line that matches. A scorer, the judge say, breaks the rule below
    ``below``.
    """

    id: str
    weight: float
    pattern: Pattern | None = None
    each: bool = False
    scorer: str = ""
    below: float = 1.0

    def broken(self, text: str, earlier: Mapping[str, Score]) -> int | None:
        """Return how often an answer breaks the rule, None when nobody can tell."""
        if self.pattern is None:
            score = earlier.get(self.scorer)
            if score is None or score.value is None:
                return None
            return int(score.value < self.below)
        if not self.each:
            return int(bool(self.pattern.search(text)))
        return sum(bool(self.pattern.search(line)) for line in text.splitlines())


@dataclass(frozen=True, slots=True, kw_only=True)
class Violations:
    """The points that are left, over the points at the start; below 0 = worse than the input.

    It comes last, because its rules may look at the other scores of the trial.
    """

    start: float
    floor: float | None
    rules: tuple[Rule, ...]

    def score(self, case: Case, output: Output) -> Score:
        """Apply the rules without any other score."""
        del case
        return self.score_after(output, ())

    def score_after(self, output: Output, earlier: Sequence[Score]) -> Score:
        """Apply the rules; unscored when a rule looks at a score that is missing."""
        scores = {score.scorer: score for score in earlier}
        answer = without_reasoning(output.text)
        counts = [(rule, rule.broken(answer, scores)) for rule in self.rules]
        unknown = next((rule for rule, count in counts if count is None), None)
        if unknown is not None:
            reason = f"`{unknown.id}` needs the score of `{unknown.scorer}`, which is missing"
            return Score(scorer="violations", value=None, reason=reason)
        lines = [_line(rule, count) for rule, count in counts if count]
        left = self.start - sum(rule.weight * (count or 0) for rule, count in counts)
        points = left if self.floor is None else min(max(left, self.floor), self.start)
        worse = ", worse than the input" if points < 0 else ""
        return Score(
            scorer="violations",
            value=points / self.start,
            reason=f"{points:g} of {self.start:g}{worse}: {lines[0]}" if lines else "",
            details=tuple(lines[:MAX_DETAILS]),
            measures={"points": points, "violations": float(sum(c or 0 for _, c in counts))},
        )


def _line(rule: Rule, count: int | None) -> str:
    times = f" × {count}" if count and count > 1 else ""
    return f"{rule.id} −{rule.weight:g}{times}"


def build_violations(params: JsonObject, case: Case) -> Scorer:
    """Return the scorer; ValueError for a rule with no single source or an absent scorer.

    So is a floor that leaves nothing to deduct.
    """
    names = {spec.name for spec in case.scorers}
    rules = tuple(_rule(as_object(entry), names) for entry in as_list(params["rules"]))
    start, given = number(params.get("start"), START), params.get("floor")
    floor = None if given is None else number(given, 0.0)
    if floor is not None and floor >= start:
        raise ValueError(f"`floor` ({floor:g}) must be below `start` ({start:g})")
    return Violations(start=start, floor=floor, rules=rules)


def _rule(data: JsonObject, names: set[str]) -> Rule:
    name, scorer = str(data["id"]), str(data.get("scorer", ""))
    if ("regex" in data) == bool(scorer):
        raise ValueError(f"the rule `{name}` needs either `regex` or `scorer`")
    if scorer and (scorer not in names or scorer == "violations"):
        raise ValueError(f"the rule `{name}` looks at `{scorer}`, which the case does not have")
    return Rule(
        id=name,
        weight=number(data["weight"], 0.0),
        pattern=compile_pattern(str(data["regex"])) if "regex" in data else None,
        each=bool(data.get("each", False)),
        scorer=scorer,
        below=number(data.get("below"), 1.0),
    )


VIOLATIONS = ScorerKind(
    name="violations",
    tier=Tier.DEDUCTION,
    version=1,
    binary=False,
    schema=parameters(
        required=("rules",),
        start={"type": "number", "exclusiveMinimum": 0, "maximum": 1000},
        floor={"type": "number", "minimum": -1000, "maximum": 1000},
        rules={
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["id", "weight"],
                "properties": {
                    "id": {"type": "string", "minLength": 1, "maxLength": 80},
                    "weight": {"type": "number", "exclusiveMinimum": 0, "maximum": 1000},
                    "regex": {"type": "string", "minLength": 1},
                    "each": {"type": "boolean"},
                    "scorer": {"type": "string", "minLength": 1},
                    "below": {"type": "number", "minimum": -1000, "maximum": 1000},
                },
            },
        },
    ),
    build=build_violations,
)
