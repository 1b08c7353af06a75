"""Writes what adds to a baseline or freezes it: further trials, the anchor."""

from dataclasses import replace
from pathlib import Path

from evalci.cli.workspace import Workspace, read_run
from evalci.core.baseline import Acceptance, anchor_path, baseline_path
from evalci.core.extension import Extension, extend
from evalci.core.model_config import ModelConfig
from evalci.core.run_file import baseline_text
from evalci.errors import BadInputError

ACCEPT = "accept one with `evalci run --all && evalci baseline accept --reason …`"


def extend_baseline(workspace: Workspace, place: Path) -> tuple[str, Extension]:
    """Add the trials of a run to its baseline; return the path and what was gained."""
    run = read_run(place)
    name, model = run.golden_set.name, run.model.name
    if model not in workspace.config.models:
        raise BadInputError(f"{place}: the config has no model `{model}`")
    previous = workspace.baseline(name, workspace.config.models[model])
    if previous is None:
        raise BadInputError(f"no baseline for {name} with {model}", hint=ACCEPT)
    extension = extend(run, previous)
    path = baseline_path(workspace.config, name, model)
    workspace.edges.files.write(path, baseline_text(extension.baseline))
    return path, extension


def freeze_anchor(workspace: Workspace, name: str, model: ModelConfig, reason: str) -> str:
    """Write the present baseline as the anchor, and return its path."""
    kept = workspace.baseline(name, model)
    if kept is None:
        raise BadInputError(f"no baseline for {name} with {model.name}", hint=ACCEPT)
    acceptance = Acceptance(
        by=workspace.edges.history.author(),
        reason=workspace.redactor.text(reason.strip()),
        at=workspace.edges.clock.now().isoformat(timespec="seconds"),
    )
    path = anchor_path(workspace.config, name, model.name)
    workspace.edges.files.write(path, baseline_text(replace(kept, accepted=acceptance)))
    return path
