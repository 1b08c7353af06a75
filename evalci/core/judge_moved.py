"""Notices that another version of the judge answered than did for the baseline."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from evalci.core.run import Run, RunCase, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeMove:
    """Which judges answered for the baseline, and which now, as their vendors name them."""

    before: tuple[str, ...]
    now: tuple[str, ...]


def with_moved_judges(run: Run) -> Run:
    """Return a run whose cases are rescored where another judge answered than in the baseline.

    A new yardstick says nothing about a prompt. Where a side does not know who judged, nothing is
    noticed.
    """
    return replace(run, cases=tuple(map(_rescored, run.cases)))


def judge_move(run: Run) -> JudgeMove | None:
    """Return who judged before and now over all cases that moved, None where none did."""
    moved = [case for case in run.cases if judge_moved(case)]
    if not moved:
        return None
    return JudgeMove(
        before=tuple(sorted({name for case in moved for name in _before(case)})),
        now=tuple(sorted({name for case in moved for name in _now(case)})),
    )


def _rescored(case: RunCase) -> RunCase:
    if case.standing is Standing.COMPARABLE and judge_moved(case):
        return replace(case, standing=Standing.RESCORED)
    return case


def judge_moved(case: RunCase) -> bool:
    """Tell whether another judge answered for a case than for its baseline."""
    before, now = _before(case), _now(case)
    return bool(before and now) and not now <= before


def _before(case: RunCase) -> set[str]:
    return _names(trial.judges for trial in (case.baseline.trials if case.baseline else ()))


def _now(case: RunCase) -> set[str]:
    return _names(trial.judges for trial in case.trials)


def _names(found: Iterable[tuple[str, ...]]) -> set[str]:
    return {name for names in found for name in names}
