"""How to proceed: the last block of every report, one sentence for each outcome."""

import shlex
from collections.abc import Sequence

from evalci.core.evidence.decision import Reason
from evalci.core.names import spoken_to
from evalci.core.run import Run
from evalci.core.verdict import Outcome, Verdict
from evalci.report.escape import mark_code, one_line
from evalci.report.overrides import used_overrides
from evalci.report.rows import Group, groups_of, regressed_whole

_PROCEED = {
    Outcome.NO_BASELINE: (
        "accept this one with {command} and commit it",
        'evalci baseline accept --reason "first baseline"',
    ),
    Outcome.NOT_MEASURED: ("run it again once the cause is gone; finished trials are kept", ""),
    Outcome.NOT_COMPARABLE: (
        "renew the baseline: {command}",
        'evalci run --all && evalci baseline accept --top-up --reason "…"',
    ),
    Outcome.INCONCLUSIVE: ("run it with more trials: {command}", "evalci run --trials {more}"),
    Outcome.ADVISORY: ("add cases: five in a category are the least that can decide", ""),
    Outcome.UNVERIFIED: ("have a maintainer look at it, or run it against the model", ""),
    Outcome.NOT_RUN: (
        "make it a secret that this job sees, and run it again; Dependabot has secrets of its own",
        "",
    ),
}
# The baseline is read from the base: one that is committed here counts for those who come later.
_WITH_BASE = {
    Outcome.NO_BASELINE: "accept this one with {command} and commit it: it counts after the merge",
    Outcome.NOT_COMPARABLE: "renew the baseline, in force after the merge: {command}",
}


def way_to_proceed(run: Run, verdict: Verdict) -> str:
    """Return what to do about a verdict, with the command that does it."""
    if run.shard is not None:
        return f"join all {run.shard.total} shards: {mark_code('evalci merge RUN.json …')}"
    if verdict.blocking:
        return f"{_mend(verdict)}, or accept it on purpose{_where(run)}: " + mark_code(
            _accept(verdict)
        )
    if verdict.outcome is Outcome.INCONCLUSIVE:
        opened = [g for g in groups_of(verdict) if g.outcome is Outcome.INCONCLUSIVE]
        if opened and all(group.decision for group in opened):
            return _settle(opened)
    if told := _told_apart(run, verdict):
        return told
    sentence, command = _PROCEED.get(verdict.outcome, ("nothing to do", ""))
    if run.base is not None:
        sentence = _WITH_BASE.get(verdict.outcome, sentence)
    more = max((case.planned for case in run.cases), default=1) * 2
    return sentence.format(command=mark_code(command.format(more=more)))


def _told_apart(run: Run, verdict: Verdict) -> str:
    """Return what to do where it takes more than the outcome to know it, else nothing."""
    if verdict.outcome is Outcome.OVERRIDDEN:
        until = one_line(min(one.until for one in used_overrides(verdict)))
        accept = mark_code('evalci baseline accept --top-up --reason "…"')
        return f"it is let through until {until}; by then fix it, or accept it for good: {accept}"
    if verdict.outcome is Outcome.UNCHANGED and not all(case.carried for case in run.cases):
        return "nothing to do; to have the new cases compared from now on: " + mark_code(
            'evalci baseline accept --top-up --reason "…"'
        )
    if run.proposal is not None and run.proposal.foreign:
        return _have_it_run(run.proposal.head, run.folder)
    return ""


def _have_it_run(head: str, folder: str) -> str:
    """Say how a maintainer has a fork's change measured; only the whole commit names it surely."""
    command = mark_code(f"{spoken_to(folder)} run {head or '<sha>'}")
    return f"a maintainer can have it measured with the comment {command}"


def _mend(verdict: Verdict) -> str:
    """Return what to do instead of accepting: fix what is worse, settle what is only undecided."""
    blocking = [group for group in groups_of(verdict) if group.blocks]
    undecided = [g for g in blocking if g.outcome is Outcome.INCONCLUSIVE and g.decision]
    failed = any(m.blocks for m in verdict.must_pass) or regressed_whole(verdict)
    if not undecided or failed or len(undecided) < len(blocking):
        return "fix it"
    return f"fix it, settle it ({_settle(undecided)})"


def settle_words(groups: Sequence[Group]) -> str:
    """Return what would settle groups that are open, as a sentence without its full stop."""
    sentence = _settle(groups)
    return f"{sentence[:1].upper()}{sentence[1:]}"


def _settle(groups: Sequence[Group]) -> str:
    """Say what settles: more trials where there may be some, else more cases or trials before."""
    names = [shlex.quote(name) for group in groups for name in group.names]
    which = f" {names[0]}" if len(names) == 1 else ""
    command = mark_code(f"evalci stats power{which}")
    if all(g.decision and g.decision.reason is Reason.UNDECIDED_AT_CAP for g in groups):
        return f"add cases or baseline trials: {command} tells how many"
    return (
        f"run it again, or allow more calls: the trials so far count, and {command} tells how many"
    )


def _where(run: Run) -> str:
    return " in a pull request of its own that is merged first" if run.base is not None else ""


def _accept(verdict: Verdict) -> str:
    """Name the one category, or the one must-pass case, that blocks; several need a look each."""
    names = [r.summary.category.name for r in verdict.categories if r.blocks]
    cases = [m.case.id for m in verdict.must_pass if m.blocks]
    flag = ""
    if len(names) == 1:
        flag = f"--category {shlex.quote(names[0])} "
    elif not names and len(cases) == 1:
        flag = f"--case {shlex.quote(cases[0])} "
    return f'evalci baseline accept --top-up {flag}--reason "…"'
