"""Drift in words: the issue, its title, what it rests on, and how it closes."""

from dataclasses import replace
from typing import Any

import pytest

from evalci.core.drift import DriftReport, Gap
from evalci.core.drift_origin import Moved, Origin
from evalci.core.drift_sides import SideLevel, SideMove
from evalci.core.trial import Spend
from evalci.report.drift import (
    closing_body,
    drift_marker,
    drift_summary,
    drift_words,
    issue_body,
    issue_title,
)
from tests.report.drift_reports import BACK, OURS, SHIFT, URL, VENDOR, make_report


def test_the_title_names_category_points_and_week() -> None:
    title = issue_title(make_report(shift=SHIFT))

    assert title == "evalci: `desk` with `main` drifted: `triage` −8 pp since 2026-W30 (2026-07-20)"


def test_a_title_fits_into_an_issue() -> None:
    report = make_report(shift=SHIFT, name="long name " * 40)

    assert len(issue_title(replace(report, golden_set="g" * 300))) <= 256


@pytest.mark.parametrize(
    "line",
    [
        "- `triage`: the model moved in week 2026-W30 (2026-07-20): 0.86 → 0.78 (−8 pp)",
        "- `triage`: the vendor moved: `model version` `m-1` → `m-2`",
        "unchanged since then: requests, scoring, golden set",
        "pin a version of the model",
        "12 runs against the baseline of 2026-05-04",
        f"[the run]({URL}) of 2026-07-27",
    ],
)
def test_the_issue_says(line: str) -> None:
    assert line in issue_body(make_report(shift=SHIFT), URL)


def test_the_issue_begins_with_the_marker_of_golden_set_and_model() -> None:
    body = issue_body(make_report(shift=SHIFT), URL)

    assert body.startswith(drift_marker("desk", "main"))
    assert drift_marker("desk", "main") != drift_marker("desk.main", "")


def test_a_vendor_who_moved_under_the_same_name_is_told_so() -> None:
    report = make_report(shift=replace(SHIFT, origin=Origin(same=("model version",))))

    assert "the vendor moved, by all that is known" in issue_body(report, URL)


def test_what_we_changed_is_ours_to_undo() -> None:
    body = issue_body(make_report(shift=replace(SHIFT, origin=OURS)), URL)

    assert "we changed something: `prompts/p.md` `1111111` → `2222222`" in body
    assert "- `triage`: the score moved in week 2026-W30" in body
    assert "the model" not in body
    assert "undo what changed" in body
    assert "`desk` with `main` fell after a change of ours: `triage` −8 pp" in body


def test_the_commit_before_the_change_tells_whether_the_vendor_moved_as_well() -> None:
    origin = replace(OURS, commit="c0ffee1" + "0" * 33)

    body = issue_body(make_report(shift=replace(SHIFT, origin=origin)), URL)

    assert "`evalci drift` at `c0ffee1`, the last commit before, tells whether the vendor" in body


def test_of_a_pipeline_nobody_knows_more_than_that_it_moved() -> None:
    report = replace(make_report(shift=SHIFT), model_id="command/rag")

    assert "your pipeline, or a vendor behind it, moved: `model version`" in issue_body(report, URL)


@pytest.mark.parametrize(
    ("origin", "suspect"),
    [
        pytest.param(Origin(same=("model version",)), True, id="nothing else is known to move"),
        pytest.param(VENDOR, False, id="the vendor says itself that it moved"),
    ],
)
def test_a_judge_that_nobody_holds_to_account_is_a_suspect(origin: Origin, suspect: bool) -> None:
    report = make_report(shift=replace(SHIFT, origin=origin), unguarded=True)

    assert ("or the judge did: `evalci drift --freeze`" in issue_body(report, URL)) is suspect


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (Gap.UNSCORED, "not measured this time: too many trials have no score"),
        (Gap.UNCOMPARED, "not compared: no case is asked and scored as it was"),
        (Gap.UNGUARDED, "not held against the weeks before: frozen answers told then"),
    ],
)
def test_a_category_of_which_nothing_is_known_says_why(gap: Gap, words: str) -> None:
    assert f"`triage`: {words}" in issue_body(make_report(shift=SHIFT, gap=gap), URL)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"left_out": 3}, "3 runs of other cases left out"),
        ({"unconfirmed": "no money"}, "not measured twice to be sure: no money"),
        ({"confirmed": True}, "the newest measured twice to be sure"),
        (
            {"spend": Spend(calls=60, usd=1.5), "rejudging": Spend(calls=12, usd=0.25)},
            "60 calls, $1.50, 12 calls and $0.25 of it for frozen answers",
        ),
        (
            {"spend": Spend(calls=60, unknown=60)},
            "60 calls, unknown† († some calls have no known cost",
        ),
        ({"levels": (SideLevel(name="refusals", unit="share", now=0.02),)}, "now: refusals 2.0%"),
    ],
    ids=[
        "other cases",
        "unconfirmed",
        "confirmed",
        "what was paid",
        "no price",
        "what else was measured",
    ],
)
def test_a_report_says_what_it_rests_on(changes: dict[str, Any], words: str) -> None:
    assert words in drift_words(replace(make_report(), **changes))


