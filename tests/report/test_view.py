"""The view: title, icon, alert, headline, numbers and the way to proceed, for every outcome."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from evalci.core.gate import decide
from evalci.core.policy import OnInconclusive
from evalci.core.run import Run
from evalci.core.verdict import Outcome
from evalci.report.outcomes import ICONS
from evalci.report.view import build_view, plain_text
from tests.report import faces
from tests.report.views import moved, view_of
from tests.runs import make_category, make_limits, make_run, make_run_case

ON_PURPOSE = "fix it, or accept it on purpose: evalci baseline accept --top-up"


@pytest.mark.parametrize(
    ("face", "title", "alert", "proceed"),
    [
        pytest.param(
            faces.regression,
            "🔴 evalci: this change makes review worse (blocking)",
            "CAUTION",
            f'{ON_PURPOSE} --category review --reason "…"',
            id="regression",
        ),
        pytest.param(
            faces.must_pass_only,
            "🔴 evalci: must-pass case review-1 fails (blocking)",
            "CAUTION",
            f'{ON_PURPOSE} --case review-1 --reason "…"',
            id="must-pass only",
        ),
        pytest.param(
            faces.below_floor,
            "🔴 evalci: review below the floor (blocking)",
            "CAUTION",
            f'{ON_PURPOSE} --category review --reason "…"',
            id="below floor",
        ),
        pytest.param(
            faces.not_settled,
            "🟡 evalci: not settled: review",
            "WARNING",
            "run it with more trials: evalci run --trials 6",
            id="not settled",
        ),
        pytest.param(
            faces.not_measured,
            "⚫ evalci: not measured: 8 of 12 trials have no score (429 from the provider)",
            "WARNING",
            "run it again once the cause is gone; finished trials are kept",
            id="not measured",
        ),
        pytest.param(
            faces.not_comparable,
            "🟡 evalci: not comparable: cases of review were edited since the baseline",
            "WARNING",
            'renew the baseline: evalci run --all && evalci baseline accept --top-up --reason "…"',
            id="not comparable",
        ),
        pytest.param(
            faces.no_baseline,
            "🔵 evalci: no baseline yet",
            "NOTE",
            'accept this one with evalci baseline accept --reason "first baseline" and commit it',
            id="no baseline",
        ),
        pytest.param(
            faces.carried_forward,
            "🟢 evalci: nothing to measure: all 6 cases carried forward",
            "NOTE",
            "nothing to do",
            id="carried forward",
        ),
        pytest.param(
            faces.improved,
            "🟢 evalci: no regression: review improved",
            "NOTE",
            "nothing to do",
            id="improved",
        ),
        pytest.param(
            faces.passed,
            "🟢 evalci: no regression: no category fell by more than its limit",
            "NOTE",
            "nothing to do",
            id="pass",
        ),
    ],
)
def test_each_outcome_has_its_title_alert_and_way_to_proceed(
    face: Callable[[], Run], title: str, alert: str, proceed: str
) -> None:
    view = view_of(face())

    assert plain_text(view.title) == title
    assert view.icon == title[0]
    assert view.alert == alert
    assert plain_text(view.proceed) == proceed


def test_every_outcome_has_an_icon() -> None:
    assert set(ICONS) == set(Outcome)


@pytest.mark.parametrize(
    ("face", "headline"),
    [
        pytest.param(
            faces.regression,
            "1 category regressed, 1 category passed. Overall 1.00 → 0.89 (−11.1 pp, −11.1 %).",
            id="regression",
        ),
        pytest.param(faces.no_baseline, "2 categories without a baseline.", id="plural"),
        pytest.param(
            faces.carried_forward,
            "1 category unchanged, 6 of 6 cases carried forward.",
            id="nothing measured",
        ),
    ],
)
def test_the_headline_counts_the_outcomes(face: Callable[[], Run], headline: str) -> None:
    assert view_of(face()).headline == headline


def test_rows_come_worst_first_and_then_by_fall_and_name() -> None:
    run = make_run(
        *moved(0.5, 0.9, "a-better"),
        *moved(0.9, 0.9, "b-same"),
        *moved(0.9, 0.7, "d-fell"),
        *moved(0.9, 0.1, "e-fell-most"),
        make_run_case((None,), id="x", category="c-unmeasured"),
        *moved(0.9, 0.9, "aa-same"),
    )

    names = [plain_text(row.category) for row in view_of(run).rows]

    assert names == ["e-fell-most", "d-fell", "c-unmeasured", "a-better", "aa-same", "b-same"]


def test_only_what_blocks_gets_a_sentence() -> None:
    run = make_run(*moved(0.9, 0.7, "docs", 2), *moved(0.9, 0.9))

    sentences = [plain_text(sentence) for sentence in view_of(run).sentences]

    (sentence,) = sentences
    assert sentence == (
        "docs 0.90 → 0.70 (−20 pp, −22.2 %): fell by more than the 5 pp allowed, 2 cases × 1 trial."
    )


@pytest.mark.parametrize(
    ("names", "title"),
    [
        pytest.param(["a"], "a", id="one"),
        pytest.param(["a", "b", "c"], "a, b, c", id="three"),
        pytest.param(["a", "b", "c", "d", "e"], "a, b, c and 2 more", id="five"),
    ],
)
def test_a_blocking_title_names_up_to_three_categories(names: list[str], title: str) -> None:
    run = make_run(*(case for name in names for case in moved(1.0, 0.0, name)))

    view = view_of(run)

    assert plain_text(view.title) == f"🔴 evalci: this change makes {title} worse (blocking)"


def test_several_blocking_categories_are_accepted_together() -> None:
    run = make_run(*moved(1.0, 0.0, "a"), *moved(1.0, 0.0, "b"))

    assert "--category" not in view_of(run).proceed


def test_a_category_with_a_space_is_quoted_in_the_command() -> None:
    run = make_run(*moved(1.0, 0.0, "code review; rm -rf"))

    assert "accept --top-up --category 'code review; rm -rf' --reason" in plain_text(
        view_of(run).proceed
    )


def test_a_run_that_broke_off_says_why() -> None:
    run = make_run(make_run_case(), stopped="budget of $2.00 spent")

    view = view_of(run)

    assert plain_text(view.title) == "⚫ evalci: not measured: budget of $2.00 spent"
    assert view.alert == "WARNING"


def test_a_blocking_category_that_was_edited_is_red() -> None:
    limits = make_limits(on_inconclusive=OnInconclusive.FAIL)
    run = faces.not_comparable()
    run = replace(run, gate=replace(run.gate, categories=(make_category(limits=limits),)))

    view = view_of(run)

    assert plain_text(view.title) == "🔴 evalci: review not comparable (blocking)"
    assert view.rows[0].icon == "🔴"


def test_a_confirmed_must_pass_failure_is_not_called_noise() -> None:
    view = view_of(faces.must_pass_only())

    assert [line for line in view.blind_spots if "noise" in line] == []


@pytest.mark.parametrize(
    "face", [pytest.param(face, id=name) for name, face in faces.FACES.items()]
)
def test_one_is_never_followed_by_a_plural(face: Callable[[], Run]) -> None:
    view = view_of(face())
    lines = [view.headline, view.title, *view.sentences, *view.blind_spots, *view.changes]

    words = [f" {plain_text(line)}" for line in lines]

    wrong = (" 1 cases ", " 1 trials ", " 1 categories ", " 1 calls ")
    assert [line for line in words if any(word in line for word in wrong)] == []


def test_only_so_many_examples_are_kept_and_all_are_counted() -> None:
    run = make_run(*moved(1.0, 0.0, cases=9))

    view = build_view(run, decide(run), max_examples=2)

    assert (len(view.examples), view.examples_total) == (2, 9)
