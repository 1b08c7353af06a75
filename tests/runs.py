"""Makers of runs for report tests, and of small repositories for tests of the command line."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from evalci.core.baseline import BaselineCase, BaselineTrial
from evalci.core.category import Category
from evalci.core.hashes import CaseHashes
from evalci.core.policy import Limits, MaxDrop, Mode
from evalci.core.run import (
    BaselineRef,
    GateRef,
    GoldenSetRef,
    ModelRef,
    PromptRef,
    Provenance,
    Run,
    RunCase,
    Standing,
)
from evalci.core.trial import Output, Score, Trial

OLD = "9c1e2ab" + "0" * 33
NEW = "a3f81c2" + "0" * 33
HASHES = CaseHashes(request="r" * 64, harness="h" * 64, content="c" * 64)
PERFECT = (1.0, 1.0, 1.0, 1.0)
FAILED = (0.0, 0.0, 0.0, 0.0)


def make_output(text: str = "the answer", **changes: Any) -> Output:
    """Return an answer of a live model with known tokens and cost."""
    output = Output(
        text=text,
        requested_model="openai/model-1",
        resolved_model="model-1-2026-01",
        input_tokens=100,
        output_tokens=20,
        cost_usd=0.001,
        latency_s=0.5,
    )
    return replace(output, **changes)


def make_trial(value: float | None, *, number: int = 0, **changes: Any) -> Trial:
    """Return a trial of a pass/fail scorer; None is an unscored one."""
    if value is None:
        trial = Trial(case="", trial=number, composite=None, failure="429 from the vendor")
        return replace(trial, **changes)
    reason = "" if value == 1.0 else "got 'no', expected 'yes'"
    trial = Trial(
        case="",
        trial=number,
        composite=value,
        passed=value == 1.0,
        scores=(Score(scorer="exact", value=value, reason=reason),),
        output=make_output(),
    )
    return replace(trial, **changes)


def make_case(
    id_: str,
    category: str = "refactor",
    *,
    now: Sequence[float | None] = PERFECT,
    before: Sequence[float] | None = PERFECT,
    **changes: Any,
) -> RunCase:
    """Return a case with the scores of its trials now and in the baseline (None: it is new)."""
    trials = tuple(make_trial(value, number=n, case=id_) for n, value in enumerate(now))
    case = RunCase(
        id=id_,
        category=category,
        task_type=category,
        source=f"golden_sets/support/{category}.yaml",
        prompt=f"prompts/{category}.md",
        hashes=HASHES,
        standing=Standing.NEW if before is None else Standing.COMPARABLE,
        planned=len(trials),
        expected="yes",
        trials=trials,
        baseline=None if before is None else make_baseline_case(id_, before),
    )
    return replace(case, **changes)


def make_baseline_case(id_: str, values: Sequence[float]) -> BaselineCase:
    """Return the accepted trials of a case."""
    trials = tuple(BaselineTrial(score=value, passed=value == 1.0) for value in values)
    return BaselineCase(id=id_, prompt="prompts/refactor.md", hashes=HASHES, trials=trials)


def carried(id_: str, category: str = "refactor", *, before: Sequence[float] = PERFECT) -> RunCase:
    """Return a case that was carried forward."""
    return make_case(id_, category, now=(), before=before, carried=True, planned=0)


def make_cases(count: int, category: str = "refactor", **settings: Any) -> list[RunCase]:
    """Return several cases that differ in their ids alone."""
    return [make_case(f"{category}-{n:03}", category, **settings) for n in range(1, count + 1)]


def make_category(name: str, **limits: Any) -> Category:
    """Return a category that may fall by five points."""
    return Category(name=name, limits=Limits(**{"max_drop": MaxDrop(points=0.05), **limits}))


def make_run(
    cases: Sequence[RunCase], *, limits: dict[str, dict[str, Any]] | None = None, **changes: Any
) -> Run:
    """Return a finished run with fixed ids and times; ``limits`` by category name."""
    names = sorted({case.category for case in cases})
    known = any(case.baseline is not None for case in cases)
    run = Run(
        id="0123456789abcdef",
        golden_set=GoldenSetRef(
            name="support", path="golden_sets/support", version="2.4", hash="9" * 64
        ),
        model=ModelRef(name="main", id="openai/model-1", family="gpt"),
        gate=GateRef(
            mode=Mode.THRESHOLD,
            incomplete=0.10,
            categories=tuple(make_category(n, **(limits or {}).get(n, {})) for n in names),
        ),
        provenance=Provenance(
            evalci="0.1.0",
            started_at="2026-11-21T07:00:00+00:00",
            finished_at="2026-11-21T07:05:00+00:00",
            commit=NEW,
            branch="warmer-tone",
            resolved_models=("model-1-2026-01",),
        ),
        prompts=tuple(
            PromptRef(path=f"prompts/{n}.md", hash="b" * 64, cases=len(cases)) for n in names
        ),
        cases=tuple(cases),
        baseline=make_baseline_ref() if known else None,
    )
    return replace(run, **changes)


def make_baseline_ref(**changes: Any) -> BaselineRef:
    """Return the baseline that `make_run` holds its cases against."""
    ref = BaselineRef(
        path="baselines/support.main.json",
        commit=OLD,
        accepted_at="2026-11-15T07:00:00+00:00",
        golden_set_version="2.4",
        trials=4,
        model_id="openai/model-1",
        resolved_models=("model-1-2026-01",),
    )
    return replace(ref, **changes)


CONFIG = """\
version: 1
golden_sets: [golden_sets/desk]
models:
  main: {id: scripted/desk, family: scripted}
run: {model: main}
gate: {mode: threshold, max_drop: {pp: 5}}
baseline: {trials: 2, min_trials: 2}
"""
MANIFEST = 'version: "1.0"\nactive: 4\ncategories: {ask: 2, say: 2}\n'
CASES = """\
defaults: {scorers: {exact: {}}, expected: "yes"}
cases:
  - {id: ask-1, task_type: ask, prompt: prompts/ask.md, inputs: {word: "yes"}, tags: [canary]}
  - {id: ask-2, task_type: ask, prompt: prompts/ask.md, inputs: {word: "yes"}}
  - {id: say-1, task_type: say, prompt: prompts/say.md, inputs: {word: "yes"}}
  - {id: say-2, task_type: say, prompt: prompts/say.md, inputs: {word: "yes"}, tags: [canary]}
"""
ECHO = "Reply with exactly: {{ word }}\n"
BROKEN = "{# {{ word }} #}Reply with exactly: no\n"


def write_repository(folder: Path, files: Mapping[str, str] | None = None) -> Path:
    """Write a repository of two categories whose scripted answers are all right."""
    good = {
        "evalci.yaml": CONFIG,
        "golden_sets/desk/manifest.yaml": MANIFEST,
        "golden_sets/desk/cases.yaml": CASES,
        "prompts/ask.md": ECHO,
        "prompts/say.md": ECHO,
    }
    for path, text in {**good, **(files or {})}.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return folder


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder of a test and return what it prints."""
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", "-C", str(folder), *who, *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout


def commit_all(folder: Path, message: str) -> str:
    """Make a folder a git repository if it is none, commit everything, return the commit."""
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--no-verify", "-m", message)
    return git(folder, "rev-parse", "HEAD").strip()
