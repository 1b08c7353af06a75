"""Measures with everything in the log, and pays only for what is neither there nor kept."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import click

from evalci.check import Tools, inputs_id, run_check
from evalci.cli.keyless import require_secrets
from evalci.cli.progress import Progress
from evalci.cli.sandboxes import sandbox_for
from evalci.cli.workspace import PRIVATE_LOGS, RUNS, Workspace
from evalci.core.budget import Amount
from evalci.core.json_value import Json
from evalci.core.model_config import ModelConfig
from evalci.core.ports import ModelClient
from evalci.core.run import Run
from evalci.core.run_file import parse_output, parse_trial, to_json
from evalci.core.trial import Output, Request, Trial, spend_of, spend_on, total_of
from evalci.edges import Calls, live_client
from evalci.edges.llm.budget import Purse
from evalci.edges.llm.logged import LoggedClient, by_hash
from evalci.edges.llm.pace import Gates
from evalci.edges.plugins import InstalledScorers
from evalci.edges.trial_log import TrialLog
from evalci.errors import BadInputError
from evalci.project import Project, quickly_scored

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clients:
    """Who answers, and who judges the answers; ``judge`` None where nobody does."""

    model: ModelClient
    judge: ModelClient | None = None


def paid_clients(workspace: Workspace, project: Project, purse: Purse, *, cache: bool) -> Clients:
    """Return the clients that ask a model and its judge for real, out of one purse."""
    calls = Calls(
        timeout_s=workspace.config.timeout_s,
        gates=Gates(workspace.config.concurrency),
        purse=purse,
        models=tuple(asked_models(project)),
        folder=workspace.edges.files.base,
    )

    def client(model: ModelConfig, calls: Calls) -> ModelClient:
        return _paid_client(workspace, model, calls, cache=cache and project.traces(model))

    answers = client(project.model, calls)
    if project.judge is None:
        return Clients(model=answers)
    return Clients(model=answers, judge=client(project.judge.model, replace(calls, lenient=True)))


def _paid_client(
    workspace: Workspace, model: ModelConfig, calls: Calls, *, cache: bool
) -> ModelClient:
    """Return the client of a model config, after the cache unless told otherwise."""
    config = workspace.config
    if workspace.trigger.event == "pull_request":
        require_secrets(model)
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


def open_log(
    workspace: Workspace,
    folder: Path,
    started: Run,
    project: Project,
    *,
    salt: str,
    adds_up: bool = False,
) -> TrialLog:
    """Return the log of a run, which continues a broken-off one with the same inputs and ``salt``.

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
    inputs = inputs_id(started, "\n".join([salt, *_reached(project)]))
    log = TrialLog(path, inputs=inputs, redactor=workspace.redactor, adds_up=adds_up)
    if log.damaged:
        count = "1 line is" if log.damaged == 1 else f"{log.damaged} lines are"
        click.echo(f"evalci: {log.path}: {count} damaged and left out", err=True)
    return log


def _reached(project: Project) -> list[str]:
    """Return where the model and its judge answer: elsewhere, a request has other answers."""
    return [repr((model.api_base, model.command)) for model in asked_models(project)]


