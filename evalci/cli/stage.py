"""Sets the stage for `evalci stats`: golden sets with their baselines, and where figures go."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from evalci.check import start_run
from evalci.cli.show import page, print_text
from evalci.cli.workspace import Workspace, open_workspace, read_run
from evalci.core.baseline import Baseline
from evalci.core.case_set import CaseSet
from evalci.core.json_value import JsonObject
from evalci.core.model_config import ModelConfig
from evalci.core.plan import Selection
from evalci.core.planning import plans_of
from evalci.core.problem import did_you_mean
from evalci.core.rehearsal import simulate
from evalci.core.run import Run
from evalci.core.stage import Stage, stage_of
from evalci.errors import BadInputError
from evalci.project import load_project
from evalci.report.power import PowerReport, power_text

SIMULATED_RUNS = 1000
EVERYTHING = Selection(affected=False, match={})
ACCEPT = "accept one with `evalci run --all && evalci baseline accept --reason …`"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenStage:
    """A golden set with a model: its planned run, its baseline, and the stage of both."""

    found: CaseSet
    run: Run
    baseline: Baseline
    stage: Stage
    model: ModelConfig


def open_stages(
    config_path: Path | None, golden_sets: Sequence[str], model_name: str | None
) -> tuple[Workspace, list[OpenStage]]:
    """Return the stage of each golden set, from the baselines of the working tree."""
    workspace = open_workspace(config_path)
    model = workspace.model(model_name)
    return workspace, [_opened(workspace, one, model) for one in workspace.case_sets(golden_sets)]


def _opened(workspace: Workspace, found: CaseSet, model: ModelConfig) -> OpenStage:
    baseline, edges = workspace.baseline(found.name, model), workspace.edges
    if baseline is None:
        raise BadInputError(f"no baseline for {found.name} with {model.name}", hint=ACCEPT)
    run = start_run(
        load_project(
            found,
            config=workspace.config,
            model=model,
            files=edges.files,
            renderer=edges.renderer,
        ),
        workspace.config,
        baseline,
        selection=EVERYTHING,
        trials=None,
        clock=edges.clock,
        history=edges.history,
    )
    return OpenStage(found=found, run=run, baseline=baseline, stage=stage_of(run), model=model)


def power_report(
    workspace: Workspace, opened: OpenStage, *, category: str | None, simulated: bool
) -> PowerReport:
    """Return what a golden set can see, or one category of it, with a simulation if asked for."""
    stage, plans = opened.stage, plans_of(opened.stage)
    place = None if category is None else _place(opened, category)
    return PowerReport(
        golden_set=opened.run.golden_set.name,
        model=opened.run.model.id,
        mode=opened.run.gate.mode,
        plans=plans if place is None else (plans[place],),
        price=_price(workspace, opened),
        simulated=simulate(stage, SIMULATED_RUNS, category=place) if simulated else None,
    )


def with_category(stages: Sequence[OpenStage], category: str) -> list[OpenStage]:
    """Return the stages that have a category; BadInputError when none has it."""
    found = [one for one in stages if category in _names(one)]
    if not found:
        known = sorted({name for one in stages for name in _names(one)})
        where = " or ".join(one.run.golden_set.name for one in stages)
        message = f"the baseline of {where} has no category `{category}`"
        raise BadInputError(message, hint=did_you_mean(category, known))
    return found


def _names(opened: OpenStage) -> set[str]:
    return {*opened.stage.table.names, *opened.stage.table.pooled}


def _place(opened: OpenStage, category: str) -> int:
    """Return the place of a category in the table, that of its pool where it is pooled."""
    table = opened.stage.table
    return table.names.index(table.pool if category in table.pooled else category)


def _price(workspace: Workspace, opened: OpenStage) -> float | None:
    """Return dollars a call as the last run of the golden set paid, None when that is unknown."""
    place = workspace.run_folder(opened.run.golden_set.name, opened.model) / "run.json"
    try:
        run = read_run(place)
    except BadInputError:
        return None
    trials = [trial for case in run.cases for trial in case.trials]
    paid = [trial.output.cost_usd for trial in trials if trial.output is not None]
    known = [usd for usd in paid if usd is not None]
    return fmean(known) if known and len(known) == len(paid) else None


def print_power(workspace: Workspace, report: PowerReport) -> None:
    """Print tables at the width of the terminal, without secrets."""
    width, tty = page()
    print_text(workspace.redactor, power_text(report, width=width, colour=tty))


def print_json(workspace: Workspace, reports: Sequence[JsonObject]) -> None:
    """Print the figures of each golden set as one JSON document, without secrets."""
    data = workspace.redactor.json({"format": 1, "golden_sets": list(reports)})
    sys.stdout.write(json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    sys.stdout.flush()
