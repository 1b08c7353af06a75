"""Thirty weeks of invented history in which a vendor changes a model, for a look around."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from statistics import fmean, median

from evalci.core.hashes import digest
from evalci.core.history import (
    CaseRecord,
    CategoryRecord,
    JudgeRecord,
    ReferenceRecord,
    RunRecord,
    Trigger,
)
from evalci.core.history_record import quantile

WEEKS = 30
EDIT_WEEK = 8  # a better prompt for replies is merged, and accepted as the baseline
VENDOR_WEEK = 18  # another model answers under the same name
OVERRIDE_WEEK = 20  # the team ships in spite of it, with a reason
REPAIR_WEEK = 25  # a prompt that suits the new model is merged, and accepted
CASES = 12
TRIALS = 3
CHECKS = 4
SEED = 20260302
VENDOR = "example-large-20260702"  # what answers since
_BEFORE = "example-large-20260115"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """A category: how good it is at first, and how far each event moves it, in points of 1.

    ``refusals`` is the share of answers that the vendor's new model refuses.
    """

    name: str
    level: float
    length: float
    edit: float = 0.0
    vendor: float = 0.0
    repair: float = 0.0
    refusals: float = 0.0


_KINDS = (
    _Kind(name="extract", level=0.86, length=220.0, vendor=-0.12, repair=0.10),
    _Kind(name="reply", level=0.72, length=640.0, edit=0.07, refusals=0.04),
    _Kind(name="summary", level=0.80, length=410.0),
    _Kind(name="triage", level=0.88, length=60.0, vendor=-0.06, repair=0.03),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moment:
    """One run to invent: its week, counted from 0, and what started it."""

    week: int
    at: datetime
    trigger: Trigger = Trigger.SCHEDULE

    @property
    def moved(self) -> bool:
        """Tell whether the vendor's new model answers."""
        return self.week >= VENDOR_WEEK


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """A case of a category; ``offset`` says how much easier than the others it is."""

    kind: _Kind
    number: int
    offset: float

    @property
    def id(self) -> str:
        """Return its id, such as `extract-003`."""
        return f"{self.kind.name}-{self.number + 1:03}"

    def rate(self, week: int, noise: float = 0.0) -> float:
        """Return the chance that a check of its answer passes in a week."""
        kind = self.kind
        moves = ((kind.edit, EDIT_WEEK), (kind.vendor, VENDOR_WEEK), (kind.repair, REPAIR_WEEK))
        moved = sum(points for points, start in moves if week >= start)
        return min(1.0, max(0.0, kind.level + moved + self.offset + noise))


def demo_history(last: datetime) -> tuple[RunRecord, ...]:
    """Return a run a week up to ``last`` (in UTC), and one for each merge; always the same scores.

    The vendor moves in week 19 of 30: `extract` falls by 12 points and `triage` by 6, answers get
    longer and faster, and some replies are refused.
    """
    first = last - timedelta(weeks=WEEKS - 1)
    weekly = [_Moment(week=n, at=first + timedelta(weeks=n)) for n in range(WEEKS)]
    merges = [
        _Moment(week=n, at=first + timedelta(weeks=n, hours=-18), trigger=Trigger.PUSH)
        for n in (EDIT_WEEK, OVERRIDE_WEEK, REPAIR_WEEK)
    ]
    dice = Random(SEED)  # noqa: S311  # the same history every time, and no secret
    cases = [
        _Case(kind=kind, number=number, offset=dice.uniform(-0.1, 0.1))
        for kind in _KINDS
        for number in range(CASES)
    ]
    moments = sorted([*weekly, *merges], key=lambda moment: moment.at)
    return tuple(_record(moment, first, cases, dice) for moment in moments)


