"""Unified diffs as models write them: parsed leniently, applied with an offset and some fuzz.

Line numbers and counts of a hunk are hints only, because models get them wrong; the context
decides. Libraries that parse diffs (unidiff, whatthepatch) refuse such hunks or apply no offset.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MAX_FUZZ = 2
_HUNK = re.compile(r"@@ -(\d{1,9})(?:,(\d{1,9}))?(?: \+\d{1,9}(?:,(\d{1,9}))?)?")
_GIT = re.compile(r'diff --git "?a/(.+?)"? "?b/\1"?$')
_ITEM = re.compile(r"[-+] \S")
_NOTHING = "/dev/null"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunk:
    """Lines with their marks (space, plus, minus); ``start`` is where they claim to be, from 1."""

    start: int | None
    lines: tuple[tuple[str, str], ...]

    @property
    def before(self) -> list[str]:
        """Return the lines that must be there."""
        return [text for mark, text in self.lines if mark != "+"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDiff:
    """What happens to one file; ``old`` None makes a new one, ``new`` None deletes it."""

    old: str | None
    new: str | None
    hunks: tuple[Hunk, ...]


class DiffError(ValueError):
    """A diff that is none, or that does not fit the files."""


def parse_diff(text: str) -> tuple[FileDiff, ...]:
    """Return the files of a diff in order; DiffError when there is none in the text."""
    reader = _Reader()
    lines = text.replace("\r\n", "\n").split("\n")
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        reader.take(line, after)
    reader.end_file()
    if not reader.files:
        raise DiffError("no diff found")
    return tuple(reader.files)


class _Reader:
    """The state between two lines of a diff."""

    def __init__(self) -> None:
        self.files: list[FileDiff] = []
        self._names: dict[str, str] = {}
        self._hunks: list[Hunk] = []
        self._lines: list[tuple[str, str]] | None = None
        self._start: int | None = None
        self._marks = Counter[str]()
        self._counts = (0, 0)  # of lines before and after, as the hunk claims
        self._loose = 0  # blank lines at the end of the hunk that may not belong to it

    def take(self, line: str, after: str) -> None:
        """Read one line; ``after`` tells the head of a file from a removed line with dashes."""
        if line.startswith("diff --git "):
            self.end_file()
            if found := _GIT.match(line):
                self._names["git"] = found.group(1)
        elif line.startswith("--- ") and (self._lines is None or after.startswith("+++ ")):
            self._begin_file(line)
        elif line.startswith("+++ ") and "---" in self._names and "+++" not in self._names:
            self._names["+++"] = _name(line[4:])
        elif "+++" in self._names and line.startswith("@@"):
            self._end_hunk()
            self._begin_hunk(line)
        elif self._lines is not None:
            self._take_content(line)
        else:
            self._take_header(line)

    def _begin_file(self, line: str) -> None:
        headers = {k: v for k, v in self._names.items() if k not in {"---", "+++"}}
        if "---" in self._names:
            self.end_file()
            headers = {}
        self._names = {**headers, "---": _name(line[4:])}

    def _begin_hunk(self, line: str) -> None:
        found = _HUNK.match(line)
        self._lines, self._loose, self._marks = [], 0, Counter()
        self._start = int(found.group(1)) if found else None
        before, after = found.group(2, 3) if found else (None, None)
        self._counts = (int(before or -1), int(after or -1))  # without a comma nothing is claimed

    def _complete(self) -> bool:
        """Tell whether blank lines follow upon as many lines as the hunk claims to have."""
        context = self._marks[" "] - self._loose
        found = (context + self._marks["-"], context + self._marks["+"])
        return self._loose > 0 and found == self._counts

    def _take_header(self, line: str) -> None:
        for key in ("rename from ", "rename to ", "deleted file", "new file"):
            if line.startswith(key):
                self._names[key] = line[len(key) :].strip()

    def _take_content(self, line: str) -> None:
        if self._lines is None or line.startswith("\\"):
            return
        if _ITEM.match(line) and self._complete():  # a list below the diff
            self._end_hunk()
            return
        if line[:1] in {"+", "-", " "}:
            self._lines.append((line[0], line[1:]))
            self._marks[line[0]] += 1
            self._loose = 0
        elif not line:  # models drop the blank of an empty context line
            self._lines.append((" ", ""))
            self._marks[" "] += 1
            self._loose += 1
        else:
            self._end_hunk()

    def _end_hunk(self) -> None:
        if self._lines:
            del self._lines[len(self._lines) - self._loose :]
            self._hunks.append(Hunk(start=self._start, lines=tuple(self._lines)))
        self._lines = None

    def end_file(self) -> None:
        """Keep the file that was being read, if any."""
        self._end_hunk()
        old = self._names.get("rename from ") or self._names.get("---")
        new = self._names.get("rename to ") or self._names.get("+++")
        git = self._names.get("git")
        if git and not (old or new):  # all that git says of a file without lines
            old = _NOTHING if "new file" in self._names else None
            new = _NOTHING if "deleted file" in self._names else None
            old, new = old or (new and git), new or (old and git)
        if old and new:
            self.files.append(
                FileDiff(
                    old=None if old == _NOTHING else old,
                    new=None if new == _NOTHING else new,
                    hunks=tuple(self._hunks),
                )
            )
        self._names, self._hunks = {}, []


def _name(text: str) -> str:
    name = text.split("\t", maxsplit=1)[0].strip().strip('"').removeprefix("./")
    return name[2:] if name[:2] in {"a/", "b/"} else name


def apply_diff(
    files: Mapping[str, str], diffs: Sequence[FileDiff]
) -> tuple[dict[str, str], frozenset[str]]:
    """Return the changed files by path, and the paths that are gone; DiffError where one misfits.

    Only the changed files are returned; ``files`` stays as it is.
    """
    now, touched = dict(files), set[str]()
    for diff in diffs:
        lines: list[str] = []
        if diff.old is not None:
            if diff.old not in now:
                raise DiffError(f"{diff.old}: no such file to change")
            lines = now[diff.old].split("\n")
        elif diff.new in now:
            raise DiffError(f"{diff.new}: the diff creates a file that is there already")
        for number, hunk in enumerate(diff.hunks, start=1):
            lines = _applied(lines, hunk, f"{diff.new or diff.old}: hunk {number}")
        if diff.old is not None:
            touched.add(diff.old)
            del now[diff.old]
        if diff.new is not None:
            touched.add(diff.new)
            text = "\n".join(lines)
            whole = not lines or text.endswith("\n") or diff.old is not None
            now[diff.new] = text if whole else text + "\n"
    changed = {path: now[path] for path in touched if path in now}
    return changed, frozenset(touched - changed.keys())


def _applied(lines: list[str], hunk: Hunk, where: str) -> list[str]:
    """Return lines with a hunk applied where its context fits best."""
    for fuzz in range(MAX_FUZZ + 1):
        kept = _with_less_context(hunk, fuzz)
        if kept is None:
            break
        at = _place(lines, kept)
        if at is not None:
            after = _after(lines[at : at + len(kept.before)], kept)
            return [*lines[:at], *after, *lines[at + len(kept.before) :]]
    raise DiffError(f"{where} does not apply")


def _after(found: list[str], hunk: Hunk) -> list[str]:
    """Return what replaces the lines found; context stays as the file has it."""
    rest = iter(found)
    after: list[str] = []
    for mark, text in hunk.lines:
        if mark == "+":
            after.append(text)
        else:
            line = next(rest)
            if mark == " ":
                after.append(line)
    return after


def _with_less_context(hunk: Hunk, fuzz: int) -> Hunk | None:
    """Return a hunk without so many lines of context at either end, None when it has fewer."""
    if not fuzz:
        return hunk
    marks = [mark for mark, _ in hunk.lines]
    head = next((i for i, mark in enumerate(marks) if mark != " "), 0)
    tail = next((i for i, mark in enumerate(reversed(marks)) if mark != " "), 0)
    front, back = min(fuzz, head), min(fuzz, tail)
    lines = hunk.lines[front : len(hunk.lines) - back]
    if front + back == 0 or not any(mark in {" ", "-"} for mark, _ in lines):
        return None
    return Hunk(start=None if hunk.start is None else hunk.start + front, lines=lines)


def _place(lines: list[str], hunk: Hunk) -> int | None:
    """Return where the lines of a hunk stand, nearest to where they claim to be."""
    before = hunk.before
    if not before:
        return len(lines) - 1 if lines and lines[-1] == "" else len(lines)
    hint = (hunk.start or 1) - 1
    places = range(len(lines) - len(before) + 1)
    for trimmed in (False, True):
        have = [line.rstrip() for line in lines] if trimmed else lines
        want = [line.rstrip() for line in before] if trimmed else before
        fitting = [at for at in places if have[at : at + len(want)] == want]
        if fitting:
            return min(fitting, key=lambda at: abs(at - hint))
    return None
