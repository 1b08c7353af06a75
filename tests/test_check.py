"""A run is measured until nothing is due: what is asked, what is kept, and what ends it."""

from dataclasses import replace

from evalci.check import run_check
from evalci.core.trial import Message, Request, Trial
from evalci.errors import CallError, CallFault, StopRunError
from tests.baselines import make_baseline
from tests.calls import make_model, make_output
from tests.cases import make_case
from tests.check_desk import checked, composites, project_of, started, tools_with
from tests.fake_client import Answer, FakeClient
from tests.runs import make_trial


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
    assert run.provenance.finished_at == "2026-03-02T12:00:00+00:00"