def asked_models(project: Project) -> list[ModelConfig]:
    """Return whom a measurement asks: the model and, where there is one, its judge."""
    return [project.model, *([project.judge.model] if project.judge else [])]


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
    clients: Callable[[Amount], Clients],
    log: TrialLog,
    *,
    cache: bool = True,
) -> Run:
    """Run the check with every answer and trial in the log, after those it already holds.

    ``clients`` makes them, given what those have cost. Without the ``cache``, what a run that
    broke off took from there is asked for.
    """
    earlier, paid_now = _earlier(log, cache=cache)
    unscored = _outputs(log.unscored)
    try:
        with (
            sandbox_for(workspace.config.sandbox, project, started) as sandbox,
            _progress(started, len(earlier)) as progress,
        ):
            keeper = _Keeper(log, project, progress)
            made = clients(_spent(log, paid_now, unscored.values()))
            tools = Tools(
                client=LoggedClient(made.model, known=unscored, keep=keeper.answer),
                judge=made.judge and _logged_judge(made.judge, log, keeper),
                clock=workspace.edges.clock,
                redactor=workspace.redactor,
                observe=keeper.trial,
                sandbox=sandbox,
                plugins=InstalledScorers(),
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


def _progress(started: Run, earlier: int) -> Progress:
    due = sum(max(0, case.planned - len(case.trials)) for case in started.cases)
    return Progress(max(0, due - earlier), started.golden_set.name, looks=started.gate.looks)


class _Keeper:
    """Keeps in the log what cannot be had again for nothing, and counts the trials."""

    def __init__(self, log: TrialLog, project: Project, progress: Progress) -> None:
        self._log = log
        self._progress = progress
        # What the cache holds and no time was spent on need not be kept twice.
        self._at_hand = frozenset() if log.adds_up else quickly_scored(project)

    def answer(self, request: Request, output: Output) -> None:
        # What the cache holds, the cache keeps; an answer may be recorded.
        if output.live:
            self._log.answer(request.case, request.trial, to_json(output))

    def reply(self, request: Request, output: Output) -> None:
        self._log.reply(request.hash, request.trial, to_json(output))

    def trial(self, trial: Trial, request: Request) -> None:
        if trial.case not in self._at_hand or trial.output is None or not trial.output.cached:
            self._log.append(to_json(trial))
        self._progress(trial, request)


def _logged_judge(judge: ModelClient, log: TrialLog, keeper: _Keeper) -> LoggedClient:
    known = _outputs(log.judged)
    return LoggedClient(judge, known=known, keep=keeper.reply, place=by_hash)


def _earlier(log: TrialLog, *, cache: bool) -> tuple[tuple[Trial, ...], tuple[Trial, ...]]:
    """Return the scored trials of a log, and those that the attempt it broke off in paid for.

    Unscored ones are asked again, and those whose answer is lost. A finished attempt had a budget
    of its own.
    """
    read = [_read(parse_trial, data) for data in log.earlier]
    now = [t for t in read[log.settled :] if t and (cache or not (t.output and t.output.cached))]
    known = [t for t in (*read[: log.settled], *now) if t and t.output is not None]
    once: dict[tuple[str, int], Trial] = {}
    for trial in known:
        if trial.composite is not None:  # the first one has been reported
            once.setdefault((trial.case, trial.trial), trial)
    return tuple(once.values()), tuple(now)


def _outputs(found: Mapping[tuple[str, int], Json]) -> dict[tuple[str, int], Output]:
    outputs = {place: _read(parse_output, data) for place, data in found.items()}
    return {place: output for place, output in outputs.items() if output is not None}


def _read(parse: Callable[[Json, str], T], data: Json) -> T | None:
    """Return what a line of the log says, None for a damaged one: then it is asked again."""
    try:
        return parse(data, "log.jsonl")
    except BadInputError:
        return None


def replies_in(log: TrialLog) -> dict[tuple[str, int], Output]:
    """Return every reply of a judge that a log holds."""
    return _outputs(log.replies())


def _spent(log: TrialLog, trials: Iterable[Trial], unscored: Iterable[Output]) -> Amount:
    """Return what a broken-off run has cost, its judge included.

    Its book knows also of failed calls and of those in flight; one without a cap has none.
    """
    waiting = [Trial(case="", trial=0, composite=None, output=output) for output in unscored]
    replies = [output for data in log.fresh if (output := _read(parse_output, data))]
    spend = total_of((spend_of({"": (*trials, *waiting)}), spend_on(replies)))
    calls = spend.calls + spend.retries
    found = Amount(usd=spend.usd, calls=calls, tokens=spend.tokens, unknown=spend.unknown)
    return found.at_least(log.booked) if log.booked.calls else found
