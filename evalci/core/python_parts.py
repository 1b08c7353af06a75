"""Puts together the Python of an answer that is split over several fenced blocks."""

import re
from collections.abc import Collection, Sequence

_DEFINED = re.compile(r"^(?:async\s+)?(?:def|class)\s+(\w+)", re.MULTILINE)
_ASSIGNED = re.compile(r"^([A-Za-z_]\w*)[ \t]*(?::[^=\n]+)?=(?!=)", re.MULTILINE)
# What may stand at the left edge of a block that defines and does nothing: a block that also calls,
# prints, loops or asserts shows how the answer is used.
_DEFINING = re.compile(
    r"(?:async\s+def|def|class|import|from(?!\s+__future__))\s|[@#)\]}]|[A-Za-z_]\w*\s*(?::[^=]+)?=(?!=)"
)
_WORD = re.compile(r"\w+")
_TEST = re.compile(r"test_|Test(?![a-z])")


def whole_python(blocks: Sequence[str]) -> str:
    """Return the block that is the answer, together with the others that define more of it.

    It is the longest one that defines a function or class, else the longest. A block that defines
    a name anew is another version, one that does more than define is an example: both are left out,
    and so are tests. ``blocks`` are not empty; they keep their order.
    """
    main = max([block for block in blocks if _defines(block)] or blocks, key=len)
    parts, known, used = {blocks.index(main)}, _names(main), set(_WORD.findall(main))
    for index in sorted(range(len(blocks)), key=lambda index: -len(blocks[index])):
        names = _names(blocks[index])
        if known and known.isdisjoint(names) and _is_part(blocks[index], used):
            parts.add(index)
            known |= names
    if "from __future__" in main and min(parts) < blocks.index(main):
        return main
    return "\n\n".join(blocks[index] for index in sorted(parts))


def _defines(block: str) -> bool:
    names = _DEFINED.findall(block)
    return bool(names) and not any(map(_TEST.match, names))


def _names(block: str) -> set[str]:
    """Return the names that a block defines at its left edge."""
    return {*_DEFINED.findall(block), *_ASSIGNED.findall(block)}


def _is_part(block: str, used: Collection[str]) -> bool:
    """Tell whether a block only defines: functions and classes, or values that are ``used``."""
    edge = [line for line in block.split("\n") if line and not line[0].isspace()]
    if not all(map(_DEFINING.match, edge)):
        return False
    return _defines(block) if _DEFINED.search(block) else not _names(block).isdisjoint(used)
