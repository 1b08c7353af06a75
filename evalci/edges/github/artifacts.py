"""Artifacts of workflow runs: found by commit, downloaded within limits, handed on as bytes."""

import io
import stat
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from evalci.core.json_value import Json, JsonObject, as_object, value_at
from evalci.core.ports import Downloads, GitHubApi, Patience
from evalci.errors import BadInputError

PREFIX = "evalci-"
WANTED = ("run.json", "index.json")
COMMENT = "issue_comment"
MAX_ARTIFACTS = 10
# More than a matrix can have jobs, with their one artifact each, and what joins them.
MAX_LISTED = 500
# One page of GitHub's list: a repository may have dozens of other workflows.
MAX_RUNS = 100
MAX_COMMANDED = 20
MAX_ARCHIVE_BYTES = 100_000_000
MAX_MEMBERS = 10_000
MAX_UNPACKED_BYTES = 50_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowRun:
    """A run of a workflow: ``path`` is its file, ``repository`` (`owner/name`) has its commit.

    ``repository`` is empty when it was deleted, ``actor`` is who caused the run, and ``ended_at``
    when it last changed (ISO 8601, UTC).
    """

    id: int
    attempt: int
    path: str
    event: str
    head: str
    repository: str
    actor: str
    finished: bool
    ended_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """What a workflow run uploaded under a name; ``size`` is that of its archive, in bytes."""

    id: int
    name: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactFile:
    """A file of an artifact: ``folder`` is empty at its top, ``name`` is one of ``WANTED``.

    Whoever wrote the pull request may have written ``content``, and chosen ``folder``, too.
    """

    folder: str
    name: str
    content: bytes


class Artifacts:
    """What the workflow runs of one repository have uploaded."""

    def __init__(
        self, api: GitHubApi, downloads: Downloads, patience: Patience, *, repository: str
    ) -> None:
        """``repository`` is `owner/name`; the token needs `actions: read` there."""
        self._api = api
        self._downloads = downloads
        self._patience = patience
        self._path = f"/repos/{repository}/actions"

    def runs_of(self, head: str) -> tuple[WorkflowRun, ...]:
        """Return the pull request runs of a commit, the newest first, at most ``MAX_RUNS``.

        A fork can bring workflows of its own, so a run proves nothing by its name or path.
        """
        found = self._patience.insist(
            lambda: self._first(
                "runs", "workflow_runs", MAX_RUNS, head_sha=head, event="pull_request"
            )
        )
        runs = [_run(entry) for entry in found]
        return tuple(sorted(runs, key=lambda run: (run.id, run.attempt), reverse=True))

    def causers(self, head: str) -> frozenset[str]:
        """Return who caused the pull request runs of a commit: who pushed it, or opened with it.

        A commit names whom its writer wants; this is whom GitHub saw.
        """
        return frozenset(run.actor for run in self.runs_of(head) if run.actor)

    def finished(self, head: str) -> tuple[WorkflowRun, ...]:
        """Return the finished pull request runs of a commit, the newest first."""
        return tuple(run for run in self.runs_of(head) if run.finished and run.head == head)

    def commanded(self, head: str) -> Iterator[WorkflowRun]:
        """Yield the finished runs that a comment started and that measured a commit, newest first.

        At most ``MAX_COMMANDED`` artifacts are looked at, and each run when it is asked for.

        Such a run is of the default branch, whatever pull request it is about: its code and config
        are trusted, and its artifact is known by ``command_artifact``. A pull request's own job can
        take that name, too; it is not taken for one.
        """
        found = self._patience.insist(
            lambda: self._first(
                "artifacts", "artifacts", MAX_COMMANDED, name=command_artifact(head)
            )
        )
        numbers = [_number(value_at(entry, "workflow_run", "id")) for entry in found]
        for number in sorted(set(numbers), reverse=True):
            path = f"{self._path}/runs/{number}"
            run = _run(as_object(self._patience.insist(lambda: self._api.get(path))))  # noqa: B023  # called at once
            if run.event == COMMENT and run.finished:
                yield run

    def of_run(self, run_id: int) -> tuple[Artifact, ...]:
        """Return the newest artifacts of evalci's that a run left, at most ``MAX_ARTIFACTS``.

        Expired ones are left out, and those of an earlier attempt that a later one replaces. The
        newest come first: shards upload before what joins them.
        """
        found = self._patience.insist(
            lambda: self._first(f"runs/{run_id}/artifacts", "artifacts", MAX_LISTED)
        )
        kept = [_artifact(entry) for entry in found if not entry.get("expired")]
        ours = [artifact for artifact in kept if artifact.name.startswith(PREFIX)]
        newest = {each.name: each for each in sorted(ours, key=lambda each: each.id)}
        return tuple(sorted(newest.values(), key=lambda each: -each.id)[:MAX_ARTIFACTS])

    def files(self, artifact: Artifact) -> tuple[ArtifactFile, ...]:
        """Return the run files of an artifact; BadInputError for an archive that is no good one."""
        if artifact.size > MAX_ARCHIVE_BYTES:
            raise _refused(f"larger than {MAX_ARCHIVE_BYTES // 1_000_000} MB")
        path = f"{self._path}/artifacts/{artifact.id}/zip"
        content = self._patience.insist(
            lambda: self._downloads.download(path, limit=MAX_ARCHIVE_BYTES)
        )
        return unpacked(content)

    def _first(self, path: str, key: str, count: int, **parameters: str) -> list[JsonObject]:
        """Return the first entries of a list; pages past them are not asked for."""
        return list(islice(self._api.items(f"{self._path}/{path}", key, **parameters), count))


