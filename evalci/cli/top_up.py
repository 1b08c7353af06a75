"""Runs the trials that a finished run lacks before it becomes a baseline."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from evalci.cli.paid import Clients, measure_logged, open_log, paid_clients
from evalci.cli.sandboxes import harness_in
from evalci.cli.workspace import Workspace
from evalci.cli.written import write_run
from evalci.core.budget import Amount
from evalci.core.run import Run, RunCase
from evalci.edges.llm.budget import Purse
from evalci.errors import BadInputError
from evalci.project import Project, load_project


def top_up(workspace: Workspace, run: Run, folder: Path, *, cases: Collection[str]) -> Run:
    """Return the run with `baseline.trials` trials for each chosen case that was measured.

    Unscored trials are asked again. The files must still be those that the run measured.
    """
    wanted = workspace.config.baseline.trials
    due = {case.id for case in run.cases if case.id in cases and _lacks(case, wanted)}
    if not due:
        return run
    project = _project(workspace, run)
    _refuse_edits(run, project, due)
    started = replace(
        run,
        stopped="",
        cases=tuple(_reopened(case, wanted) if case.id in due else case for case in run.cases),
    )
    log = open_log(workspace, folder, started, project, salt="top-up")

    def clients(spent: Amount) -> Clients:
        # No cache: a baseline wants draws of its own.
        purse = Purse(workspace.config.budget, spent, log.book)
        return paid_clients(workspace, project, purse, cache=False)

    topped = measure_logged(workspace, project, started, clients, log)
    topped = write_run(workspace, topped, folder).run
    log.close(finished=not topped.stopped)
    return topped


def _lacks(case: RunCase, wanted: int) -> bool:
    return not case.carried and len(case.values) < wanted


def _reopened(case: RunCase, wanted: int) -> RunCase:
    """Return a case with its scored trials only, so that the others are due again."""
    scored = tuple(trial for trial in case.trials if trial.composite is not None)
    return replace(case, planned=max(case.planned, wanted), trials=scored)


def _project(workspace: Workspace, run: Run) -> Project:
    (found,) = workspace.case_sets([run.golden_set.name])
    return load_project(
        found,
        config=workspace.config,
        model=workspace.model(run.model.name),
        files=workspace.edges.files,
        renderer=workspace.edges.renderer,
        identity=harness_in(workspace.config.sandbox),
    )


def _refuse_edits(run: Run, project: Project, due: Collection[str]) -> None:
    now = {item.case.id: item.hashes for item in project.prepared}
    for case in run.cases:
        if case.id in due and now.get(case.id) != case.hashes:
            raise BadInputError(
                f"`{case.id}` was edited since the run, or is scored otherwise", hint="run it again"
            )
