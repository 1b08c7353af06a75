"""Checks every golden set of a command; one that fails does not keep the others from running."""

from collections.abc import Sequence

import click

from evalci.cli.session import Session, measure_set
from evalci.cli.show import print_report
from evalci.cli.workspace import Workspace
from evalci.core.case_set import CaseSet
from evalci.core.model_config import ModelConfig
from evalci.core.plan import Selection
from evalci.core.problem import did_you_mean
from evalci.errors import BadInputError, EvalciError, ExitCode, NotMeasuredError
from evalci.report.escape import visible


def check_sets(
    workspace: Workspace, model: ModelConfig, session: Session, names: Sequence[str]
) -> list[ExitCode]:
    """Measure and report each golden set that the selection touches; return their exit codes.

    With one golden set its error is raised as it is; with several, it is printed and the next
    one is measured, so that a failed gate is never hidden behind somebody else's error.
    """
    sets = _touched(workspace.case_sets(names), session.selection)
    if len(sets) == 1:
        return [_check(workspace, sets[0], model, session)]
    codes = []
    for found in sets:
        try:
            codes.append(_check(workspace, found, model, session))
        except EvalciError as exc:
            message = visible(workspace.redactor.text(str(exc)))
            for line in message.splitlines():
                click.echo(f"evalci: {found.name}: {line}", err=True)
            codes.append(exc.exit_code)
    return codes


def _check(workspace: Workspace, found: CaseSet, model: ModelConfig, session: Session) -> ExitCode:
    run, folder = measure_set(workspace, found, model, session)
    if run.stopped and not any(case.values for case in run.cases):
        raise NotMeasuredError(run.stopped)
    limit = workspace.config.max_examples
    return print_report(workspace.redactor, run, folder=folder, max_examples=limit)


def _touched(sets: Sequence[CaseSet], selection: Selection) -> list[CaseSet]:
    """Return the golden sets with a selected case; every `--case` must exist in one of them."""
    ids = {case.id for found in sets for case in found.cases}
    unknown = sorted((selection.cases or frozenset()) - ids)
    if unknown:
        raise BadInputError(
            f"no golden set has a case `{unknown[0]}`", hint=did_you_mean(unknown[0], sorted(ids))
        )
    touched = [found for found in sets if any(map(selection.includes, found.cases))]
    if not touched:
        raise BadInputError("no case matches the selection", hint="look at --case and --match")
    return touched
