"""The check runs of a publication: one for each golden set and model."""

from collections.abc import Sequence
from typing import assert_never

from evalci.core.gate import decide
from evalci.core.names import name_in
from evalci.core.publication import CheckReport, Conclusion, Failure
from evalci.core.run import Run
from evalci.core.verdict import Outcome, Verdict
from evalci.report.annotations import build_annotations
from evalci.report.escape import one_line, unmarked
from evalci.report.failures import failure_error, failure_proceed, failure_title
from evalci.report.markdown import LIMIT, body_within
from evalci.report.sections import published_view

__all__ = ["CheckReport", "Conclusion", "build_check_reports"]
MAX_NAME, MAX_TITLE = 100, 250


def build_check_reports(
    runs: Sequence[Run],
    failures: Sequence[Failure],
    *,
    max_examples: int = 5,
    private: bool = False,
) -> tuple[CheckReport, ...]:
    """Return a check run for each run and each failure; ``private`` as in the comment."""
    measured = [_of_run(run, max_examples=max_examples, private=private) for run in runs]
    return (*measured, *map(_of_failure, failures))


def _of_run(run: Run, *, max_examples: int, private: bool) -> CheckReport:
    verdict = decide(run)
    view = published_view(run, verdict, max_examples=max_examples, private=private)
    return CheckReport(
        name=name_of_run(run),
        conclusion=_conclusion(verdict),
        title=one_line(unmarked(view.title).replace("evalci: ", "", 1), MAX_TITLE),
        summary=body_within(view, LIMIT),
        annotations=build_annotations(run, verdict),
    )


def _of_failure(failure: Failure) -> CheckReport:
    """Return a check that blocks without calling it a regression."""
    proceed = f"**To proceed**: {failure_proceed(failure)}."
    return CheckReport(
        name=name_of_failure(failure),
        conclusion=Conclusion.ACTION_REQUIRED,
        title=failure_title(failure),
        summary="\n\n".join(part for part in (failure_error(failure), proceed) if part),
    )


def name_of_run(run: Run) -> str:
    """Return the name of the check run of a run; only another model than the usual stands in it."""
    model = "" if run.model.default else run.model.name
    return _name(run.folder, run.golden_set.name, model)


def name_of_failure(failure: Failure) -> str:
    """Return the name of the check run of a failure, which is that of the run it stands for."""
    model = "" if failure.default else failure.model
    return _name(failure.folder, failure.golden_set, model)


def _name(folder: str, golden_set: str, model: str) -> str:
    folder, golden_set, model = (
        one_line(part.replace("->", "-"), MAX_NAME) for part in (folder, golden_set, model)
    )
    return " / ".join(filter(None, ("evalci", name_in(folder, golden_set), model)))


def name_into(name: str, branch: str) -> str:
    """Return the name of a check run of a change that goes into another than the default branch.

    A check belongs to a commit, which may be proposed to several branches at once. Whoever can push
    a branch chooses the policy on it, so what passes there must not pass for the default branch;
    ``branch`` is empty for that one.
    """
    return f"{name} -> {one_line(branch, MAX_NAME)}" if branch else name


def _conclusion(verdict: Verdict) -> Conclusion:
    """Block what got worse and what has no verdict; what is open lets a change through."""
    if verdict.blocking:
        return Conclusion.FAILURE
    match verdict.outcome:
        case Outcome.REGRESSION | Outcome.BELOW_FLOOR:
            return Conclusion.FAILURE
        case Outcome.NOT_MEASURED:
            return Conclusion.ACTION_REQUIRED
        case Outcome.INCONCLUSIVE | Outcome.NOT_COMPARABLE | Outcome.NO_BASELINE:
            return Conclusion.NEUTRAL
        case Outcome.UNVERIFIED | Outcome.NOT_RUN | Outcome.ADVISORY | Outcome.OVERRIDDEN:
            return Conclusion.NEUTRAL
        case Outcome.IMPROVED | Outcome.UNCHANGED | Outcome.PASS:
            return Conclusion.SUCCESS
        case _:
            assert_never(verdict.outcome)
