"""Sets the stage for `evalci stats`: golden sets with their baselines, and where figures go."""

import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from evalci.check import start_run
from evalci.cli.show import PLAIN_WIDTH
from evalci.cli.workspace import Workspace, open_workspace, read_run
from evalci.core.baseline import Baseline
from evalci.core.certificate import (
    Certificate,
    Source,
    certificate_key,
    certificate_path,
    certificate_text,
)
from evalci.core.json_value import JsonObject
from evalci.core.model_config import ModelConfig
from evalci.core.plan import Selection
from evalci.core.planning import plans_of
from evalci.core.problem import did_you_mean
from evalci.core.rehearsal import resample, simulate
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
    found = []
    for case_set in workspace.case_sets(golden_sets):
        baseline = workspace.baseline(case_set.name, model)
        if baseline is None:
            raise BadInputError(f"no baseline for {case_set.name} with {model.name}", hint=ACCEPT)
        edges = workspace.edges
        project = load_project(
            case_set,
            config=workspace.config,
            model=model,
            files=edges.files,
            renderer=edges.renderer,
        )
        run = start_run(
            project,
            workspace.config,
            baseline,
            selection=EVERYTHING,
            trials=None,
            clock=edges.clock,
            history=edges.history,
        )
        found.append(OpenStage(run=run, baseline=baseline, stage=stage_of(run), model=model))
    return workspace, found


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


def _place(opened: OpenStage, category: str) -> int:
    """Return the place of a category in the table, that of its pool where it is pooled."""
    table = opened.stage.table
    name = table.pool if category in table.pooled else category
    if name in table.names:
        return table.names.index(name)
    known = sorted({*table.names, *table.pooled} - {table.pool})
    message = f"no category `{category}` in {opened.run.golden_set.name}"
    if any(found.name == category for found in opened.run.gate.categories):
        message = f"category `{category}` has no case that its baseline knows"
    raise BadInputError(message, hint=did_you_mean(category, known))


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


def certify(workspace: Workspace, opened: OpenStage, *, runs: int) -> tuple[str, Certificate]:
    """Rehearse unchanged runs, write the certificate beside the baseline, return path and it."""
    found = resample(opened.stage, runs)
    certificate = Certificate(
        golden_set=opened.run.golden_set.name,
        model=opened.run.model.name,
        mode=opened.run.gate.mode,
        source=Source.RESAMPLED,
        runs=found.runs,
        red=found.red,
        undecided=found.undecided,
        calls_per_case=found.calls_per_case,
        key=certificate_key(opened.baseline, workspace.config.gate),
    )
    folder = workspace.config.baseline.dir
    path = certificate_path(folder, certificate.golden_set, certificate.model)
    workspace.edges.files.write(path, certificate_text(certificate))
    return path, certificate


def print_power(workspace: Workspace, report: PowerReport) -> None:
    """Print tables at the width of the terminal, without secrets."""
    tty = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if tty else PLAIN_WIDTH
    text = power_text(report, width=width, colour=tty)
    sys.stdout.write(workspace.redactor.text(text))
    sys.stdout.flush()


def print_json(workspace: Workspace, reports: Sequence[JsonObject]) -> None:
    """Print the figures of each golden set as one JSON document, without secrets."""
    data = workspace.redactor.json({"format": 1, "golden_sets": list(reports)})
    sys.stdout.write(json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    sys.stdout.flush()
