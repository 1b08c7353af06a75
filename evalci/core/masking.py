"""Takes what tells who wrote an answer out of it, so that a judge reads it blind."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from evalci.core.families import MODEL_NAMES
from evalci.core.golden_set import Protocol

MASK = "[model]"
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[ \t]*([\w+-]*)")
# What stands in such a block is text all the same.
_TEXT_TAGS = {"json", "markdown", "md", "text", "txt"}
_SPAN = re.compile(r"(`[^`\n]{1,400}`)")
_CODE_BEGINS = {
    Protocol.FILE_BLOCKS: ("FILE:",),
    Protocol.UNIFIED_DIFF: ("diff ", "--- ", "@@ "),
}
_WORDS = "code|sonnet|opus|haiku|instant|pro|flash|ultra|mini|nano|turbo|large|medium|small|chat"
_VERSION = rf"(?:[ _-]?(?:v?\d{{1,4}}(?:\.\d{{1,3}}){{0,3}}[a-z]{{0,2}}|{_WORDS})\b){{0,6}}"
_SELF = re.compile(
    r"\b(?:as an? (?:large |ai )?language model"
    r"|(?:as|i am|i['\u2019]m)(?: just| only)? an? ai"
    r"(?: (?:language model|assistant|model|system))?"
    r"|my (?:knowledge|training)(?: data)? cut-?off(?: date)?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Masked:
    """A text without names of models, and how many places were masked."""

    text: str
    count: int


def masked(text: str, *, names: Iterable[str] = (), protocol: Protocol = Protocol.TEXT) -> Masked:
    """Return a text with names and self-references of models as `[model]`, in prose only.

    ``names`` are further ones, such as the author's. Code is left as it is: blocks, spans that hold
    more than a name, and what a code protocol says is code.
    """
    pattern = _pattern(tuple(names))
    count, pieces = 0, []
    for piece, code in _pieces(text, protocol):
        if code and not pattern.fullmatch(piece.strip("`")):
            pieces.append(piece)
            continue
        without, names_found = pattern.subn(MASK, piece)
        without, selves_found = _SELF.subn(MASK, without)
        count += names_found + selves_found
        pieces.append(without)
    return Masked(text="".join(pieces), count=count)


@lru_cache(maxsize=64)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of all names; the longest first, so that none leaves a rest behind."""
    known = sorted({*MODEL_NAMES, *(name.casefold() for name in names)}, key=lambda n: (-len(n), n))
    words = "|".join(re.escape(name).replace(r"\ ", "[ _-]?") for name in known)
    # A name may go on, as in `OpenAI's`, `Qwen2.5` or `anthropic.com`, but not begin inside a word.
    return re.compile(rf"(?<![^\W_])(?:{words})(?:ai)?(?![a-z]){_VERSION}", re.IGNORECASE)


def _pieces(text: str, protocol: Protocol) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a text in order, each with whether it is code."""
    if protocol is Protocol.CODE and not any(map(_FENCE.match, text.splitlines())):
        yield text, True
        return
    fence, tag, over = "", "", False
    for line in text.splitlines(keepends=True):
        found = _FENCE.match(line)
        over = over or line.startswith(_CODE_BEGINS.get(protocol, "\0"))
        if fence:
            closes = found is not None and found[1].startswith(fence) and not found[2]
            yield line, tag not in _TEXT_TAGS
            fence = "" if closes else fence
        elif found:
            fence, tag = found[1], found[2].casefold()
            yield line, True
        elif over:
            yield line, True
        else:
            yield from ((part, n % 2 == 1) for n, part in enumerate(_SPAN.split(line)))
