"""A small repository whose scripted model echoes, and what a test reads of what a run left."""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evalci.cli import run_cli
from tests.inputs import make_files

_ACCEPTED: dict[str, dict[str, bytes]] = {}

GATELESS = """\
version: 1
golden_sets: [golden/desk]
models:
  main: {id: scripted/echo}
run: {model: main}
baseline: {trials: 4}
"""
# What is not about statistics is tested with the plain rule: few cases, fixed trials.
CONFIG = GATELESS + "gate: {mode: threshold}\n"
MANIFEST = """\
version: "1.0"
active: 4
categories: {reply: 2, triage: 2}
"""
CASES = """\
defaults: {scorers: {exact: {}}}
cases:
  - id: triage-1
    task_type: triage
    prompt: prompts/triage.md
    inputs: {q: billing}
    expected: billing
  - id: triage-2
    task_type: triage
    prompt: prompts/triage.md
    inputs: {q: shipping}
    expected: shipping
  - id: reply-1
    task_type: reply
    prompt: prompts/reply.md
    inputs: {q: sorry}
    expected: sorry
  - id: reply-2
    task_type: reply
    prompt: prompts/reply.md
    inputs: {q: thanks}
    expected: thanks
"""
ECHO = "Reply with exactly: {{ q }}\n"
BROKEN = "Reply with exactly: wrong {{ q }}\n"
HARMLESS = "Take your time.\nReply with exactly: {{ q }}\n"
BASELINE = "baselines/desk.main.json"
RUN = ".evalci/runs/desk.main"

# A second golden set beside the first, with a prompt of its own.
SHOP = {
    "evalci.yaml": CONFIG.replace("[golden/desk]", "[golden/desk, golden/shop]"),
    "golden/shop/manifest.yaml": 'version: "1.0"\nactive: 1\ncategories: {order: 1}\n',
    "golden/shop/cases.yaml": """\
cases:
  - id: order-1
    task_type: order
    prompt: prompts/order.md
    inputs: {q: lamp}
    expected: lamp
    scorers: {exact: {}}
""",
    "prompts/order.md": ECHO,
}


def write_desk(folder: Path, files: Mapping[str, str] | None = None) -> None:
    """Write the repository, some of its files replaced or added."""
    good = {
        "evalci.yaml": CONFIG,
        "golden/desk/manifest.yaml": MANIFEST,
        "golden/desk/cases.yaml": CASES,
        "prompts/triage.md": ECHO,
        "prompts/reply.md": ECHO,
    }
    make_files(folder, {**good, **(files or {})})


def accept_baseline() -> None:
    """Measure every case of the working directory and accept the scores.

    What the same files led to before is laid out again.
    """
    before = _files()
    asked = [item for item in os.environ.items() if item[0].startswith("EVALCI_")]
    key = hashlib.sha256(repr((before, asked)).encode()).hexdigest()
    if key not in _ACCEPTED or Path(".git").exists() or Path(".evalci").exists():
        assert run_cli(["run", "--all"]) == 0
        assert run_cli(["baseline", "accept", "--reason", "first"]) == 0
        _ACCEPTED[key] = {path: data for path, data in _files().items() if before.get(path) != data}
    for path, data in _ACCEPTED[key].items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(data)


def _files() -> dict[str, bytes]:
    """Return every file of the working directory."""
    found = sorted(path for path in Path().rglob("*") if path.is_file())
    return {str(path): path.read_bytes() for path in found}


def run_json(name: str = "desk.main") -> Any:
    """Return what the last run of a golden set with a model left."""
    return json.loads(Path(f".evalci/runs/{name}/run.json").read_text(encoding="utf-8"))


def baseline_json(name: str = "desk.main") -> Any:
    """Return a committed baseline."""
    return json.loads(Path(f"baselines/{name}.json").read_text(encoding="utf-8"))


def trial_counts(run: Any) -> dict[str, int]:
    """Return how many trials each selected case of a run has."""
    return {case["id"]: len(case.get("trials", [])) for case in run["cases"]}


def composites(run: Any) -> dict[str, list[float | None]]:
    """Return the scores of a run by case."""
    return {
        case["id"]: [trial["composite"] for trial in case.get("trials", [])]
        for case in run["cases"]
    }


def write(path: str, text: str) -> None:
    """Write a file of the working directory."""
    Path(path).write_text(text, encoding="utf-8")


def read(path: str) -> str:
    """Return a file of the working directory."""
    return Path(path).read_text(encoding="utf-8")


def amend(path: str, old: str, new: str) -> None:
    """Put another text in the place of one that stands in a file of the working directory."""
    text = read(path)
    assert old in text
    write(path, text.replace(old, new))


def edit(text: str = BROKEN, path: str = "prompts/triage.md") -> None:
    """Edit a prompt and measure."""
    Path(path).write_text(text, encoding="utf-8")
    run_cli(["run", "--no-gate"])
