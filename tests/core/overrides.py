"""Makers for tests of overrides: who asks, what is given, and runs that need one."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from evalci.core.gate import decide
from evalci.core.override import Giver, Override, OverridePolicy, Role, Wish, grant, in_force
from evalci.core.policy import Mode
from evalci.core.run import Run, RunCase
from tests.cases import make_hashes
from tests.runs import make_run, make_run_case

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HEAD = "a3f81c2" + "0" * 33
REASON = "the new tone is worth what it costs in accuracy"
POLICY = OverridePolicy()
GOOD, BAD = (1.0, 1.0, 1.0), (0.0, 0.0, 0.0)


def several(name: str, now: tuple[float, ...], count: int = 6, **changes: Any) -> list[RunCase]:
    """Return cases of one category that always passed before."""
    cases = (make_run_case(now, GOOD, id=f"{name}-{n}", category=name) for n in range(count))
    return [replace(case, **changes) for case in cases]


def worse_run(*names: str, others: tuple[str, ...] = ("docs",)) -> Run:
    """Return a run in which the named categories regressed and the others did not."""
    bad = [case for name in names for case in several(name, BAD)]
    return make_run(*bad, *(case for name in others for case in several(name, GOOD)))


def make_wish(**changes: Any) -> Wish:
    """Return Ada's wish for the category `review`."""
    wish = Wish(category="review", reason=REASON, by="ada", head=HEAD, source="comment 41")
    return replace(wish, **changes)


def granted(run: Run, **changes: Any) -> Override:
    """Return the override that a wish for a run is granted."""
    return grant(run, decide(run), make_wish(**changes), now=NOW, policy=POLICY)


def with_overrides(run: Run, *overrides: Override, now: datetime = NOW) -> Run:
    """Return a run with its overrides, each judged."""
    return replace(run, overrides=in_force(run, overrides, now=now, policy=POLICY))


def pushed(run: Run, category: str, **hashes: str) -> Run:
    """Return a run after a push that gave every case of a category other hashes."""
    cases = tuple(
        replace(case, hashes=make_hashes(case.id, **hashes)) if case.category == category else case
        for case in run.cases
    )
    return replace(run, cases=cases)


def in_evidence(run: Run) -> Run:
    """Return a run that the evidence gate decides."""
    return replace(run, gate=replace(run.gate, mode=Mode.EVIDENCE, looks=(1, 2, 3)))


def make_giver(**changes: Any) -> Giver:
    """Return Ada, who may write and did not propose the change."""
    return replace(Giver(login="ada", role=Role.WRITE), **changes)


RUN = worse_run("review")
GIVEN = granted(RUN)
