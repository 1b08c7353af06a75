"""Checks every golden set of a command; one that fails does not keep the others from running."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from evalci.cli.ledger import RunLedger, clean_error
from evalci.cli.session import Session, measure_set
from evalci.cli.show import print_report
from evalci.cli.workspace import Workspace
from evalci.core.case_set import CaseSet
from evalci.core.category import meant
from evalci.core.model_config import ModelConfig
from evalci.core.plan import Selection
from evalci.core.problem import did_you_mean
from evalci.core.run_index import RunEntry
from evalci.core.shard import Part, was_measured
from evalci.errors import EvalciError, ExitCode, NotMeasuredError, UsageError
from evalci.report.escape import visible


def check_sets(
    workspace: Workspace,
    model: ModelConfig,
    session: Session,
    names: Sequence[str],
    ledger: RunLedger,
) -> None:
    """Measure and report each golden set that the selection touches; the ledger keeps the codes.

    With one golden set its error is raised as it is; with several, it is printed and the next
    one is measured, so that a failed gate is never hidden behind somebody else's error.
    """
    sets = workspace.case_sets(names)
    sessions = _sessions(workspace, sets, model, session)
    due = [found for found in sets if found.path in sessions]
    if session.shard is not None:
        ledger.expect(_unreached(workspace, found, model, session.shard) for found in due)
    for found in due:
        folder = workspace.run_folder(found.name, model, session.shard)
        try:
            code = _check(workspace, found, model, sessions[found.path])
            ledger.add(_entry(folder, found, model, code=code))
        except EvalciError as exc:
            ledger.add(_entry(folder, found, model, code=exc.exit_code, error=str(exc)))
            if len(sessions) == 1:
                raise
            for line in visible(workspace.redactor.text(str(exc))).splitlines():
                click.echo(f"evalci: {found.name}: {line}", err=True)


def _unreached(workspace: Workspace, found: CaseSet, model: ModelConfig, shard: Part) -> RunEntry:
    """Return what `evalci merge` is to know of a golden set that a killed shard never came to."""
    folder = workspace.run_folder(found.name, model, shard)
    why = "a shard ended before it measured this golden set"
    return _entry(folder, found, model, code=ExitCode.NOT_MEASURED, error=why)


def _entry(
    folder: Path, found: CaseSet, model: ModelConfig, *, code: int, error: str = ""
) -> RunEntry:
    return RunEntry(
        golden_set=found.name,
        model=model.name,
        folder=folder.name,
        exit_code=code,
        error=clean_error(error),
    )


def _check(workspace: Workspace, found: CaseSet, model: ModelConfig, session: Session) -> ExitCode:
    written = measure_set(workspace, found, model, session)
    run = written.run
    if run.stopped and not any(case.values for case in run.cases):
        raise NotMeasuredError(run.stopped)
    code = print_report(workspace.redactor, written)
    if run.shard is None:
        return code
    return ExitCode.OK if was_measured(run) else ExitCode.NOT_MEASURED


def _sessions(
    workspace: Workspace, sets: Sequence[CaseSet], model: ModelConfig, session: Session
) -> dict[str, Session]:
    """Return how each golden set with a selected case is measured, by its path."""
    touched = touched_sets(sets, session.selection)
    if not session.last_failed:
        return {found.path: session for found in touched}
    from evalci.cli.last_failed import last_failed

    chosen = last_failed(workspace, touched, model, session.selection)
    return {path: replace(session, selection=selection) for path, selection in chosen.items()}


def touched_sets(sets: Sequence[CaseSet], selection: Selection) -> list[CaseSet]:
    """Return the golden sets with a selected case; every `--case` must exist in one of them."""
    ids = {case.id for found in sets for case in found.cases}
    unknown = sorted((selection.cases or frozenset()) - ids)
    if unknown:
        raise UsageError(
            f"no golden set has a case `{unknown[0]}`", hint=did_you_mean(unknown[0], sorted(ids))
        )
    touched = [found for found in sets if any(map(selection.includes, found.cases))]
    if not touched:
        cases = [case for found in sets for case in found.cases]
        hint = meant(selection.match, cases) if selection.cases is None else "look at --match"
        raise UsageError("no case matches the selection", hint=hint)
    return touched
