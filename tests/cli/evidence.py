"""A desk of two categories with six cases each, gated by statistics."""

from collections.abc import Mapping
from pathlib import Path

from tests.cli.desk import ECHO, GATELESS, write_desk

SIZE = 6
WORDS = ("red", "blue", "green", "black", "white", "brown")


def config(gate: str = "") -> str:
    """Return the config with a `gate:` section, by default with none at all."""
    return GATELESS + (f"gate: {gate}\n" if gate else "")


def case(category: str, word: str) -> str:
    """Return a case that echoes a word."""
    return f"""\
  - id: {category}-{word}
    task_type: {category}
    prompt: prompts/{category}.md
    inputs: {{q: {word}}}
    expected: {word}
"""


def cases() -> str:
    """Return the file of all cases."""
    entries = [case(category, word) for category in ("triage", "reply") for word in WORDS]
    return "defaults: {scorers: {exact: {}}}\ncases:\n" + "".join(entries)


def write_evidence_desk(
    folder: Path, *, gate: str = "", files: Mapping[str, str] | None = None
) -> None:
    """Write the repository, some of its files replaced or added."""
    good = {
        "evalci.yaml": config(gate),
        "golden/desk/manifest.yaml": (
            f'version: "1.0"\nactive: {2 * SIZE}\ncategories: {{reply: {SIZE}, triage: {SIZE}}}\n'
        ),
        "golden/desk/cases.yaml": cases(),
        "prompts/reply.md": ECHO,
    }
    write_desk(folder, {**good, **(files or {})})
