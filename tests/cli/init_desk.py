"""What `evalci init` writes where, and what a test reads of it."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evalci.core.json_value import as_object
from evalci.core.starter import GITIGNORE, WORKFLOW
from evalci.edges.environment import without_git_variables
from evalci.edges.yaml_text import parse_yaml

CASES = "golden_sets/examples/examples.yaml"
MANIFEST = "golden_sets/examples/manifest.yaml"
EXTRACT = "prompts/examples/extract.md"
WRITTEN = {
    *("evalci.yaml", CASES, MANIFEST, EXTRACT, "prompts/examples/triage.md"),
    *(f".evalci/schemas/{name}.json" for name in ("config", "golden_set", "manifest")),
    *(WORKFLOW, GITIGNORE),
}


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder and return what it prints."""
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(
        command, check=True, capture_output=True, text=True, env=without_git_variables()
    ).stdout


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder but those of git."""
    return {
        place.relative_to(folder).as_posix(): place.read_bytes()
        for place in sorted(folder.rglob("*"))
        if place.is_file() and ".git" not in place.relative_to(folder).parts
    }


def workflow(folder: Path, path: str = WORKFLOW) -> Mapping[str, Any]:
    """Return a workflow that was written."""
    return as_object(parse_yaml((folder / path).read_text(encoding="utf-8"), path).data)


def step(folder: Path) -> Mapping[str, Any]:
    """Return the step of the workflow that calls evalci."""
    found: Mapping[str, Any] = workflow(folder)["jobs"]["check"]["steps"][-1]
    return found


def program(name: str) -> str:
    """Return a program that was installed beside this interpreter."""
    return str(Path(sys.executable).parent / name)
