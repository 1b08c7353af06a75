"""The `review` scorer: planted defects, found, missed, and false alarms."""

from collections.abc import Sequence
from dataclasses import dataclass

from evalci.core.golden_set import Case
from evalci.core.json_value import Json, JsonObject, as_list, as_object, as_texts
from evalci.core.location import Location, Remark, location_of, remarks_of
from evalci.core.pattern import Pattern, compile_pattern
from evalci.core.trial import Output, Score
from evalci.scorers.base import Scorer, ScorerKind, Tier, parameters

SLACK = 2
MAX_DETAILS = 20
# A missed defect of tier 1 makes the trial zero; in the recall it counts three times.
TIER_WEIGHT = {1: 3, 2: 2, 3: 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """A planted defect: where it is, and words of which a remark about it has one."""

    id: str
    tier: int
    location: Location | None
    words: tuple[Pattern, ...]

    def fits(self, remark: Remark, slack: int) -> bool:
        """Tell whether a remark is about this defect."""
        where = self.location
        if where and not any(where.touches(there, slack=slack) for there in remark.locations):
            return False
        return not self.words or any(word.search(remark.text) for word in self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The F-score of a review: precision, and a recall that weighs defects by their tier.

    Each remark counts for one defect at most. A remark about none is a false alarm, unless it
    matches ``allowed``; so is a paragraph only where it names a place. A missed defect of tier 1
    makes the trial zero.
    """

    defects: tuple[Defect, ...]
    allowed: tuple[Pattern, ...]
    slack: int

    def score(self, case: Case, output: Output) -> Score:
        """Hold what the review says against what was planted."""
        remarks = remarks_of(case.protocol, output.text)
        fits = [[d.fits(r, self.slack) for r in remarks] for d in self.defects]
        found = _matched(fits)
        hits = [defect for place, defect in enumerate(self.defects) if place in found]
        missed = [defect for defect in self.defects if defect not in hits]
        alarms = [
            remark
            for place, remark in enumerate(remarks)
            if not any(row[place] for row in fits) and self._alarms(remark)
        ]
        return self._scored(hits, missed, alarms)

    def _alarms(self, remark: Remark) -> bool:
        counts = remark.listed or bool(remark.locations)
        return counts and not any(pattern.search(remark.text) for pattern in self.allowed)

    def _scored(
        self, hits: Sequence[Defect], missed: Sequence[Defect], alarms: Sequence[Remark]
    ) -> Score:
        precision = len(hits) / (len(hits) + len(alarms)) if hits or alarms else 1.0
        recall = len(hits) / len(self.defects) if self.defects else 1.0
        worst = [defect.id for defect in missed if defect.tier == 1]
        value = 0.0 if worst else _f_score(precision, _weighted_recall(hits, missed))
        if not self.defects:
            value = 1 / (1 + len(alarms))
        counts = f"{len(hits)} of {len(self.defects)} found, {_counted(len(alarms))}"
        tier = f"missed {worst[0]} (tier 1): " if worst else ""
        return Score(
            scorer="review",
            value=value,
            reason="" if value == 1.0 else f"{tier}{counts}",
            details=(
                *[f"missed {d.id} (tier {d.tier})" for d in missed],
                *[f"false alarm: {remark.text}"[:200] for remark in alarms],
            )[:MAX_DETAILS],
            measures={
                "found": float(len(hits)),
                "missed": float(len(missed)),
                "false_alarms": float(len(alarms)),
                "precision": precision,
                "recall": recall,
            },
            zeroes=bool(worst),
        )


def _counted(alarms: int) -> str:
    return f"{alarms} false alarm{'' if alarms == 1 else 's'}"


def _weighted_recall(hits: Sequence[Defect], missed: Sequence[Defect]) -> float:
    got = sum(TIER_WEIGHT[defect.tier] for defect in hits)
    lost = sum(TIER_WEIGHT[defect.tier] for defect in missed)
    return got / (got + lost) if got + lost else 1.0


def _f_score(precision: float, recall: float) -> float:
    """Return the harmonic mean of two shares, 0 where both are."""
    total = precision + recall
    return 2 * precision * recall / total if total else 0.0


def _matched(fits: Sequence[Sequence[bool]]) -> set[int]:
    """Return the rows of a largest matching of rows to columns (Kuhn's augmenting paths)."""
    row_of: dict[int, int] = {}

    def placed(row: int, tried: set[int]) -> bool:
        for column, fit in enumerate(fits[row]):
            if fit and column not in tried:
                tried.add(column)
                if column not in row_of or placed(row_of[column], tried):
                    row_of[column] = row
                    return True
        return False

    for row in range(len(fits)):
        placed(row, set())
    return set(row_of.values())


def build_review(params: JsonObject, case: Case) -> Scorer:
    """Return the scorer; ValueError for a defect that nothing can find, or a doubled id."""
    del case
    defects = tuple(_defect(as_object(entry)) for entry in as_list(params["defects"]))
    ids = [defect.id for defect in defects]
    twice = next((id_ for id_ in ids if ids.count(id_) > 1), None)
    if twice is not None:
        raise ValueError(f"`review` has the defect `{twice}` twice")
    slack = params.get("slack", SLACK)
    return Review(
        defects=defects,
        allowed=tuple(compile_pattern(text) for text in as_texts(params.get("allowed"))),
        slack=slack if isinstance(slack, int) else SLACK,
    )


def _defect(data: JsonObject) -> Defect:
    if not {"file", "match"} & data.keys():
        raise ValueError(f"the defect `{data['id']}` needs `file` or `match`")
    tier = data["tier"]
    return Defect(
        id=str(data["id"]),
        tier=tier if isinstance(tier, int) else 3,
        location=location_of(data) if "file" in data else None,
        words=tuple(compile_pattern(text) for text in as_texts(data.get("match"))),
    )


_LINE: Json = {"type": "integer", "minimum": 1}
PLACE: dict[str, Json] = {
    "file": {"type": "string", "minLength": 1},
    "line": _LINE,
    "lines": {
        "type": "array",
        "items": _LINE,
        "minItems": 2,
        "maxItems": 2,
        "description": "the first and the last line",
    },
}
_PATTERNS: Json = {
    "description": "one pattern (RE2) or a list of them",
    "anyOf": [
        {"type": "string", "minLength": 1},
        {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}},
    ],
}
REVIEW = ScorerKind(
    name="review",
    tier=Tier.STRUCTURE,
    version=1,
    binary=False,
    schema=parameters(
        required=("defects",),
        defects={
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["id", "tier"],
                "properties": {
                    "id": {"type": "string", "minLength": 1, "maxLength": 80},
                    "tier": {"enum": [1, 2, 3], "description": "1 must be found"},
                    "match": _PATTERNS,
                    **PLACE,
                },
            },
        },
        allowed=_PATTERNS,
        slack={"type": "integer", "minimum": 0, "maximum": 100},
    ),
    build=build_review,
)
