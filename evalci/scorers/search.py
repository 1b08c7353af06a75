"""The `search` scorer: a ranked list of places in code, held against the right ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from evalci.core.golden_set import Case
from evalci.core.json_value import JsonObject, as_list, as_object
from evalci.core.location import Location, location_of, remarks_of
from evalci.core.stats.ranking import ndcg_at, precision_at, recall_at, reciprocal_rank
from evalci.core.trial import Output, Score
from evalci.scorers.base import Scorer, ScorerKind, Tier, parameters
from evalci.scorers.review import PLACE

DEFAULT_K = 10
RIGHT_FILE = 0.5


class Measure(StrEnum):
    """What the score of a search is; all of them are reported."""

    NDCG = "ndcg"
    MRR = "mrr"
    RECALL = "recall"
    PRECISION = "precision"


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """How early a ranked list names the gold locations, 0 to 1.

    An exact hit is worth 1, the right file at a wrong place 0.5, each gold location once.
    Precision, recall and reciprocal rank count exact hits alone.
    """

    gold: tuple[Location, ...]
    k: int
    measure: Measure

    def score(self, case: Case, output: Output) -> Score:
        """Look at the places in the order in which the answer names them."""
        remarks = remarks_of(case.protocol, output.text)
        gains, hits = _graded([place for r in remarks for place in r.named], self.gold)
        measures = {
            Measure.NDCG.value: ndcg_at(gains, [1.0] * len(self.gold), self.k),
            Measure.MRR.value: reciprocal_rank(hits),
            Measure.RECALL.value: recall_at(hits, self.k, wanted=len(self.gold)),
            Measure.PRECISION.value: precision_at(hits, self.k),
        }
        exact = sum(hits)
        near = sum(0 < gain < 1 and not hit for gain, hit in zip(gains, hits, strict=True))
        missed = len(self.gold) - exact
        reason = f"{exact} of {len(self.gold)} exact, {near} in the right file, {missed} missed"
        value = measures[self.measure.value]
        return Score(
            scorer="search",
            value=value,
            reason="" if value == 1.0 else reason if remarks else "no location in the answer",
            measures={"exact": float(exact), "right_file": float(near), **measures},
        )


def _graded(found: Sequence[Location], gold: Sequence[Location]) -> tuple[list[float], list[bool]]:
    """Return the gain of each place, and whether it is an exact hit.

    What a place in the right file already earned for a gold location, the exact hit does not earn
    again: a list never gets more than the best one.
    """
    earned = dict.fromkeys(range(len(gold)), 0.0)
    gains, hits = [], []
    for place in found:
        exact = [n for n, right in enumerate(gold) if earned[n] < 1 and right.touches(place)]
        near = [n for n, right in enumerate(gold) if not earned[n] and right.same_file(place)]
        chosen, worth = (exact[:1], 1.0) if exact else (near[:1], RIGHT_FILE)
        gains.append(sum(worth - earned[n] for n in chosen))
        hits.append(bool(exact))
        earned.update(dict.fromkeys(chosen, worth))
    return gains, hits


def build_search(params: JsonObject, case: Case) -> Scorer:
    """Return the scorer."""
    del case
    k = params.get("k", DEFAULT_K)
    return Search(
        gold=tuple(location_of(as_object(entry)) for entry in as_list(params["gold"])),
        k=k if isinstance(k, int) else DEFAULT_K,
        measure=Measure(str(params.get("measure", Measure.NDCG))),
    )


SEARCH = ScorerKind(
    name="search",
    tier=Tier.STRUCTURE,
    version=1,
    binary=False,
    schema=parameters(
        required=("gold",),
        gold={
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["file"],
                "properties": {**PLACE},
            },
        },
        k={"type": "integer", "minimum": 1, "maximum": 1000},
        measure={"enum": [measure.value for measure in Measure]},
    ),
    build=build_search,
)
