"""Reads and writes the calibrations of judges, beside the baselines."""

from dataclasses import replace

from evalci.cli.workspace import Workspace
from evalci.core.calibration import (
    Calibration,
    CalibrationRef,
    calibration_path,
    calibration_ref,
    calibration_text,
    dated,
    outweighs,
    parse_calibration,
)
from evalci.core.judge_config import Judge
from evalci.edges.files import json_document
from evalci.errors import BadInputError


def calibration_in_force(
    workspace: Workspace, golden_set: str, judge: Judge | None
) -> CalibrationRef | None:
    """Return the calibration of a judge on a golden set, None without one that can be read.

    It is the base revision's where there is one. It decides nothing, so one that cannot be read
    stops nothing.
    """
    policy, files = workspace.config.judge, workspace.policy.files
    if judge is None or policy is None:
        return None
    path = calibration_path(workspace.config.baseline.dir, golden_set, judge.model.name)
    text = workspace.own_text(path) if files is None else files.text(path)
    found = _readable(text, path)
    return None if found is None else calibration_ref(found, policy.calibration)


def write_calibration(
    workspace: Workspace, found: Calibration
) -> tuple[Calibration, str, Calibration | None]:
    """Write a calibration with today's date; return it, its path, and what was kept instead.

    One that rests on more cases and still holds is kept.
    """
    found = dated(found, workspace.edges.clock.now().date())
    found = replace(found, against=workspace.redactor.text(found.against))
    path = calibration_path(workspace.config.baseline.dir, found.golden_set, found.judge.name)
    before, policy = _readable(workspace.own_text(path), path), workspace.config.judge
    if before is not None and policy and outweighs(before, found, policy.calibration):
        return found, path, before
    workspace.edges.files.write(path, calibration_text(found))
    return found, path, None


def _readable(text: str | None, path: str) -> Calibration | None:
    try:
        return None if text is None else parse_calibration(json_document(text, path))
    except BadInputError:
        return None
