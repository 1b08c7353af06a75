"""Has a judge see frozen answers again, to tell its own moves from the model's."""

from dataclasses import replace

from evalci.check import Tools, run_check
from evalci.cli.paid import paid_clients
from evalci.cli.sandboxes import sandbox_for
from evalci.cli.workspace import Workspace
from evalci.core.budget import Amount
from evalci.core.frozen import FrozenClient, frozen_run, judge_shifts, parse_frozen
from evalci.core.run import Run
from evalci.core.trial import spend_of
from evalci.project import Project


def frozen_path(golden_set: str, model: str) -> str:
    """Return where the frozen answers of a golden set with a model live."""
    return f"{golden_set}/frozen/{model}.jsonl"


def with_judge_shifts(workspace: Workspace, project: Project, run: Run) -> Run:
    """Return a measured run that says how far its judge has moved, where answers were frozen."""
    path = frozen_path(run.golden_set.path, run.model.name)
    if project.judge is None or not workspace.edges.files.exists(path):
        return run
    answers = parse_frozen(workspace.edges.files.text(path), path)
    asked = frozen_run(run, answers)
    if not asked.cases:
        return run
    spend = spend_of({case.id: case.trials for case in run.cases})
    spent = Amount(usd=spend.usd, calls=spend.calls + spend.retries, tokens=spend.tokens)
    with sandbox_for(workspace.config.sandbox, project, asked) as sandbox:
        again = run_check(
            asked,
            project,
            tools=Tools(
                client=FrozenClient(answers),
                judge=paid_clients(workspace, project, spent, cache=False).judge,
                clock=workspace.edges.clock,
                redactor=workspace.redactor,
                observe=lambda _trial, _request: None,
                sandbox=sandbox,
            ),
            concurrency=workspace.config.concurrency,
        )
    if again.stopped:
        return replace(run, stopped=again.stopped)
    return replace(run, judge_shifts=judge_shifts(run, answers, again))
