"""Reads the files of an answer in sections ``FILE: path``."""

import re

from evalci.core.answer import closes, fence_of, fenced_blocks

_MARKS = ("FILE:", "File:")
_BESIDE = " \t#*"  # of a heading or of bold print
_LISTED = re.compile(r"^ {0,3}(?:[-+]|\d{1,3}[.)])\s+(?=\W{0,4}FILE:)")
_REMARK = re.compile(r"\s+\([^()]*\)$")  # such as "(new)"


def file_blocks(text: str) -> dict[str, str]:
    """Return the files of an answer in sections ``FILE: path``, fenced or not, by path.

    Inside a fence such a line is a comment of the file, unless the fence begins with it and no
    line before it has named the file: then the file ends with the fence.
    """
    reader = _Reader()
    for line in text.replace("\r\n", "\n").split("\n"):
        reader.take(line)
    return {path: _content("\n".join(lines)) for path, lines in reader.sections}


def _content(body: str) -> str:
    blocks = fenced_blocks(body)
    content = blocks[0] if blocks else body.strip("\n")
    return content if content.endswith("\n") or not content else content + "\n"


class _Reader:
    """The sections so far, and the state between two lines."""

    def __init__(self) -> None:
        self.sections: list[tuple[str, list[str]]] = []
        self._fence, self._fresh = "", False
        self._waits = False  # for the fence that follows upon a name
        self._lead: str | None = None  # what precedes the names, where a fence is around them
        self._over = False  # behind such a fence nothing belongs to a file

    def take(self, line: str) -> None:
        """Read one line."""
        path, lead = _file_line(line)
        fresh, self._fresh = self._fresh, False
        if self._fence and closes(line, self._fence):
            self._fence, self._waits = "", False
            self._over = self._over or self._lead is not None
            self._lead = None
            self._keep(line)
        elif path and self._names(lead, fresh=fresh):
            if self._fence:
                self._lead = lead
            if fresh and self.sections and not self._over:
                self.sections[-1][1].pop()  # the fence is around the new section
            self.sections.append((path, []))
            self._waits, self._over = not self._fence, False
        else:
            if not self._fence:
                self._fence = fence_of(line)
                self._fresh = bool(self._fence)
            self._keep(line)

    def _names(self, lead: str, *, fresh: bool) -> bool:
        """Tell whether a line that looks like it names a file."""
        if not self._fence:
            return True
        if self._lead is not None:
            return lead == self._lead
        return fresh and not self._waits

    def _keep(self, line: str) -> None:
        if self.sections and not self._over:
            self.sections[-1][1].append(line)


def _file_line(line: str) -> tuple[str, str]:
    """Return the path that a line announces, if it announces one, and what stands before it."""
    line = _LISTED.sub("", line)
    bare = line.strip(_BESIDE).lstrip(f"{_BESIDE}/")
    if not bare.startswith(_MARKS) or line.expandtabs(4).startswith("    "):
        return "", ""
    path = _REMARK.sub("", bare[5:]).strip(' \t`*"').removeprefix("./")
    return path, line[: line.index(bare)]
