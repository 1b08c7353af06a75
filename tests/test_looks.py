"""The evidence gate at work: how many trials each case gets, and what a stop or a re-run leaves."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import pytest

from evalci.check import run_check
from evalci.core.baseline import Baseline
from evalci.core.config import Config
from evalci.core.gate import decide
from evalci.core.golden_set import Case
from evalci.core.plan import Selection
from evalci.core.policy import GatePolicy, Mode
from evalci.core.run import Run
from evalci.core.trial import Request, Trial
from evalci.core.verdict import Outcome, Verdict
from evalci.errors import ExitCode, StopRunError
from tests.fakes import (
    Answer,
    FakeClient,
    make_baseline,
    make_baseline_case,
    make_case,
    make_limits,
    make_output,
)
from tests.test_check import CONFIG, project_of, started, tools_with

SIZE = 30
ALWAYS = (1.0,) * 10
HALF = (1.0, 0.0) * 5
STEADY = {f"steady-{n:02}": ALWAYS for n in range(SIZE)}
SHAKY = {f"shaky-{n:02}": HALF for n in range(SIZE)}
Passes = Callable[[str, int], bool]


def passes(case: str, trial: int) -> bool:
    """Let steady cases pass always, and shaky ones a little less often than they did."""
    return case.startswith("steady") or (int(case[-2:]) + trial) % 9 < 4


def config_of(mode: Mode = Mode.EVIDENCE) -> Config:
    return Config(
        source=CONFIG.source,
        golden_sets=CONFIG.golden_sets,
        models=CONFIG.models,
        model=CONFIG.model,
        gate=GatePolicy(default=make_limits(), mode=mode),
        baseline=CONFIG.baseline,
        composite={},
    )


def cases_of(scores: Mapping[str, tuple[float, ...]], **changes: bool) -> list[Case]:
    return [
        make_case(id=id, dimensions={"task_type": (id.partition("-")[0],)}, **changes)
        for id in scores
    ]


def baseline_of(scores: Mapping[str, tuple[float, ...]]) -> Baseline:
    return make_baseline(*(make_baseline_case(trials, id=id) for id, trials in scores.items()))


def measured(
    scores: Mapping[str, tuple[float, ...]],
    answer: Callable[[Request], Answer],
    *,
    mode: Mode = Mode.EVIDENCE,
    earlier: Sequence[Trial] = (),
    must_pass: bool = False,
    trials: int | None = None,
) -> tuple[Run, FakeClient]:
    """Return the run of some cases against their baseline, and the client that answered."""
    project, client = project_of(*cases_of(scores, must_pass=must_pass)), FakeClient(answer)
    run = started(
        project,
        baseline_of(scores),
        selection=Selection(affected=False, match={}),
        trials=trials,
        config=config_of(mode),
    )
    done = run_check(run, project, tools=tools_with(client), concurrency=1, earlier=earlier)
    return done, client


def answers(rule: Passes = passes) -> Callable[[Request], Answer]:
    return lambda request: "yes" if rule(request.case, request.trial) else "no"


def asked(client: FakeClient) -> Counter[str]:
    return Counter(request.case for request in client.requests)


def most_asked(client: FakeClient, category: str) -> int:
    return max(n for case, n in asked(client).items() if case.startswith(category))


def outcomes(verdict: Verdict) -> dict[str, Outcome]:
    return {result.summary.category.name: result.outcome for result in verdict.categories}


def trials_of(run: Run) -> tuple[Trial, ...]:
    return tuple(trial for case in run.cases for trial in case.trials)


def test_steady_cases_that_stay_so_are_asked_once() -> None:
    run, client = measured(STEADY, answers())

    assert set(asked(client).values()) == {1}
    assert outcomes(decide(run)) == {"steady": Outcome.PASS}


def test_only_open_categories_go_on() -> None:
    run, client = measured({**STEADY, **SHAKY}, answers())

    assert (most_asked(client, "steady"), most_asked(client, "shaky")) == (1, 16)
    assert outcomes(decide(run))["steady"] is Outcome.PASS


def test_no_replicate_is_asked_twice() -> None:
    _, client = measured(SHAKY, answers())

    draws = Counter((request.case, request.trial) for request in client.requests)
    assert set(draws.values()) == {1}


def test_a_flip_in_a_passed_category_is_confirmed() -> None:
    many = {f"steady-{n:02}": ALWAYS for n in range(60)}

    _, client = measured({**many, **SHAKY}, answers(lambda c, t: c != "steady-07" and passes(c, t)))

    assert asked(client)["steady-07"] > asked(client)["steady-08"]


def test_the_culprits_of_a_failed_category_get_4_trials() -> None:
    run, client = measured(
        {**STEADY, **SHAKY},
        answers(lambda c, t: passes(c, t) and c not in {f"steady-{n:02}" for n in range(12)}),
    )

    assert outcomes(decide(run))["steady"] is Outcome.REGRESSION
    assert asked(client)["steady-03"] == 4
    assert asked(client)["steady-20"] < 4


def test_a_must_pass_failure_is_confirmed_on_top_of_the_looks() -> None:
    run, client = measured(STEADY, answers(lambda case, _: case != "steady-07"), must_pass=True)

    assert asked(client)["steady-07"] >= 5
    assert [result.confirmed for result in decide(run).must_pass] == [True]


def test_exact_mode_asks_a_fixed_number() -> None:
    _, client = measured({**STEADY, **SHAKY}, answers(), mode=Mode.EXACT)

    assert set(asked(client).values()) == {8}


def test_entropy_mode_repeats_only_what_disagrees() -> None:
    _, client = measured({**STEADY, **SHAKY}, answers(), mode=Mode.ENTROPY)

    assert most_asked(client, "steady") == 2
    assert most_asked(client, "shaky") == 5


def test_a_re_run_of_what_is_settled_repeats_the_verdict_without_a_call() -> None:
    first, _ = measured(STEADY, answers())

    again, client = measured(STEADY, answers(), earlier=trials_of(first))

    assert client.requests == []
    assert decide(again).decision == decide(first).decision


def test_at_the_cap_a_re_run_repeats_the_verdict_without_a_call() -> None:
    first, _ = measured(SHAKY, answers())

    again, client = measured(SHAKY, answers(), earlier=trials_of(first))

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


def test_copies_from_the_cache_of_a_vendor_count_once_a_case() -> None:
    def copied(request: Request) -> Answer:
        text = "yes" if int(request.case[-2:]) % 2 else "no"
        return make_output(text, copied=request.trial > 0)

    run, _ = measured(SHAKY, copied)

    decision = decide(run).decision
    assert decision is not None
    assert [category.trials for category in decision.categories] == [1]
    assert not decide(run).blocking


def test_a_run_that_our_cache_answers_decides_like_the_run_it_repeats() -> None:
    def kept(request: Request) -> Answer:
        text = "yes" if passes(request.case, request.trial) else "no"
        return make_output(text, cached=True)

    paid, _ = measured({**STEADY, **SHAKY}, answers())
    repeated, _ = measured({**STEADY, **SHAKY}, kept)

    assert decide(repeated).decision == decide(paid).decision
