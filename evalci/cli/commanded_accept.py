"""`/evalci accept`: what was measured of a head becomes a baseline in a pull request of its own."""

from collections.abc import Iterable

from evalci.cli.commanded import Deed, Order, require_giver
from evalci.cli.measured import measured_runs
from evalci.cli.secrets import redactor
from evalci.core.acceptance import accept, refuse_unfit
from evalci.core.baseline import Acceptance, baseline_path
from evalci.core.gate import decide
from evalci.core.run import Run
from evalci.core.run_file import baseline_text
from evalci.core.verdict import Outcome
from evalci.edges.github.baseline_pr import BaselineChange, baseline_branch
from evalci.errors import BadInputError
from evalci.report import replies

BRANCH = "evalci/accept-{number}"


def obey_accept(order: Order) -> Deed:
    """Open or update the pull request with the baselines that the measured runs make."""
    require_giver(order)
    found = measured_runs(order)
    runs = [run for measured in found for run in measured.runs]
    _refuse_uncompared(run for measured in found if measured.commanded for run in measured.runs)
    files = {path: text for run in runs for path, text in _baseline(order, run).items()}
    if not files:
        return Deed(reply=replies.unchanged())
    github = order.github
    change = BaselineChange(
        sha=github.event.sha,
        base=order.now.default_branch,
        files=files,
        title=replies.ACCEPT_TITLE.format(number=order.number),
        body=redactor().text(
            replies.accept_body(
                order.command, by=order.now.sender, number=order.number, paths=sorted(files)
            )
        ),
    )
    folder = order.workspace.edges.history.folder()
    branch = baseline_branch(folder, BRANCH.format(number=order.number))
    url = github.proposal(branch).propose(change)
    return Deed(reply=replies.proposed(url or "a pull request from a newer commit"))


def _refuse_uncompared(runs: Iterable[Run]) -> None:
    """Refuse what a command measured of somebody else's text and nothing held against anything."""
    for run in runs:
        for result in decide(run).categories:
            if result.outcome is Outcome.NOT_COMPARABLE:
                name = f"`{result.summary.category.name}` of {run.golden_set.name}"
                hint = "merge the change first: the push that follows proposes its baseline"
                raise BadInputError(f"{name} is not comparable: {result.reason}", hint=hint)


def _baseline(order: Order, run: Run) -> dict[str, str]:
    """Return the text of a run's baseline by path from the top; nothing where it stays the same."""
    workspace = order.workspace
    config = workspace.config
    if run.model.name not in config.models:
        raise BadInputError(f"the config of the default branch has no model `{run.model.name}`")
    if run.golden_set.name not in {path.rsplit("/", 1)[-1] for path in config.golden_sets}:
        raise BadInputError(f"the config has no golden set `{run.golden_set.name}`")
    model = config.models[run.model.name]
    cases = {case.id for case in run.cases}
    refuse_unfit(run, min_trials=config.baseline.min_trials, cases=cases)
    acceptance = Acceptance(
        by=order.now.sender,
        reason=redactor().text(order.command.reason),
        at=workspace.edges.clock.now().isoformat(timespec="seconds"),
    )
    previous = workspace.baseline(run.golden_set.name, model)
    accepted = accept(run, previous, acceptance=acceptance, cases=cases)
    if accepted == previous:
        return {}
    path = baseline_path(config, run.golden_set.name, model.name)
    folder = workspace.edges.history.folder()
    return {f"{folder}/{path}".lstrip("/"): baseline_text(accepted)}
