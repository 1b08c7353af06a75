"""The sentences of the statistical modes: numbers that are true as they are printed."""

from dataclasses import replace

import pytest

from evalci.core.evidence.decision import CategoryDecision, Reason, Status
from evalci.core.statistical_words import (
    in_points,
    in_points_up,
    limit_words,
    odds,
    p_text,
    reason_of,
    short_reason_of,
)

FOUND = CategoryDecision(
    name="review",
    status=Status.REGRESSION,
    reason=Reason.EVIDENCE,
    blocks=True,
    cases=30,
    trials=4,
    baseline_mean=0.68,
    mean=0.51,
    drop=0.17,
    se=0.04,
    z=4.2,
    p=0.00001,
    p_exact=0.0004,
    evidence=340.7,
    upper=0.1201,
    detect=0.1291,
    margin=0.03,
    kappa=2.0,
    prior_mean=0.7,
)


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        pytest.param(
            Reason.EVIDENCE,
            "evidence 340:1 that it got worse (limit 40:1), paired p = .0004",
            id="worse",
        ),
        pytest.param(
            Reason.CLOSING_TEST,
            "fell by 17 points, beyond chance by the test at the trial cap: paired p = .0004",
            id="closing test",
        ),
        pytest.param(
            Reason.EXACT_TEST, "fell by 17 points, beyond chance: paired p = .0004", id="exact"
        ),
        pytest.param(Reason.ROSE, "rose by -17 points, beyond chance", id="improved"),
        pytest.param(
            Reason.RULED_OUT, "a drop of 13 points or more is ruled out (95 %)", id="ruled out"
        ),
        pytest.param(
            Reason.RULED_OUT_EARLIER,
            "passed at an earlier look; with all trials a drop of up to 12.1 points is possible",
            id="passed earlier",
        ),
        pytest.param(
            Reason.BELOW_MARGIN,
            "no drop of 3 points or more seen; up to 12.1 points possible",
            id="below the margin",
        ),
        pytest.param(
            Reason.UNDECIDED_AT_CAP,
            "after 4 trials: evidence 340:1, a drop of up to 12.1 points is possible",
            id="open at the cap",
        ),
        pytest.param(
            Reason.UNDECIDED_WITHOUT_BUDGET,
            "after 4 trials, with no calls left: evidence 340:1, "
            "a drop of up to 12.1 points is possible",
            id="budget gone",
        ),
        pytest.param(
            Reason.MORE_TO_COME,
            "after 4 trials so far: evidence 340:1, a drop of up to 12.1 points is possible",
            id="more to come",
        ),
        pytest.param(
            Reason.FEW_CASES,
            "30 cases, fewer than five to compare: it cannot fail alone",
            id="advisory",
        ),
    ],
)
def test_every_rule_has_its_sentence(reason: Reason, sentence: str) -> None:
    assert reason_of(replace(FOUND, reason=reason), limit=40.0, confidence=0.95) == sentence


def test_only_a_bound_below_the_drop_is_called_ruled_out() -> None:
    every = [
        reason_of(replace(FOUND, reason=reason), limit=40.0, confidence=0.95) for reason in Reason
    ]

    assert sum("ruled out" in sentence for sentence in every) == 1


@pytest.mark.parametrize("reason", list(Reason))
def test_nothing_says_how_many_times_more_likely(reason: Reason) -> None:
    found = replace(FOUND, reason=reason)

    texts = [words(found, limit=40.0, confidence=0.9) for words in (reason_of, short_reason_of)]

    assert [text for text in texts if "likely" in text or "{" in text] == []


def test_the_confidence_is_that_of_the_preset() -> None:
    found = replace(FOUND, reason=Reason.RULED_OUT)

    assert reason_of(found, limit=40.0, confidence=0.9).endswith("ruled out (90 %)")


@pytest.mark.parametrize(
    ("evidence", "shown"),
    [
        pytest.param(0.04, "< 0.1:1", id="next to nothing"),
        pytest.param(0.19, "0.1:1", id="a tenth"),
        pytest.param(1.0, "1:1", id="one"),
        pytest.param(9.99, "9.9:1", id="not rounded up"),
        pytest.param(39.99, "39:1", id="never up to the limit"),
        pytest.param(1234.5, "1,234:1", id="thousands"),
        pytest.param(1_000_000.0, "1,000,000:1", id="a million"),
        pytest.param(1_000_001.0, "> 1,000,000:1", id="beyond a million"),
    ],
)
def test_evidence_is_a_ratio_that_is_never_rounded_up(evidence: float, shown: str) -> None:
    assert odds(evidence) == shown


@pytest.mark.parametrize(
    ("share", "nearest", "up"),
    [
        pytest.param(0.1201, "12 points", "12.1 points", id="a bound goes up"),
        pytest.param(0.12, "12 points", "12 points", id="a whole number stays"),
        pytest.param(0.01, "1 point", "1 point", id="one"),
        pytest.param(0.0, "0 points", "0 points", id="none"),
    ],
)
def test_points_are_printed_and_bounds_rounded_up(share: float, nearest: str, up: str) -> None:
    assert (in_points(share), in_points_up(share)) == (nearest, up)


def test_evidence_that_fell_again_was_past_the_limit_earlier() -> None:
    found = replace(FOUND, evidence=38.0)

    assert "(limit 40:1, reached at an earlier look)" in reason_of(
        found, limit=40.0, confidence=0.95
    )
    assert limit_words(38.0, 40.0) == "past the limit of 40:1 at an earlier look"


@pytest.mark.parametrize(
    ("p", "exact", "shown"),
    [
        pytest.param(0.5, 0.0004, "paired p = .0004", id="exact where there is one"),
        pytest.param(0.034, None, "paired p = .03", id="normal for graded scores"),
        pytest.param(0.00002, None, "paired p < .0001", id="tiny"),
    ],
)
def test_the_paired_p(p: float, exact: float | None, shown: str) -> None:
    assert p_text(replace(FOUND, p=p, p_exact=exact).paired_p) == shown
