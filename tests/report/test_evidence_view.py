"""The view under the evidence gate: each outcome in words, numbers that settle, names of cases."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from evalci.core.finding import Finding, FindingKind
from evalci.core.gate import decide
from evalci.core.policy import Mode
from evalci.core.run import Run
from evalci.report.annotations import build_annotations
from evalci.report.moved import moved_cases
from evalci.report.view import ReportView, build_view, plain_text
from tests.report import evidence_faces as faces
from tests.runs import make_run, make_run_case


def view_of(run: Run) -> ReportView:
    return build_view(run, decide(run))


def row_of(run: Run, name: str) -> str:
    (row,) = [row for row in view_of(run).rows if plain_text(row.category).startswith(name)]
    return plain_text(row.outcome)


@pytest.mark.parametrize(
    ("face", "title"),
    [
        pytest.param(
            faces.worse, "🔴 evalci: this change makes refactor worse (blocking)", id="worse"
        ),
        pytest.param(faces.better, "🟢 evalci: no regression: review improved", id="better"),
        pytest.param(
            faces.no_worse_than,
            "🟢 evalci: no regression: a drop of 10 points or more is ruled out (95 %) "
            "in every category",
            id="no worse than",
        ),
        pytest.param(
            faces.one_carried,
            "🟢 evalci: no regression: a drop of 10 points or more is ruled out (95 %) in triage",
            id="the one that was decided",
        ),
        pytest.param(
            faces.open_at_the_cap,
            "🟡 evalci: not settled: review, a drop of up to 15.7 points is possible",
            id="not settled",
        ),
        pytest.param(faces.leaning, "🔴 evalci: review not settled (blocking)", id="leaning"),
        pytest.param(
            faces.advisory, "🟣 evalci: advisory: too few cases to decide (review)", id="advisory"
        ),
        pytest.param(
            faces.pooled_small,
            "🔴 evalci: this change makes small (french, german) worse (blocking)",
            id="pooled",
        ),
        pytest.param(
            faces.whole_regressed,
            "🔴 evalci: this change makes the run as a whole worse (blocking)",
            id="the whole run",
        ),
    ],
)
def test_the_title_is_the_verdict_in_a_line(face: Callable[[], Run], title: str) -> None:
    assert plain_text(view_of(face()).title) == title


@pytest.mark.parametrize(
    ("face", "category", "words"),
    [
        pytest.param(faces.worse, "refactor", "regression: past the limit of 40:1, ", id="worse"),
        pytest.param(faces.better, "review", "improved: rose by 30 points, beyond", id="better"),
        pytest.param(
            faces.no_worse_than, "docs", "pass: a drop of 10 points or more is ruled out", id="pass"
        ),
        pytest.param(
            faces.open_at_the_cap,
            "review",
            "not settled: after 16 trials, a drop of up to 15.7 points is possible",
            id="not settled",
        ),
        pytest.param(faces.leaning, "review", "not settled: after 16 trials, a drop", id="leaning"),
        pytest.param(faces.advisory, "review", "advisory: 3 cases, fewer than five", id="advisory"),
        pytest.param(faces.edited_away, "review", "not comparable: its cases", id="edited"),
    ],
)
def test_each_row_says_worse_better_no_worse_than_or_not_settled(
    face: Callable[[], Run], category: str, words: str
) -> None:
    assert row_of(face(), category).startswith(words)


@pytest.mark.parametrize(
    ("mode", "heading", "cell"),
    [
        pytest.param(Mode.EVIDENCE, "Evidence", "> 1,000,000:1", id="evidence"),
        pytest.param(Mode.EXACT, "Paired p", ".0004", id="exact"),
        pytest.param(Mode.ENTROPY, "Paired p", ".0004", id="entropy"),
        pytest.param(Mode.THRESHOLD, "Limit", "5 pp", id="threshold"),
    ],
)
def test_the_column_of_the_rule_follows_the_mode(mode: Mode, heading: str, cell: str) -> None:
    run = faces.worse()
    view = view_of(replace(run, gate=replace(run.gate, mode=mode)))

    assert (view.rule, view.rows[0].rule) == (heading, cell)


def test_the_first_sentence_has_evidence_limit_p_size_and_culprits() -> None:
    sentence = plain_text(view_of(faces.worse()).sentences[0])

    assert sentence == (
        "refactor 0.90 → 0.78 (−11.7 pp, −13 %): evidence > 1,000,000:1 that it got worse "
        "(limit 40:1), paired p = .0004, 30 cases × 4 trials. Broken: refactor-01 (10/10 → 0/4), "
        "refactor-02 (10/10 → 0/4), refactor-03 (10/10 → 0/4) and 1 more."
    )


@pytest.mark.parametrize(
    ("face", "proceed"),
    [
        pytest.param(
            faces.open_at_the_cap,
            "add cases or baseline trials: evalci stats power review tells how many",
            id="at the cap",
        ),
        pytest.param(
            faces.budget_gone,
            "run it again, or allow more calls: the trials so far count, "
            "and evalci stats power review tells how many",
            id="calls used up",
        ),
        pytest.param(
            faces.leaning,
            "fix it, settle it (add cases or baseline trials: evalci stats power review tells how "
            "many), or accept it on purpose: "
            'evalci baseline accept --top-up --category review --reason "…"',
            id="blocking though undecided",
        ),
        pytest.param(
            faces.whole_regressed,
            'fix it, or accept it on purpose: evalci baseline accept --top-up --reason "…"',
            id="worse as a whole",
        ),
    ],
)
def test_what_is_open_says_what_would_settle_it(face: Callable[[], Run], proceed: str) -> None:
    assert plain_text(view_of(face()).proceed) == proceed


def test_a_category_that_blocks_undecided_says_that_its_policy_does() -> None:
    assert row_of(faces.leaning(), "review").endswith("; its policy blocks what is undecided")


def test_small_categories_are_one_row_with_the_numbers_of_both() -> None:
    (row,) = [r for r in view_of(faces.pooled_small()).rows if "french" in r.category]

    assert (row.baseline, row.current, row.size) == ("1.00", "0.38", "8×4")


def test_a_run_that_is_worse_as_a_whole_has_its_row_first_and_a_sentence() -> None:
    view = view_of(faces.whole_regressed())

    assert view.rows[0].category == "all cases together"
    assert view.headline.startswith("The run as a whole regressed, 4 categories not settled.")
    assert "evidence 96,538:1 that the run as a whole got worse (limit 40:1)" in view.sentences[0]


def test_answers_that_changed_in_both_directions_are_one_line() -> None:
    (line,) = view_of(faces.both_directions()).notes

    assert line.startswith("Answers changed in both directions (losses > 1,000,000:1, gains > ")


def test_gains_stand_beside_losses() -> None:
    view = view_of(faces.both_directions())

    assert [example.flipped for example in view.examples] == ["broken: 10/10 → 0/4"] * 5
    assert [plain_text(line) for line in view.gains] == [
        f"review-{n:02} 0/10 → 4/4" for n in range(6, 11)
    ]


def test_what_could_be_noise_is_never_among_the_failing() -> None:
    view = view_of(faces.worse())

    failing = {example.case for example in view.examples}
    noise = {plain_text(fell).partition(" ")[0] for fell, _ in view.noise if fell}
    assert failing == {f"refactor-0{n}" for n in range(1, 5)}
    assert noise == {"refactor-05", "docs-01", "docs-02"}
    assert view.noise_counts == "3 cases fell, 7 rose"


def test_without_a_sure_case_the_largest_falls_are_called_noise() -> None:
    view = view_of(faces.leaning())

    assert view.examples_title == "Largest falls, each could be noise"
    assert not {e.case for e in view.examples} & {fell for fell, _ in view.noise}


def test_the_plain_rule_names_cases_by_posterior_where_the_baseline_allows_it() -> None:
    run = faces.worse()
    view = view_of(replace(run, gate=replace(run.gate, mode=Mode.THRESHOLD)))

    assert [example.flipped for example in view.examples] == ["broken: 10/10 → 0/4"] * 4


def test_one_baseline_trial_cannot_tell_noise_from_change() -> None:
    run = make_run(make_run_case((0.0,), (1.0,)))

    assert not moved_cases(run, decide(run)).known


def test_the_help_explains_the_largest_evidence_of_the_report() -> None:
    first, second = view_of(faces.whole_regressed()).help

    assert first.startswith(
        "Evidence 40:1 means: if nothing had changed in this category, evidence this strong would "
        "come up in fewer than 1 of 40 runs, however often you re-run."
    )
    assert second == "A drop is ruled out when the one-sided 95 % bound of the drop is below it."


def test_the_plain_rule_needs_no_help() -> None:
    assert view_of(make_run(make_run_case())).help == ()


def test_a_small_category_says_what_it_cannot_see() -> None:
    lines = [plain_text(line) for line in view_of(faces.open_at_the_cap()).blind_spots]

    assert "review has 18 cases: a drop below 13 points can go unseen" in lines


def test_pooled_categories_are_named() -> None:
    lines = [plain_text(line) for line in view_of(faces.pooled_small()).blind_spots]

    assert "french, german have fewer than five cases each: decided together as small" in lines


def test_a_finding_that_blocks_alone_is_in_the_title_and_the_lines() -> None:
    verdict = decide(faces.no_worse_than())
    tail = Finding(kind=FindingKind.TAIL, category="docs", text="the worst fifth fell", blocks=True)

    view = build_view(
        faces.no_worse_than(), replace(verdict, findings=(tail,), blocking=True), max_examples=5
    )

    assert plain_text(view.title) == "🔴 evalci: docs: the worst fifth fell (blocking)"
    assert [plain_text(line) for line in view.notes] == ["Blocking: docs: the worst fifth fell"]


def test_the_prompt_is_blamed_when_the_run_is_worse_as_a_whole() -> None:
    run = faces.whole_regressed()

    found = build_annotations(run, decide(run))

    assert [annotation.level.value for annotation in found] == ["failure"]
    assert found[0].message.startswith("All cases together 0.70 → 0.62 (")
