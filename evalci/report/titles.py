"""The first lines of a report: its title, and the count of outcomes below it."""

from collections import Counter
from collections.abc import Sequence

from evalci.core.evidence.decision import Reason
from evalci.core.judge_moved import judge_moved
from evalci.core.proposal import FORK, FROM_FORK
from evalci.core.run import Run, Standing
from evalci.core.statistical import options_of
from evalci.core.statistical_words import in_points_up
from evalci.core.verdict import Outcome, Verdict
from evalci.report.escape import counted, listed, mark_code, one_line
from evalci.report.notes import finding_line
from evalci.report.outcomes import ORDER, PARTICIPLES
from evalci.report.overrides import name_of, used_overrides
from evalci.report.rows import Group, regressed_whole, whole_movement

_TITLES = {
    Outcome.INCONCLUSIVE: "not settled: {names}",
    Outcome.NOT_COMPARABLE: "not comparable: cases of {names} were {changed} since the baseline",
    Outcome.UNVERIFIED: "unverified: {reason}",
    Outcome.NOT_RUN: "not run: {reason}",
    Outcome.ADVISORY: "advisory: too few cases to decide ({names})",
    Outcome.NO_BASELINE: "no baseline yet",
    Outcome.UNCHANGED: "nothing to measure: all {cases} cases carried forward",
    Outcome.IMPROVED: "no regression: {names} improved",
}


def title_of(run: Run, verdict: Verdict, groups: Sequence[Group]) -> str:
    """Return the verdict in a line, without its icon."""
    if run.shard is not None:
        return f"{run.shard.words}, no verdict before the shards are merged"
    if verdict.blocking:
        return _blocking_title(verdict, groups)
    return _open_or_good_title(run, verdict, groups)


def _open_or_good_title(run: Run, verdict: Verdict, groups: Sequence[Group]) -> str:
    if verdict.outcome is Outcome.NOT_MEASURED:
        reason = mark_code(verdict.reason) if verdict.reason else _missing(run, verdict)
        return f"not measured: {reason}"
    if verdict.outcome is Outcome.INCONCLUSIVE:
        return f"not settled: {_open_title(groups)}"
    if verdict.outcome is Outcome.PASS:
        return f"no regression: {_ruled_out(run, groups)}"
    if verdict.outcome is Outcome.UNCHANGED and not all(c.carried for c in run.cases):
        return _uncompared(run)
    if verdict.outcome is Outcome.OVERRIDDEN:
        used = used_overrides(verdict)
        names = listed([name_of(one.category) for one in used])
        until = one_line(min(one.until for one in used))
        return f"{names} would block, let through until {until}"
    names = listed([g.name for g in groups if g.outcome is verdict.outcome])
    return _TITLES[verdict.outcome].format(
        names=names,
        cases=len(run.cases),
        reason=_reason(verdict),
        changed=_changed(run, verdict),
    )


def _changed(run: Run, verdict: Verdict) -> str:
    """Return what became of the cases that nothing compares any more, by their categories."""
    results = [r for r in verdict.categories if r.outcome is Outcome.NOT_COMPARABLE]
    names = {result.summary.category.name for result in results}
    cases = [case for case in run.cases if case.category in names]
    rescored = [case for case in cases if case.standing is Standing.RESCORED]
    moved = any(map(judge_moved, rescored))
    found = {
        "edited": any(case.standing is Standing.EDITED for case in cases),
        "removed": any(result.summary.lost for result in results),
        "scored otherwise": not all(map(judge_moved, rescored)),
        "scored by another version of the judge": moved,
    }
    return " or ".join(word for word, holds in found.items() if holds) or "edited"


def _reason(verdict: Verdict) -> str:
    """Return why there is no verdict; what is not our own sentence may come from anywhere."""
    return verdict.reason if verdict.reason in {FORK, FROM_FORK} else mark_code(verdict.reason)


def _blocking_title(verdict: Verdict, groups: Sequence[Group]) -> str:
    worse = [group for group in groups if group.blocks]
    if worse:
        names = listed([group.name for group in worse])
        outcomes = {group.outcome for group in worse}
        if Outcome.REGRESSION in outcomes:
            return f"this change makes {names} worse (blocking)"
        words = ", ".join(PARTICIPLES[o] for o in sorted(outcomes, key=ORDER.index))
        return f"{names} {words} (blocking)"
    if regressed_whole(verdict):
        return "this change makes the run as a whole worse (blocking)"
    failed = [m.case.id for m in verdict.must_pass if m.blocks]
    if not failed:
        return f"{' and '.join(finding_line(f) for f in verdict.findings if f.blocks)} (blocking)"
    return f"must-pass case {listed([mark_code(case) for case in failed])} fails (blocking)"


