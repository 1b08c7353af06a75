"""The view: title, icon, alert, headline, numbers and the way to proceed, for every outcome."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from evalci.core.gate import decide
from evalci.core.policy import MaxDrop, OnInconclusive
from evalci.core.run import BaseRef, FileChange, PolicyChange, Run, RunCase
from evalci.core.verdict import Outcome
from evalci.report.outcomes import ICONS
from evalci.report.view import ReportView, build_view, plain_text
from tests.fakes import (
    make_baseline_ref,
    make_carried,
    make_category,
    make_hashes,
    make_limits,
    make_run,
    make_run_case,
)
from tests.report import faces

ON_PURPOSE = "fix it, or accept it on purpose: evalci baseline accept --top-up"


def view_of(run: Run) -> ReportView:
    return build_view(run, decide(run))


def moved(before: float, now: float, name: str = "review", cases: int = 1) -> list[RunCase]:
    """Return cases of a category that moved from one score to another."""
    return [make_run_case((now,), (before,), id=f"{name}-{n}", category=name) for n in range(cases)]


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


@pytest.mark.parametrize(
    ("before", "now", "baseline", "current", "delta"),
    [
        pytest.param(0.8, 0.8, "0.80", "0.80", "0 pp (0 %)", id="nothing moved"),
        pytest.param(0.8, 0.64, "0.80", "0.64", "−16 pp (−20 %)", id="no trailing zero"),
        pytest.param(0.8, 0.784, "0.80", "0.78", "−1.6 pp (−2 %)", id="one digit"),
        pytest.param(0.5, 0.7, "0.50", "0.70", "+20 pp (+40 %)", id="up with a plus"),
        pytest.param(0.8, 0.79996, "0.80", "0.80", "0 pp (0 %)", id="too small to show"),
        pytest.param(0.8, 0.80004, "0.80", "0.80", "0 pp (0 %)", id="too small to show, up"),
        pytest.param(0.0, 0.25, "0.00", "0.25", "+25 pp", id="from zero there is no share"),
        pytest.param(1.0, 0.0, "1.00", "0.00", "−100 pp (−100 %)", id="everything lost"),
        pytest.param(1.0, 0.99949, "1.00", "1.00", "−0.1 pp (−0.1 %)", id="just enough to show"),
    ],
)
def test_numbers_have_signs_and_are_rounded(
    before: float, now: float, baseline: str, current: str, delta: str
) -> None:
    row = view_of(make_run(*moved(before, now))).rows[0]

    assert (row.baseline, row.current, row.delta) == (baseline, current, delta)


def test_a_category_without_a_baseline_has_dashes_for_numbers() -> None:
    row = view_of(make_run(make_run_case((1.0,), None))).rows[0]

    assert (row.baseline, row.current, row.delta) == ("–", "1.00", "–")


@pytest.mark.parametrize(
    ("cases", "size"),
    [
        pytest.param([make_run_case((1.0, 1.0)), make_run_case((1.0,), id="b")], "2×2", id="all"),
        pytest.param([make_run_case(), make_carried(id="b")], "1×1 of 2", id="some carried"),
        pytest.param([make_carried(), make_carried(id="b")], "2 carried", id="all carried"),
    ],
)
def test_the_size_tells_cases_and_trials(cases: Sequence[RunCase], size: str) -> None:
    assert view_of(make_run(*cases)).rows[0].size == size


@pytest.mark.parametrize(
    ("limit", "shown"),
    [
        pytest.param(MaxDrop(points=0.05), "5 pp", id="points"),
        pytest.param(MaxDrop(points=0.025), "2.5 pp", id="half a point"),
        pytest.param(MaxDrop(relative=0.1), "10 %", id="a share"),
        pytest.param(MaxDrop(points=0.0), "0 pp", id="none allowed"),
    ],
)
def test_the_limit_is_shown_as_it_was_written(limit: MaxDrop, shown: str) -> None:
    category = make_category(limits=make_limits(max_drop=limit))

    view = view_of(make_run(make_run_case(), categories=[category]))

    assert view.rows[0].rule == shown


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


def test_the_changes_name_prompt_model_and_golden_set() -> None:
    before = make_baseline_ref(
        golden_set_version="1.1.0", model_id="openai/old", resolved_models=("old-1",)
    )
    changes = (
        FileChange(path="prompts/review.md", old="a" * 64, new="b" * 64, affects=1),
        FileChange(path="prompts/style.md", old=None, new="c" * 64, affects=1),
    )
    run = make_run(make_run_case(), baseline=before, changes=changes, removed=("x", "y"))
    run = replace(run, provenance=replace(run.provenance, resolved_models=("new-1",)))

    lines = [plain_text(line) for line in view_of(run).changes]

    assert lines == [
        "prompt prompts/review.md aaaaaaa → bbbbbbb: affects 1 of 1 cases",
        "include prompts/style.md new → ccccccc: affects 1 of 1 cases",
        "model main: requested openai/old → openai/stand-in",
        "model main: resolved old-1 → new-1",
        "2 cases of the baseline gone from the golden set",
        "golden set 1.1.0 → 1.2.0",
    ]


def test_a_file_affects_so_many_of_all_cases_not_of_those_selected() -> None:
    change = FileChange(path="prompts/review.md", old="a" * 64, new="b" * 64, affects=6)
    run = make_run(make_run_case(), changes=(change,), unselected=tuple("bcdefgh"))

    (line,) = view_of(run).changes

    assert plain_text(line).endswith("affects 6 of 8 cases")


def test_a_model_that_moved_by_itself_is_blamed_on_the_vendor() -> None:
    before = make_baseline_ref(resolved_models=("m-1",))
    run = make_run(make_run_case(), baseline=before)
    run = replace(run, provenance=replace(run.provenance, resolved_models=("m-2",)))

    lines = [plain_text(line) for line in view_of(run).changes]

    assert lines == ["model main: resolved m-1 → m-2 (the vendor moved)"]


def test_new_parameters_are_a_change() -> None:
    before = make_baseline_ref(params={"top_p": 1.0, "stop": ["a"]})
    model = replace(make_run().model, params={"top_p": 0.5, "stop": ("a",)})

    (line,) = view_of(make_run(make_run_case(), baseline=before, model=model)).changes

    assert plain_text(line).startswith("model main: parameters {'top_p': 1.0")


def test_equal_parameters_are_no_change() -> None:
    before = make_baseline_ref(params={"top_p": 1, "stop": ["a"]})
    model = replace(make_run().model, params={"top_p": 1.0, "stop": ("a",)})

    assert view_of(make_run(make_run_case(), baseline=before, model=model)).changes == ()


def test_requests_that_differ_for_no_known_reason_are_a_change() -> None:
    odd = make_run_case(hashes=make_hashes(request="other"))

    (line,) = view_of(make_run(odd)).changes

    assert line.endswith("all those cases run (1)")


def test_only_so_many_examples_are_kept_and_all_are_counted() -> None:
    run = make_run(*moved(1.0, 0.0, cases=9))

    view = build_view(run, decide(run), max_examples=2)

    assert (len(view.examples), view.examples_total) == (2, 9)


ELSEWHERE = "in a pull request of its own that is merged first"


@pytest.mark.parametrize(
    ("face", "proceed"),
    [
        pytest.param(
            faces.regression,
            f"fix it, or accept it on purpose {ELSEWHERE}: "
            'evalci baseline accept --top-up --category review --reason "…"',
            id="regression",
        ),
        pytest.param(
            faces.no_baseline,
            'accept this one with evalci baseline accept --reason "first baseline" and commit it: '
            "it counts after the merge",
            id="no baseline",
        ),
        pytest.param(
            faces.not_comparable,
            "renew the baseline, in force after the merge: "
            'evalci run --all && evalci baseline accept --top-up --reason "…"',
            id="not comparable",
        ),
        pytest.param(
            faces.not_settled,
            "run it with more trials: evalci run --trials 6",
            id="what needs no baseline",
        ),
    ],
)
def test_where_the_base_decides_a_new_baseline_counts_later(
    face: Callable[[], Run], proceed: str
) -> None:
    view = view_of(replace(face(), base=faces.BASE))

    assert plain_text(view.proceed) == proceed


def test_an_unverified_run_says_why_and_who_can_help() -> None:
    view = view_of(faces.unverified())

    assert (
        plain_text(view.title)
        == "⚪ evalci: unverified: replayed from recordings of this pull request"
    )
    assert (view.icon, view.alert) == ("⚪", "NOTE")
    assert view.proceed == "have a maintainer look at it, or run it against the model"


def test_policy_changes_have_both_sides() -> None:
    lines = [plain_text(line) for line in view_of(faces.policy_changed()).policy_changes]

    assert lines == [
        "evalci.yaml: gate.default.max_drop.pp 5 → 50",
        "golden_sets/demo: review-1 must_pass true → removed",
        "baselines/demo.main.json 1.00 → 0.20",
        "overrides/1.yaml absent → review: all is well",
    ]


def test_a_long_policy_value_is_cut() -> None:
    run = make_run(make_run_case(), policy_changes=(PolicyChange(path="gate", new="x" * 5_000),))

    (line,) = view_of(run).policy_changes

    assert len(line) < 120


def test_the_footer_names_the_base_and_a_baseline_that_predates_it() -> None:
    footer = plain_text(view_of(faces.policy_changed()).footer)

    assert " · baseline of 0123456, 1 day old, predates abcdef0 · " in footer
    assert " · base fedcba9 (first parent of the merge commit) · " in footer


def test_a_base_without_a_source_is_named_alone() -> None:
    run = replace(faces.passed(), base=BaseRef(commit="fedcba9876", source=""))

    assert " · base fedcba9 · " in plain_text(view_of(run).footer)
