"""Lets `evalci run --head` measure the text that `evalci obey` laid over, and nothing besides."""

import json
import posixpath
from collections.abc import Iterable
from dataclasses import replace

from evalci.cli.sandboxes import refuse_unisolated
from evalci.cli.workspace import Workspace
from evalci.core.base_edits import uncompared
from evalci.core.base_policy import MAX_CHANGES
from evalci.core.config import Config
from evalci.core.head_text import EXECUTABLE, FILE, LaidOver, laid_over, unmeasured_words
from evalci.core.json_value import as_object
from evalci.core.model_config import ModelConfig
from evalci.core.proposal import Proposal
from evalci.core.run import PolicyChange, Run
from evalci.edges.files import CONFIG_PLACES, CommittedFiles
from evalci.edges.git import GitHistory
from evalci.errors import BadInputError
from evalci.project import Project

PLACE = ".evalci/head.json"
OVERRIDES = "overrides"
EVERYTHING = "."
OF_BASE, NOT_MEASURED = "read from the base", "edited here, not measured"


def seen(workspace: Workspace, paths: Iterable[str]) -> tuple[str, ...]:
    """Return paths of the config's folder as they are seen from the top of the repository."""
    folder = workspace.edges.history.folder()
    return tuple(sorted({posixpath.normpath(posixpath.join(folder, path)) for path in paths}))


def deciding(config: Config) -> tuple[str, ...]:
    """Return the files and folders that stay the base's wherever they lie, from the config's."""
    scorers = (scorer.file for scorer in config.scorers.values() if scorer.file)
    fixed = (*CONFIG_PLACES, config.source, config.baseline.dir, OVERRIDES)
    return (*fixed, *config.inputs_hashed, *scorers)


def hand_over(workspace: Workspace, laid: LaidOver) -> None:
    """Leave to the next step of the job what lies over the base."""
    workspace.edges.files.write(PLACE, json.dumps(laid.as_json()))


def with_head(workspace: Workspace, head: str) -> Workspace:
    """Return the workspace with the text of a head over it; BadInputError where it is not."""
    files = workspace.edges.files
    laid = laid_over(as_object(files.json(PLACE).data)) if files.exists(PLACE) else None
    if laid is None or laid.head != head:
        message = f"the text of `{head}` does not lie over this checkout"
        raise BadInputError(message, hint="`evalci obey` lays it there, in the same job")
    return over_base(workspace, laid)


def over_base(workspace: Workspace, laid: LaidOver) -> Workspace:
    """Return a workspace whose cases and prompts read what the base committed, and that text."""
    files = workspace.edges.files
    history = GitHistory(files.border)
    tree, edited = history.tree(history.revision().commit or ""), history.changes(".")
    if tree is None or edited is None:
        raise BadInputError("git does not say which files the commit holds")
    plain = {path for path, entry in tree.items() if entry.mode in {FILE, EXECUTABLE}}
    held = (plain - set(edited)) | set(laid.taken)
    return replace(workspace, laid_over=laid, committed=CommittedFiles(files, held))


def of_head(run: Run, workspace: Workspace, project: Project) -> Run:
    """Return a run that names the commit whose text it measures, and what of it is not measured.

    As it stands for a workspace without such a text.
    """
    laid, files = workspace.laid_over, workspace.committed
    if laid is None or files is None:
        return run
    refuse_unisolated(workspace.config.sandbox, (item.case for item in project.prepared))
    paths = laid.unmeasured(files.read, _decisive(workspace, project.model))
    edits = tuple(PolicyChange(path=path, old=OF_BASE, new=NOT_MEASURED) for path in paths)
    why = (unmeasured_words(paths, complete=laid.complete), uncompared(run))
    return replace(
        run,
        provenance=replace(run.provenance, commit=laid.head, branch=None, dirty=False),
        proposal=Proposal(head=laid.head),
        policy_changes=(*edits, *run.policy_changes)[:MAX_CHANGES],
        unverified="; ".join(filter(None, why)),
    )


def _decisive(workspace: Workspace, model: ModelConfig) -> tuple[str, ...]:
    """Return what a head may not change without leaving a run unverified, from the top.

    A `command/` model may be made of every file there is.
    """
    config = workspace.config
    judges = config.judge.models if config.judge else ()
    whole = (EVERYTHING,) if any(one.commanded for one in (model, *judges)) else ()
    return (*whole, ".github", *seen(workspace, (*deciding(config), *config.golden_sets)))