def test_a_judge_that_was_kinder_for_a_while_was_up() -> None:
    kinder = replace(BACK, before=0.78, after=0.86)

    body = closing_body(make_report(judge=kinder), URL)

    assert "the judge was up from 2026-W30 (2026-07-20) on, +8 pp on the same answers" in body


def test_a_judge_that_moved_is_no_drift_of_the_model() -> None:
    report = make_report(judge=SHIFT, judge_shift=-0.08, drop=0.0)

    assert issue_title(report) == "evalci: the judge of `desk` with `main` moved: `triage`"
    assert "the answers are as good as before" in issue_body(report, URL)
    assert "the answers 0 pp, the judge −8 pp" in issue_body(report, URL)


@pytest.mark.parametrize(
    ("move", "words"),
    [
        (SideMove(name="refusals", unit="share", before=0.0, now=0.25), "refusals: 0.0% → 25.0%"),
        (SideMove(name="latency p50", unit="s", before=1.2, now=2.4), "1.2 s → 2.4 s"),
        (SideMove(name="cost an answer", unit="$", before=0.001, now=0.002), "$0.001 → $0.002"),
        (SideMove(name="length", unit="characters", before=400, now=150), "400 characters → 150"),
    ],
    ids=["a share", "seconds", "dollars", "characters"],
)
def test_what_else_moved_has_its_unit(move: SideMove, words: str) -> None:
    assert words in drift_words(replace(make_report(), sides=(move,)))


def test_what_could_not_be_measured_says_why_and_what_to_do() -> None:
    report = replace(make_report(), error="m: the key was refused; check `KEY`")

    body = issue_body(report, URL)

    assert "could not be measured" in issue_title(report)
    assert "the key was refused; check `KEY`" in body
    assert "then run the workflow again" in body


def test_it_closes_with_the_dates() -> None:
    body = closing_body(make_report(shift=BACK), URL)

    assert "was down from 2026-W30 (2026-07-20) on" in body
    assert "is back since 2026-W35 (2026-08-24)" in body
    assert "the vendor moved: `model version` `m-1` → `m-2`" in body


def test_the_last_word_is_not_found_again() -> None:
    body = closing_body(make_report(shift=BACK), URL)

    assert drift_marker("desk", "main") not in body


def test_what_fell_stands_first_among_many_categories() -> None:
    (fallen,) = make_report(shift=SHIFT).categories
    (quiet,) = make_report(name="reply").categories
    report = replace(make_report(), categories=(quiet,) * 40 + (fallen,))

    lines = issue_body(report, URL).splitlines()

    assert lines[3].startswith("- `triage`")
    assert "- and 13 more" in lines


@pytest.mark.parametrize("categories", [1, 40])
def test_an_issue_fits_into_github_however_much_moved(categories: int) -> None:
    moved = tuple(
        Moved(what="`" * 90 + str(n), before="&" * 300, after="é" * 300) for n in range(50)
    )
    shift = replace(SHIFT, origin=Origin(vendor=moved, ours=moved))
    (fallen,) = make_report(shift=shift, name="<" * 300).categories
    report = replace(make_report(), categories=(fallen,) * categories)

    assert len(issue_body(report, URL)) < 65_536
    assert "and 45 more" in issue_body(report, URL)


def test_with_a_new_baseline_it_closes_with_its_date() -> None:
    assert "against the baseline of 2026-05-04" in closing_body(make_report(), URL)


@pytest.mark.parametrize(
    ("report", "word"),
    [
        pytest.param(make_report(), "🟢", id="no drift"),
        pytest.param(make_report(shift=SHIFT), "🔴", id="drift"),
        pytest.param(replace(make_report(), error="boom"), "⚫", id="not measured"),
    ],
)
def test_the_summary_shows_at_once_how_it_stands(report: DriftReport, word: str) -> None:
    assert drift_summary([report], "").startswith(f"### {word} evalci drift:")
