"""Writes the baseline that a finished run makes."""

from dataclasses import dataclass
from pathlib import Path

from evalci.cli.top_up import top_up
from evalci.cli.workspace import Workspace, read_run
from evalci.core.acceptance import accept, refuse_shard, refuse_unfit, thin_warning
from evalci.core.baseline import Acceptance, baseline_path
from evalci.core.problem import did_you_mean
from evalci.core.run import Run
from evalci.core.run_file import baseline_text
from evalci.errors import BadInputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Which part of a run is accepted; empty means all of it."""

    categories: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()

    def ids(self, run: Run) -> set[str]:
        """Return the ids of the chosen cases; BadInputError for a name the run does not have."""
        _require(self.categories, {case.category for case in run.cases}, "category")
        _require(self.cases, {case.id for case in run.cases}, "case")
        return {
            case.id
            for case in run.cases
            if (not self.categories or case.category in self.categories)
            and (not self.cases or case.id in self.cases)
        }


def _require(wanted: tuple[str, ...], known: set[str], noun: str) -> None:
    for name in wanted:
        if name not in known:
            raise BadInputError(
                f"the run has no {noun} `{name}`", hint=did_you_mean(name, sorted(known))
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The baseline's path, how many cases it took over, and what is weak about it, or nothing."""

    path: str
    cases: int
    warning: str


def accept_run(
    workspace: Workspace, place: Path, *, reason: str, part: Part, topped_up: bool = False
) -> Accepted:
    """Write the baseline that a run makes of the chosen part, and return what became of it.

    ``topped_up`` first runs the trials that are missing to `baseline.trials`.
    """
    run = read_run(place)
    refuse_shard(run)
    if run.model.name not in workspace.config.models:
        raise BadInputError(f"{place}: the config has no model `{run.model.name}`")
    model = workspace.config.models[run.model.name]
    chosen = part.ids(run)
    if not chosen:
        raise BadInputError("the run measured none of the chosen cases")
    if topped_up:
        run = top_up(workspace, run, place.parent, cases=chosen)
    refuse_unfit(run, min_trials=workspace.config.baseline.min_trials, cases=chosen)
    acceptance = Acceptance(
        by=workspace.edges.history.author(),
        reason=workspace.redactor.text(reason.strip()),
        at=workspace.edges.clock.now().isoformat(timespec="seconds"),
    )
    previous = workspace.baseline(run.golden_set.name, model)
    baseline = accept(run, previous, acceptance=acceptance, cases=chosen)
    path = baseline_path(workspace.config, run.golden_set.name, model.name)
    workspace.edges.files.write(path, baseline_text(baseline))
    taken = sum(case.id in chosen and not case.carried for case in run.cases)
    return Accepted(path=path, cases=taken, warning=thin_warning(baseline))
