"""What the checks of a head measured, as commands in comments find it in their artifacts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import merge
from pathlib import PurePosixPath
from urllib.parse import quote

from evalci.cli.commanded import Order
from evalci.cli.secrets import redactor
from evalci.cli.workspace import INDEX, RUNS, Workspace
from evalci.core.comment_command import Verb
from evalci.core.hashes import short
from evalci.core.run import Run
from evalci.core.run_file import index_text, parse_index, parse_run, redacted
from evalci.core.run_index import RunIndex, joined
from evalci.edges.files import json_document
from evalci.edges.github.artifacts import (
    COMMENT,
    MAX_ARTIFACTS,
    Artifact,
    ArtifactFile,
    Artifacts,
    WorkflowRun,
)
from evalci.errors import ApiFault, BadInputError, GitHubError


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A finished workflow run with what it uploaded; ``problem`` says why that cannot be read.

    What a fork's own job uploaded proves nothing and is not read at all.
    """

    run: WorkflowRun
    measured: tuple[Measured, ...] = ()
    problem: BadInputError | None = None

    @property
    def folders(self) -> frozenset[str]:
        """Return the projects of which it holds a run or a shard; none where that is unknown."""
        return frozenset(run.folder for each in self.measured for run in each.runs)


def measured_runs(order: Order) -> tuple[Measured, ...]:
    """Return what was last measured of the head in this project, by no job a fork could write.

    It must have been there before the command was written: whoever gave it can have judged no
    other. BadInputError says what is missing.
    """
    folder, seen = order.workspace.edges.history.folder(), []
    finished = order.github.artifacts.finished(order.now.head)
    own = [run for run in finished if not _foreign(order, run)]
    commanded = order.github.artifacts.commanded(order.now.head)
    for check in checks(order, merge(own, commanded, key=lambda run: -run.id)):
        commands = check.run.event == COMMENT
        found = [replace(one, runs=one.of(folder), commanded=commands) for one in check.measured]
        if kept := tuple(one for one in found if one.runs):
            _require_judged(order, check.run, kept)
            return kept
        seen.append(check)
    raise _nothing(order, seen, forked=len(own) < len(finished))


def put(found: Sequence[Measured], workspace: Workspace) -> None:
    """Lay what artifacts hold where `evalci publish` looks for the runs of the last command."""
    files = [file for each in found for file in each.files]
    indexes = [_index(file) for file in files if file.name == INDEX and not file.folder]
    for file in files:
        folder = PurePosixPath(file.folder).name  # never a path of somebody else's making
        if folder:
            place = f"{RUNS}/{folder}/{file.name}"
            workspace.edges.files.write(place, redactor().text(_text(file)))
    if indexes:
        text = index_text(joined(indexes))
        workspace.edges.files.write(f"{RUNS}/{INDEX}", redactor().text(text))


def _index(file: ArtifactFile) -> RunIndex:
    return parse_index(json_document(_text(file), INDEX))


def _text(file: ArtifactFile) -> str:
    try:
        return file.content.decode()
    except UnicodeDecodeError:
        place = f"{file.folder}/{file.name}".lstrip("/")
        raise BadInputError(f"{place} of the artifact is no text") from None


def checks(order: Order, runs: Iterable[WorkflowRun]) -> Iterator[Check]:
    """Yield, of runs from the newest to the oldest, those that uploaded something of evalci's.

    One that holds nothing of any project may have failed at this one: then no older run of its
    workflow stands in for it. Past ``MAX_ARTIFACTS`` no further run is read.
    """
    folder, artifacts = order.workspace.edges.history.folder(), order.github.artifacts
    barred: set[str] = set()
    read = 0
    for run in runs:
        uploaded = () if run.path in barred else artifacts.of_run(run.id)
        if not uploaded:
            continue
        check = Check(run=run) if _foreign(order, run) else _check(artifacts, run, uploaded)
        yield check
        read += len(uploaded)
        if read >= MAX_ARTIFACTS:
            return
        if folder in check.folders or not check.folders:
            barred.add(run.path)


def _foreign(order: Order, run: WorkflowRun) -> bool:
    """Tell whether a run measured in a fork's own job, which may have written anything."""
    return run.event != COMMENT and run.repository != order.github.event.repository


def _check(artifacts: Artifacts, run: WorkflowRun, uploaded: Sequence[Artifact]) -> Check:
    try:
        measured = tuple(_measured(artifacts.files(one)) for one in uploaded)
    except BadInputError as exc:
        return Check(run=run, problem=exc)
    return Check(run=run, measured=measured)


def _measured(files: tuple[ArtifactFile, ...]) -> Measured:
    """Return what an artifact holds, of whatever project."""
    runs = []
    for file in files:
        if file.name == "run.json":
            run = parse_run(json_document(_text(file), f"{file.folder}/run.json"))
            runs.append(redacted(run, redactor()))
    return Measured(files=files, runs=tuple(runs))


def _require_judged(order: Order, run: WorkflowRun, found: Sequence[Measured]) -> None:
    """Refuse what whoever gave the command cannot have judged, or what another branch decided."""
    if run.ended_at > order.now.written_at:
        raise BadInputError(
            f"`{short(order.now.head)}` was measured after the command was written",
            hint="look at the report, then write it again",
        )
    for base in {each.base.commit for one in found for each in one.runs if each.base}:
        _require_known_base(order, base)


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


def _nothing(order: Order, seen: Sequence[Check], *, forked: bool) -> BadInputError:
    """Return why there is nothing to decide about; ``forked`` tells of checks in a fork's job."""
    head = order.now.head
    if forked and not seen:
        hint = f"start it with `/evalci {Verb.RUN} {head}`"
        return BadInputError("what a fork's own job measured proves nothing", hint=hint)
    if not seen:
        return BadInputError(f"no finished check has measured `{short(head)}`")
    problems = [check.problem for check in seen if check.problem is not None]
    return problems[0] if problems else no_run(order, seen)


def no_run(order: Order, seen: Sequence[Check]) -> BadInputError:
    """Return that no check measured the project of an order, and which projects were measured.

    A project is the folder of its config, empty at the top of the repository.
    """
    head, folder = order.now.head, order.workspace.edges.history.folder()
    message = f"the check of `{short(head)}` left no finished run"
    others = sorted({name for check in seen for name in check.folders} - {folder})
    if not others:
        hint = f"see {short(head)}'s report, or `/evalci {Verb.RERUN} {short(head)}`"
        return BadInputError(message, hint=hint)
    names = ", ".join(f"`{name or '.'}`" for name in others)
    hint = f"it measured {names}; `/evalci <folder>: …` speaks to one of them"
    return BadInputError(f"{message} of the project in `{folder or '.'}`", hint=hint)
