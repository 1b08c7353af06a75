"""What a push, a day or the policy makes of an override that was granted."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from evalci.core.gate import decide
from evalci.core.override import (
    digest_of,
    in_force,
)
from evalci.core.run import Run
from evalci.core.verdict import Outcome
from evalci.errors import ExitCode
from tests.core.overrides import (
    GIVEN,
    NOW,
    POLICY,
    RUN,
    granted,
    pushed,
    with_overrides,
    worse_run,
)
from tests.verdicts import outcomes


def test_an_overridden_regression_stays_in_sight_and_does_not_block() -> None:
    verdict = decide(with_overrides(RUN, GIVEN))

    assert (verdict.outcome, verdict.blocking) == (Outcome.OVERRIDDEN, False)
    assert verdict.exit_code is ExitCode.OK
    assert outcomes(verdict) == {"docs": Outcome.PASS, "review": Outcome.OVERRIDDEN}
    assert verdict.categories[1].override == GIVEN


@pytest.mark.parametrize(
    ("run", "refused", "outcome"),
    [
        pytest.param(RUN, "", Outcome.OVERRIDDEN, id="a push that keeps the requests"),
        pytest.param(
            pushed(RUN, "docs", request="other"),
            "",
            Outcome.OVERRIDDEN,
            id="a push that changes requests elsewhere",
        ),
        pytest.param(
            pushed(RUN, "review", request="other"),
            "what it covers is asked or scored otherwise since a3f81c2",
            Outcome.REGRESSION,
            id="a push that changes its requests",
        ),
        pytest.param(
            pushed(RUN, "review", harness="other"),
            "what it covers is asked or scored otherwise since a3f81c2",
            Outcome.REGRESSION,
            id="a push that changes its scoring",
        ),
        pytest.param(
            replace(RUN, cases=RUN.cases[1:]),
            "what it covers is asked or scored otherwise since a3f81c2",
            Outcome.REGRESSION,
            id="a push that removes one of its cases",
        ),
        pytest.param(
            worse_run("review", "docs", others=()),
            "",
            Outcome.REGRESSION,
            id="a second category regresses",
        ),
        pytest.param(
            worse_run("docs", others=()),
            "there is nothing of that name here any more",
            Outcome.REGRESSION,
            id="the category is renamed away",
        ),
        pytest.param(worse_run(others=("review", "docs")), "", Outcome.PASS, id="a revert"),
    ],
)
def test_a_push_and_an_override(run: Run, refused: str, outcome: Outcome) -> None:
    run = with_overrides(run, GIVEN)

    assert [one.refused for one in run.overrides] == [refused]
    assert decide(run).outcome is outcome


def test_a_second_regression_blocks_alone() -> None:
    verdict = decide(with_overrides(worse_run("review", "docs", others=()), GIVEN))

    assert outcomes(verdict) == {"docs": Outcome.REGRESSION, "review": Outcome.OVERRIDDEN}
    assert [result.blocks for result in verdict.categories] == [True, False]


@pytest.mark.parametrize(
    ("days", "refused"),
    [
        pytest.param(30, "", id="its last day"),
        pytest.param(31, "it ended on 2026-04-01", id="the day after"),
    ],
)
def test_an_override_ends(days: int, refused: str) -> None:
    run = with_overrides(RUN, GIVEN, now=NOW + timedelta(days=days))

    assert run.overrides[0].refused == refused
    assert decide(run).blocking is bool(refused)


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        pytest.param(
            {"until": "2026-04-02"},
            "it lasts longer than `override.max_days` (30)",
            id="longer than the base allows",
        ),
        pytest.param(
            {"granted_at": "2026-03-20T12:00:00+00:00"},
            "it was granted in the future, on 2026-03-20",
            id="dated ahead, to last longer",
        ),
        pytest.param({"until": "soon"}, "its dates cannot be read", id="no day"),
        pytest.param(
            {"granted_at": "2026-03-02T12:00:00"}, "its dates cannot be read", id="no time zone"
        ),
        pytest.param(
            {"reason": "ok"},
            "the reason has 2 characters, `override.min_reason_chars` wants 20",
            id="a reason too short",
        ),
        pytest.param({"refused": "not approved"}, "not approved", id="refused by whoever read it"),
    ],
)
def test_what_was_written_by_hand_is_held_to_the_policy(
    changes: dict[str, str], refused: str
) -> None:
    (one,) = with_overrides(RUN, replace(GIVEN, **changes)).overrides

    assert one.refused == refused


@pytest.mark.parametrize("name", ["golden_set", "model"])
def test_an_override_of_something_else_is_none_here(name: str) -> None:
    assert with_overrides(RUN, replace(GIVEN, **{name: "other"})).overrides == ()


def test_of_two_the_one_that_lasts_longer_is_shown() -> None:
    sooner = granted(RUN, until=date(2026, 3, 9))

    verdict = decide(with_overrides(RUN, GIVEN, sooner))

    assert verdict.categories[1].override == GIVEN


def test_the_order_of_cases_does_not_matter() -> None:
    assert digest_of(replace(RUN, cases=RUN.cases[::-1]), "review") == GIVEN.digest


def test_not_measured_stays_not_measured() -> None:
    run = with_overrides(replace(RUN, stopped="the budget is used up"), GIVEN)

    assert decide(run).outcome is Outcome.NOT_MEASURED


def test_doubles_are_kept_once() -> None:
    assert len(in_force(RUN, [GIVEN, GIVEN], now=NOW, policy=POLICY)) == 1
