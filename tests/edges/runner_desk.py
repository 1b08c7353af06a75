"""The runner of GitHub as a test has it: what it sets, and how it reads what is written."""

import io
import re
from pathlib import Path

from evalci.core.annotation import Annotation, AnnotationLevel
from evalci.edges.actions import Runner

ACTIONS = {"GITHUB_ACTIONS": "true"}


def runner_with(tmp_path: Path) -> Runner:
    """Return a runner whose files are `output` and `summary`."""
    return Runner(
        {
            **ACTIONS,
            "GITHUB_OUTPUT": str(tmp_path / "output"),
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        },
        io.StringIO(),
    )


def outputs_of(text: str) -> dict[str, str]:
    """Read an output file the way the runner does: by line feeds, name, delimiter, value."""
    found, lines = {}, text.split("\n")
    while lines:
        line = lines.pop(0)
        if not line:
            continue
        name, end = line.split("<<", 1)
        value = []
        while lines[0] != end:
            value.append(lines.pop(0))
        lines.pop(0)
        found[name] = "\n".join(value)
    return found


def remark(**changes: str) -> Annotation:
    """Return an annotation of a failure, some of its texts changed."""
    values = {"path": "prompts/a.md", "title": "evalci", "message": "it fell", **changes}
    return Annotation(start_line=2, end_line=4, level=AnnotationLevel.FAILURE, **values)


# What .NET's comparison by culture skips, and what `TrimStart` takes away.
SKIPPED = "\x00\x1b\x7f\xad\u034f\u061c\u180e\u200b\u200d\u2060\ufeff\ufe0f\U000e0001"
WHITE = " \t\x0b\x0c\x85\xa0\u1680\u2003\u2028\u3000"


def commands_in(text: str) -> list[str]:
    """Return the lines in which the runner would find a command: this is how it looks."""
    found = []
    for line in re.split(r"\r\n|\r|\n", text):
        seen = "".join(c for c in line if c not in SKIPPED)
        trimmed = "".join(c for c in line.lstrip(WHITE) if c not in SKIPPED).lstrip(WHITE)
        if trimmed.startswith("::") or "##[" in seen:
            found.append(line)
    return found
