"""How a comment keeps its sections apart: HTML comments that say which section stands there."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from evalci.core.json_value import (
    Json,
    JsonObject,
    as_object,
    encodable,
    parse_json,
    unread_by_html,
)
from evalci.report.escape import one_line
from evalci.report.outcomes import ICONS

END = "<!-- evalci:end -->"
MAX_KEY, MAX_URL, MAX_LINE = 64, 300, 600
MAX_META = 20_000
MAX_NUMBER = 2**63
DEFAULT_ICON = "⚫"
_SECTION = re.compile(r"<!-- evalci:section (\{[^<>]*\}) -->\s*")
_LINE = re.compile(r".*<!-- evalci:line (\{[^<>]*\}) -->\s*")
_URL = re.compile(r"https?://[^\s<>()\"'`\\\[\]|]+")
_WORD = re.compile("[0-9A-Za-z_]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What the comment says of one golden set with one model.

    ``key`` is `<golden set>.<model>`, empty for the whole command, both after `<folder>/` where the
    project is not at the top. ``title`` and ``proceed`` are one line of Markdown, ``text`` is what
    stands under the heading, ``shorter`` the same with ever less in it. ``quiet`` says that nothing
    changed and there is nothing to say.
    """

    key: str
    head: str
    run_id: int
    attempt: int
    run_url: str
    event: str
    icon: str
    title: str
    quiet: bool
    text: str
    proceed: str = ""
    shorter: tuple[str, ...] = ()

    @property
    def age(self) -> tuple[int, int]:
        """Return what grows with every newer publication."""
        return self.run_id, self.attempt

    @property
    def project(self) -> str:
        """Return the folder of the project, empty at the top of the repository."""
        return self.key.rpartition("/")[0]

    @property
    def of_all(self) -> bool:
        """Tell whether it speaks of the whole command, not of one golden set."""
        return not self.key.rpartition("/")[2]


def section_key(name: str) -> str:
    """Return a name as a key: on one line, and with a hash where it is too long to keep."""
    key = one_line(encodable(name), MAX_META)
    if len(_text_json(key)) <= MAX_KEY:
        return key
    return hashlib.sha256(encodable(name).encode()).hexdigest()[:16]


def safe_url(url: str) -> str:
    """Return a link that can stand in Markdown, empty for anything else."""
    return url if len(url) <= MAX_URL and _URL.fullmatch(url) else ""


def safe_word(word: str) -> str:
    """Return a commit or the name of an event, empty for anything else."""
    return word if _WORD.fullmatch(word) else ""


def delimited(section: Section, heading: str, text: str) -> str:
    """Return a block of the comment between its delimiters."""
    meta = {
        **_identity(section),
        "run_url": section.run_url,
        "event": section.event,
        "title": section.title,
        "proceed": section.proceed,
    }
    return f"<!-- evalci:section {_text_json(meta)} -->\n{heading}\n{text}\n{END}"


def line_mark(section: Section) -> str:
    """Return the mark that stands for a section of which only a line, or nothing, is shown."""
    title = {"title": section.title} if section.title else {}
    return f"<!-- evalci:line {_text_json({**_identity(section), **title})} -->"


def _identity(section: Section) -> dict[str, str | int]:
    return {
        "key": section.key,
        "head": section.head,
        "run_id": section.run_id,
        "attempt": section.attempt,
        "icon": section.icon,
    }


def _text_json(value: object) -> str:
    """Return JSON that can neither end an HTML comment nor begin a tag."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return unread_by_html(encodable(text))


def read_sections(body: str) -> Iterator[Section]:
    """Yield the sections of a comment; whatever cannot be read is left out."""
    found: Section | None = None
    lines: list[str] = []
    for line in body.replace("\r\n", "\n").split("\n"):
        if single := _LINE.fullmatch(line):
            section = _section(single.group(1))
            if section is not None:
                yield section
            found = None
        elif start := _SECTION.fullmatch(line):
            found, lines = _section(start.group(1)), []
        elif line.rstrip() == END:
            if found is not None:
                yield replace(found, text=_below_heading(lines))
            found = None
        else:
            lines.append(line)


def _below_heading(lines: list[str]) -> str:
    """Return the text of a section without its heading; nothing in it is a delimiter any more."""
    kept = lines[1:] if lines and lines[0].startswith("#") else lines
    return _no_comments("\n".join(kept)).strip("\n")


def _no_comments(text: str) -> str:
    return text.replace("<!--", "<\u200b!--")


def _section(text: str) -> Section | None:
    """Return what a delimiter says, None when somebody wrote something else into it."""
    if len(text) > MAX_META:
        return None
    try:
        data = parse_json(text)
    except ValueError:
        return None
    meta = as_object(data)
    run_id, attempt = _number(meta.get("run_id")), _number(meta.get("attempt"))
    key = meta.get("key")
    if not isinstance(key, str) or section_key(key) != key or run_id is None or attempt is None:
        return None
    icon = _line(meta, "icon")
    return Section(
        key=key,
        head=safe_word(_line(meta, "head")),
        run_id=run_id,
        attempt=attempt,
        run_url=safe_url(_line(meta, "run_url")),
        event=safe_word(_line(meta, "event")),
        icon=icon if icon in ICONS.values() else DEFAULT_ICON,
        title=_line(meta, "title"),
        quiet=False,
        text="",
        proceed=_line(meta, "proceed"),
    )


def _number(value: Json) -> int | None:
    return value if type(value) is int and 0 <= value < MAX_NUMBER else None


def _line(meta: JsonObject, name: str) -> str:
    """Return one line of Markdown that we wrote, or whatever stands there now."""
    value = meta.get(name)
    line = " ".join(encodable(value).splitlines()) if isinstance(value, str) else ""
    return _no_comments(line[:MAX_LINE])
