"""The small print: what a check cannot see is said, with names and numbers."""

from dataclasses import replace

import pytest

from evalci.core.gate import decide
from evalci.core.run import Run, Standing
from evalci.core.trial import Spend
from evalci.report.escape import unmarked
from evalci.report.facts import blind_spots, dollars
from tests.report import evidence_faces as faces
from tests.runs import make_baseline_ref, make_run, make_run_case


def said(run: Run) -> list[str]:
    return [unmarked(line) for line in blind_spots(run, decide(run), 0)]


@pytest.mark.parametrize(
    ("accepted", "stale"),
    [
        pytest.param("2026-02-25T12:00:00+00:00", False, id="exactly as old as allowed"),
        pytest.param("2026-02-24T12:00:00+00:00", True, id="a day older"),
        pytest.param("some day", False, id="nobody knows"),
    ],
)
def test_a_baseline_past_its_age_is_stale(accepted: str, stale: bool) -> None:
    ref = make_baseline_ref(accepted_at=accepted, max_age_days=5)

    lines = said(make_run(make_run_case(), baseline=ref))

    assert ("the baseline is 6 days old, more than 5: renew it" in lines) == stale


def test_what_can_go_unseen_is_rounded_as_what_is_ruled_out() -> None:
    run = faces.evidence_run(*faces.cases("review", (23, (1.0,), faces.ALWAYS)))

    assert "review has 23 cases: a drop below 11.5 points can go unseen" in said(run)
    assert "11.5 points or more is ruled out" in decide(run).categories[0].reason


def test_nothing_went_unseen_in_a_small_category_that_failed() -> None:
    run = faces.evidence_run(*faces.cases("review", (24, (0.0,) * 4, faces.ALWAYS)))

    assert [line for line in said(run) if "unseen" in line] == []


@pytest.mark.parametrize("standing", [Standing.EDITED, Standing.RESCORED])
def test_an_edited_must_pass_case_is_named(standing: Standing) -> None:
    cases = [
        replace(make_run_case(id=f"a-{n}", must_pass=True), standing=standing) for n in range(5)
    ]

    lines = said(make_run(*cases))

    why = "edited, or scored otherwise, since the baseline, so not judged"
    assert f"must-pass a-0, a-1, a-2 and 2 more: {why}" in lines


@pytest.mark.parametrize(
    ("spend", "words"),
    [
        pytest.param(Spend(), "$0.00", id="nothing"),
        pytest.param(Spend(usd=0.0033), "< $0.01", id="less than a cent"),
        pytest.param(Spend(usd=0.004, unknown=1), "< $0.01†", id="and some unknown"),
        pytest.param(Spend(usd=1234.5), "$1,234.50", id="more"),
        pytest.param(Spend(unknown=1), "unknown†", id="unknown"),
    ],
)
def test_dollars_that_are_known_never_read_as_none(spend: Spend, words: str) -> None:
    assert dollars(spend) == words
