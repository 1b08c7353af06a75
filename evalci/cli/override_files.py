"""The overrides in a repository's `overrides/`: those of the base, and those of a change."""

from dataclasses import replace

import click

from evalci.cli.workspace import Workspace
from evalci.core.base_edits import file_edit
from evalci.core.base_policy import MAX_CHANGES
from evalci.core.override import Override, in_force
from evalci.core.override_file import FOLDER, is_override, parse_override
from evalci.core.ports import BaseFiles
from evalci.core.run import PolicyChange, Run
from evalci.errors import BadInputError

MAX_FILES = 200
PENDING = "counts once it is merged, or when this commit is approved"


def with_base_overrides(run: Run, workspace: Workspace) -> Run:
    """Return a planned run with the overrides of its base, and with the edits of them listed.

    Raises BadInputError for a file of the working tree that is not valid.
    """
    overrides = in_force(
        run,
        base_overrides(workspace),
        now=workspace.edges.clock.now(),
        policy=workspace.config.override,
    )
    changes = (*run.policy_changes, *_edits(workspace))
    return replace(run, overrides=overrides, policy_changes=changes[:MAX_CHANGES])


def base_overrides(workspace: Workspace) -> tuple[Override, ...]:
    """Return the overrides that count without a review: the base's, where there is a base."""
    files = workspace.policy.files
    if files is None:
        return _own_overrides(workspace)
    found = []
    for path in _paths(files):
        try:
            found += _at(files, path)
        except BadInputError as exc:  # the change at hand could not mend it
            click.echo(f"evalci: {exc}; passed over", err=True)
    return tuple(found)


def proposed_overrides(base: BaseFiles | None, head: BaseFiles) -> tuple[Override, ...]:
    """Return the overrides that a change adds or edits; what cannot be read is none."""
    found = []
    for path in _paths(head):
        if base is not None and base.text(path) == head.text(path):
            continue
        try:
            found += _at(head, path)
        except BadInputError:
            continue
    return tuple(found)


def _paths(files: BaseFiles) -> list[str]:
    return [path for path in files.paths(FOLDER) if is_override(path)][:MAX_FILES]


def _at(files: BaseFiles, path: str) -> list[Override]:
    document = files.document(path)
    return [] if document is None else [parse_override(document, path)]


def _own_overrides(workspace: Workspace) -> tuple[Override, ...]:
    files = workspace.edges.files
    return tuple(parse_override(files.yaml(path), path) for path in _own_paths(workspace))


def _own_paths(workspace: Workspace) -> tuple[str, ...]:
    files = workspace.edges.files
    return () if files.vacant(FOLDER) else files.yaml_files(FOLDER)


def _edits(workspace: Workspace) -> list[PolicyChange]:
    """Return a line for each override that a change adds, edits or removes."""
    files = workspace.policy.files
    if files is None:
        return []
    _own_overrides(workspace)
    paths = (*_paths(files), *_own_paths(workspace))
    return [
        edit
        for path in dict.fromkeys(paths)
        for edit in file_edit(path, files.text(path), workspace.own_text(path), effect=PENDING)
    ]
