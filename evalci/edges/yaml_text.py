"""Reads YAML 1.2 core text into plain values, safely: no objects, no bombs, no doubled keys."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from evalci.core.document import Document
from evalci.core.json_value import Json
from evalci.core.problem import Problem, conflict_in
from evalci.errors import BadInputError

MAX_DEPTH = 60
MAX_ALIASED_NODES = 100_000
MAX_INTEGER = 2**53 - 1
_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_INT = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_WORDS: dict[str, Json] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


class _Refused(Exception):
    """Something that this reader does not accept, with the event that shows it."""

    def __init__(self, message: str, event: Event, hint: str = "") -> None:
        super().__init__(message)
        self.line = event.start_mark.line + 1 if event.start_mark else 0
        self.hint = hint


def parse_yaml(text: str, source: str, first_line: int = 1) -> Document:
    """Return the document in ``text``, whose first line is line ``first_line`` of ``source``.

    Plain scalars follow the YAML 1.2 core schema: ``no`` and ``2026-03-02`` are text.
    Raises BadInputError for invalid YAML, tags, doubled keys, more than one document,
    nesting beyond ``MAX_DEPTH`` and aliases that repeat more than ``MAX_ALIASED_NODES`` nodes.
    """
    try:
        data = _Builder().build(text)
    except (_Refused, yaml.YAMLError) as exc:
        problem = _conflict(text, source, first_line) or _problem(exc, text, source, first_line)
        raise BadInputError(str(problem)) from None
    return Document(source=source, data=data, line_of=_line_finder(text, first_line))


def _conflict(text: str, source: str, first_line: int) -> Problem | None:
    line = conflict_in(text)
    if not line:
        return None
    hint = "choose a side, and take out the lines <<<<<<<, ======= and >>>>>>>"
    message = "a merge conflict of git"
    return Problem(source=source, line=line + first_line - 1, message=message, hint=hint)


def _problem(exc: _Refused | yaml.YAMLError, text: str, source: str, first_line: int) -> Problem:
    if isinstance(exc, _Refused):
        line = exc.line + first_line - 1
        return Problem(source=source, line=line, message=str(exc), hint=exc.hint)
    mark = getattr(exc, "problem_mark", None) or getattr(exc, "context_mark", None)
    line = mark.line + first_line if mark else 0
    what = " ".join(str(getattr(exc, "problem", None) or exc).split())
    begun = getattr(exc, "context_mark", None)
    if begun and mark and begun.line < mark.line and "flow" in str(getattr(exc, "context", "")):
        what += f" for what line {begun.line + first_line} opens"
    hint = "indent with spaces, not tabs" if mark and _tab_at(text, mark.line) else ""
    return Problem(source=source, line=line, message=f"not valid YAML: {what}", hint=hint)


def _tab_at(text: str, line: int) -> bool:
    """Tell whether a line, counted from 0, is indented with a tab."""
    lines = text.splitlines()
    return line < len(lines) and "\t" in lines[line][: -len(lines[line].lstrip()) or None]


@dataclass(slots=True)
class _Frame:
    """A container that is being filled; ``key`` is the pending key of a mapping."""

    event: Event
    anchor: str | None
    size_before: int
    items: list[Json] = field(default_factory=list)
    pairs: dict[str, Json] | None = None
    merged: dict[str, Json] = field(default_factory=dict)
    key: str | None = None


class _Builder:
    """Turns parser events into values; the parser's events do not recurse, so depth is ours."""

    def __init__(self) -> None:
        self._stack: list[_Frame] = []
        self._anchors: dict[str, tuple[Json, int]] = {}
        self._size = 0
        self._aliased = 0
        self._root: Json = None

    def build(self, text: str) -> Json:
        """Return the value of the only document in ``text``."""
        documents = 0
        for event in yaml.parse(text, _LOADER):
            if isinstance(event, ScalarEvent):
                self._size += 1
                self._add(_scalar(event), event, event.anchor, 1)
            elif isinstance(event, (MappingStartEvent, SequenceStartEvent)):
                self._open(event)
            elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
                self._close()
            elif isinstance(event, AliasEvent):
                self._alias(event)
            elif isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _Refused("a second document (`---`)", event, "keep one per file")
        return self._root

    def _open(self, event: MappingStartEvent | SequenceStartEvent) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise _Refused(f"nested deeper than {MAX_DEPTH} levels", event)
        if event.tag not in {None, "!", f"{_TAG}map", f"{_TAG}seq"}:
            raise _Refused(f"tag `{event.tag}` is not allowed", event)
        pairs: dict[str, Json] | None = {} if isinstance(event, MappingStartEvent) else None
        self._stack.append(_Frame(event, event.anchor, self._size, pairs=pairs))
        self._size += 1

    def _close(self) -> None:
        frame = self._stack.pop()
        value: Json = frame.items
        if frame.pairs is not None:
            value = {**frame.merged, **frame.pairs} if frame.merged else frame.pairs
        self._add(value, frame.event, frame.anchor, self._size - frame.size_before)

    def _alias(self, event: AliasEvent) -> None:
        name = str(event.anchor)
        if name not in self._anchors:
            raise _Refused(f"alias `*{name}` has no anchor before it", event)
        value, size = self._anchors[name]
        self._size += size
        self._aliased += size
        if self._aliased > MAX_ALIASED_NODES:
            raise _Refused(f"aliases repeat more than {MAX_ALIASED_NODES:,} nodes", event)
        self._add(value, event, None, size)

    def _add(self, value: Json, event: Event, anchor: str | None, size: int) -> None:
        if anchor is not None:
            self._anchors[anchor] = (value, size)
        if not self._stack:
            self._root = value
            return
        frame = self._stack[-1]
        if frame.pairs is None:
            frame.items.append(value)
        elif frame.key is None:
            frame.key = _key(value, event, frame)
        else:
            _set(frame, frame.key, value, event)
            frame.key = None


