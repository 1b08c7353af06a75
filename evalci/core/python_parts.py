"""Puts together the Python of an answer that is split over several fenced blocks.

It goes by lines and parses nothing: an answer may be newer than the Python that reads it.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

_DEFINED = re.compile(r"^(?:async\s+)?(?:def|class)\s+(\w+)", re.MULTILINE)
_ASSIGNED = re.compile(r"^([A-Za-z_]\w*)[ \t]*(?::[^=\n]+)?=(?!=)", re.MULTILINE)
_IMPORTED = re.compile(r"^(?:from\s+\S+\s+)?import\s+(\([^)]{0,2000}\)|.+)", re.MULTILINE)
_FUTURE = re.compile(r"^from\s+__future__\s+import\s.+\n?", re.MULTILINE)
_LONG_TEXT = re.compile(r"(\"{3}|'{3}).*?\1", re.DOTALL)
_COMMENT = re.compile(r"#.*")
# What may stand at the left edge of a block that defines and does nothing: a block that also calls,
# prints, loops or asserts shows how the answer is used.
_DEFINING = re.compile(
    r"(?:async\s+def|def|class|import|from)\s|[@#)\]}\"']|[A-Za-z_]\w*\s*(?::[^=]+)?=(?!=)"
    r"|(?:try|except (?:ImportError|ModuleNotFoundError)|if (?:\w+\.)?TYPE_CHECKING):"
)
_WORD = re.compile(r"\w+")
_TEST = re.compile(r"test_|Test(?![a-z])")
_PROMPT = re.compile(r"(?:>>>|\.\.\.)(?: |$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """A block with what the names at its left edge stand for, and with all of its words."""

    text: str
    defined: frozenset[str]
    assigned: frozenset[str]
    imported: frozenset[str]
    words: frozenset[str]
    only_defines: bool

    @property
    def names(self) -> frozenset[str]:
        """Return all names that a block gives to something."""
        return self.defined | self.assigned | self.imported

    @property
    def subjects(self) -> frozenset[str]:
        """Return the names that a block is there for."""
        return self.defined or self.assigned or self.imported


def whole_python(blocks: Sequence[str], originals: Collection[str] = ()) -> str:
    """Return the block that is the answer, together with the others that define more of it.

    It is the longest one that defines a function or class, else the longest; one of the
    ``originals``, which stand in the prompt, only where there is no other. A block that defines a
    name anew is another version, one that does more than define is an example unless the answer
    uses what it defines: both are left out, and so are tests. ``blocks`` are not empty; they keep
    their order.
    """
    read = list(dict.fromkeys(_block(text) for text in blocks))
    defining = [block for block in read if block.defined]
    own = [block for block in defining if block.text not in originals]
    main = max(own or defining or read, key=lambda block: len(block.text))
    place, parts, known, used = read.index(main), {main}, set(main.names), set(main.words)
    for at, block in sorted(enumerate(read), key=lambda pair: _rank(pair[1])):
        # What is not there yet, and what another module is said to have.
        takes = block.words if at < place and not block.defined else block.imported
        apart = known.isdisjoint(block.subjects) and main.defined.isdisjoint(takes)
        if known and apart and _is_part(block, used):
            parts.add(block)
            known |= block.names
            used |= block.words
    return _joined([block.text for block in read if block in parts])


def _rank(block: _Block) -> tuple[bool, int]:
    """Return a key that puts long blocks first, and behind them all the values that they use."""
    return not block.defined, -len(block.text)


def _block(text: str) -> _Block:
    """Return what a block holds; of an interactive session, what was typed."""
    if text.lstrip().startswith(">>>"):
        text = "\n".join(_PROMPT.sub("", line) for line in text.split("\n") if _PROMPT.match(line))
    bare = _LONG_TEXT.sub('""', text)
    edge = [line for line in bare.split("\n") if line and not line[0].isspace()]
    names = frozenset(_DEFINED.findall(bare))
    tests = any(map(_TEST.match, names))
    return _Block(
        text=text,
        defined=frozenset() if tests else names,
        assigned=frozenset(_ASSIGNED.findall(bare)),
        imported=frozenset(_WORD.findall(" ".join(_IMPORTED.findall(bare)))) - {"as"},
        words=frozenset(_WORD.findall(_COMMENT.sub("", bare))),
        only_defines=not tests and all(map(_DEFINING.match, edge)),
    )


def _is_part(block: _Block, used: Collection[str]) -> bool:
    """Tell whether a block defines what is ``used``, or functions and classes and does no more."""
    needed = not block.subjects.isdisjoint(used)
    return (needed or block.only_defines) if block.defined else (needed and block.only_defines)


def _joined(parts: Sequence[str]) -> str:
    """Return blocks as one file, with the imports of the future where they have to stand."""
    if len(parts) == 1:
        return parts[0]
    future = dict.fromkeys(line for part in parts for line in _FUTURE.findall(part))
    return "\n\n".join(["".join(future), *(_FUTURE.sub("", part) for part in parts)]).lstrip("\n")
