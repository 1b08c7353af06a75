"""The user's repository on disk: reading inside its borders, writing atomically."""

import os
import tempfile
from collections.abc import Callable, Collection, Iterable
from pathlib import Path, PurePosixPath

from evalci.core.document import Document
from evalci.core.json_value import parse_json
from evalci.core.problem import Problem, conflict_in
from evalci.errors import BadInputError

MAX_TEXT_BYTES = 2_000_000
MAX_TREE_FILES = 2_000
_NOT_SOURCES = {".git", "__pycache__", "node_modules", ".venv", ".mypy_cache", ".pytest_cache"}
MAX_YAML_BYTES = 20_000_000
MAX_JSON_BYTES = 500_000_000
CONFIG_PLACES = ("evalci.yaml", ".github/evalci.yaml")


class RepoFiles:
    """Reads files by their path from ``base``; nothing outside ``border`` is ever opened.

    ``base`` is the folder that holds `evalci.yaml`, ``border`` the git top level or ``base``.
    """

    def __init__(
        self, *, base: Path, border: Path, parse: Callable[[str, str, int], Document]
    ) -> None:
        """Resolve both folders once, so that later comparisons see through symlinks."""
        self.base = base.resolve()
        self.border = border.resolve()
        self._parse = parse

    def inside(self, path: str) -> Path:
        """Return the real place of a path, or raise BadInputError when it is over the border."""
        if "\x00" in path:
            raise BadInputError("a path with a NUL byte")
        try:
            place: Path | None = (self.base / PurePosixPath(path)).resolve()
        except RuntimeError:
            place = None
        # Since Python 3.13 a loop is left as it stands; `islink` is False for a name too long.
        if place is None or os.path.islink(place):  # noqa: PTH114  # `is_symlink` raises for it
            raise BadInputError(f"cannot read `{path}`: a symlink that points to itself")
        if not place.is_relative_to(self.border):
            raise BadInputError(f"path `{path}` is outside the repository", hint="move it inside")
        if ".git" in (part.lower() for part in place.relative_to(self.border).parts):
            raise BadInputError(f"path `{path}` is inside `.git`, which may hold credentials")
        return place

    def text(self, path: str, *, limit: int = MAX_TEXT_BYTES) -> str:
        """Return the text of a UTF-8 file; newlines are as they stand in the file."""
        place = self.inside(path)
        try:
            if not place.is_file():
                hint = "write `/` between folders" if "\\" in path else ""
                raise BadInputError(f"no such file: `{path}`", hint=hint)
            if place.stat().st_size > limit:
                raise BadInputError(f"`{path}` is larger than {limit // 1_000_000} MB")
            return place.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as exc:
            line = exc.object.count(b"\n", 0, exc.start) + 1
            message = f"{path}:{line}: not UTF-8 text"
            raise BadInputError(message, hint="save it as UTF-8") from None
        except OSError as exc:
            raise BadInputError(f"cannot read `{path}`: {exc.strerror}") from None

    def yaml(self, path: str) -> Document:
        """Return the parsed YAML (or JSON) file."""
        return self._parse(self.text(path, limit=MAX_YAML_BYTES), path, 1)

    def json(self, path: str) -> Document:
        """Return a parsed JSON file that evalci wrote; several times faster than as YAML."""
        return json_document(self.text(path, limit=MAX_JSON_BYTES), path)

    def parse(self, text: str, source: str, first_line: int) -> Document:
        """Parse YAML that stands inside another file."""
        return self._parse(text, source, first_line)

    def yaml_files(self, folder: str) -> tuple[str, ...]:
        """Return the YAML files directly inside a folder, sorted by name."""
        place = self.inside(folder)
        if not place.is_dir():
            raise BadInputError(f"no such folder: `{folder}`")
        names = sorted(p.name for p in place.iterdir() if p.suffix in {".yaml", ".yml"})
        return tuple(str(PurePosixPath(folder) / name) for name in names)

    def exists(self, path: str) -> bool:
        """Tell whether there is a file at a path."""
        try:
            return self.inside(path).is_file()
        except OSError:  # a name too long for any file
            return False

    def tree(self, folder: str) -> tuple[str, ...]:
        """Return the files below a folder, relative to it and sorted; caches are left out."""
        place = self.inside(folder)
        if not place.is_dir():
            raise BadInputError(f"no such folder: `{folder}`")
        found = []
        for path in place.rglob("*"):
            inner = path.relative_to(place)
            if path.is_file() and not _NOT_SOURCES & set(inner.parts):
                found.append(inner.as_posix())
            if len(found) > MAX_TREE_FILES:
                raise BadInputError(f"`{folder}` has more than {MAX_TREE_FILES:,} files")
        return tuple(sorted(found))

    def vacant(self, path: str) -> bool:
        """Tell whether nothing at all stands at a path: no file, no folder, no dangling link."""
        return not os.path.lexists(self.base / PurePosixPath(path)) and not self.exists(path)

    def write(self, path: str, text: str) -> Path:
        """Write a text file inside the border, atomically, and return its place."""
        place = self.inside(path)
        write_text(place, text)
        return place

    def require_place(self, path: str) -> None:
        """Raise BadInputError when a file could not be written at a path; it leaves no trace."""
        place = self.inside(path)
        try:
            if place.exists() and not place.is_file():
                raise BadInputError(f"`{path}` is in the way", hint="a file belongs there")
            with tempfile.TemporaryFile(dir=_nearest(place.parent)):
                pass
        except OSError as exc:
            raise BadInputError(f"cannot write `{path}`: {exc.strerror}") from None


