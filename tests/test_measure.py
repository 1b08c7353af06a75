"""Running draws: concurrency, order, failures, and every way to stop."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from evalci.core.trial import Request, Trial
from evalci.errors import BadInputError, CallError, CallFault, StopRunError
from evalci.measure import HOPELESS_AFTER, Measured, Work, measure
from evalci.scorers.registry import prepare
from tests.calls import make_request
from tests.cases import make_case
from tests.fake_client import Answer, FakeClient

PATIENCE_S = 60.0
MANY = 2_000  # of calls that take a hundredth of a second: no thread sleeps through all of them
FAILED = CallError("the vendor is down", fault=CallFault.SERVER)
REJECTED = CallError("too long", fault=CallFault.REJECTED)


def work_of(count: int) -> list[Work]:
    """Return so many trials of a case whose answer must be `yes`."""
    scorer = prepare(make_case())
    return [Work(request=make_request(trial=n), scorer=scorer) for n in range(count)]


def run(
    work: list[Work],
    client: FakeClient,
    *,
    concurrency: int = 1,
    clean: Callable[[Trial], Trial] = lambda trial: trial,
    on_trial: Callable[[Trial, Request], None] = lambda _trial, _request: None,
) -> Measured:
    return measure(work, client=client, concurrency=concurrency, clean=clean, on_trial=on_trial)


def numbers(measured: Measured) -> list[int]:
    return [trial.trial for trial in measured.trials]


def test_no_work_makes_no_trial_and_no_call() -> None:
    client = FakeClient([])

    assert run([], client, concurrency=4) == Measured(trials=())
    assert client.requests == []


def test_answers_are_scored() -> None:
    measured = run(work_of(2), FakeClient(["yes", "no"]))

    assert [trial.composite for trial in measured.trials] == [1.0, 0.0]
    assert [trial.passed for trial in measured.trials] == [True, False]
    assert measured.stopped == ""


def test_as_many_calls_as_allowed_are_in_flight_and_never_more() -> None:
    together = threading.Barrier(3)

    def answer(_request: Request) -> Answer:
        together.wait(PATIENCE_S)
        return "yes"

    client = FakeClient(answer)
    measured = run(work_of(12), client, concurrency=3)

    assert client.most_in_flight == 3
    assert len(measured.trials) == 12


def test_trials_are_in_the_order_of_the_work_whatever_comes_back_first() -> None:
    later_is_done = threading.Event()

    def answer(request: Request) -> Answer:
        if request.trial == 0:
            assert later_is_done.wait(PATIENCE_S)
        return "yes"

    def on_trial(trial: Trial, _request: Request) -> None:
        finished.append(trial.trial)
        later_is_done.set()

    finished: list[int] = []
    measured = run(work_of(6), FakeClient(answer), concurrency=2, on_trial=on_trial)

    assert finished[0] != 0
    assert numbers(measured) == [0, 1, 2, 3, 4, 5]


def test_a_failed_call_leaves_an_unscored_trial_and_the_rest_goes_on() -> None:
    measured = run(work_of(3), FakeClient(["yes", FAILED, "no"]))

    assert [trial.composite for trial in measured.trials] == [1.0, None, 0.0]
    failed = measured.trials[1]
    assert (failed.failure, failed.output, failed.passed) == ("the vendor is down", None, None)
    assert measured.stopped == ""


def test_an_error_that_no_call_survives_stops_the_rest_and_keeps_what_is_done() -> None:
    client = FakeClient(["yes", "no", StopRunError("the key was refused"), "yes"])

    measured = run(work_of(10), client)

    assert [trial.composite for trial in measured.trials] == [1.0, 0.0]
    assert measured.stopped == "the key was refused"
    assert len(client.requests) == 3


def test_what_was_in_flight_when_the_run_stopped_is_kept() -> None:
    both_in_flight, stopped = threading.Barrier(2), threading.Event()

    def answer(request: Request) -> Answer:
        both_in_flight.wait(PATIENCE_S)
        if request.trial == 0:
            stopped.set()
            return StopRunError("the key was refused")
        assert stopped.wait(PATIENCE_S)
        return "yes"

    measured = run(work_of(2), FakeClient(answer), concurrency=2)

    assert numbers(measured) == [1]
    assert measured.stopped == "the key was refused"


def test_a_start_of_nothing_but_failures_ends_the_measurement() -> None:
    client = FakeClient(lambda _: FAILED)

    measured = run(work_of(HOPELESS_AFTER * 2), client)

    assert len(client.requests) == HOPELESS_AFTER
    assert measured.stopped == f"the first {HOPELESS_AFTER} calls all failed: the vendor is down"
    assert all(trial.composite is None for trial in measured.trials)


def test_an_outage_later_ends_the_measurement_too() -> None:
    client = FakeClient(lambda request: "yes" if request.trial == 5 else FAILED)

    measured = run(work_of(HOPELESS_AFTER * 2), client)

    assert len(measured.trials) == 6 + HOPELESS_AFTER
    assert measured.stopped == f"{HOPELESS_AFTER} calls in a row all failed: the vendor is down"


def test_with_many_in_flight_an_outage_takes_two_rounds() -> None:
    succeeded = threading.Event()

    def answer(request: Request) -> Answer:
        if request.trial == 0:
            return "yes"
        assert succeeded.wait(PATIENCE_S)
        return FAILED

    measured = run(
        work_of(HOPELESS_AFTER * 4),
        FakeClient(answer),
        concurrency=HOPELESS_AFTER,
        on_trial=lambda _trial, _request: succeeded.set(),
    )

    assert measured.stopped.startswith(f"{HOPELESS_AFTER * 2} calls in a row")


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(
            lambda request: "yes" if request.trial % 15 == 0 else FAILED,
            id="a success now and then",
        ),
        pytest.param(
            lambda request: "yes" if request.trial == 0 else REJECTED, id="requests at fault"
        ),
    ],
)
def test_what_is_no_outage_goes_on(answer: Callable[[Request], Answer]) -> None:
    measured = run(work_of(HOPELESS_AFTER * 2), FakeClient(answer))

    assert len(measured.trials) == HOPELESS_AFTER * 2
    assert measured.stopped == ""


@pytest.mark.parametrize("concurrency", [1, 4])
def test_an_unexpected_exception_propagates_and_no_further_call_is_made(concurrency: int) -> None:
    def answer(request: Request) -> Answer:
        time.sleep(0.01)
        return BadInputError("no recording") if request.trial == 12 else "yes"

    client = FakeClient(answer)
    with pytest.raises(BadInputError, match="no recording"):
        run(work_of(MANY), client, concurrency=concurrency)

    assert len(client.requests) < MANY


def test_every_trial_is_reported_once_and_by_one_thread_at_a_time() -> None:
    reported: list[tuple[int, int, float | None]] = []
    busy = threading.Lock()

    def on_trial(trial: Trial, request: Request) -> None:
        assert busy.acquire(blocking=False)
        reported.append((trial.trial, request.trial, trial.composite))
        time.sleep(0.0005)
        busy.release()

    client = FakeClient(lambda request: FAILED if request.trial % 2 else "yes")
    run(work_of(40), client, concurrency=8, on_trial=on_trial)

    expected = [(n, n, None if n % 2 else 1.0) for n in range(40)]
    assert sorted(reported, key=lambda row: row[0]) == expected


def test_a_report_that_fails_stops_the_run_whichever_worker_made_it() -> None:
    both_at_work = threading.Barrier(2)

    def answer(request: Request) -> Answer:
        if request.trial < 2:
            both_at_work.wait(PATIENCE_S)
        time.sleep(0.01)
        return "yes"

    def on_trial(_trial: Trial, _request: Request) -> None:
        if threading.current_thread().name.endswith("_1"):
            raise OSError("no space left on device")

    client = FakeClient(answer)
    with pytest.raises(OSError, match="no space left"):
        run(work_of(MANY), client, concurrency=2, on_trial=on_trial)

    assert len(client.requests) < MANY


def test_a_trial_is_cleaned_before_anybody_keeps_it() -> None:
    seen: list[str] = []

    def on_trial(trial: Trial, _request: Request) -> None:
        seen.append(trial.failure)

    measured = run(
        work_of(1),
        FakeClient(["yes"]),
        clean=lambda trial: replace(trial, failure="cleaned"),
        on_trial=on_trial,
    )

    assert seen == ["cleaned"]
    assert (measured.trials[0].failure, measured.trials[0].composite) == ("cleaned", 1.0)
