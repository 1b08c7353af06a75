"""A desk whose model answers on loopback, with a baseline, and what a drift run of it left."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evalci.cli import run_cli
from tests.cli.desk import RUN
from tests.inputs import make_files
from tests.vendor_replies import Dialect, Received, Reply
from tests.vendor_server import VendorServer

PAST = "past.jsonl"
CASES = 5
NEW = Reply(version="2026-07-02")


def write_drift_desk(folder: Path, server: VendorServer, *, more: str = "") -> None:
    """Write a golden set of two categories whose right answers the server gives."""
    config = f"""\
version: 1
golden_sets: [golden/desk]
models:
  main: {{id: openai/stand-in, api_base: "{server.base(Dialect.OPENAI)}"}}
run: {{model: main, concurrency: 8, timeout_s: 60}}
baseline: {{trials: 4}}
drift: {{trials: 2}}
{more}
"""
    entries = "".join(
        f"  - {{id: {kind}-{n}, task_type: {kind}, inputs: {{q: {kind} {n}}},"
        f" expected: {kind} {n}}}\n"
        for kind in ("reply", "triage")
        for n in range(CASES)
    )
    make_files(
        folder,
        {
            "evalci.yaml": config,
            "golden/desk/manifest.yaml": (
                f'version: "1.0"\nactive: {2 * CASES}\n'
                f"categories: {{reply: {CASES}, triage: {CASES}}}\n"
            ),
            "golden/desk/cases.yaml": (
                "defaults: {prompt: prompts/p.md, scorers: {exact: {}}}\ncases:\n" + entries
            ),
            "prompts/p.md": "Reply with exactly: {{ q }}\n",
        },
    )


@pytest.fixture
def vendor(
    vendor_server: VendorServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> VendorServer:
    """Return a good model, in a repository with an accepted baseline."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    vendor_server.start_over()
    write_drift_desk(tmp_path, vendor_server)
    assert run_cli(["run", "--all"]) == 0
    assert run_cli(["baseline", "accept", "--reason", "first"]) == 0
    vendor_server.start_over()
    return vendor_server


def broken(received: Received) -> Reply:
    """Answer as another version, which gets most of one category wrong."""
    wrong = any(f"triage {n}" in received.prompt for n in range(3))
    return replace(NEW, text="nonsense") if wrong else NEW


def drift_json() -> Any:
    """Return what the last drift run found."""
    return json.loads(Path(RUN, "drift.json").read_text(encoding="utf-8"))