def command_artifact(head: str) -> str:
    """Return what the artifact of a run is called that a comment started; as in `action.yml`."""
    return f"{PREFIX}command-{head}"


def unpacked(archive: bytes) -> tuple[ArtifactFile, ...]:
    """Return the run files of a zip archive; BadInputError for what no honest upload looks like.

    Nothing is written to disk, and nothing but ``WANTED`` is unpacked.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            members = opened.infolist()
            _require_harmless(members)
            return tuple(_unpack(opened, [m for m in members if _is_wanted(m.filename)]))
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError):
        raise _refused("not a zip archive that can be read") from None
    except RuntimeError:  # how zipfile says that a password is needed
        raise _refused("encrypted") from None


def _require_harmless(members: Sequence[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS:
        raise _refused(f"more than {MAX_MEMBERS:,} files")
    if len({member.filename for member in members}) < len(members):
        raise _refused("a file stands in it twice")
    for member in members:
        parts = member.filename.replace("\\", "/").split("/")
        if ".." in parts or not parts[0] or ":" in parts[0]:
            raise _refused("a path that leads outside")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise _refused("a symlink")


def _is_wanted(path: str) -> bool:
    """Tell whether a path is a run file at the top, or in a folder at the top."""
    *folders, name = path.split("/")
    return name in WANTED and len(folders) <= 1


def _unpack(opened: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo]) -> Iterator[ArtifactFile]:
    """Yield the files; what a header says of their sizes is not believed."""
    room = MAX_UNPACKED_BYTES
    for member in members:
        with opened.open(member) as stream:
            content = stream.read(room + 1)
        room -= len(content)
        if room < 0:
            raise _refused(f"more than {MAX_UNPACKED_BYTES // 1_000_000} MB when unpacked")
        folder, _, name = member.filename.rpartition("/")
        yield ArtifactFile(folder=folder, name=name, content=content)


def _refused(why: str) -> BadInputError:
    return BadInputError(f"the artifact of the run is refused: {why}")


def _run(data: JsonObject) -> WorkflowRun:
    return WorkflowRun(
        id=_number(data.get("id")),
        attempt=_number(data.get("run_attempt")),
        path=_text(data.get("path")),
        event=_text(data.get("event")),
        head=_text(data.get("head_sha")),
        repository=_text(value_at(data, "head_repository", "full_name")),
        actor=_text(value_at(data, "actor", "login")),
        finished=data.get("status") == "completed",
        ended_at=_text(data.get("updated_at")),
    )


def _artifact(data: JsonObject) -> Artifact:
    return Artifact(
        id=_number(data.get("id")),
        name=_text(data.get("name")),
        size=_number(data.get("size_in_bytes")),
    )


def _number(value: Json) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
