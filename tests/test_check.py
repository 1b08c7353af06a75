"""The check: what a run starts with, and how it is measured until nothing is due."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from evalci import __version__
from evalci.check import Tools, inputs_id, run_check, start_run
from evalci.core.baseline import Baseline, baseline_path
from evalci.core.config import BaselinePolicy, Config
from evalci.core.golden_set import Case, GoldenSet
from evalci.core.plan import Prepared, Selection
from evalci.core.policy import GatePolicy, Mode
from evalci.core.redaction import Redactor
from evalci.core.run import Run, Standing
from evalci.core.trial import Message, Request, Trial
from evalci.errors import BadInputError, CallError, CallFault, StopRunError
from evalci.project import Project
from tests.fakes import (
    COMMIT,
    Answer,
    Answers,
    FakeClient,
    FakeClock,
    FakeHistory,
    make_baseline,
    make_baseline_case,
    make_case,
    make_category,
    make_hashes,
    make_limits,
    make_model,
    make_output,
    make_trial,
)

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
    return [[trial.composite for trial in case.trials] for case in run.cases]


def test_a_started_run_is_planned_and_unmeasured() -> None:
    run = started(project_of(make_case(), make_case(id="a-2")), make_baseline())

    assert [(c.id, c.standing, c.carried, c.planned) for c in run.cases] == [
        ("a-1", Standing.COMPARABLE, True, 0),
        ("a-2", Standing.NEW, False, 2),
    ]
    assert composites(run) == [[], []]


def test_a_started_run_knows_where_it_comes_from() -> None:
    run = started(project_of(make_case()))

    assert (run.golden_set.name, run.golden_set.version) == ("demo", "1.2.0")
    assert (run.model.name, run.model.id) == ("main", "openai/stand-in")
    provenance = run.provenance
    assert (provenance.evalci, provenance.commit, provenance.branch, provenance.dirty) == (
        __version__,
        COMMIT,
        "main",
        True,
    )
    assert provenance.started_at == "2026-03-02T12:00:00+00:00"
    assert (run.inputs_hashed, run.baseline) == ({"data.csv": "hash"}, None)


def test_a_started_run_names_its_baseline() -> None:
    baseline = make_baseline(make_baseline_case((1.0,)), make_baseline_case((1.0,) * 4, id="b"))

    ref = started(project_of(make_case()), baseline).baseline

    assert ref is not None
    assert (ref.path, ref.trials, ref.commit) == ("baselines/demo.main.json", 4, COMMIT)
    assert (ref.model_id, ref.resolved_models) == ("openai/stand-in", ("stand-in-2026",))


def test_what_was_left_out_and_what_is_gone_is_kept_apart() -> None:
    baseline = make_baseline(make_baseline_case(), make_baseline_case(id="gone"))
    selection = Selection(cases=frozenset({"a-1"}), match={})

    run = started(project_of(make_case(), make_case(id="a-2")), baseline, selection=selection)

    assert (run.unselected, run.removed, run.selection) == (("a-2",), ("gone",), "chosen cases")


def test_only_categories_with_a_selected_case_are_gated() -> None:
    other = make_case(id="w-1", dimensions={"task_type": ("writing",)})
    selection = Selection(match={"task_type": ("writing",)})

    run = started(project_of(make_case(), other), selection=selection)

    assert [category.name for category in run.gate.categories] == ["writing"]


def test_a_selection_of_nothing_is_refused() -> None:
    with pytest.raises(BadInputError, match="no case matches the selection"):
        started(project_of(make_case()), selection=Selection(match={"task_type": ("none",)}))


def test_equal_inputs_have_one_name_and_other_inputs_another() -> None:
    run = started(project_of(make_case()))
    later = replace(run, id="", provenance=replace(run.provenance, started_at="2027-01-01"))
    other_case = replace(run.cases[0], hashes=make_hashes(request="other"))
    other_model = replace(run.model, id="openai/other")

    names = [
        inputs_id(each)
        for each in (
            run,
            later,
            replace(run, cases=(other_case,)),
            replace(run, model=other_model),
        )
    ]

    assert names[0] == names[1]
    assert len(set(names)) == 3
    assert inputs_id(run, "salt") != inputs_id(run)


def test_a_baseline_lives_by_golden_set_and_model() -> None:
    config = replace(CONFIG, baseline=BaselinePolicy(dir="evals/baselines"))

    assert baseline_path(config, "demo", "main") == "evals/baselines/demo.main.json"


def test_every_planned_trial_is_asked_for_once() -> None:
    run, client = checked(["yes", "no", "yes", "yes"], make_case(), make_case(id="a-2"))

    assert [(r.case, r.trial) for r in client.requests] == [
        ("a-1", 0),
        ("a-2", 0),
        ("a-1", 1),
        ("a-2", 1),
    ]
    assert composites(run) == [[1.0, 1.0], [0.0, 1.0]]


def test_a_request_carries_what_was_prepared() -> None:
    _, client = checked(["yes"], trials=1)

    (request,) = client.requests
    assert request.messages == (Message(role="user", content="Is it, a-1?"),)
    assert (request.params, request.hash) == ({"temperature": 0.2}, "request-a-1")
    assert request.model == make_model()


def test_carried_cases_are_not_asked() -> None:
    project, client = project_of(make_case()), FakeClient([])

    run = run_check(
        started(project, make_baseline()), project, tools=tools_with(client), concurrency=4
    )

    assert (client.requests, run.stopped) == ([], "")


def test_a_must_pass_failure_is_confirmed_with_5_trials() -> None:
    case = make_case(must_pass=True)

    run, client = checked(lambda _: "no", case, baseline=make_baseline(), trials=1)

    assert len(client.requests) == 5
    assert [trial.trial for trial in run.cases[0].trials] == [0, 1, 2, 3, 4]


def test_a_must_pass_case_that_passes_is_asked_no_more() -> None:
    case = make_case(must_pass=True)

    _, client = checked(lambda _: "yes", case, baseline=make_baseline(), trials=1)

    assert len(client.requests) == 1


def test_trials_of_an_earlier_attempt_are_not_asked_again() -> None:
    project, client = project_of(make_case()), FakeClient(["no"])
    earlier = (make_trial(trial=0), make_trial(trial=2))

    run = run_check(
        started(project, trials=3),
        project,
        tools=tools_with(client),
        concurrency=1,
        earlier=earlier,
    )

    assert [request.trial for request in client.requests] == [1]
    assert [trial.trial for trial in run.cases[0].trials] == [0, 2, 1]


def test_trials_of_an_earlier_attempt_are_none_of_a_case_that_is_carried_forward() -> None:
    project, client = project_of(make_case()), FakeClient([])
    planned = started(project, trials=1)
    carried = replace(
        planned, cases=tuple(replace(case, carried=True, planned=0) for case in planned.cases)
    )

    run = run_check(
        carried,
        project,
        tools=tools_with(client),
        concurrency=1,
        earlier=(make_trial(trial=0),),
    )

    assert [case.trials for case in run.cases] == [()]


def test_a_run_that_stops_keeps_its_trials_and_says_why_without_secrets() -> None:
    run, client = checked(["yes", StopRunError("key top-secret-value was refused")], trials=5)

    assert composites(run) == [[1.0]]
    assert run.stopped == "key [redacted] was refused"
    assert len(client.requests) == 2


def test_a_failed_call_is_not_asked_again_in_the_same_run() -> None:
    failed = CallError("down", fault=CallFault.SERVER)

    run, client = checked([failed, "yes"])

    assert composites(run) == [[None, 1.0]]
    assert len(client.requests) == 2


def test_an_answer_is_scored_as_it_came_and_kept_without_known_secrets() -> None:
    run, _ = checked(["top-secret-value"], make_case(expected="top-secret-value"), trials=1)

    (trial,) = run.cases[0].trials
    assert trial.composite == 1.0
    assert trial.output is not None
    assert trial.output.text == "[redacted]"


def test_every_trial_is_observed_with_its_request() -> None:
    seen: list[tuple[str, int, str]] = []
    project, client = project_of(make_case()), FakeClient(["yes", "no"])

    def observe(trial: Trial, request: Request) -> None:
        seen.append((trial.case, trial.trial, request.hash))

    run_check(started(project), project, tools=tools_with(client, observe), concurrency=1)

    assert seen == [("a-1", 0, "request-a-1"), ("a-1", 1, "request-a-1")]


def test_a_finished_run_knows_when_it_ended_and_who_answered() -> None:
    def answer(request: Request) -> Answer:
        return make_output(resolved_model=f"m-{request.trial}", fingerprint="fp")

    run, _ = checked(answer)

    assert run.provenance.resolved_models == ("m-0", "m-1")
    assert run.provenance.fingerprints == ("fp",)
    assert run.provenance.finished_at >= run.provenance.started_at
