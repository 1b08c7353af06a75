"""Makes foreign text harmless where it is placed: in Markdown, in HTML, on a terminal.

Strings of a view are plain text in which `mark_code` has marked the data (names, paths, answers);
each renderer then decides what a mark looks like and escapes all the rest.
"""

import html
import re
from collections.abc import Callable, Iterator, Sequence

_OPEN, _CLOSE = "\ue000", "\ue001"
_MARKED = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")
# C0 and C1 controls but tab and newline; bidirectional overrides; invisible characters; our marks;
# halves of surrogate pairs, which no file can hold.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ue000\ue001"
    "\ud800-\udfff]"
)
_ANSI = re.compile("\x1b(?:\\[[0-9;?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)?|[@-_])")
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~&])")
_UNIT = re.compile(r"(?<=[0-9]) (?=%|pp\b|s\b)|(?<=×) | (?=×)|(?<=[<>=]) (?=[0-9.])")
_RANGE = re.compile("(?<=[0-9])–(?=[0-9])")
_AUTOLINK = re.compile(
    r"(@|#|\bwww(?=\.)|\bGH(?=-)|\b(?:mailto|xmpp)(?=:)|(?<!:)/(?=/))", re.IGNORECASE
)


def visible(text: str) -> str:
    """Return a text without escape sequences, controls and characters that change direction."""
    return _UNSEEN.sub("\ufffd", _ANSI.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def one_line(text: str, limit: int = 200) -> str:
    """Return a visible text on one line, cut to ``limit`` characters."""
    line = " ".join(visible(text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where it is not one."""
    plural = f"{noun[:-1]}ies" if noun.endswith("ry") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"


def listed(names: Sequence[str], most: int = 3) -> str:
    """Return the first names in a row, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def first_lines(lines: Sequence[str], most: int) -> tuple[str, ...]:
    """Return the first lines, and one that says how many more there are."""
    return (*lines[:most], *[f"and {len(lines) - most} more"] * (len(lines) > most))


def mark_code(text: str, limit: int = 200) -> str:
    """Mark a piece of data inside a string of a view."""
    return f"{_OPEN}{one_line(text, limit) or ' '}{_CLOSE}"


def segments(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a view's string, each with whether it is marked as data."""
    position = 0
    for found in _MARKED.finditer(text):
        yield text[position : found.start()], False
        yield found.group(1), True
        position = found.end()
    yield text[position:], False


def render_marked(text: str, *, code: Callable[[str], str], plain: Callable[[str], str]) -> str:
    """Return a view's string with every mark and everything between the marks rendered."""
    return "".join(code(part) if marked else plain(part) for part, marked in segments(text))


def markdown(text: str) -> str:
    """Return a view's string as inline Markdown that stays on its line and in its table cell."""
    return render_marked(text, code=code_span, plain=_markdown_plain)


def markdown_cell(text: str) -> str:
    """Return a view's string for a table, where a number never parts from its unit."""
    return render_marked(text, code=code_span, plain=lambda rest: _markdown_plain(units_kept(rest)))


def units_kept(text: str) -> str:
    """Return a text in which a number and its unit, and both ends of a range, stay together."""
    return _RANGE.sub("–\u2060", _UNIT.sub("\u00a0", text))


def markdown_html(text: str) -> str:
    """Return a view's string as HTML, for `<summary>` where Markdown is not read."""
    return render_marked(
        text,
        code=lambda data: f"<code>{html.escape(data)}</code>",
        plain=lambda rest: html.escape(_no_links(rest)),
    )


def unmarked(text: str) -> str:
    """Return a view's string as plain text."""
    return render_marked(text, code=lambda data: data, plain=lambda rest: rest)


def code_span(text: str) -> str:
    """Return an inline code span that no run of backticks inside can end.

    Nothing in a code span is read as Markdown, a mention or a link; only a table cell ends at a
    pipe even there, so pipes are escaped as GitHub's tables want it.
    """
    runs = [len(run) for run in re.findall("`+", text)]
    fence = "`" * (max(runs, default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") or not text.strip() else ""
    return f"{fence}{pad}{text}{pad}{fence}".replace("|", "\\|").replace("<!--", "<\u200b!--")


def fenced(text: str, language: str = "text") -> str:
    """Return a fenced block that no line inside can end."""
    clean = visible(text).replace("<!--", "<\u200b!--")
    runs = [len(run) for run in re.findall("`{3,}", clean)]
    fence = "`" * (max(runs, default=2) + 1)
    return f"{fence}{language}\n{clean}\n{fence}"


def _markdown_plain(text: str) -> str:
    broken = _no_links(text).replace("<!--", "<\u200b!--")
    return _SPECIAL.sub(r"\\\1", broken).replace("\n", " ")


def _no_links(text: str) -> str:
    """Break what GitHub would link or notify; a scheme counts only right before its `://`."""
    return _AUTOLINK.sub("\\1\u200b", text).replace("://", "\u200b://")