def _record(moment: _Moment, first: datetime, cases: Sequence[_Case], dice: Random) -> RunRecord:
    noise = dice.gauss(0.0, 0.006)
    records = tuple(_case(case, moment, noise, dice) for case in cases)
    categories = tuple(_category(kind, cases, records) for kind in _KINDS)
    overridden = moment.trigger is Trigger.PUSH and moment.week == OVERRIDE_WEEK
    if overridden:
        categories = (replace(categories[0], outcome="overridden"), *categories[1:])
    fell = any(one.outcome == "regression" for one in categories)
    prompts = {f"prompts/{kind.name}.md": _prompt(kind, moment.week) for kind in _KINDS}
    return RunRecord(
        id=digest([moment.at.isoformat(), moment.trigger.value])[:16],
        golden_set="helpdesk",
        model="main",
        model_id="example/large",
        at=moment.at.isoformat(),
        trigger=moment.trigger,
        outcome="regression" if fell else "overridden" if overridden else "pass",
        evalci="demo",
        golden_set_version="1.0",
        golden_set_hash=digest("helpdesk"),
        requests=digest([record.request for record in records]),
        scoring=digest([record.harness for record in records]),
        prompts=prompts,
        commit=digest(prompts)[:40],
        resolved_models=(VENDOR if moment.moved else _BEFORE,),
        fingerprints=("fp_9d21" if moment.moved else "fp_44af",),
        judge=JudgeRecord(id="example/judge", resolved=("example-judge-20260110",)),
        baseline=ReferenceRecord(accepted_at=_accepted(moment.week, first).isoformat()),
        anchor=ReferenceRecord(accepted_at=_accepted(0, first).isoformat()),
        overrides=("extract",) if overridden else (),
        categories=categories,
        cases=records,
    )


def _accepted_week(week: int) -> int:
    """Return the week in which the baseline of a week was accepted."""
    return max(start for start in (0, EDIT_WEEK, REPAIR_WEEK) if start <= week)


def _accepted(week: int, first: datetime) -> datetime:
    return first + timedelta(weeks=_accepted_week(week), hours=-12)


def _prompt(kind: _Kind, week: int) -> str:
    """Return the hash of a prompt, which only an edit of it changes."""
    edited = (kind.edit != 0 and week >= EDIT_WEEK, kind.repair != 0 and week >= REPAIR_WEEK)
    return digest([kind.name, *edited])


def _case(case: _Case, moment: _Moment, noise: float, dice: Random) -> CaseRecord:
    kind, number, rate = case.kind, case.number, case.rate(moment.week, noise)
    scores = [sum(dice.random() < rate for _ in range(CHECKS)) / CHECKS for _ in range(TRIALS)]
    refused = sum(dice.random() < kind.refusals for _ in range(TRIALS)) if moment.moved else 0
    length = kind.length * (1.35 if moment.moved else 1.0) * dice.uniform(0.85, 1.15)
    seconds = (0.4 + kind.length / 400) * (0.7 if moment.moved else 1.0)
    return CaseRecord(
        id=case.id,
        category=kind.name,
        dimensions={
            "task_type": (kind.name,),
            "complexity": (("low", "medium", "high")[number % 3],),
            "language": (("en", "de")[number % 2],),
            "tags": ("invoice",) if number % 4 == 0 else (),
        },
        request=digest([case.id, _prompt(kind, moment.week)]),
        harness=digest(["checks", CHECKS]),
        scores=tuple(0.0 if n < refused else score for n, score in enumerate(scores)),
        refused=refused,
        latency_s=round(seconds * dice.lognormvariate(0.0, 0.25), 3),
        cost_usd=round(length * 5e-6, 7),
        length=round(length, 1),
        baseline=round(case.rate(_accepted_week(moment.week)), 6),
    )


def _category(kind: _Kind, cases: Sequence[_Case], records: Sequence[CaseRecord]) -> CategoryRecord:
    own = [record for record in records if record.category == kind.name]
    means = [fmean(record.scored) for record in own]
    times = [record.latency_s for record in own if record.latency_s is not None]
    mean, before = fmean(means), fmean(record.baseline or 0.0 for record in own)
    anchor = fmean(case.rate(0) for case in cases if case.kind is kind)
    return CategoryRecord(
        name=kind.name,
        outcome="regression" if before - mean > 0.10 else "pass",
        cases=len(own),
        trials=sum(len(record.scores) for record in own),
        refused=sum(record.refused for record in own),
        mean=mean,
        p10=quantile(means, 10),
        p90=quantile(means, 90),
        baseline=before,
        drop=before - mean,
        anchor=anchor,
        slide=anchor - mean,
        latency_p50_s=median(times),
        latency_p95_s=quantile(times, 95),
        cost_usd=fmean(record.cost_usd or 0.0 for record in own),
        length=fmean(record.length or 0.0 for record in own),
    )
