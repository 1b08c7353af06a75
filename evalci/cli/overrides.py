"""Writes the file of an override, for what fails in finished runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from evalci.cli.workspace import Workspace, read_run
from evalci.core.gate import decide
from evalci.core.override import Override, Wish, blocking_names, grant
from evalci.core.override_file import override_path, override_text
from evalci.core.run import Run
from evalci.errors import BadInputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the options of the command ask for; ``until`` None means as long as allowed."""

    category: str
    reason: str
    until: date | None


def add_override(workspace: Workspace, places: Sequence[Path], request: Request) -> list[str]:
    """Write a file for each run in which the category fails, and return their paths.

    Raises BadInputError where it fails in none, and for a reason or a day that the policy refuses.
    """
    runs = [read_run(place) for place in places]
    failing = [run for run in runs if request.category in blocking_names(decide(run))]
    paths = []
    for run in failing or runs:
        override = _granted(workspace, run, request)
        path = override_path(override)
        workspace.edges.files.write(path, override_text(override))
        paths.append(path)
    return paths


def _granted(workspace: Workspace, run: Run, request: Request) -> Override:
    author = workspace.edges.history.author()
    if not author:
        raise BadInputError("git knows no name", hint='git config user.name "…"')
    wish = Wish(
        category=request.category,
        reason=workspace.redactor.text(request.reason),
        by=author,
        head=run.provenance.commit or "",
        source="overrides/",
        until=request.until,
    )
    now, policy = workspace.edges.clock.now(), workspace.config.override
    return grant(run, decide(run), wish, now=now, policy=policy)