class CommittedFiles:
    """Reads what a commit holds, and nothing else of what lies in its checkout.

    That may be credentials, which an earlier step of the job left. ``read`` are the files that were
    asked for, and the folders that were listed, by path from the top.
    """

    def __init__(self, files: RepoFiles, held: Collection[str]) -> None:
        """``held`` are the files that lie there as the commit has them, by path from the top."""
        self._files = files
        self._held = frozenset(held)
        self.read: set[str] = set()

    def text(self, path: str) -> str:
        """Return the text of a UTF-8 file."""
        return self._files.text(self._known(path))

    def yaml(self, path: str) -> Document:
        """Return the parsed YAML (or JSON) file."""
        return self._files.yaml(self._known(path))

    def json(self, path: str) -> Document:
        """Return a parsed JSON file that evalci wrote."""
        return self._files.json(self._known(path))

    def parse(self, text: str, source: str, first_line: int) -> Document:
        """Parse YAML that stands inside another file."""
        return self._files.parse(text, source, first_line)

    def yaml_files(self, folder: str) -> tuple[str, ...]:
        """Return the YAML files directly inside a folder, sorted by name."""
        self._from_top(folder)
        return tuple(p for p in self._files.yaml_files(folder) if self._from_top(p) in self._held)

    def exists(self, path: str) -> bool:
        """Tell whether there is a file at a path."""
        return self._files.exists(path) and self._from_top(path) in self._held

    def tree(self, folder: str) -> tuple[str, ...]:
        """Return the files below a folder, relative to it and sorted."""
        self._from_top(folder)
        found = self._files.tree(folder)
        return tuple(p for p in found if self._from_top(f"{folder}/{p}") in self._held)

    def _from_top(self, path: str) -> str:
        """Return where a path leads to, behind all links, and note that it was asked for."""
        top = self._files.border
        place = self._files.inside(path).relative_to(top).as_posix()
        written = os.path.normpath(self._files.base.relative_to(top) / path)
        self.read |= {place, written}
        return place

    def _known(self, path: str) -> str:
        if self._from_top(path) not in self._held:
            message = f"the commit has no such file as it lies here: `{path}`"
            raise BadInputError(message, hint="name a file of the repository that no step changes")
        return path


def _nearest(place: Path) -> Path:
    """Return the first of a path and its parents that exists, a folder or not."""
    for found in (place, *place.parents):
        try:
            found.stat()
        except (FileNotFoundError, NotADirectoryError):
            continue
        return found
    return place


def json_document(text: str, source: str) -> Document:
    """Return a parsed JSON text; BadInputError names the line that is wrong."""
    try:
        data = parse_json(text)
    except ValueError as exc:
        raise BadInputError(str(_json_problem(text, source, exc))) from None
    return Document(source=source, data=data, line_of=lambda _: 0)


def _json_problem(text: str, source: str, exc: ValueError) -> Problem:
    if line := conflict_in(text):
        hint = f"`git checkout --ours {source}`, then `evalci baseline merge BRANCH`"
        return Problem(source=source, line=line, message="a merge conflict of git", hint=hint)
    what = getattr(exc, "msg", str(exc))
    return Problem(
        source=source,
        line=getattr(exc, "lineno", 0),
        message=f"not valid JSON: {what}",
        hint="restore the file, or have evalci write it again",
    )


def write_text(place: Path, text: str) -> None:
    """Replace a file in one step, so that a reader or a crash never sees half of it."""
    write_pieces(place, (text,))


def write_pieces(place: Path, pieces: Iterable[str]) -> None:
    """Replace a file in one step by a text that is made on the way."""
    try:
        _replace(place, pieces)
    except OSError as exc:
        raise BadInputError(f"cannot write {place}: {exc.strerror}") from None


def check_writable(place: Path) -> None:
    """Make the folder of a file and try to write there, so that a later write should succeed."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=place.parent):
            pass
    except OSError as exc:
        raise BadInputError(f"cannot write {place}: {exc.strerror}") from None


def _replace(place: Path, pieces: Iterable[str]) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.writelines(pieces)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(place.stat().st_mode & 0o777 if place.exists() else 0o644)
        temporary.replace(place)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def find_config(start: Path, top: Path | None) -> Path | None:
    """Return the nearest `evalci.yaml` at or above ``start``, not above the git top level."""
    for folder in (start, *start.parents):
        for name in CONFIG_PLACES:
            if (folder / name).is_file():
                return folder / name
        if folder == top:
            return None
    return None
