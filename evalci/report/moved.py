"""The cases that moved: surely worse, surely better, and those that could be noise."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from statistics import fmean

from evalci.core.evidence.decision import CaseChange, Change, Ending
from evalci.core.evidence.options import Options
from evalci.core.evidence.weigh import weigh
from evalci.core.run import Run, RunCase
from evalci.core.statistical import case_trials, rules_of
from evalci.core.verdict import Verdict
from evalci.report.escape import counted, first_lines, listed, mark_code

SMALL_MOVE = 0.005
MAX_NOISE = 10
LEAST_TRIALS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """The cases of a run that moved, each list the surest and largest first.

    ``known`` is False where the baseline has too few trials to tell a change from noise.
    """

    known: bool
    worse: tuple[CaseChange, ...] = ()
    better: tuple[CaseChange, ...] = ()
    fell: tuple[CaseChange, ...] = ()
    rose: tuple[CaseChange, ...] = ()


def moved_cases(run: Run, verdict: Verdict) -> Moved:
    """Return which cases moved; also under a plain limit, where there are baseline trials."""
    if verdict.decision is not None:
        return _sorted_out(verdict.decision.cases)
    cases = case_trials(run)
    if not any(len(case.baseline) >= LEAST_TRIALS for case in cases):
        return Moved(known=False)
    return _sorted_out(weigh(cases, rules_of(run), Options(), ending=Ending.CAP).cases)


def _sorted_out(changes: Sequence[CaseChange]) -> Moved:
    shown = [change for change in changes if abs(change.fall) > SMALL_MOVE]
    kinds = {kind: tuple(c for c in shown if c.change is kind) for kind in Change}
    return Moved(
        known=True,
        worse=tuple(c for c in shown if c.change in {Change.BROKEN, Change.REGRESSED}),
        better=kinds[Change.GAINED],
        fell=kinds[Change.FELL],
        rose=kinds[Change.ROSE],
    )


def counts_of(case: RunCase) -> str:
    """Return the passes of a pass/fail case before and now, else nothing."""
    before = [trial.passed for trial in case.baseline.trials] if case.baseline else []
    now = [trial.passed for trial in case.trials if trial.composite is not None]
    graded = any(passed is None for passed in (*before, *now))
    differ = before.count(True) * len(now) != now.count(True) * len(before)
    if not before or not now or graded or not differ:
        return ""
    return f"{before.count(True)}/{len(before)} → {now.count(True)}/{len(now)}"


def means_of(case: RunCase) -> str:
    """Return the mean scores of a case before and now."""
    mean = f"{case.baseline.mean:.2f}" if case.baseline else "–"
    return f"{mean} → {fmean(case.values):.2f}"


def case_words(case: RunCase) -> str:
    """Return a case with its numbers on both sides."""
    return f"{mark_code(case.id)} {counts_of(case) or means_of(case)}"


def culprits(run: Run, changes: Sequence[CaseChange]) -> str:
    """Return the sentences that name the first broken, then the first regressed cases."""
    cases = {case.id: case for case in run.cases}
    parts = []
    for kind, word in ((Change.BROKEN, "Broken"), (Change.REGRESSED, "Regressed")):
        found = [cases[change.id] for change in changes if change.change is kind]
        names = [f"{mark_code(case.id)} ({counts_of(case) or means_of(case)})" for case in found]
        parts += [f" {word}: {listed(names)}."] * bool(found)
    return "".join(parts)


def gain_lines(run: Run, moved: Moved, limit: int) -> tuple[str, ...]:
    """Return the cases that surely got better, a line each."""
    cases = {case.id: case for case in run.cases}
    return first_lines([case_words(cases[change.id]) for change in moved.better], limit)


def noise_rows(
    run: Run, moved: Moved, *, shown: frozenset[str] = frozenset()
) -> tuple[tuple[str, str], ...]:
    """Return falls beside rises that could be noise, without those ``shown`` elsewhere."""
    cases = {case.id: case for case in run.cases}
    falls = [change for change in moved.fell if change.id not in shown]
    fell, rose = (
        first_lines([case_words(cases[change.id]) for change in side], MAX_NOISE)
        for side in (falls, moved.rose)
    )
    return tuple(zip_longest(fell, rose, fillvalue=""))


def noise_counts(moved: Moved) -> str:
    """Return how many cases fell and rose within the noise."""
    return f"{counted(len(moved.fell), 'case')} fell, {len(moved.rose)} rose"
