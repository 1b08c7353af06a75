"""Overrides: what is granted, what is refused, and what a push, a day or a revert makes of one."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from evalci.core.gate import decide
from evalci.core.override import (
    Giver,
    Override,
    OverridePolicy,
    Role,
    digest_of,
    grant,
    in_force,
    may_not,
)
from evalci.core.policy import OnInconclusive
from evalci.core.run import Run
from evalci.core.verdict import Outcome, Verdict
from evalci.errors import BadInputError, ExitCode
from tests.core.overrides import (
    BAD,
    GOOD,
    HEAD,
    NOW,
    POLICY,
    granted,
    in_evidence,
    make_giver,
    make_wish,
    pushed,
    several,
    with_overrides,
    worse_run,
)
from tests.fakes import make_category, make_limits, make_run, make_run_case

RUN = worse_run("review")
GIVEN = granted(RUN)


def outcomes(verdict: Verdict) -> dict[str, Outcome]:
    return {result.summary.category.name: result.outcome for result in verdict.categories}


# What is granted


def test_an_override_says_what_why_who_and_how_long() -> None:
    assert (
        Override(
            golden_set="demo",
            model="main",
            category="review",
            reason="the new tone is worth what it costs in accuracy",
            by="ada",
            granted_at="2026-03-02T12:00:00+00:00",
            until="2026-04-01",
            head=HEAD,
            digest=digest_of(RUN, "review"),
            source="comment 41",
        )
        == GIVEN
    )


def test_it_may_end_earlier_than_it_must() -> None:
    assert granted(RUN, until=date(2026, 3, 9)).until == "2026-03-09"


def test_a_reason_is_kept_on_one_line() -> None:
    assert granted(RUN, reason="the new tone\n  is worth\x1b it").reason == (
        "the new tone is worth it"
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param(
            {"category": "docs"},
            "`docs` of demo with main does not fail; what fails: review",
            id="a category that did not regress",
        ),
        pytest.param(
            {"category": "reviews"},
            "demo with main has no category or must-pass case `reviews`; did you mean `review`?",
            id="a category that nobody knows",
        ),
        pytest.param(
            {"category": "*"},
            "`*` of demo with main does not fail; what fails: review",
            id="the run as a whole, which did not regress",
        ),
        pytest.param(
            {"category": "review-1"},
            "demo with main has no category or must-pass case `review-1`; did you mean `review`?",
            id="a case that need not pass",
        ),
        pytest.param(
            {"reason": "      it is fine      "},
            "the reason has 10 characters, `override.min_reason_chars` wants 20",
            id="a reason that is padded",
        ),
        pytest.param(
            {"reason": "x" * 1_001},
            "the reason is longer than 1000 characters",
            id="a reason without end",
        ),
        pytest.param(
            {"until": date(2026, 3, 1)},
            "2026-03-01 is past; name a day up to 2026-04-01",
            id="a day that is past",
        ),
        pytest.param(
            {"until": date(2026, 4, 2)},
            "2026-04-02 is more than `override.max_days` (30) away; name a day up to 2026-04-01",
            id="a day too far",
        ),
    ],
)
def test_what_is_refused_says_why(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(BadInputError) as caught:
        granted(RUN, **changes)

    assert str(caught.value) == message


def test_there_is_nothing_to_override_in_a_good_run() -> None:
    with pytest.raises(BadInputError, match="nothing of demo with main fails"):
        granted(worse_run())


@pytest.mark.parametrize(
    ("giver", "policy", "why"),
    [
        pytest.param(make_giver(), POLICY, "", id="write, not the author"),
        pytest.param(make_giver(role=Role.ADMIN), POLICY, "", id="more than it takes"),
        pytest.param(
            make_giver(role=Role.TRIAGE),
            POLICY,
            "ada has not the `write` permission that it takes",
            id="triage is not write",
        ),
        pytest.param(
            make_giver(),
            OverridePolicy(who=Role.MAINTAIN),
            "ada has not the `maintain` permission that it takes",
            id="write is not maintain",
        ),
        pytest.param(
            make_giver(role=Role.ADMIN, author=True),
            POLICY,
            "ada wrote this change, so somebody else must let it through",
            id="the author, whatever their role",
        ),
        pytest.param(
            make_giver(author=True), OverridePolicy(author_may=True), "", id="the author may"
        ),
    ],
)
def test_who_may(giver: Giver, policy: OverridePolicy, why: str) -> None:
    assert may_not(giver, policy) == why


# What becomes of one: the matrix


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


# What an override covers


@pytest.fixture
def must_pass() -> Run:
    """Return a run whose category passes but for a must-pass case."""
    cases = several("review", GOOD, count=30)
    return make_run(make_run_case((0.0,) * 5, GOOD, id="key", must_pass=True), *cases)


def test_a_must_pass_case_is_overridden_by_its_own_name(must_pass: Run) -> None:
    verdict = decide(with_overrides(must_pass, granted(must_pass, category="key")))

    assert (verdict.outcome, verdict.exit_code) == (Outcome.OVERRIDDEN, ExitCode.OK)
    assert verdict.must_pass[0].override is not None


def test_an_override_of_its_category_does_not_cover_a_must_pass_case() -> None:
    run = make_run(
        *several("review", BAD), make_run_case((0.0,) * 5, GOOD, id="key", must_pass=True)
    )

    verdict = decide(with_overrides(run, granted(run)))

    assert outcomes(verdict) == {"review": Outcome.OVERRIDDEN}
    assert verdict.blocking


def test_a_category_whose_policy_blocks_what_is_open_can_be_overridden() -> None:
    limits = make_limits(min_score=0.8, on_inconclusive=OnInconclusive.FAIL)
    half = several("review", (1.0, 0.0, 1.0), count=3) + several(
        "extra", GOOD, 3, category="review"
    )
    run = make_run(*half, categories=[make_category(limits=limits)])
    assert decide(run).blocking

    verdict = decide(with_overrides(run, granted(run)))

    assert verdict.outcome is Outcome.OVERRIDDEN


def test_the_whole_run_does_not_block_for_what_is_overridden_already() -> None:
    run = in_evidence(worse_run("review", others=("docs", "search")))
    assert decide(run).whole_blocks

    verdict = decide(with_overrides(run, granted(run)))

    assert (verdict.whole_blocks, verdict.blocking) == (False, False)


def test_the_whole_run_still_blocks_for_the_rest() -> None:
    run = in_evidence(worse_run("review", "docs", others=("search",)))

    verdict = decide(with_overrides(run, granted(run)))

    assert verdict.whole_blocks


def test_the_whole_run_has_a_name_of_its_own() -> None:
    run = in_evidence(worse_run("review"))

    verdict = decide(with_overrides(run, granted(run), granted(run, category="*")))

    assert verdict.outcome is Outcome.OVERRIDDEN


def test_an_override_of_the_whole_covers_no_category() -> None:
    run = in_evidence(worse_run("review"))

    verdict = decide(with_overrides(run, granted(run, category="*")))

    assert verdict.whole_override is not None
    assert verdict.blocking


def test_an_override_can_be_renewed_while_it_holds() -> None:
    run = with_overrides(RUN, GIVEN)

    later = grant(run, decide(run), make_wish(), now=NOW + timedelta(days=5), policy=POLICY)

    assert later.until == "2026-04-06"


def test_not_measured_stays_not_measured() -> None:
    run = with_overrides(replace(RUN, stopped="the budget is used up"), GIVEN)

    assert decide(run).outcome is Outcome.NOT_MEASURED


def test_doubles_are_kept_once() -> None:
    assert len(in_force(RUN, [GIVEN, GIVEN], now=NOW, policy=POLICY)) == 1
