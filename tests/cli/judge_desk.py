"""A repository whose answers are judged on loopback: the model echoes, the judge quotes it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.inputs import make_files
from tests.vendor_replies import GOOD, Dialect, Received, Reply, Script
from tests.vendor_server import VendorServer

JUDGE_MODEL = "judge-1"
RUBRIC = """\
criteria:
  - {id: right, text: The answer is right.}
  - {id: short, text: The answer is short., weight: 2}
"""


@pytest.fixture
def server(
    vendor_server: VendorServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> VendorServer:
    """Return a server that judges well, with an empty working directory."""
    monkeypatch.chdir(tmp_path)
    vendor_server.start_over(judging())
    return vendor_server


def write_judge_desk(  # noqa: PLR0913  # the parts of a repository
    folder: Path,
    server: VendorServer,
    *,
    cases: tuple[str, ...] = ("first answer", "second answer"),
    judge: str = "judge: {model: judge}",
    family: str = "gemini",
    scorers: str = "{judge: {rubric: rubrics/desk.yaml}}",
    more: str = "",
) -> None:
    """Write a golden set with a case for each answer; ``more`` is config."""
    base = server.base(Dialect.OPENAI)
    price = "price: {input_per_mtok: 0, output_per_mtok: 1000}"
    config = f"""\
version: 1
golden_sets: [golden/desk]
models:
  main: {{id: openai/stand-in, family: claude, api_base: "{base}", {price}}}
  judge: {{id: openai/{JUDGE_MODEL}, family: {family}, api_base: "{base}", {price}}}
run: {{model: main, concurrency: 4, timeout_s: 60}}
baseline: {{trials: 1, min_trials: 1}}
{judge}
{more}
"""
    quoted = [json.dumps(text, ensure_ascii=False) for text in cases]
    entries = "".join(
        f"  - {{id: case-{n}, task_type: reply, inputs: {{q: {text}}}}}\n"
        for n, text in enumerate(quoted)
    )
    make_files(
        folder,
        {
            "evalci.yaml": config,
            "golden/desk/manifest.yaml": (
                f'version: "1.0"\nactive: {len(cases)}\ncategories: {{reply: {len(cases)}}}\n'
            ),
            "golden/desk/cases.yaml": (
                f"defaults: {{prompt: prompts/reply.md, scorers: {scorers}}}\ncases:\n{entries}"
            ),
            "golden/desk/rubrics/desk.yaml": RUBRIC,
            "prompts/reply.md": "Reply with exactly: {{ q }}\n",
        },
    )


def question(received: Received) -> str:
    """Return what was asked first, before any reminder."""
    return str(received.body["messages"][1]["content"])


def is_judged(received: Received) -> bool:
    """Tell whether a request went to the judge."""
    return received.model == JUDGE_MODEL


def judging(score: int = 2) -> Script:
    """Return a script: the model echoes, the judge gives a score and quotes the answer."""
    return lambda received: said(received, score) if is_judged(received) else GOOD


def said(received: Received, score: int) -> Reply:
    """Return the judge's reply to a request, with the first line of the answer as evidence."""
    quote = re.findall(r"<<answer \w+>>\n(.*)\n", question(received))[0]
    return Reply(text=json.dumps({"evidence": quote, "reason": "as told", "score": score}))


def judge_requests(server: VendorServer) -> list[Received]:
    """Return what the judge was asked."""
    return [received for received in server.received if is_judged(received)]


def judge_scores(run: Any) -> list[Any]:
    """Return every score that the judge of a run gave."""
    return [
        score
        for case in run["cases"]
        for trial in case["trials"]
        for score in trial["scores"]
        if score["scorer"] == "judge"
    ]