def _key(value: Json, event: Event, frame: _Frame) -> str:
    if not isinstance(value, str):
        raise _Refused("a key that is not text", event, "write it in quotes")
    if frame.pairs is not None and value in frame.pairs:
        raise _Refused(f"key `{value}` stands here twice", event, "remove one")
    return value


def _set(frame: _Frame, key: str, value: Json, event: Event) -> None:
    """Store a pair; ``<<`` merges a mapping (or several) whose keys never win over written ones."""
    if frame.pairs is None:
        return
    if key != "<<":
        frame.pairs[key] = value
        return
    for mapping in value if isinstance(value, list) else [value]:
        if not isinstance(mapping, dict):
            raise _Refused("`<<` merges mappings only", event)
        frame.merged = {**mapping, **frame.merged}


def _scalar(event: ScalarEvent) -> Json:
    text: str = event.value
    if event.tag not in {None, "!"}:
        if event.tag != f"{_TAG}str":
            raise _Refused(f"tag `{event.tag}` is not allowed", event)
        return text
    if not event.implicit[0]:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in "+-.0123456789":
        return _number(text, event)
    return text


def _number(text: str, event: ScalarEvent) -> Json:
    if _INT.match(text):
        value = int(text) if len(text) < 20 else MAX_INTEGER + 1
        if abs(value) > MAX_INTEGER:
            raise _Refused("an integer beyond 2^53", event, "write it in quotes")
        return value
    if _FLOAT.match(text):
        number = float(text)
        if number in {float("inf"), float("-inf")}:
            raise _Refused("a number beyond the range of a double", event, "write it in quotes")
        return number
    if text.lstrip("+-").lower() in {".inf", ".nan"}:
        raise _Refused(f"`{text}` is not a number JSON can hold", event, "write it in quotes")
    return text


def _line_finder(text: str, first_line: int) -> Callable[[Sequence[str | int]], int]:
    """Return a function from a path to its line; the text is read again on the first question."""
    lines: dict[tuple[str | int, ...], int] = {}

    def line_of(path: Sequence[str | int]) -> int:
        if not lines:
            lines.update(_lines_of_paths(text))
        at = tuple(path)
        while at not in lines:
            at = at[:-1]
        return lines[at] + first_line

    return line_of


@dataclass(slots=True)
class _Level:
    """A container around the current event; ``step`` is the key or index it is at."""

    mapping: bool
    step: str | int | None = None


def _lines_of_paths(text: str) -> dict[tuple[str | int, ...], int]:
    """Return the line, from 0, of every path; that of a pair is its key's."""
    lines: dict[tuple[str | int, ...], int] = {(): 0}
    stack: list[_Level] = []
    for event in yaml.parse(text, _LOADER):
        line = event.start_mark.line if event.start_mark else 0
        if isinstance(event, (MappingEndEvent, SequenceEndEvent)):
            stack.pop()
            _step_over(stack)
        elif isinstance(event, (ScalarEvent, AliasEvent, MappingStartEvent, SequenceStartEvent)):
            top = stack[-1] if stack else None
            if top is not None and top.mapping and top.step is None:
                top.step = str(getattr(event, "value", ""))
                lines.setdefault(_path(stack), line)
                continue
            if top is not None and not top.mapping:
                top.step = 0 if top.step is None else int(top.step) + 1
                lines.setdefault(_path(stack), line)
            if isinstance(event, (MappingStartEvent, SequenceStartEvent)):
                stack.append(_Level(mapping=isinstance(event, MappingStartEvent)))
            else:
                _step_over(stack)
    return lines


def _path(stack: Sequence[_Level]) -> tuple[str | int, ...]:
    return tuple(level.step for level in stack if level.step is not None)


def _step_over(stack: Sequence[_Level]) -> None:
    """A value has ended: what comes next in a mapping is a key."""
    if stack and stack[-1].mapping:
        stack[-1].step = None
