"""How to proceed: the last block of every report, one sentence for each outcome."""

import shlex

from evalci.core.run import Run
from evalci.core.verdict import Outcome, Verdict
from evalci.report.escape import mark_code

_PROCEED = {
    Outcome.NO_BASELINE: (
        "accept this one with {command} and commit it",
        'evalci baseline accept --reason "first baseline"',
    ),
    Outcome.NOT_MEASURED: ("run it again once the cause is gone; finished trials are kept", ""),
    Outcome.NOT_COMPARABLE: (
        "renew the baseline: {command}",
        'evalci run --all && evalci baseline accept --reason "…"',
    ),
    Outcome.INCONCLUSIVE: ("run it with more trials: {command}", "evalci run --trials {more}"),
    Outcome.UNVERIFIED: ("have a maintainer run it against the model", ""),
}
# The baseline is read from the base: one that is committed here counts for those who come later.
_WITH_BASE = {
    Outcome.NO_BASELINE: "accept this one with {command} and commit it: it counts after the merge",
    Outcome.NOT_COMPARABLE: "renew the baseline, in force after the merge: {command}",
}


def way_to_proceed(run: Run, verdict: Verdict) -> str:
    """Return what to do about a verdict, with the command that does it."""
    if verdict.blocking:
        return f"fix it, or accept it on purpose{_where(run)}: {mark_code(_accept(verdict))}"
    sentence, command = _PROCEED.get(verdict.outcome, ("nothing to do", ""))
    if run.base is not None:
        sentence = _WITH_BASE.get(verdict.outcome, sentence)
    more = max((case.planned for case in run.cases), default=1) * 2
    return sentence.format(command=mark_code(command.format(more=more)))


def _where(run: Run) -> str:
    return " in a pull request of its own that is merged first" if run.base is not None else ""


def _accept(verdict: Verdict) -> str:
    """Name the one category, or the one must-pass case, that blocks; several need a look each."""
    names = [r.summary.category.name for r in verdict.categories if r.blocks]
    cases = [m.case.id for m in verdict.must_pass if m.confirmed]
    flag = ""
    if len(names) == 1:
        flag = f"--category {shlex.quote(names[0])} "
    elif not names and len(cases) == 1:
        flag = f"--case {shlex.quote(cases[0])} "
    return f'evalci baseline accept {flag}--reason "…"'
