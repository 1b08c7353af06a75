"""The gate at work: how many trials each case gets, and which of them count."""

from collections import Counter

from evalci.core.gate import decide
from evalci.core.policy import Mode
from evalci.core.trial import Request
from evalci.core.verdict import Outcome
from tests.calls import make_output
from tests.fake_client import Answer, FakeClient
from tests.looks_desk import ALWAYS, SHAKY, STEADY, answers, asked, measured, passes
from tests.verdicts import outcomes


def most_asked(client: FakeClient, category: str) -> int:
    return max(n for case, n in asked(client).items() if case.startswith(category))


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


def test_copies_from_the_cache_of_a_vendor_count_once_a_case() -> None:
    def copied(request: Request) -> Answer:
        text = "yes" if int(request.case[-2:]) % 2 else "no"
        return make_output(text, copied=request.trial > 0)

    run, _ = measured(SHAKY, copied)

    decision = decide(run).decision
    assert decision is not None
    assert [category.trials for category in decision.categories] == [1]
    assert not decide(run).blocking
