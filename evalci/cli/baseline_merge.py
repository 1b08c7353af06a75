"""Joins the baselines of two branches in the working tree, by hand or for git."""

from collections.abc import Sequence
from pathlib import Path

from evalci.cli.show import say
from evalci.cli.workspace import Workspace
from evalci.core.baseline import Baseline, baseline_path
from evalci.core.baseline_merge import MergedBaseline, merge_baselines
from evalci.core.case_set import CaseSet
from evalci.core.model_config import ModelConfig
from evalci.core.run_file import baseline_text, parse_baseline
from evalci.edges.files import json_document, write_text
from evalci.errors import BadInputError
from evalci.report.escape import counted, first_lines

MAX_NAMED = 5


def merge_files(base: Path, ours: Path, theirs: Path) -> None:
    """Write the joined baseline to ``ours``; an empty ``base`` means that there was none.

    BadInputError names the cases that both sides measured differently, once ours is written.
    """
    mine, other = _read(ours), _read(theirs)
    if mine is None or other is None:
        raise BadInputError(f"{ours if mine is None else theirs}: no baseline")
    merged = merge_baselines(_read(base), mine, other)
    write_text(ours, baseline_text(merged.baseline))
    _raise_conflicts(merged.conflicts)


def merge_branch(
    workspace: Workspace, branch: str, found: Sequence[CaseSet], model: ModelConfig
) -> None:
    """Join the baselines of a branch into those of the working tree, each in its place.

    BadInputError as of `merge_files`, and for a branch that git does not know.
    """
    conflicts: list[str] = []
    for case_set in found:
        merged = _merged(workspace, branch, case_set.name, model)
        if merged is None:
            say(f"{branch} has no baseline for {case_set.name} with {model.name}")
            continue
        path = baseline_path(workspace.config, case_set.name, model.name)
        workspace.edges.files.write(path, baseline_text(merged.baseline))
        say(f"{path}: {counted(len(merged.baseline.cases), 'case')}; commit it")
        conflicts += merged.conflicts
    _raise_conflicts(conflicts)


def _merged(
    workspace: Workspace, branch: str, name: str, model: ModelConfig
) -> MergedBaseline | None:
    theirs, ours = workspace.baseline_at(branch, name, model), workspace.baseline(name, model)
    if theirs is None:
        return None
    if ours is None:
        return MergedBaseline(baseline=theirs)
    ancestor = workspace.edges.history.merge_base("HEAD", branch)
    base = workspace.baseline_at(ancestor, name, model) if ancestor else None
    return merge_baselines(base, ours, theirs)


def _read(place: Path) -> Baseline | None:
    try:
        text = place.read_text(encoding="utf-8")
    except OSError as exc:
        raise BadInputError(f"cannot read {place}: {exc.strerror}") from None
    except UnicodeDecodeError:
        raise BadInputError(f"{place}: not UTF-8 text") from None
    return parse_baseline(json_document(text, str(place))) if text.strip() else None


def _raise_conflicts(ids: Sequence[str]) -> None:
    """Raise BadInputError for the cases whose scores are ours only because one had to be."""
    if ids:
        names = ", ".join(first_lines([f"`{id_}`" for id_ in ids], MAX_NAMED))
        raise BadInputError(
            f"asked or scored differently on both sides, ours is kept: {names}",
            hint="mend the files first, then `evalci run` and `evalci baseline accept --reason …`",
        )
