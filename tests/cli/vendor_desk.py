"""A repository whose model answers on loopback, and what a run of it left."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.desk import amend, run_json
from tests.inputs import make_files
from tests.vendor_replies import Dialect
from tests.vendor_server import VendorServer

LOG = ".evalci/runs/desk.main/log.jsonl"
CACHE = ".evalci/cache/answers.sqlite"
CASES, TRIALS = 10, 2
IN_FLIGHT = 8  # how many calls are on their way at once


@pytest.fixture
def server(
    vendor_server: VendorServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> VendorServer:
    """Return the vendor without a script, with a desk that asks it as the working directory."""
    vendor_server.start_over()
    write_vendor_desk(tmp_path, vendor_server)
    monkeypatch.chdir(tmp_path)
    return vendor_server


def write_vendor_desk(
    folder: Path,
    server: VendorServer,
    *,
    cases: int = CASES,
    trials: int = TRIALS,
    timeout_s: float = 60,
    more: str = "",
) -> None:
    """Write a golden set whose right answers the server gives; ``more`` is config."""
    config = f"""\
version: 1
golden_sets: [golden/desk]
models:
  main: {{id: openai/stand-in, api_base: "{server.base(Dialect.OPENAI)}"}}
run: {{model: main, concurrency: {IN_FLIGHT}, timeout_s: {timeout_s}}}
baseline: {{trials: {trials}, min_trials: 1}}
{more}
"""
    entries = "".join(
        f"  - {{id: case-{n}, task_type: reply, inputs: {{q: word {n}}}, expected: word {n}}}\n"
        for n in range(cases)
    )
    make_files(
        folder,
        {
            "evalci.yaml": config,
            "golden/desk/manifest.yaml": (
                f'version: "1.0"\nactive: {cases}\ncategories: {{reply: {cases}}}\n'
            ),
            "golden/desk/cases.yaml": (
                "defaults: {prompt: prompts/reply.md, scorers: {exact: {}}}\ncases:\n" + entries
            ),
            "prompts/reply.md": "Reply with exactly: {{ q }}\n",
        },
    )


def priced() -> None:
    """Let every answer cost a cent."""
    cent = "price: {input_per_mtok: 0, output_per_mtok: 1000}, params: {max_tokens: 10}"
    amend("evalci.yaml", "main: {id: openai/stand-in,", f"main: {{id: openai/stand-in, {cent},")


def trials_of(run: Any) -> list[Any]:
    """Return every trial of a run."""
    return [trial for case in run["cases"] for trial in case.get("trials", [])]


def requests_of(run: Any) -> int:
    """Return how many requests a run says that it sent."""
    return int(run.get("lost_requests", 0)) + sum(map(_sent, trials_of(run)))


def _sent(trial: Any) -> int:
    output = trial.get("output")
    if output is None:
        return int(trial.get("sent", 0))
    return 0 if output.get("cached") else 1 + int(output.get("retries", 0))


def scores_of(run: Any) -> dict[tuple[str, int], float | None]:
    """Return the score of each trial, by case and number."""
    return {(trial["case"], trial["trial"]): trial["composite"] for trial in trials_of(run)}


def measured() -> Any:
    """Return what the last run left."""
    return run_json()


def texts_below(folder: Path, suffixes: Iterable[str] = ()) -> dict[Path, bytes]:
    """Return the bytes of every file below a folder."""
    wanted = tuple(suffixes)
    return {
        place: place.read_bytes()
        for place in folder.rglob("*")
        if place.is_file() and (not wanted or place.suffix in wanted)
    }
