"""Measures with everything in the log, and pays only for what is neither there nor kept."""

from collections.abc import Callable, Iterable
from pathlib import Path

import click

from evalci.check import Tools, run_check
from evalci.cli.keyless import require_secrets
from evalci.cli.progress import Progress
from evalci.cli.sandboxes import sandbox_for
from evalci.cli.workspace import PRIVATE_LOGS, RUNS, Workspace
from evalci.core.budget import Amount
from evalci.core.model_config import ModelConfig
from evalci.core.ports import ModelClient
from evalci.core.run import Run
from evalci.core.run_file import parse_output, parse_trial, to_json
from evalci.core.trial import Output, Request, Trial, spend_of
from evalci.edges import Calls, live_client
from evalci.edges.llm.logged import LoggedClient
from evalci.edges.trial_log import TrialLog
from evalci.errors import BadInputError
from evalci.project import Project


def paid_client(
    workspace: Workspace, model: ModelConfig, spent: Amount, *, cache: bool
) -> ModelClient:
    """Return the client that asks a model for real, after the cache unless told otherwise."""
    config = workspace.config
    if workspace.trigger.event == "pull_request":
        require_secrets(model)
    calls = Calls(
        timeout_s=config.timeout_s,
        concurrency=config.concurrency,
        budget=config.budget,
        spent=spent,
        folder=workspace.edges.files.base,
    )
    if model.scripted or not cache or workspace.withholds:
        return live_client(model, calls)
    if workspace.edges.history.tracks(config.cache.dir):
        # A pull request could bring its own answers along.
        line = f"evalci: the cache is not used: git tracks files in `{config.cache.dir}`"
        click.echo(line, err=True)
        return live_client(model, calls)
    from evalci.cli.cache import open_store

    store = open_store(workspace)
    store.prune(max_age_days=config.cache.max_age_days, max_mb=config.cache.max_mb)
    return live_client(model, calls, store=store)


def open_log(workspace: Workspace, folder: Path, inputs: str, *, adds_up: bool) -> TrialLog:
    """Return the log of a run, which continues a broken-off one with the same inputs.

    It continues a finished one, too, where the trials of all attempts ``adds_up``. BadInputError
    for a log that a change brings along.
    """
    if workspace.policy.base is not None:
        _refuse_brought_along(workspace, folder.name)
    if workspace.withholds:
        # What stands in the folder of runs is uploaded and kept by the action.
        for old in folder.glob("log*.jsonl"):
            old.unlink()
        folder = workspace.edges.files.inside(PRIVATE_LOGS) / folder.name
    path = folder / "log.jsonl"
    return TrialLog(path, inputs=inputs, redactor=workspace.redactor, adds_up=adds_up)


def _refuse_brought_along(workspace: Workspace, name: str) -> None:
    for home in (RUNS, PRIVATE_LOGS):
        if workspace.edges.history.tracks(f"{home}/{name}/log*.jsonl"):
            message = f"git tracks the log of trials in `{home}/{name}`"
            hint = f"git rm -r --cached {home}, and add it to .gitignore"
            raise BadInputError(message, hint=hint)


def measure_logged(
    workspace: Workspace,
    project: Project,
    started: Run,
    client: Callable[[Amount], ModelClient],
    log: TrialLog,
) -> Run:
    """Run the check with every answer and trial in the log, after those it already holds.

    ``client`` makes the client, given what those have cost.
    """
    earlier, paid_now = _earlier(log)
    unscored = {at: parse_output(data, "log.jsonl") for at, data in log.unscored.items()}
    due = sum(max(0, case.planned - len(case.trials)) for case in started.cases)
    left = max(0, due - len(earlier))
    try:
        with (
            sandbox_for(workspace.config.sandbox, project, started) as sandbox,
            Progress(left, started.golden_set.name, looks=started.gate.looks) as progress,
        ):

            def keep(request: Request, output: Output) -> None:
                log.answer(request.case, request.trial, to_json(output))

            def observe(trial: Trial, request: Request) -> None:
                log.append(to_json(trial))
                progress(trial, request)

            spent = _spent(paid_now, unscored.values())
            tools = Tools(
                client=LoggedClient(client(spent), known=unscored, keep=keep),
                clock=workspace.edges.clock,
                redactor=workspace.redactor,
                observe=observe,
                sandbox=sandbox,
            )
            return run_check(
                started,
                project,
                tools=tools,
                concurrency=workspace.config.concurrency,
                earlier=earlier,
            )
    except BaseException:
        log.close()
        raise


def _earlier(log: TrialLog) -> tuple[tuple[Trial, ...], tuple[Trial, ...]]:
    """Return the scored trials of a log, and those that the attempt it broke off in paid for.

    Unscored ones are asked again. A finished attempt had a budget of its own.
    """
    trials = tuple(parse_trial(data, "log.jsonl") for data in log.earlier)
    scored = tuple(trial for trial in trials if trial.composite is not None)
    return scored, trials[log.settled :]


def _spent(trials: Iterable[Trial], unscored: Iterable[Output]) -> Amount:
    """Return what the finished part of a broken-off run has cost."""
    waiting = [Trial(case="", trial=0, composite=None, output=output) for output in unscored]
    spend = spend_of({"": (*trials, *waiting)})
    return Amount(usd=spend.usd, calls=spend.calls + spend.retries, tokens=spend.tokens)
