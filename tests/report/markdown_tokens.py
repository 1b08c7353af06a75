"""What a Markdown reader like GitHub's makes of a text: its tokens, and the prose outside code."""

from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

GITHUB = MarkdownIt("gfm-like")
# GitHub links URLs and `www.`, not every word with a dot in it.
GITHUB.linkify.set({"fuzzy_link": False})  # type: ignore[union-attr]  # gfm-like always has one


def tokens_of(source: str) -> list[Token]:
    """Return all tokens of a Markdown text, those inside others included."""
    return list(flat(GITHUB.parse(source)))


def flat(tokens: list[Token]) -> Iterator[Token]:
    """Return tokens with those inside them, in their order."""
    for token in tokens:
        yield token
        yield from flat(token.children or [])


def kinds_of(source: str) -> set[str]:
    """Return the kinds of all tokens of a Markdown text."""
    return {token.type for token in tokens_of(source)}


def prose_of(source: str) -> str:
    """Return the text outside code, as a reader sees it."""
    return " ".join(t.content for t in tokens_of(source) if t.type in {"text", "text_special"})
