"""Places in code that an answer names: `path`, `path:line`, `path:first-last`, or JSON."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evalci.core.answer import read_answer, without_reasoning
from evalci.core.golden_set import Protocol
from evalci.core.json_value import Json, JsonObject, as_list, parse_json

MAX_LOCATIONS = 1_000
MAX_PLACES = 20
MAX_LINE = 4_000
# A wider range names no place, unless what is looked for is that wide itself.
MAX_WIDTH = 50
# A path has an extension or a slash: a plain word is none.
_PATH = r"(?<![\w./-])((?:[\w.@-]{1,80}/){0,20}[\w@-][\w.@-]{0,80})"
_LINES = r"(\d{1,7})(?:(?:-L?|–L?| to )(\d{1,7}))?"
_WORD = r"(?i:lines?\s|l\.?\s?)"
# What stands between a path and its line: `a.py:3`, `a.py#L3`, "a.py, line 3", "a.py (3)", a cell.
_JOIN = (
    r"[`*\"'\])]{0,3}(?:[:#]L?"
    rf"|[,:]?\s{{0,2}}(?:(?:on|at|in|near)\s)?\(?{_WORD}"
    r"|\s?\((?=[\d–-]{1,15}[),:])"
    rf"|\s{{0,40}}\|\s{{0,40}}{_WORD}?)"
)
_PLACE = re.compile(rf"{_PATH}(?:{_JOIN}{_LINES})?")
_LINE_FIRST = re.compile(rf"(?i:\blines?)\s{_LINES}\s(?:of|in)\s[`*\"']{{0,3}}{_PATH}")
_BEGIN = re.compile(rf"\s{{0,12}}[`*\"'(\[]{{0,3}}{_PATH}")
_ITEM = re.compile(r"^\s{0,12}(?:(?:[-*+•]|\d{1,3}[.)])\s+|\|)")
_RULE = re.compile(r"^\s{0,12}\|[\s|:-]{1,2000}$")
_NO_FILES = {"e.g", "i.e"}
_FILE_KEYS = ("file", "path", "file_path", "filename")
_FIRST_KEYS = ("lines", "line", "start_line", "startLine", "line_start", "line_number")
_LAST_KEYS = ("end_line", "endLine", "line_end")


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A file with the lines meant, counted from 1; no lines mean the file as a whole."""

    file: str
    first: int | None = None
    last: int | None = None

    def same_file(self, other: "Location") -> bool:
        """Tell whether two locations are in one file, by the path or by the end of one."""
        left, right = self.file.removeprefix("./"), other.file.removeprefix("./")
        return left == right or left.endswith(f"/{right}") or right.endswith(f"/{left}")

    def touches(self, other: "Location", *, slack: int = 0) -> bool:
        """Tell whether lines overlap in one file, ``slack`` lines apart at most.

        A location without lines covers its whole file only as the one that is looked for. Other
        lines that span much more than these, half a file say, name no place.
        """
        if not self.same_file(other):
            return False
        if self.first is None:
            return True
        if other.first is None or other.width > max(MAX_WIDTH, 2 * self.width):
            return False
        low, high = other.first - slack, (other.last or other.first) + slack
        return self.first <= high and low <= (self.last or self.first)

    @property
    def width(self) -> int:
        """Return how many lines are meant, 0 for the file as a whole."""
        return 0 if self.first is None else (self.last or self.first) - self.first + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One thing that an answer says, with the places that it names, those with a line first.

    ``listed`` tells whether it is an entry of a list; a paragraph may be no remark at all.
    """

    text: str
    locations: tuple[Location, ...] = ()
    listed: bool = True

    @property
    def named(self) -> tuple[Location, ...]:
        """Return the places that are meant: those with a line, or else every file."""
        return tuple(place for place in self.locations if place.first) or self.locations


def location_of(data: JsonObject) -> Location:
    """Return the location in an object: `file` with `line` or `lines: [first, last]`.

    What models write instead is read as well: lines as text, and `start_line` with `end_line`.
    """
    file = next((v for k in _FILE_KEYS if isinstance(v := data.get(k), str)), "")
    given = next((data[key] for key in _FIRST_KEYS if key in data), None)
    last = next((data[key] for key in _LAST_KEYS if key in data), None)
    lines = [n for value in (*as_list(given), last) for n in _numbers(value)]
    if not lines and (inside := first_location(file)) is not None and inside.first:
        return inside
    return _location(file, lines)


def _numbers(value: Json) -> list[int]:
    if isinstance(value, int) and not isinstance(value, bool):
        return [value]
    return [int(n) for n in re.findall(r"\d{1,7}", value)[:2]] if isinstance(value, str) else []


def _location(file: str, lines: Sequence[int]) -> Location:
    if not lines:
        return Location(file=file)
    return Location(file=file, first=min(lines), last=max(lines))


def remarks_of(protocol: Protocol, text: str) -> tuple[Remark, ...]:
    """Return what an answer says, in its order: entries of a JSON list, or items of a text.

    JSON may be a list, or an object with one list in it. Entries are texts or objects with `file`
    and `line` or `lines`. In a text, each item of a list and each row of a table is one; without
    any, each paragraph, or each line of one where every line begins with a path.
    """
    text = without_reasoning(text)
    found = _of_json(read_answer(Protocol.JSON, text) or "")
    if found is None:
        found = () if protocol is Protocol.JSON else tuple(_of_text(text))
    return found[:MAX_LOCATIONS]


def _of_json(text: str) -> tuple[Remark, ...] | None:
    try:
        data = parse_json(text)
    except ValueError:
        return None
    lists = [v for v in data.values() if isinstance(v, list)] if isinstance(data, dict) else [data]
    if len(lists) != 1 or not isinstance(lists[0], list):
        return None
    return tuple(_entry(entry) for entry in lists[0])


def _entry(entry: Json) -> Remark:
    if not isinstance(entry, dict) or not any(isinstance(entry.get(k), str) for k in _FILE_KEYS):
        return _remark(str(entry))
    places = {*_FILE_KEYS, *_FIRST_KEYS, *_LAST_KEYS}
    words = " ".join(str(value) for key, value in entry.items() if key not in places)
    return Remark(text=words, locations=(location_of(entry),))


def _of_text(text: str) -> Iterator[Remark]:
    lines = _without_heads(text.replace("\r\n", "\n").split("\n"))
    listed = any(_ITEM.match(line) for line in lines)
    block: list[str] = []
    for line in lines:
        begins = bool(_ITEM.match(line)) if listed else not line.strip()
        if begins and block:
            yield from _remarks(block, listed=listed)
            block = []
        if line.strip() and (begins or block or not listed):
            block.append(line)
    if block:
        yield from _remarks(block, listed=listed)


def _without_heads(lines: Sequence[str]) -> list[str]:
    """Return lines without the rules below the heads of tables, and without the heads."""
    rules = {place for place, line in enumerate(lines) if _RULE.match(line)}
    return [line for place, line in enumerate(lines) if not {place, place + 1} & rules]


def _remarks(block: Sequence[str], *, listed: bool) -> Iterator[Remark]:
    """Yield a block as one remark, or a paragraph's lines where each begins with a path."""
    if not listed and all((m := _BEGIN.match(line)) and _is_path(m[1]) for line in block):
        for line in block:
            yield _remark(line, listed=False)
    else:
        yield _remark("\n".join(block), listed=listed)


def _remark(text: str, *, listed: bool = True) -> Remark:
    return Remark(text=text.strip(), locations=locations_in(text), listed=listed)


def first_location(text: str) -> Location | None:
    """Return the first place that a text names, one with a line if any, None without a place."""
    return next(iter(locations_in(text)), None)


def locations_in(text: str) -> tuple[Location, ...]:
    """Return the places that a text names, in its order, those with a line before the others."""
    text = text[:MAX_LINE]
    found = [(m[1], m[2], m[3]) for m in _PLACE.finditer(text)]
    found += [(m[3], m[1], m[2]) for m in _LINE_FIRST.finditer(text)]
    places = [
        _location(file.rstrip("."), [int(line) for line in lines if line])
        for file, *lines in found
        if _is_path(file)
    ]
    places = list(dict.fromkeys(places))
    return tuple(sorted(places, key=lambda place: place.first is None)[:MAX_PLACES])


def _is_path(word: str) -> bool:
    if word.casefold().rstrip(".") in _NO_FILES:
        return False
    return "/" in word or re.search(r"\.[A-Za-z]\w{0,7}\.?$", word) is not None
