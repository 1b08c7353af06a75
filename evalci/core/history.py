"""What is kept of every run for the years to come: scores, hashes and provenance, never a text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from statistics import fmean

FORMAT = 1  # also a new key is a new format: older versions then say what to do


class Trigger(StrEnum):
    """What started a run; a dispatch is a person's press of a button on GitHub.

    Such a run is a look more, often because of what the last one showed. So it is kept, but neither
    drawn on the line of the weeks nor watched for drift.
    """

    SCHEDULE = "schedule"
    PUSH = "push"
    PULL_REQUEST = "pull_request"
    DISPATCH = "dispatch"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRecord:
    """One measured case: its hashes and the composite of each trial, None for an unscored one.

    ``dimensions`` hold task_type, complexity, domain, language and tags. ``latency_s`` is the
    median of the calls in seconds, ``cost_usd`` the mean of an answer in dollars, ``length`` the
    mean of its characters; None where unknown. ``malformed`` counts the answers that could not be
    read in the form the case asks for.
    """

    id: str
    category: str
    dimensions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    request: str
    harness: str
    scores: tuple[float | None, ...]
    refused: int = 0
    truncated: int = 0
    malformed: int = 0
    latency_s: float | None = None
    cost_usd: float | None = None
    length: float | None = None
    baseline: float | None = None

    @property
    def scored(self) -> tuple[float, ...]:
        """Return the composites of the scored trials."""
        return tuple(score for score in self.scores if score is not None)

    @property
    def mean(self) -> float | None:
        """Return the mean composite, 0 to 1, None without a scored trial."""
        scored = self.scored
        return fmean(scored) if scored else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryRecord:
    """One category of a run, over the cases that were measured now.

    ``mean``, ``p10`` and ``p90`` are of case means. ``baseline`` and ``anchor`` are the means of
    the cases that can be compared with them, ``drop`` and ``slide`` how far those same cases lie
    below, in points of 1; positive is worse. ``trials`` counts the scored and unscored ones,
    ``malformed`` answers that could not be read in the form that was asked for. Latency is in
    seconds a call, ``cost_usd`` in dollars an answer, ``length`` in characters an answer.
    ``axes`` are the means of correctness and quality. ``judge_shift`` is how far the judge alone
    moved the mean, by frozen outputs judged again, ``judge_error`` its standard error. None is
    unknown, never zero.
    """

    name: str
    outcome: str
    cases: int
    trials: int
    unscored: int = 0
    refused: int = 0
    truncated: int = 0
    malformed: int = 0
    mean: float | None = None
    p10: float | None = None
    p90: float | None = None
    baseline: float | None = None
    drop: float | None = None
    anchor: float | None = None
    slide: float | None = None
    latency_p50_s: float | None = None
    latency_p95_s: float | None = None
    cost_usd: float | None = None
    length: float | None = None
    axes: Mapping[str, float] = field(default_factory=dict)
    judge_shift: float | None = None
    judge_error: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeRecord:
    """Who judged: the requested id, and what the vendor says answered."""

    id: str
    resolved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceRecord:
    """A baseline or anchor: when it was accepted (ISO 8601, UTC) and at which commit.

    ``trials`` is how many of them a case has at most, None where that was not kept;
    ``resolved_models`` is who answered then.
    """

    accepted_at: str
    commit: str | None = None
    trials: int | None = None
    resolved_models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One run as the history keeps it; ``at`` is when it began (ISO 8601, UTC).

    ``model`` is the name of the model config, ``model_id`` what was asked for and
    ``resolved_models`` what answered. ``requests`` and ``scoring`` are digests of the request and
    harness hashes of all cases: equal digests mean that nothing of ours changed. ``prompts`` are
    template hashes by path. ``overrides`` names what an override let through: categories,
    must-pass cases, `*` for the run as a whole.
    ``complete`` says that the run was broken off by nothing; ``selection`` is which cases it was
    to measure, ``carried`` how many of them were not asked, their request being the baseline's;
    ``edited`` counts those that were asked otherwise than for the baseline.
    """

    id: str
    golden_set: str
    model: str
    model_id: str
    at: str
    trigger: Trigger
    outcome: str
    evalci: str
    golden_set_version: str
    golden_set_hash: str
    requests: str
    scoring: str
    prompts: Mapping[str, str] = field(default_factory=dict)
    commit: str | None = None
    resolved_models: tuple[str, ...] = ()
    fingerprints: tuple[str, ...] = ()
    judge: JudgeRecord | None = None
    baseline: ReferenceRecord | None = None
    anchor: ReferenceRecord | None = None
    overrides: tuple[str, ...] = ()
    selection: str = "all"
    carried: int = 0
    edited: int = 0
    complete: bool = True
    categories: tuple[CategoryRecord, ...] = ()
    cases: tuple[CaseRecord, ...] = ()
    format: int = FORMAT

    @property
    def mean(self) -> float | None:
        """Return the mean over all measured cases, each counting the same, None without any."""
        known = [(one.mean, one.cases) for one in self.categories if one.mean is not None]
        total = sum(cases for _, cases in known)
        return sum(mean * cases for mean, cases in known) / total if total else None

    @property
    def series(self) -> tuple[str, str]:
        """Return golden set and model: only runs of one series lie on one line."""
        return self.golden_set, self.model


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which runs, categories and cases to return; an empty field means any.

    ``since`` and ``until`` are the beginnings of ISO 8601 moments (`2026-07`, `2026-07-14`):
    from the first inclusive to the second exclusive. ``match`` selects cases that have one of the
    values in each of its dimensions. ``cases`` asks for the records of cases, too. Without
    ``proposals`` runs of pull requests are left out, unless ``trigger`` names them.
    """

    golden_set: str = ""
    model: str = ""
    category: str = ""
    match: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    since: str = ""
    until: str = ""
    trigger: Trigger | None = None
    proposals: bool = True
    cases: bool = False

    @property
    def triggers(self) -> frozenset[Trigger]:
        """Return what may have started a run that is asked for."""
        if self.trigger:
            return frozenset({self.trigger})
        return frozenset(Trigger) - (set() if self.proposals else {Trigger.PULL_REQUEST})

    def selects(self, record: RunRecord) -> bool:
        """Tell whether a run is one of those asked for."""
        return (
            self.golden_set in {"", record.golden_set}
            and self.model in {"", record.model}
            and record.trigger in self.triggers
            and record.at >= self.since
            and (not self.until or record.at < self.until)
        )

    def selects_case(self, case: CaseRecord) -> bool:
        """Tell whether a case is one of those asked for."""
        return self.category in {"", case.category} and all(
            set(values) & set(case.dimensions.get(name, ())) for name, values in self.match.items()
        )

    def narrowed(self, record: RunRecord) -> RunRecord:
        """Return a run with only the categories and cases asked for."""
        named = (one for one in record.categories if self.category in {"", one.name})
        kept = (case for case in record.cases if self.cases and self.selects_case(case))
        return replace(record, categories=tuple(named), cases=tuple(kept))


def selected(records: Iterable[RunRecord], query: Query) -> tuple[RunRecord, ...]:
    """Return what a query asks for among some records, oldest first; each id counts once."""
    by_id: dict[str, RunRecord] = {}
    for record in records:
        if query.selects(record):
            by_id.setdefault(record.id, query.narrowed(record))
    return tuple(sorted(by_id.values(), key=lambda record: (record.at, record.id)))
