"""Proposes baselines that differ from the commit in a pull request, after a push to main."""

from collections.abc import Sequence

from evalci.cli.publication import Publication
from evalci.cli.secrets import redactor
from evalci.cli.workspace import Workspace
from evalci.edges.files import MAX_JSON_BYTES
from evalci.edges.github import GitHub
from evalci.edges.github.baseline_pr import BaselineChange, baseline_branch
from evalci.errors import BadInputError
from evalci.report.comment import Section
from evalci.report.publication import BASELINE_TITLE, baseline_body


def propose_baselines(github: GitHub, publication: Publication, sections: Sequence[Section]) -> str:
    """Return a line that says what became of the baselines in the working tree."""
    event, workspace = github.event, publication.workspace
    if event.default_branch is None:
        return "no baseline pull request: this is no push to the default branch"
    if workspace is None:
        raise BadInputError("there is no valid config")
    files = _changed_files(workspace, workspace.config.baseline.dir)
    if not files:
        return "no baseline pull request: the baselines are those of the commit"
    change = BaselineChange(
        sha=event.sha,
        base=event.default_branch,
        files=files,
        title=BASELINE_TITLE,
        body=redactor().text(baseline_body(sections, sorted(files), event.origin.run_url)),
    )
    branch = baseline_branch(workspace.edges.history.folder())
    url = github.proposal(branch).propose(change)
    return f"baseline pull request: {url or 'a newer commit has proposed its own'}"


def _changed_files(workspace: Workspace, folder: str) -> dict[str, str | None]:
    """Return what differs from the commit, by path from the top of the repository."""
    changes = workspace.edges.history.changes(folder)
    if changes is None:
        raise BadInputError("git does not know which baselines changed")
    files, prefix = workspace.edges.files, workspace.edges.history.folder()
    return {
        f"{prefix}/{path}".lstrip("/"): redactor().text(files.text(path, limit=MAX_JSON_BYTES))
        if files.exists(path)
        else None
        for path in changes
    }
