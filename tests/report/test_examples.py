"""Failing examples: which cases, in which order, and in which words."""

from dataclasses import replace

import pytest

from evalci.core.gate import decide
from evalci.core.json_value import Json
from evalci.core.run import Run, RunCase
from evalci.core.trial import Score
from evalci.report.escape import unmarked
from evalci.report.examples import MAX_BODY, Example, build_examples, fallen_below
from evalci.report.moved import moved_cases
from tests.baselines import make_baseline_case
from tests.calls import make_output
from tests.runs import make_run, make_run_case, make_trial

ONCE = (1.0,)


def examples_of(run: Run) -> tuple[Example, ...]:
    verdict = decide(run)
    return build_examples(run, verdict, moved_cases(run, verdict))


def test_the_case_that_fell_most_comes_first_and_then_the_smaller_id() -> None:
    run = make_run(
        make_run_case((0.5,), ONCE, id="c"),
        make_run_case((0.0,), ONCE, id="d"),
        make_run_case((0.5,), ONCE, id="b"),
        make_run_case((1.0,), ONCE, id="a"),
    )

    assert [example.case for example in examples_of(run)] == ["d", "b", "c"]


def test_a_confirmed_must_pass_failure_comes_before_everything() -> None:
    weak = make_baseline_case((1.0, 1.0, 1.0), id="z")
    run = make_run(
        make_run_case((0.0,) * 5, id="a"),
        make_run_case((0.0, 0.0, 0.0, 0.0, 1.0), id="z", must_pass=True, baseline=weak),
    )

    found = examples_of(run)

    assert [(e.case, e.star) for e in found] == [("z", True), ("a", False)]
    assert unmarked(found[0].name) == "z ★ must pass"


def test_a_case_that_fell_where_nothing_blocks_is_counted_and_not_shown() -> None:
    steady = [make_run_case((1.0,), ONCE, id=f"s-{n}") for n in range(40)]
    run = make_run(make_run_case((0.0,), ONCE, id="a"), *steady)

    assert examples_of(run) == ()
    assert fallen_below(run, decide(run)) == 1


def test_a_must_pass_case_is_shown_where_the_category_passes() -> None:
    steady = [make_run_case((1.0,) * 5, id=f"s-{n}") for n in range(40)]
    run = make_run(make_run_case((0.0,) * 5, id="a", must_pass=True), *steady)

    assert [example.case for example in examples_of(run)] == ["a"]


@pytest.mark.parametrize(
    ("case", "flipped"),
    [
        pytest.param(make_run_case((0.0, 0.0), (1.0,) * 10), "broken: 10/10 → 0/2", id="pass/fail"),
        pytest.param(make_run_case((1.0, 0.0)), "passed 3/3 → 1/2", id="some trials"),
        pytest.param(
            make_run_case((0.0, None, 0.0)), "broken: 3/3 → 0/2", id="unscored trials do not count"
        ),
        pytest.param(
            make_run_case(
                trials=(make_trial(composite=0.25, passed=None),), planned=1, before=(1.0,)
            ),
            "score 1.00 → 0.25",
            id="graded",
        ),
        pytest.param(
            make_run_case((0.5,), (0.9, 0.9)), "score 0.90 → 0.50", id="failed before and now"
        ),
    ],
)
def test_the_words_tell_passes_or_scores(case: RunCase, flipped: str) -> None:
    run = make_run(case)
    run = replace(run, gate=replace(run.gate, incomplete=0.5))

    found = examples_of(run)

    assert [example.flipped for example in found] == [flipped]


def fallen(*reasons: str, composite: float = 0.0) -> RunCase:
    """Return a case with a failed trial for each reason."""
    case = make_run_case((composite,) * len(reasons))
    trials = tuple(
        replace(trial, scores=(Score(scorer="exact", value=composite, reason=reason),))
        for trial, reason in zip(case.trials, reasons, strict=True)
    )
    return replace(case, trials=trials)


@pytest.mark.parametrize(
    ("case", "why"),
    [
        pytest.param(fallen("got no"), "exact: got no", id="the reason"),
        pytest.param(fallen("a", "b", "b", "b"), "exact: b", id="the most frequent"),
        pytest.param(fallen("a", "b"), "exact: a", id="the worst trial when none is frequent"),
        pytest.param(fallen("two\nlines"), "exact: two lines", id="on one line"),
        pytest.param(fallen(""), "", id="no reason"),
        pytest.param(
            make_run_case(trials=(make_trial(composite=0.0, zeroed_by="hedges"),)),
            "fail_if: hedges",
            id="a fail_if rule",
        ),
    ],
)
def test_the_why_is_the_most_frequent_reason(case: RunCase, why: str) -> None:
    found = examples_of(make_run(case))

    assert [unmarked(example.why) for example in found] == [why]


def test_a_refusal_is_not_blamed_on_a_fail_if_rule() -> None:
    trial = make_trial(composite=0.0, zeroed_by="the model refused")

    found = examples_of(make_run(make_run_case(trials=(trial,))))

    assert unmarked(found[0].why) == "the model refused"


def test_the_output_shown_is_that_of_the_worst_trial() -> None:
    case = make_run_case((1.0, 0.2, 0.0, 0.0))
    trials = tuple(replace(t, output=make_output(f"answer {t.trial}")) for t in case.trials)

    found = examples_of(make_run(replace(case, trials=trials)))

    assert found[0].output == "answer 2"


@pytest.mark.parametrize(
    ("expected", "shown"),
    [
        pytest.param("yes", "yes", id="text"),
        pytest.param(None, "", id="nothing"),
        pytest.param({"a": "é"}, '{\n "a": "é"\n}', id="an object"),
        pytest.param(False, "false", id="false"),
    ],
)
def test_expected_is_shown_as_text(expected: Json, shown: str) -> None:
    found = examples_of(make_run(make_run_case((0.0,), expected=expected)))

    assert found[0].expected == shown


def test_a_long_body_is_cut_and_says_by_how_much() -> None:
    found = examples_of(make_run(make_run_case((0.0,), expected="x" * 300_000)))

    assert found[0].expected == "x" * MAX_BODY + "\n… (298,000 more characters)"


def test_a_case_whose_trials_are_all_unscored_is_no_example() -> None:
    run = make_run(make_run_case((None,), id="a"), make_run_case((0.0,), id="b"))
    run = replace(run, gate=replace(run.gate, incomplete=0.9))

    assert [example.case for example in examples_of(run)] == ["b"]
