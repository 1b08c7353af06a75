"""A command with all that is known of it, what became of it, and the runs it is about."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import quote

from evalci.cli.secrets import redactor
from evalci.cli.workspace import INDEX, RUNS, Workspace
from evalci.core.comment_command import Command, Situation, Verb
from evalci.core.hashes import short
from evalci.core.override import Giver, may_not
from evalci.core.run import Run
from evalci.core.run_file import parse_run, redacted
from evalci.edges.files import json_document
from evalci.edges.github import GitHub
from evalci.edges.github.artifacts import COMMENT, ArtifactFile, WorkflowRun
from evalci.errors import ApiFault, BadInputError, GitHubError


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A command that may be obeyed: ``comment`` is its id, ``number`` that of the pull request."""

    command: Command
    now: Situation
    comment: int
    number: int
    github: GitHub
    workspace: Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What became of a command: what to reply, and which steps of the workflow follow."""

    reply: str = ""
    measure: bool = False
    publish: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What an artifact holds: ``runs`` are parsed, and without secrets, from its ``files``.

    ``commanded`` tells that a command had it measured, as a fork's text is.
    """

    files: tuple[ArtifactFile, ...]
    runs: tuple[Run, ...]
    commanded: bool = False

    def of(self, folder: str) -> tuple[Run, ...]:
        """Return the whole runs of the project in a folder: another job is for another one."""
        return tuple(run for run in self.runs if run.shard is None and run.folder == folder)

    def put(self, workspace: Workspace) -> None:
        """Lay the files where `evalci publish` looks for those of the last run."""
        for file in self.files:
            folder = PurePosixPath(file.folder).name  # never a path of somebody else's making
            place = f"{RUNS}/{folder}/{file.name}" if folder else f"{RUNS}/{INDEX}"
            workspace.edges.files.write(place, redactor().text(file.content.decode()))


def require_giver(order: Order) -> None:
    """Refuse who may not let anything through here, above all who wrote the change."""
    now = order.now
    authors = order.github.reviews(order.number).authors()
    authors |= order.github.artifacts.causers(now.head)
    giver = Giver(login=now.sender, role=now.role, author=now.sender in authors)
    if why := may_not(giver, order.workspace.config.override):
        raise BadInputError(why)


def measured_runs(order: Order) -> tuple[Measured, ...]:
    """Return what was measured of the head, by a job that a fork could not write.

    It must have been there before the command was written: whoever gave it can have judged no
    other. BadInputError says what is missing.
    """
    head, artifacts = order.now.head, order.github.artifacts
    run = trusted_run(order)
    if run.ended_at > order.now.written_at:
        raise BadInputError(
            f"`{short(head)}` was measured after the command was written",
            hint="look at the report, then write it again",
        )
    folder = order.workspace.edges.history.folder()
    found = [_measured(artifacts.files(one)) for one in artifacts.of_run(run.id)]
    own = [replace(each, runs=each.of(folder), commanded=run.event == COMMENT) for each in found]
    kept = tuple(each for each in own if each.runs)
    for base in {each.base.commit for one in kept for each in one.runs if each.base}:
        _require_known_base(order, base)
    if not kept:
        others = {run.folder for each in found for run in each.runs} - {folder}
        raise _no_run(head, folder, sorted(others))
    return kept


def _no_run(head: str, folder: str, others: Sequence[str]) -> BadInputError:
    """Return why there is nothing to decide about; ``others`` are projects that were measured.

    A project is the folder of its config, empty at the top of the repository.
    """
    message = f"the check of `{short(head)}` left no finished run"
    if not others:
        hint = f"see {short(head)}'s report, or `/evalci {Verb.RERUN} {short(head)}`"
        return BadInputError(message, hint=hint)
    names = ", ".join(f"`{name or '.'}`" for name in others)
    hint = f"it measured {names}; `/evalci <folder>: …` speaks to one of them"
    return BadInputError(f"{message} of the project in `{folder or '.'}`", hint=hint)


def _require_known_base(order: Order, commit: str) -> None:
    """Refuse what was measured by the policy of a branch that the pull request goes not into.

    The same commit may be proposed to several branches, and whoever pushes one chooses its policy.
    """
    branch = order.now.base
    if _fork_point(order, commit) != commit:
        raise BadInputError(
            f"`{short(order.now.head)}` was measured against `{short(commit)}`, which is not on "
            f"`{branch}`",
            hint="a push, or running that check again, measures it anew",
        )


def _fork_point(order: Order, commit: str) -> str:
    """Return where a commit left the branch of the pull request, empty for one nobody knows."""
    try:
        return order.github.head_tree(commit).fork_point(quote(order.now.base, safe="/"))
    except GitHubError as exc:
        if exc.fault is ApiFault.MISSING:
            return ""
        raise


def trusted_run(order: Order) -> WorkflowRun:
    """Return the workflow run whose artifact may be believed, the newest of a head."""
    head, repository = order.now.head, order.github.event.repository
    artifacts = order.github.artifacts
    own, commanded = artifacts.newest_finished(head), artifacts.commanded(head)
    if own is not None and own.repository != repository:
        own = None  # a fork's job may have written anything
        if commanded is None:
            hint = f"start it with `/evalci {Verb.RUN} {head}`"
            raise BadInputError("what a fork's own job measured proves nothing", hint=hint)
    found = [run for run in (own, commanded) if run is not None]
    if not found:
        raise BadInputError(f"no finished check has measured `{short(head)}`")
    return max(found, key=lambda run: run.id)


def _measured(files: tuple[ArtifactFile, ...]) -> Measured:
    """Return what an artifact holds, of whatever project."""
    runs = []
    for file in files:
        if file.name == "run.json":
            try:
                text = file.content.decode()
            except UnicodeDecodeError:
                raise BadInputError(f"{file.folder}/run.json of the artifact is no text") from None
            run = parse_run(json_document(text, f"{file.folder}/run.json"))
            runs.append(redacted(run, redactor()))
    return Measured(files=files, runs=tuple(runs))
