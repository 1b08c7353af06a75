"""Reads an HTML page the way a strict parser does: the tree, its text, and what is not closed."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "br", "hr", "img", "link", "input", "base"}


@dataclass
class Node:
    """An element with its attributes, the elements inside it, and all text inside it."""

    tag: str
    attributes: dict[str, str | None] = field(default_factory=dict)
    children: list["Node"] = field(default_factory=list)
    text: str = ""

    def all(self, *tags: str) -> list["Node"]:
        """Return every element of some kinds below this one, in the order of the page."""
        return [node for node in self.walk()[1:] if node.tag in tags]

    def walk(self) -> list["Node"]:
        """Return this element and every one below it, in the order of the page."""
        return [self, *(node for child in self.children for node in child.walk())]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Node(tag="document")
        self.open = [self.root]
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if len(dict(attrs)) != len(attrs):
            self.wrong.append(f"an attribute twice in {tag}")
        node = Node(tag=tag, attributes=dict(attrs))
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1].tag == tag:
            self.open.pop()
        else:
            self.wrong.append(f"</{tag}> closes {self.open[-1].tag}")

    def handle_data(self, data: str) -> None:
        for node in self.open:
            node.text += data

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"a comment: {data}")


def page_of(source: str) -> Node:
    """Return the root of a page; a tag that is not closed, or not open, is an AssertionError."""
    reader = _Reader()
    reader.feed(source)
    reader.close()
    left = [node.tag for node in reader.open[1:]]
    assert (reader.wrong, left) == ([], [])
    return reader.root


def shape_of(node: Node) -> list[str]:
    """Return the elements of a page with their attributes, without the text."""
    return [f"{n.tag} {sorted(n.attributes.items(), key=str)}" for n in node.walk()]
