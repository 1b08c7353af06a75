"""How fast code is checked, and whether real answers get the verdicts that they are known to have.

`EVALCI_HUMANEVAL` names a folder with `problems.jsonl` and `completions_codegen16b.jsonl`; make the
image with `evalci sandbox build`, then run `pytest tests/benchmarks/test_sandbox.py -n0 -s`.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from evalci.core.golden_set import Case, CodeTarget, Protocol, ScorerSpec
from evalci.core.sandbox import Check, Engine, Isolation, SandboxPolicy, SourceFile
from evalci.core.trial import Score
from evalci.edges.sandbox import DockerSandbox, LocalSandbox, open_sandbox
from evalci.scorers.registry import prepare
from tests.calls import make_output
from tests.inputs import make_case

FOLDER = os.environ.get("EVALCI_HUMANEVAL", "")
THREADS = 8
ANSWERS, SECONDS = 1200, 90

needs_data = pytest.mark.skipif(not FOLDER, reason="EVALCI_HUMANEVAL names no folder")


def say(line: str) -> None:
    sys.stdout.write(f"\n{line}\n")


def rows(name: str) -> list[dict[str, Any]]:
    text = Path(FOLDER, name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def cases() -> dict[str, Case]:
    """Return the problems as cases of a golden set, each with its reference answer."""
    return {problem["task_id"]: humaneval_case(problem) for problem in rows("problems.jsonl")}


def humaneval_case(problem: dict[str, Any]) -> Case:
    name = problem["entry_point"]
    script = (
        f"from solution import *\nfrom solution import {name}\n{problem['test']}\ncheck({name})\n"
    )
    params = {"script": {"path": "check_solution.py", "text": script}}
    return make_case(
        id=problem["task_id"],
        protocol=Protocol.CODE,
        target=CodeTarget(continues=problem["prompt"]),
        expected=problem["canonical_solution"],
        scorers=(ScorerSpec(name="tests", params=params, weight=1.0),),
    )


def score(case: Case, answer: str, sandbox: DockerSandbox) -> Score:
    (found,) = prepare(case, sandbox).trial(0, make_output(answer)).scores
    return found


@pytest.fixture(scope="module")
def sandbox() -> Iterator[DockerSandbox]:
    opened = open_sandbox(SandboxPolicy(timeout_s=6))
    assert isinstance(opened, DockerSandbox)
    yield opened
    opened.close()


@pytest.mark.docker
@needs_data
def test_every_reference_passes_its_own_tests(sandbox: DockerSandbox) -> None:
    with ThreadPoolExecutor(THREADS) as pool:
        found = pool.map(lambda case: score(case, str(case.expected), sandbox), cases().values())

    assert {s.value for s in found} == {1.0}


@pytest.mark.docker
@needs_data
def test_every_recorded_answer_gets_its_known_verdict(sandbox: DockerSandbox) -> None:
    of_problem, answers = cases(), rows("completions_codegen16b.jsonl")
    began = time.monotonic()

    with ThreadPoolExecutor(THREADS) as pool:
        scores = list(
            pool.map(lambda a: score(of_problem[a["task_id"]], a["code"], sandbox), answers)
        )

    seconds = time.monotonic() - began
    wrong = [
        (answer["task_id"], answer["run"], answer["outcome"], found.reason)
        for answer, found in zip(answers, scores, strict=True)
        if (found.value == 1.0) != (answer["outcome"] == "passed")
    ]
    say(f"{len(answers)} checks in {seconds:.1f} s, {seconds / len(answers) * 1e3:.1f} ms each")
    assert wrong == []
    assert (len(answers), seconds < SECONDS) == (ANSWERS, True)


def pace(run: Callable[[Check], object], checks: Sequence[Check]) -> float:
    """Return the milliseconds a check takes when several wait."""
    run(checks[0])
    began = time.monotonic()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(run, checks))
    return (time.monotonic() - began) / len(checks) * 1e3


@pytest.mark.docker
def test_milliseconds_a_check(sandbox: DockerSandbox) -> None:
    local = LocalSandbox(SandboxPolicy(engine=Engine.LOCAL))
    files = (SourceFile(path="check.py", text="assert sum(range(10)) == 45\n", protected=True),)
    task = {"kind": "script", "script": "check.py"}
    shared = Check(files=files, task=task)
    alone = Check(files=files, task=task, isolation=Isolation.CONTAINER)

    figures = {
        "in-container supervisor": pace(sandbox.run, [shared] * 200),
        "container per check": pace(sandbox.run, [alone] * 20),
        "local": pace(local.run, [shared] * 200),
    }
    local.close()

    for name, milliseconds in figures.items():
        say(f"{name}: {milliseconds:.1f} ms a check")
    assert figures["in-container supervisor"] < figures["container per check"]
