"""Has a judge see frozen answers again, to tell its own moves from the model's."""

from dataclasses import dataclass, field, replace

from evalci.check import Tools, run_check
from evalci.cli.sandboxes import sandbox_for
from evalci.cli.show import say
from evalci.cli.workspace import Workspace
from evalci.core.frozen import (
    FrozenAnswer,
    FrozenClient,
    frozen_answers,
    frozen_run,
    frozen_text,
    has_moved,
    held_together,
    judge_shifts,
    parse_frozen,
)
from evalci.core.ports import ModelClient
from evalci.core.run import Run
from evalci.core.run_file import parse_output, to_json
from evalci.core.trial import Output, Request, Spend
from evalci.edges.llm.logged import LoggedClient
from evalci.edges.trial_log import TrialLog
from evalci.errors import BadInputError
from evalci.project import Project
from evalci.report.escape import counted
from evalci.report.judging import judge_spend


def frozen_path(golden_set: str, model: str) -> str:
    """Return where the frozen answers of a golden set with a model live."""
    return f"{golden_set}/frozen/{model}.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejudged:
    """A measured run that says how far its judge has moved, and what it took to know."""

    run: Run
    spend: Spend = field(default_factory=Spend)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejudging:
    """What a judge is to see again: each of the ``answers`` so many ``times``."""

    workspace: Workspace
    project: Project
    answers: tuple[FrozenAnswer, ...]
    times: int

    def of(self, run: Run, judge: ModelClient | None, log: TrialLog) -> Rejudged:
        """Return a measured run with what its judge says of the frozen answers today.

        ``judge`` pays out of the purse of the run. Its replies are in the log of the run, so that
        neither a further pass nor an attempt that goes on pays for them again.
        """
        asked = frozen_run(run, self.answers, times=self.times)
        if judge is None or run.stopped or not asked.cases:
            return Rejudged(run=run)
        again = self._again(asked, _logged(judge, log))
        spend = judge_spend(again)
        if again.stopped:
            stopped = f"judging frozen answers: {again.stopped}"
            return Rejudged(run=replace(run, stopped=stopped), spend=spend)
        shifts = judge_shifts(run, self.answers, again)
        return Rejudged(run=held_together(run, shifts), spend=spend)

    def _again(self, asked: Run, judge: ModelClient) -> Run:
        workspace = self.workspace
        with sandbox_for(workspace.config.sandbox, self.project, asked) as sandbox:
            return run_check(
                asked,
                self.project,
                tools=Tools(
                    client=FrozenClient(self.answers),
                    judge=judge,
                    clock=workspace.edges.clock,
                    redactor=workspace.redactor,
                    observe=lambda _trial, _request: None,
                    sandbox=sandbox,
                ),
                concurrency=workspace.config.concurrency,
            )


def _logged(judge: ModelClient, log: TrialLog) -> ModelClient:
    def keep(request: Request, output: Output) -> None:
        log.reply(*_place(request), to_json(output))

    known = {place: parse_output(data, "log.jsonl") for place, data in log.judged.items()}
    return LoggedClient(judge, known=known, keep=keep, place=_place)


def _place(request: Request) -> tuple[str, int]:
    """Return where a reply belongs: apart from those to equal answers of today."""
    return f"frozen {request.hash}", request.trial


def read_frozen(workspace: Workspace, run: Run) -> tuple[FrozenAnswer, ...]:
    """Return the frozen answers of a golden set with a model, none where nothing was frozen."""
    path = frozen_path(run.golden_set.path, run.model.name)
    if not workspace.edges.files.exists(path):
        return ()
    return parse_frozen(workspace.edges.files.text(path), path)


def freeze_answers(workspace: Workspace, run: Run) -> bool:
    """Keep the judged answers of a run for a judge to see them again; tell whether it has any.

    BadInputError where that would hide how far the judge has moved from the baseline.
    """
    answers = frozen_answers(run)
    if not answers:
        return False
    if run.private:
        raise BadInputError(f"the run of {run.golden_set.name} keeps no texts", hint="run it here")
    model = workspace.config.models.get(run.model.name)
    baseline = workspace.baseline(run.golden_set.name, model) if model else None
    before = {answer.case for answer in read_frozen(workspace, run)}
    if baseline and baseline.accepted.at <= run.provenance.started_at and before:
        _require_steady(run)
    if before & {*run.unselected, *(case.id for case in run.cases if case.carried)}:
        message = f"the last run of {run.golden_set.name} left out cases that have a frozen answer"
        raise BadInputError(message, hint="`evalci run --all`, then freeze")
    path = frozen_path(run.golden_set.path, run.model.name)
    workspace.edges.files.write(path, frozen_text(answers, clean=workspace.redactor.text))
    say(f"{path}: {counted(len(answers), 'answer')}; commit it")
    return True


def _require_steady(run: Run) -> None:
    """Raise BadInputError unless a judge is known to be where it was when answers were frozen."""
    if has_moved(run):
        raise BadInputError(
            f"the judge of {run.golden_set.name} has moved since answers were frozen",
            hint="accept what it says now, `evalci baseline accept --reason …`, then freeze",
        )
    if not run.judge_shifts:
        message = f"the last run of {run.golden_set.name} did not have frozen answers judged again"
        raise BadInputError(message, hint="`evalci drift`, then freeze")
