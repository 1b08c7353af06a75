"""A project in memory, and its run: started, and measured by a client that answers from values."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from evalci.check import Tools, run_check, start_run
from evalci.core.baseline import Baseline
from evalci.core.config import BaselinePolicy, Config
from evalci.core.golden_set import Case, GoldenSet
from evalci.core.plan import Prepared, Selection
from evalci.core.policy import GatePolicy, Mode
from evalci.core.redaction import Redactor
from evalci.core.run import Run
from evalci.core.trial import Message, Request, Trial
from evalci.project import Project
from tests.calls import make_model
from tests.cases import make_case, make_hashes
from tests.fake_client import Answers, FakeClient
from tests.fake_repository import FakeHistory
from tests.fake_time import FakeClock
from tests.runs import make_category, make_limits

CONFIG = Config(
    source="evalci.yaml",
    golden_sets=("golden_sets/demo",),
    models={"main": make_model()},
    model="main",
    gate=GatePolicy(default=make_limits(), mode=Mode.THRESHOLD),
    baseline=BaselinePolicy(),
    composite={},
)


def project_of(*cases: Case, **changes: Any) -> Project:
    """Return a project whose cases have the hashes that their names have."""
    prepared = [
        Prepared(
            case=case,
            category=case.task_type,
            messages=(Message(role="user", content=f"Is it, {case.id}?"),),
            params={"temperature": 0.2},
            hashes=make_hashes(case.id),
        )
        for case in cases
    ]
    names = sorted({case.task_type for case in cases})
    project = Project(
        golden_set=GoldenSet(
            name="demo", path="golden_sets/demo", version="1.2.0", hash="golden-set", cases=cases
        ),
        model=make_model(),
        categories=tuple(make_category(name) for name in names),
        prepared=tuple(prepared),
        prompts={},
        inputs_hashed={"data.csv": "hash"},
    )
    return replace(project, **changes)


def started(
    project: Project,
    baseline: Baseline | None = None,
    *,
    selection: Selection | None = None,
    trials: int | None = 2,
    config: Config = CONFIG,
) -> Run:
    """Return the run of a project, planned and not yet measured."""
    return start_run(
        project,
        config,
        baseline,
        selection=selection or Selection(match={}),
        trials=trials,
        clock=FakeClock(),
        history=FakeHistory(dirty=True),
    )


def tools_with(
    client: FakeClient, observe: Callable[[Trial, Request], None] = lambda _t, _r: None
) -> Tools:
    """Return the tools of a run, which knows one secret."""
    return Tools(
        client=client,
        clock=FakeClock(),
        redactor=Redactor(["top-secret-value"]),
        observe=observe,
    )


def checked(
    answers: Answers,
    *cases: Case,
    baseline: Baseline | None = None,
    trials: int = 2,
) -> tuple[Run, FakeClient]:
    """Return the finished run of some cases, one call at a time, and the client."""
    project, client = project_of(*(cases or (make_case(),))), FakeClient(answers)
    run = started(project, baseline, selection=Selection(affected=False, match={}), trials=trials)
    return run_check(run, project, tools=tools_with(client), concurrency=1), client


def composites(run: Run) -> list[list[float | None]]:
    """Return the composites of each case, in the order of its trials."""
    return [[trial.composite for trial in case.trials] for case in run.cases]
