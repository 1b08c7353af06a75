"""Takes what tells who wrote an answer out of it, so that a judge reads it blind."""

import re
import unicodedata
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
# What goes on with a diff; any other line is prose behind it.
_DIFF = re.compile(
    r"$|[ +@\\\t-]|diff |index |new |old |deleted |rename |similarity |copy |Binary "
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
# Letters of other scripts that look like ours.
_ALIKE = {
    **str.maketrans("авеікмнорсԁтухһАВЕІКМНОРСТУХ", "abeikmhopcdtyxhABEIKMHOPCTYX"),
    **str.maketrans("αενικορτυΑΒΕΗΙΚΜΝΟΡΤΥΧ", "aevikoptuABEHIKMNOPTYX"),
}
_WORDS = "code|sonnet|opus|haiku|instant|pro|flash|ultra|mini|nano|turbo|large|medium|small|chat"
_VERSION = rf"(?:[ _-]?(?:v?\d{{1,4}}(?:\.\d{{1,3}}){{0,3}}[a-z]{{0,2}}|{_WORDS})\b){{0,6}}"
_WORD = re.compile(r"\S+")
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
        without, names_found = pattern.subn(MASK, _unveiled(piece, pattern))
        without, selves_found = _SELF.subn(MASK, without)
        count += names_found + selves_found
        pieces.append(without)
    return Masked(text="".join(pieces), count=count)


def _unveiled(text: str, pattern: re.Pattern[str]) -> str:
    """Return a text with plain letters in the words that hide a name behind others."""
    return text if text.isascii() else _WORD.sub(lambda word: _plain(word[0], pattern), text)


def _plain(word: str, pattern: re.Pattern[str]) -> str:
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", word)).translate(_ALIKE)
    return plain if pattern.search(plain) and not pattern.search(word) else word


@lru_cache(maxsize=64)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of all names; the longest first, so that none leaves a rest behind."""
    known = sorted({*MODEL_NAMES, *(name.casefold() for name in names)}, key=lambda n: (-len(n), n))
    words = "|".join(map(_spelled, known))
    # A name may go on, as in `OpenAI's`, `Qwen2.5` or `anthropic.com`, but not begin inside a word.
    return re.compile(rf"(?<![^\W_])(?:{words})(?:ai|s)?(?![a-z]){_VERSION}", re.IGNORECASE)


def _spelled(name: str) -> str:
    """Return the pattern of a name: a dash or a space in it may be another one, or nothing.

    Not in one that would read as English so, such as `my-model` or `command-a`.
    """
    odd = name in MODEL_NAMES or any(letter.isdigit() for letter in name)
    english = name[-2:-1] == "-" and name[-1].isalpha()
    plain = re.escape(name).replace(r"\ ", "[ _-]?")
    return plain.replace(r"\-", "[ _-]?" if odd and not english else "[_-]")


def _pieces(text: str, protocol: Protocol) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a text in order, each with whether it is code."""
    if protocol is Protocol.CODE and not any(map(_FENCE.match, text.splitlines())):
        yield text, True
        return
    fence, tag, over, begun = "", "", False, False
    for line in text.splitlines(keepends=True):
        found = _FENCE.match(line)
        begins = line.startswith(_CODE_BEGINS.get(protocol, "\0"))
        ended = over and protocol is Protocol.UNIFIED_DIFF and not _DIFF.match(line)
        over = begins or (over and not ended)
        if fence:
            closes = found is not None and found[1].startswith(fence) and not found[2]
            yield line, tag not in _TEXT_TAGS
            fence = "" if closes else fence
        elif found:
            # A fence right below `FILE:` is the whole file: what follows it is prose again.
            over = over and not begun
            fence, tag = found[1], found[2].casefold()
            yield line, True
        elif over:
            yield line, True
        else:
            yield from ((part, n % 2 == 1) for n, part in enumerate(_SPAN.split(line)))
        begun = begins and protocol is Protocol.FILE_BLOCKS
