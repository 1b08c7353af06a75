"""Which overrides are granted, which are refused, and who may give one."""

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
    may_not,
)
from evalci.errors import BadInputError
from tests.core.overrides import (
    GIVEN,
    HEAD,
    NOW,
    POLICY,
    RUN,
    granted,
    make_giver,
    make_wish,
    with_overrides,
    worse_run,
)


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


def test_an_override_can_be_renewed_while_it_holds() -> None:
    run = with_overrides(RUN, GIVEN)

    later = grant(run, decide(run), make_wish(), now=NOW + timedelta(days=5), policy=POLICY)

    assert later.until == "2026-04-06"
