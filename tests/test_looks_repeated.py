"""What a re-run, a stop, or more trials on demand make of the gate's verdict."""

from collections import Counter
from collections.abc import Callable, Mapping

import pytest

from evalci.core.gate import decide
from evalci.core.trial import Request
from evalci.core.verdict import Outcome
from evalci.errors import ExitCode, StopRunError
from tests.calls import make_output
from tests.fake_client import Answer
from tests.looks_desk import SHAKY, SIZE, STEADY, Passes, answers, measured, passes, trials_of
from tests.verdicts import outcomes


@pytest.mark.parametrize(
    "scores",
    [
        pytest.param(STEADY, id="settled at the first look"),
        pytest.param(SHAKY, id="at the cap"),
    ],
)
def test_a_re_run_of_what_is_settled_repeats_the_verdict_without_a_call(
    scores: Mapping[str, tuple[float, ...]],
) -> None:
    first, _ = measured(scores, answers())

    again, client = measured(scores, answers(), earlier=trials_of(first))

    assert client.requests == []
    assert decide(again).decision == decide(first).decision


def test_a_re_run_of_what_was_broken_off_goes_on_where_it_was() -> None:
    first, _ = measured(STEADY, answers())
    some = tuple(t for t in trials_of(first) if int(t.case[-2:]) < 10)

    _, client = measured(STEADY, answers(), earlier=some)

    assert len(client.requests) == SIZE - 10


def test_a_regression_cannot_be_asked_away() -> None:
    broken = answers(lambda case, _: int(case[-2:]) > 12)
    first, _ = measured(STEADY, broken)

    again, _ = measured(STEADY, answers(), earlier=trials_of(first))

    assert decide(first).exit_code is ExitCode.GATE_FAILED
    assert decide(again).exit_code is ExitCode.GATE_FAILED


def falling(case: str, trial: int) -> bool:
    """Let shaky cases pass somewhat less often than they did."""
    return (5 * int(case[-2:]) + trial) % 19 < 8


@pytest.mark.parametrize(
    ("scores", "rule", "trials"),
    [
        pytest.param(STEADY, lambda case, _: int(case[-2:]) > 4, 40, id="at a look"),
        pytest.param(SHAKY, falling, 40, id="in the closing test"),
    ],
)
def test_more_trials_on_demand_undo_no_regression(
    scores: Mapping[str, tuple[float, ...]], rule: Passes, trials: int
) -> None:
    first, _ = measured(scores, answers(rule))
    fine = answers(lambda *_: True)

    again, _ = measured(scores, fine, earlier=trials_of(first), trials=trials)

    assert decide(first).exit_code is ExitCode.GATE_FAILED
    assert decide(again).exit_code is ExitCode.GATE_FAILED


def test_the_usual_run_after_more_trials_on_demand_undoes_no_regression() -> None:
    first, _ = measured(SHAKY, answers(falling))
    earlier = trials_of(first)
    more, _ = measured(SHAKY, answers(lambda *_: True), earlier=earlier, trials=40)

    again, client = measured(SHAKY, answers(), earlier=trials_of(more))

    assert client.requests == []
    assert decide(again).exit_code is ExitCode.GATE_FAILED


def stopping_after(calls: int, rule: Passes = passes) -> Callable[[Request], Answer]:
    """Answer so many calls, then let the budget be gone."""
    given = Counter[str]()

    def answer(request: Request) -> Answer:
        given["calls"] += 1
        if given["calls"] > calls:
            return StopRunError("the budget of $2.00 is used up")
        return "yes" if rule(request.case, request.trial) else "no"

    return answer


def test_a_stop_before_the_first_look_is_complete_is_not_measured() -> None:
    run, _ = measured({**STEADY, **SHAKY}, stopping_after(2 * SIZE - 1))

    verdict = decide(run)

    assert verdict.exit_code is ExitCode.NOT_MEASURED
    assert verdict.reason == "the budget of $2.00 is used up"


@pytest.mark.parametrize(
    "calls",
    [
        pytest.param(2 * SIZE, id="right after the first look"),
        pytest.param(3 * SIZE + 7, id="in the middle of a replicate"),
        pytest.param(17 * SIZE - 1, id="one call before the cap"),
    ],
)
def test_a_later_stop_keeps_what_is_settled_and_leaves_the_rest_undecided(calls: int) -> None:
    run, _ = measured({**STEADY, **SHAKY}, stopping_after(calls))

    verdict = decide(run)

    assert outcomes(verdict) == {"steady": Outcome.PASS, "shaky": Outcome.INCONCLUSIVE}
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert verdict.exit_code is ExitCode.OK


def test_a_later_stop_runs_no_closing_test() -> None:
    complete, _ = measured(SHAKY, answers(falling))
    stopped, _ = measured(SHAKY, stopping_after(16 * SIZE - 1, falling))

    assert outcomes(decide(complete)) == {"shaky": Outcome.REGRESSION}
    assert outcomes(decide(stopped)) == {"shaky": Outcome.INCONCLUSIVE}


def test_a_stop_before_a_must_pass_failure_is_confirmed_leaves_no_verdict() -> None:
    run, _ = measured(
        STEADY, stopping_after(SIZE + 2, lambda c, _: c != "steady-07"), must_pass=True
    )

    assert decide(run).exit_code is ExitCode.NOT_MEASURED


def test_a_run_that_our_cache_answers_decides_like_the_run_it_repeats() -> None:
    def kept(request: Request) -> Answer:
        text = "yes" if passes(request.case, request.trial) else "no"
        return make_output(text, cached=True)

    paid, _ = measured({**STEADY, **SHAKY}, answers())
    repeated, _ = measured({**STEADY, **SHAKY}, kept)

    assert decide(repeated).decision == decide(paid).decision