def _open_title(groups: Sequence[Group]) -> str:
    """Name what is open; of a single category also what a drop is still possible."""
    found = [group for group in groups if group.outcome is Outcome.INCONCLUSIVE]
    names = listed([group.name for group in found])
    if len(found) != 1 or found[0].decision is None:
        return names
    return f"{names}, a drop of up to {in_points_up(min(found[0].decision.upper, 1.0))} is possible"


def _ruled_out(run: Run, groups: Sequence[Group]) -> str:
    """Say what a pass is worth: the largest drop that is ruled out in every category."""
    named = [group.name for group in groups if group.decision]
    decided = [group.decision for group in groups if group.decision]
    if not decided:
        return "no category fell by more than its limit"
    if all(found.rules_out for found in decided):
        largest = in_points_up(max(found.detect for found in decided))
        where = "in every category" if len(decided) > 1 else f"in {listed(named)}"
        confidence = f"{options_of(run.gate).confidence * 100:g} %"
        return f"a drop of {largest} or more is ruled out ({confidence}) {where}"
    if all(found.reason is Reason.RULED_OUT_EARLIER or found.rules_out for found in decided):
        return "every category passed"
    return "no category fell by its margin, beyond chance"


def _uncompared(run: Run) -> str:
    """Say that nothing old was due, and how many cases are there that nothing compares with."""
    carried = sum(case.carried for case in run.cases)
    new = counted(len(run.cases) - carried, "new or edited case")
    return f"unchanged: {counted(carried, 'case')} carried forward, {new} not compared"


def _missing(run: Run, verdict: Verdict) -> str:
    """Say how much has no score, and name the most frequent cause."""
    results = [r for r in verdict.categories if r.outcome is Outcome.NOT_MEASURED]
    missing = sum(r.summary.unscored for r in results)
    planned = sum(r.summary.planned for r in results)
    causes = Counter(t.failure for c in run.cases for t in c.trials if t.failure)
    cause = f" ({mark_code(causes.most_common(1)[0][0], 120)})" if causes else ""
    return f"{missing} of {planned} trials have no score{cause}"


def headline_of(run: Run, verdict: Verdict, groups: Sequence[Group]) -> str:
    """Count the outcomes, then the whole: what the reader sees before any table."""
    if run.shard is not None:
        return _headline_of_shard(run)
    if verdict.outcome is Outcome.NOT_RUN:
        return _headline_of_not_run(run)
    counts = Counter(group.outcome for group in groups)
    failed = sum(m.blocks for m in verdict.must_pass)
    excused = sum(m.override is not None for m in verdict.must_pass)
    parts = [
        f"{counted(counts[o], 'category')} {PARTICIPLES[o]}"
        for o in sorted(counts, key=ORDER.index)
    ]
    if regressed_whole(verdict):
        parts.insert(counts[Outcome.REGRESSION] > 0, "the run as a whole regressed")
    parts += [f"{counted(failed, 'must-pass case')} failed"] * bool(failed)
    parts += [f"{counted(excused, 'must-pass case')} overridden"] * bool(excused)
    parts += ["the run as a whole overridden"] * (verdict.whole_override is not None)
    carried = sum(case.carried for case in run.cases)
    parts += [f"{carried} of {len(run.cases)} cases carried forward"] * bool(carried)
    text = ", ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." + _overall(verdict, carried=carried)


def _headline_of_shard(run: Run) -> str:
    """Count what a shard measured, and what is missing."""
    measured = [case for case in run.cases if not case.carried]
    missing = sum(case.unscored for case in measured)
    trials = counted(sum(len(case.trials) for case in measured), "trial")
    text = f"{counted(len(measured), 'case')} measured, {trials}"
    text += f", {missing} without a score" if missing else ""
    return f"{text}, {len(run.cases) - len(measured)} carried forward." + (
        f" Stopped: {mark_code(run.stopped)}." if run.stopped else ""
    )


def _headline_of_not_run(run: Run) -> str:
    """Count what would have been asked; what the fork itself reports of it may be nothing."""
    due = sum(case.planned > 0 for case in run.cases)
    if not due:
        return "Nothing was measured."
    asked = f"{due} of {counted(len(run.cases), 'case')} would be asked"
    return f"{asked}; not all of them have recorded answers in the base."


def _overall(verdict: Verdict, *, carried: int) -> str:
    """Return the mean over all compared cases, before and now; nothing for an unmeasured run.

    How many they are is said where others were carried forward, which it leaves out.
    """
    if verdict.outcome is Outcome.NOT_MEASURED:
        return ""
    whole = whole_movement(verdict)
    if not whole:
        return ""
    over = f" over the {counted(whole.cases, 'case')} compared" if carried else ""
    return f" Overall {whole.words}{over}."
