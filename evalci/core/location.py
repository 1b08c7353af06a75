"""Places in code that an answer names: `path`, `path:line`, `path:first-last`, or JSON."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from evalci.core.answer import read_answer
from evalci.core.golden_set import Protocol
from evalci.core.json_value import Json, JsonObject, as_list, parse_json, value_at

MAX_LOCATIONS = 1_000
MAX_LINE = 4_000
# A path has an extension or a slash: a plain word is none.
_PLACE = re.compile(
    r"(?<![\w./-])((?:[\w.@-]{1,80}/){0,20}[\w@-][\w.@-]{0,80})"
    r"(?:(?::|#L|,? lines? | \(|,? l\. ?)(\d{1,7})(?:(?:-L|-|–| to )(\d{1,7}))?)?"
)
_ITEM = re.compile(r"^\s{0,12}(?:[-*+•]|\d{1,3}[.)])\s+")


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

        A location without lines covers its whole file only as the one that is looked for.
        """
        if not self.same_file(other):
            return False
        if self.first is None:
            return True
        if other.first is None:
            return False
        low, high = other.first - slack, (other.last or other.first) + slack
        return self.first <= high and low <= (self.last or self.first)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One thing that an answer says, with the place it names, None where it names none.

    ``listed`` tells whether it is an entry of a list; a paragraph may be no remark at all.
    """

    text: str
    location: Location | None = None
    listed: bool = True


def location_of(data: JsonObject) -> Location:
    """Return a location of the golden set: `file` with `line` or `lines: [first, last]`."""
    given = as_list(data.get("lines", data.get("line")))
    lines = [line for line in given if isinstance(line, int) and not isinstance(line, bool)]
    first, last = (lines[0], lines[-1]) if lines else (None, None)
    return Location(file=str(data["file"]), first=first, last=last)


def remarks_of(protocol: Protocol, text: str) -> tuple[Remark, ...]:
    """Return what an answer says, in its order: entries of a JSON list, or items of a text.

    JSON may be a list, or an object with one list in it. Entries are texts or objects with `file`
    and `line` or `lines`. In a text, each item of a list is one; without items, each paragraph.
    """
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
    file = value_at(entry, "file") or value_at(entry, "path")
    if not isinstance(entry, dict) or not isinstance(file, str):
        return _remark(str(entry))
    words = " ".join(str(v) for k, v in entry.items() if k not in {"file", "path", "line", "lines"})
    return Remark(text=words, location=location_of({**entry, "file": file}))


def _of_text(text: str) -> Iterator[Remark]:
    lines = text.replace("\r\n", "\n").split("\n")
    listed = any(_ITEM.match(line) for line in lines)
    block: list[str] = []
    for line in lines:
        begins = bool(_ITEM.match(line)) if listed else not line.strip()
        if begins and block:
            yield _remark("\n".join(block), listed=listed)
            block = []
        if line.strip() and (begins or block or not listed):
            block.append(line)
    if block:
        yield _remark("\n".join(block), listed=listed)


def _remark(text: str, *, listed: bool = True) -> Remark:
    return Remark(text=text.strip(), location=first_location(text), listed=listed)


def first_location(text: str) -> Location | None:
    """Return the first place that a text names, None where it names none."""
    for found in _PLACE.finditer(text[:MAX_LINE]):
        file, first, last = found.groups()
        if "/" not in file and not re.search(r"\.[A-Za-z]\w{0,7}$", file):
            continue
        if file.endswith("."):
            continue
        low = int(first) if first else None
        return Location(file=file, first=low, last=int(last) if first and last else low)
    return None
