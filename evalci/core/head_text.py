"""Which text of a pull request `/evalci run` takes over, and what of it stays where it is."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from evalci.core.json_value import JsonObject, as_texts
from evalci.errors import BadInputError

FILE = "100644"
EXECUTABLE = "100755"
SYMLINK = "120000"
SUBMODULE = "160000"
MAX_FILES = 200  # as many as a comment can list, for a person to look at
MAX_PATH = 200
MAX_FILE_BYTES = 2_000_000
MAX_TOTAL_BYTES = 20_000_000
# What a person reads: no suffix under which anything is ever started.
TEXT = {
    *(".md", ".txt", ".yaml", ".yml", ".json", ".jsonl", ".csv", ".tsv"),
    *(".j2", ".jinja", ".jinja2", ".prompt"),
}
RECORDINGS = "recordings"
CONFIG_NAME = "evalci.yaml"
_KINDS = {SYMLINK: "a symlink", SUBMODULE: "a submodule"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeEntry:
    """A file as git has it: mode, and the name of its content; ``size`` in bytes, None unknown."""

    mode: str
    id: str
    size: int | None = None


Tree = Mapping[str, TreeEntry]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Where text may be taken from, as folders from the top of the repository, without last `/`.

    ``golden_sets`` are the configured ones; ``prompts`` are files that the base's cases use: those
    and, but for the top, files of the same suffix beside and below them are taken. ``never`` are
    files and folders that stay those of the base wherever they lie: config, baselines, overrides.
    """

    golden_sets: tuple[str, ...]
    prompts: tuple[str, ...]
    never: tuple[str, ...]

    @property
    def folders(self) -> tuple[str, ...]:
        """Return the folders to look into, each once; an empty one is the top."""
        homes = {_folder(path) for path in self.prompts}
        return tuple(sorted({*self.golden_sets, *homes}))

    def looked_at(self, tree: Tree) -> dict[str, TreeEntry]:
        """Return the part of a tree that lies in the folders; of the top only its own files."""
        folders = self.folders
        return {
            path: entry
            for path, entry in tree.items()
            if any(_within(path, folder) if folder else "/" not in path for folder in folders)
        }

    def keeps(self, path: str) -> bool:
        """Tell whether a file, taken or not, has a say in what is measured."""
        places = (*self.never, *self.golden_sets)
        return PurePosixPath(path).name == CONFIG_NAME or any(_within(path, p) for p in places)

    def takes(self, path: str) -> bool:
        """Tell whether a file may be taken: text, in reach, and nothing that decides."""
        pure = PurePosixPath(path)
        if pure.suffix.lower() not in TEXT or any(part.startswith(".") for part in pure.parts):
            return False
        if any(_within(path, place) for place in self.never):
            return False
        if any(_within(path, folder) for folder in self.golden_sets):
            return RECORDINGS not in pure.parts
        homes = {_folder(p) for p in self.prompts if PurePosixPath(p).suffix == pure.suffix} - {""}
        return path in self.prompts or any(_within(path, home) for home in homes)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextChange:
    """A file to take over: ``id`` None means that the pull request removes it."""

    path: str
    id: str | None
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a `run` would take over, and the changed files that stay the base's.

    ``complete`` is False where nobody knows them all, but only those in reach.
    """

    changes: tuple[TextChange, ...]
    left_out: tuple[str, ...]
    complete: bool = True

    def digest(self, head: str) -> str:
        """Return what a person confirms: these contents at these places, of this head.

        128 bits, because whoever wrote the pull request may look for two lists with one digest.
        """
        lines = [f"{change.path}\0{change.id or ''}" for change in self.changes]
        return hashlib.sha256("\0\0".join([head, *lines]).encode()).hexdigest()[:32]


def proposal(
    head: Tree, fork_point: Tree, tip: Tree, reach: Reach, *, whole: Tree | None = None
) -> Proposal:
    """Return what a pull request changes; BadInputError for what is refused as a whole.

    ``fork_point`` is the merge base and ``tip`` what is checked out. Where both sides changed a
    file, neither text is what a merge would give. ``head`` may hold the folders in reach alone;
    ``whole`` is every file of the head, None where GitHub would not list them all.
    """
    before, after = reach.looked_at(fork_point), reach.looked_at(head)
    edited = _changed(after, before)
    _refuse_kinds(edited, head)
    _refuse_kinds(edited, tip)
    taken = [path for path in edited if reach.takes(path)]
    _refuse_moved(taken, head, fork_point, tip)
    changes = tuple(_change(path, head.get(path)) for path in taken)
    _refuse_sizes(changes)
    changed = edited if whole is None else _changed(whole, fork_point)
    left_out = sorted({*changed} - {*taken}, key=lambda path: (not reach.keeps(path), path))
    return Proposal(changes=changes, left_out=tuple(left_out), complete=whole is not None)


def _changed(head: Tree, before: Tree) -> list[str]:
    return [p for p in sorted({*before, *head}) if _differ(head.get(p), before.get(p))]


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidOver:
    """The text of a ``head`` that lies over its base, and the changed files that do not.

    Paths begin at the top of the repository; ``complete`` as in `Proposal`.
    """

    head: str
    taken: tuple[str, ...]
    left_out: tuple[str, ...]
    complete: bool = True

    def as_json(self) -> JsonObject:
        """Return the form that one step of a job leaves to the next."""
        return {
            "head": self.head,
            "taken": list(self.taken),
            "left_out": list(self.left_out),
            "complete": self.complete,
        }

    def unmeasured(self, read: Collection[str], decides: Collection[str]) -> tuple[str, ...]:
        """Return the changed files that a merge would measure, and this run does not.

        ``read`` are the files and folders that the run reads, ``decides`` those that tell which;
        `.` is the whole repository. Equal files are read for the same reasons on both sides, so
        what none of them names changes nothing.
        """
        places = {*read, *decides}
        links = {p.as_posix() for place in read for p in PurePosixPath(place).parents}
        return tuple(p for p in self.left_out if p in links or _concerns(p, places))


def laid_over(data: JsonObject) -> LaidOver:
    """Return what an earlier step laid over the base, from its JSON form."""
    return LaidOver(
        head=str(data.get("head", "")),
        taken=as_texts(data.get("taken")),
        left_out=as_texts(data.get("left_out")),
        complete=data.get("complete") is True,
    )


def _concerns(path: str, places: Collection[str]) -> bool:
    pure = PurePosixPath(path)
    above = {path, *(parent.as_posix() for parent in pure.parents)}
    return pure.name == CONFIG_NAME or not above.isdisjoint(places)


def unmeasured_words(paths: Sequence[str], *, complete: bool) -> str:
    """Return why a good verdict says nothing of a whole pull request, empty where it does."""
    if paths:
        more = f" and {len(paths) - 1} more" * (len(paths) > 1)
        return f"not measured: {paths[0][:MAX_PATH]}{more}, changed here and read from the base"
    return "" if complete else "not measured: GitHub does not list all that is changed here"


def _differ(one: TreeEntry | None, other: TreeEntry | None) -> bool:
    """Tell whether content or mode differ; who lists a tree may not know the sizes."""
    left, right = ((e.mode, e.id) if e else None for e in (one, other))
    return left != right


def _change(path: str, entry: TreeEntry | None) -> TextChange:
    if entry is None:
        return TextChange(path=path, id=None)
    return TextChange(path=path, id=entry.id, size=entry.size or 0)


def _refuse_kinds(paths: Iterable[str], tree: Tree) -> None:
    for path in paths:
        entry = tree.get(path)
        if entry is not None and entry.mode not in {FILE, EXECUTABLE}:
            kind = _KINDS.get(entry.mode, "no file")
            raise BadInputError(f"`{path}` is {kind}", hint="only plain files are taken over")


def _refuse_moved(paths: Iterable[str], head: Tree, fork_point: Tree, tip: Tree) -> None:
    for path in paths:
        now = tip.get(path)
        if _differ(now, fork_point.get(path)) and _differ(now, head.get(path)):
            raise BadInputError(
                f"`{path}` was changed on both sides", hint="update the branch of the pull request"
            )


def _refuse_sizes(changes: tuple[TextChange, ...]) -> None:
    if len(changes) > MAX_FILES:
        raise BadInputError(f"{len(changes):,} changed files, more than {MAX_FILES}")
    for change in changes:
        if len(change.path) > MAX_PATH:
            raise BadInputError(f"`{change.path[:40]}…` has more than {MAX_PATH} characters")
        if change.size > MAX_FILE_BYTES:
            raise BadInputError(f"`{change.path}` is larger than {MAX_FILE_BYTES // 1_000_000} MB")
    total = sum(change.size for change in changes)
    if total > MAX_TOTAL_BYTES:
        raise BadInputError(f"the text is larger than {MAX_TOTAL_BYTES // 1_000_000} MB in all")


def _folder(path: str) -> str:
    parent = PurePosixPath(path).parent.as_posix()
    return "" if parent == "." else parent


def _within(path: str, place: str) -> bool:
    return path == place or path.startswith(f"{place}/")
