"""Reads the answer out of a model's text, by the case's output protocol."""

import re
from typing import assert_never

from evalci.core.golden_set import Protocol

# A fence is a line of three or more backticks or tildes; the closing one is at least as long.
# Under an item of a list it may stand as far to the right as the item wants, or begin the item.
_FENCE_OPEN = re.compile(r"^([ \t]*(?:(?:[-*+]|\d{1,3}[.)])[ \t]+)?)(`{3,}|~{3,})[^\n`]*$")
_REASONING = ("think", "thinking", "reasoning")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)])\s")


def read_answer(protocol: Protocol, text: str) -> str | None:
    """Return the part of ``text`` that is the answer, or None when there is none.

    Reasoning in front of it is no part. ``text`` and what speaks of files: all of the rest.
    ``json``: all of it, or the content of the one fenced block that is all of it. ``code``: the
    longest fenced block, else all of it when there is no fence.
    """
    text = without_reasoning(text)
    match protocol:
        case Protocol.TEXT | Protocol.FILE_BLOCKS | Protocol.UNIFIED_DIFF:
            return text
        case Protocol.JSON:
            return _only_block(text) or text.strip() or None
        case Protocol.CODE:
            blocks = fenced_blocks(text)
            found = max(blocks, key=len) if blocks else text
            return found if found.strip() else None
        case _:
            assert_never(protocol)


def without_reasoning(text: str) -> str:
    """Return what follows upon the reasoning that a model put in front of its answer, as a tag.

    Reasoning that never ends has no answer behind it. Some templates open the tag in the prompt, so
    that a text knows its end alone, on a line of its own.
    """
    for tag in _REASONING:
        thought, closed, answer = text.partition(f"</{tag}>")
        if thought.lstrip().startswith(f"<{tag}>"):
            return answer.lstrip("\r\n")
        alone = thought.endswith("\n") and answer[:1] in {"", "\n", "\r"}
        if closed and alone and f"<{tag}>" not in thought:
            return answer.lstrip("\r\n")
    return text


def fenced_blocks(text: str) -> list[str]:
    """Return the contents of the fenced blocks, in order; an unclosed one runs to the end."""
    return [body for _, body in tagged_blocks(text)]


def tagged_blocks(text: str) -> list[tuple[str, str]]:
    """Return the fenced blocks with the first word behind each fence, in order."""
    blocks: list[tuple[str, str]] = []
    fence, opening, lines, in_list = "", "", list[str](), False
    for line in _lines(text):
        if not fence:
            in_list = in_list or bool(_ITEM.match(line))
            fence, opening, lines = fence_of(line, in_list=in_list), line, []
        elif closes(line, fence):
            blocks.append(_block(opening, fence, lines))
            fence = ""
        else:
            lines.append(line)
    if fence and lines:
        blocks.append(_block(opening, fence, lines))
    return blocks


def fence_of(line: str, *, in_list: bool = False) -> str:
    """Return the fence that a line opens, empty when it opens none."""
    opened = _FENCE_OPEN.match(line)
    if opened is None or (len(opened.group(1).expandtabs(4)) > 3 and not in_list):
        return ""
    return opened.group(2)


def closes(line: str, fence: str) -> bool:
    """Tell whether a line closes a fence."""
    bare = line.strip()
    return len(bare) >= len(fence) and not bare.strip(fence[0])


def _block(opening: str, fence: str, lines: list[str]) -> tuple[str, str]:
    """Return the first word behind a fence and its content, as far to the left as the fence."""
    before, behind = opening.split(fence, 1)
    indent = re.sub(r"\S", " ", before)
    tag = (behind.split() or [""])[0]
    if indent and all(line.startswith(indent) for line in lines if line.strip()):
        lines = [line.removeprefix(indent) for line in lines]
    return tag, "\n".join(lines)


def _lines(text: str) -> list[str]:
    """Split at line ends alone: a form feed or U+2028 inside an answer is part of it."""
    return text.replace("\r\n", "\n").split("\n")


def _only_block(text: str) -> str | None:
    """Return the content of a fenced block that has nothing but white space around it."""
    lines = _lines(text.strip())
    blocks = fenced_blocks(text.strip())
    whole = len(blocks) == 1 and len(lines) == len(_lines(blocks[0])) + 2
    return blocks[0] if whole and _FENCE_OPEN.match(lines[0]) else None
