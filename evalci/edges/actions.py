"""The GitHub runner: its files for outputs and summaries, and the commands its log understands."""

import os
import re
import secrets
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, TextIO, cast

from evalci.core.annotation import Annotation, AnnotationLevel
from evalci.core.json_value import encodable
from evalci.errors import BadInputError

MAX_SUMMARY_BYTES = 1024 * 1024
CUT = "\n\n(cut here: a step summary holds 1 MiB)\n"
_NAME = re.compile("[A-Za-z_][A-Za-z0-9_-]*")
_COMMANDS = {
    AnnotationLevel.NOTICE: "notice",
    AnnotationLevel.WARNING: "warning",
    AnnotationLevel.FAILURE: "error",
}
# The runner skips white space before `::` and compares by culture, in which controls, soft
# hyphens, joiners and everything else without a width do not count.
_UNSEEN = (
    "[\x00-\x09\x0b\x0c\x0e-\x20\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5"
    "\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
_COLONS = re.compile(f"((?:^|(?<=\\r)){_UNSEEN}*:{_UNSEEN}*)(?=:)", re.MULTILINE)
_OLD_STYLE = re.compile(f"(#{_UNSEEN}*#{_UNSEEN}*)(?=\\[)")
_ANY_UNSEEN = re.compile(_UNSEEN)


def inert(text: str) -> str:
    """Return a text in which the runner finds no command.

    It reads `::name::` at the start of a line and `##[name]` anywhere (actions/runner#4692).
    """
    return _OLD_STYLE.sub(r"\1 ", _COLONS.sub(r"\1 ", text))


class LogGuard:
    """A stream that the runner reads, through which nobody but us can give it a command."""

    def __init__(self, stream: TextIO) -> None:
        """Wrap a stream."""
        self._stream = stream
        self._before = ""  # what counts of the line so far, for a command in several writes
        self._fresh = True

    def write(self, text: str) -> int:
        """Write a text that is no command."""
        harmless = inert(self._before + text)[len(self._before) :]
        self._stream.write(harmless)
        self._before = _what_counts(re.split(r"[\r\n]", self._before + text)[-1])
        self._fresh = text.endswith(("\r", "\n")) if text else self._fresh
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)

    def command(self, line: str) -> None:
        """Give a command, on a line of its own."""
        self._stream.write(line + "\n" if self._fresh else f"\n{line}\n")
        self._before, self._fresh = "", True

    def __getattr__(self, name: str) -> Any:
        """Be the wrapped stream in all other respects."""
        return getattr(self._stream, name)


def _what_counts(line: str) -> str:
    """Return the least text that stands for the beginning of a line: `""`, `:`, or `x##`."""
    seen = _ANY_UNSEEN.sub("", line)
    if seen in {"", ":"}:
        return seen
    return f"x{'#' * min(2, len(seen) - len(seen.rstrip('#')))}"


@contextmanager
def guarded_log(variables: Mapping[str, str] = os.environ) -> Iterator[None]:
    """Let nothing that this process prints act as a command, where a runner reads it."""
    if not in_actions(variables):
        yield
        return
    out, err = LogGuard(sys.stdout), LogGuard(sys.stderr)
    with redirect_stdout(cast("TextIO", out)), redirect_stderr(cast("TextIO", err)):
        yield


def in_actions(variables: Mapping[str, str]) -> bool:
    """Tell whether an environment is that of a step in GitHub Actions."""
    return variables.get("GITHUB_ACTIONS") == "true"


def _as_it_is(text: str) -> str:
    return text


class Runner:
    """What a step tells its runner; elsewhere, every method does nothing."""

    def __init__(
        self, variables: Mapping[str, str], log: TextIO, *, clean: Callable[[str], str] = _as_it_is
    ) -> None:
        """``variables`` is the environment, ``log`` a stream, ``clean`` what masks secrets."""
        self._variables = variables
        self._log = log
        self._clean = clean

    @property
    def active(self) -> bool:
        """Tell whether a runner reads the log."""
        return in_actions(self._variables)

    def output(self, name: str, value: str) -> None:
        """Set an output of the step, whatever the value holds."""
        if not _NAME.fullmatch(name):
            raise ValueError(f"not the name of an output: {name!r}")
        text = self._clean(value)
        end = secrets.token_hex(16)
        while end in text:
            end = secrets.token_hex(16)
        self._append("GITHUB_OUTPUT", f"{name}<<{end}\n{text}\n{end}\n".encode("utf-8", "replace"))

    def summary(self, text: str) -> None:
        """Add Markdown to the summary of the step, as much as it still holds."""
        place = self._variables.get("GITHUB_STEP_SUMMARY")
        if place:
            room = MAX_SUMMARY_BYTES - _size(Path(place))
            self._append("GITHUB_STEP_SUMMARY", _cut(encodable(self._clean(text)) + "\n", room))

    def annotate(self, annotation: Annotation) -> None:
        """Show a remark at lines of a file."""
        values = {
            "file": annotation.path,
            "line": str(annotation.start_line),
            "endLine": str(annotation.end_line),
            "title": annotation.title,
        }
        properties = ",".join(f"{k}={_property(self._clean(v))}" for k, v in values.items())
        message = _data(self._clean(annotation.message))
        self._command(f"::{_COMMANDS[annotation.level]} {properties}::{message}")

    def group(self, title: str) -> None:
        """Begin a group of log lines, which the page shows folded."""
        self._command(f"::group::{_data(self._clean(title))}")

    def end_group(self) -> None:
        """End the group."""
        self._command("::endgroup::")

    def _command(self, line: str) -> None:
        if not self.active:
            return
        if isinstance(self._log, LogGuard):
            self._log.command(line)
        else:
            self._log.write(f"{line}\n")
        self._log.flush()

    def _append(self, variable: str, data: bytes) -> None:
        place = self._variables.get(variable)
        if not place:
            return
        try:
            with Path(place).open("ab") as stream:
                stream.write(_line_break(Path(place)) + data)
        except OSError as exc:
            raise BadInputError(f"cannot write {variable}: {exc.strerror}") from None


def open_runner(clean: Callable[[str], str] = _as_it_is) -> Runner:
    """Return the runner of this process, which reads standard output."""
    return Runner(os.environ, sys.stdout, clean=clean)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _size(place: Path) -> int:
    return place.stat().st_size if place.exists() else 0


def _line_break(place: Path) -> bytes:
    """Return what ends a line that somebody else left open."""
    with place.open("rb") as stream:
        if stream.seek(0, os.SEEK_END) == 0:
            return b""
        stream.seek(-1, os.SEEK_END)
        return b"" if stream.read(1) == b"\n" else b"\n"


def _cut(text: str, room: int) -> bytes:
    """Return the whole lines of a text that fit into so many bytes, and a word on the rest."""
    data = text.encode("utf-8")
    if len(data) < room:
        return data
    kept = data[: max(0, room - len(CUT) - 1)].rpartition(b"\n")[0]
    return kept + CUT.encode() if kept else b""
