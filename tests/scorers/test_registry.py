"""The registry: order, weights, the composite, zeros, and problems with parameters."""

from typing import Any

import pytest

from evalci.core.golden_set import FailIf, Protocol, ScorerSpec
from evalci.core.json_value import Json
from evalci.core.trial import Finish, Output, Score, Trial
from evalci.scorers.base import Tier
from evalci.scorers.registry import (
    KINDS,
    composite_of,
    is_graded,
    is_quick,
    prepare,
    scorer_problems,
)
from tests.calls import make_output
from tests.cases import make_case
from tests.inputs import make_document


def spec(name: str, weight: float = 1.0, **params: Json) -> ScorerSpec:
    return ScorerSpec(name=name, params=params, weight=weight)


def trial_of(output: Output | str, *specs: ScorerSpec, **changes: Any) -> Trial:
    """Return the scored trial of a case with these scorers."""
    case = make_case(scorers=specs, **changes)
    answer = make_output(output) if isinstance(output, str) else output
    return prepare(case).trial(3, answer)


def problems_of(*specs: ScorerSpec, **changes: Any) -> list[str]:
    """Return the problems of a case at `cases[0]`, as lines."""
    case = make_case(scorers=specs, **changes)
    found = scorer_problems(make_document({}), case, ("cases", 0), set())
    return [str(problem) for problem in found]


UNSCORED = spec("json_schema", schema={"multipleOf": 0.1})
HUGE = "1" + "0" * 400


@pytest.mark.parametrize(
    ("weights", "values", "composite"),
    [
        pytest.param((1, 1), (1.0, 0.0), 0.5, id="equal weights"),
        pytest.param((3, 1), (1.0, 0.0), 0.75, id="three to one"),
        pytest.param((0, 1), (0.0, 1.0), 1.0, id="shown only"),
        pytest.param((0.2, 0.3), (1.0, 0.5), 0.7, id="weights need no sum of one"),
        pytest.param((0, 1), (None, 1.0), 1.0, id="shown only and unscored"),
        pytest.param((1, 1), (None, 1.0), None, id="a weighted one is unscored"),
        pytest.param((0, 0), (1.0, 1.0), None, id="nothing weighs"),
        pytest.param((), (), None, id="no scorer"),
    ],
)
def test_the_composite_is_the_weighted_mean(
    weights: tuple[float, ...], values: tuple[float | None, ...], composite: float | None
) -> None:
    specs = [spec("exact", weight) for weight in weights]
    scores = [Score(scorer="exact", value=value) for value in values]

    assert composite_of(specs, scores) == (
        None if composite is None else pytest.approx(composite, abs=1e-12)
    )


def test_a_trial_carries_number_case_output_and_scores() -> None:
    trial = trial_of("yes", spec("exact"), spec("regex", pattern="no"))

    assert (trial.case, trial.trial, trial.composite, trial.passed) == ("a-1", 3, 0.5, False)
    assert trial.output == make_output("yes")
    assert {score.scorer: score.value for score in trial.scores} == {"exact": 1.0, "regex": 0.0}


def test_scorers_run_cheap_to_dear_and_then_by_name() -> None:
    specs = [
        spec("chrf"),
        spec("json_schema", schema=True),
        spec("regex", pattern="e"),
        spec("exact"),
        spec("contains"),
    ]

    trial = trial_of("yes", *specs)

    names = [score.scorer for score in trial.scores]
    assert names == ["contains", "exact", "regex", "json_schema", "chrf"]


def test_weights_stay_with_their_scorers_when_the_order_changes() -> None:
    trial = trial_of("yes", spec("chrf", 1), spec("regex", 3, pattern="no"))

    assert trial.composite == pytest.approx(0.25)


def test_the_tiers_go_from_text_over_code_to_deductions() -> None:
    tiers = {name: kind.tier for name, kind in KINDS.items()}

    assert tiers == {
        "exact": Tier.TEXT,
        "contains": Tier.TEXT,
        "regex": Tier.TEXT,
        "json_schema": Tier.STRUCTURE,
        "review": Tier.STRUCTURE,
        "search": Tier.STRUCTURE,
        "unsolvable": Tier.STRUCTURE,
        "extracts": Tier.EXTRACTS,
        "applies": Tier.APPLIES,
        "compiles": Tier.COMPILES,
        "constraints": Tier.CONSTRAINTS,
        "tests": Tier.TESTS,
        "types": Tier.TYPES,
        "lint": Tier.LINT,
        "security": Tier.SECURITY,
        "complexity": Tier.COMPLEXITY,
        "chrf": Tier.SIMILARITY,
        "judge": Tier.JUDGE,
        "violations": Tier.DEDUCTION,
    }
    assert list(tiers.values()) == sorted(tiers.values())


@pytest.mark.parametrize(
    ("specs", "answer", "passed"),
    [
        pytest.param((spec("exact"),), "yes", True, id="passed"),
        pytest.param((spec("exact"),), "no", False, id="failed"),
        pytest.param((spec("chrf"),), "yes", None, id="no pass/fail scorer"),
        pytest.param((spec("exact"), spec("chrf")), "yes", True, id="one of two is pass/fail"),
        pytest.param((spec("exact", 0), spec("chrf")), "no", None, id="a shown one is not asked"),
        pytest.param((spec("exact"), UNSCORED), HUGE, None, id="one is unscored"),
    ],
)
def test_a_trial_passes_when_all_weighted_pass_fail_scorers_do(
    specs: tuple[ScorerSpec, ...], answer: str, passed: bool | None
) -> None:
    trial = trial_of(answer, *specs)

    assert trial.passed is passed


def test_an_unscored_trial_names_the_scorer_and_its_reason() -> None:
    trial = trial_of(HUGE, UNSCORED, protocol=Protocol.JSON)

    assert (trial.composite, trial.passed) == (None, None)
    assert trial.failure.startswith("json_schema: the schema cannot be applied")


def test_the_failure_names_a_scorer_that_weighs() -> None:
    shown_only = ScorerSpec(name="json_schema", params=UNSCORED.params, weight=0.0)

    trial = trial_of(HUGE, shown_only, spec("exact"), protocol=Protocol.JSON)

    assert (trial.composite, trial.failure) == (0.0, "")


def test_a_refusal_is_a_scored_zero() -> None:
    trial = trial_of(make_output("yes", finish=Finish.REFUSED), spec("exact"))

    assert (trial.composite, trial.passed, trial.scores) == (0.0, False, ())
    assert (trial.zeroed_by, trial.failure) == ("the model refused", "")


def test_a_truncated_answer_is_scored_as_it_is() -> None:
    trial = trial_of(make_output("yes", finish=Finish.TRUNCATED), spec("exact"))

    assert (trial.composite, trial.zeroed_by) == (1.0, "")


def test_a_match_of_fail_if_is_a_scored_zero_with_its_reason() -> None:
    rules = (FailIf(regex="(?i)maybe", why="hedges"), FailIf(regex="yes", why="says yes"))

    trial = trial_of("yes", spec("exact"), fail_if=rules)

    assert (trial.composite, trial.passed, trial.scores) == (0.0, False, ())
    assert trial.zeroed_by == "says yes"


def test_fail_if_reads_the_whole_output_and_not_only_the_answer() -> None:
    rules = (FailIf(regex="As an AI", why="small talk"),)
    output = "As an AI, I say:\n```\nyes\n```\n"

    trial = trial_of(output, spec("exact"), protocol=Protocol.CODE, fail_if=rules)

    assert trial.zeroed_by == "small talk"


def test_without_a_match_fail_if_changes_nothing() -> None:
    trial = trial_of("yes", spec("exact"), fail_if=(FailIf(regex="no", why="says no"),))

    assert (trial.composite, trial.zeroed_by) == (1.0, "")


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        pytest.param(spec("exatc"), "`exact`?", id="a scorer that is nearly one"),
        pytest.param(spec("bleu"), "known: applies, chrf, compiles", id="no such scorer"),
        pytest.param(spec("exact", ignore_cas=True), "did you mean `ignore_case`?", id="a typo"),
        pytest.param(spec("regex"), "missing key `pattern`", id="a missing parameter"),
        pytest.param(spec("regex", pattern=7), "7 is not text", id="a wrong type"),
        pytest.param(spec("regex", pattern=""), "is empty", id="an empty pattern"),
        pytest.param(spec("regex", pattern="(?=a)"), "RE2 syntax", id="look-ahead"),
        pytest.param(spec("contains", text=[]), "is not valid here", id="an empty list"),
        pytest.param(spec("contains", text=[{}]), "is not valid here", id="a list of no texts"),
        pytest.param(
            spec("json_schema", schema={"$ref": "http://e.org"}), "points outside", id="a ref"
        ),
    ],
)
def test_a_problem_with_a_scorer_is_one_line_with_its_place(
    broken: ScorerSpec, message: str
) -> None:
    lines = problems_of(broken)

    assert len(lines) == 1
    assert f"`cases[0].scorers.{broken.name}" in lines[0]
    assert message in lines[0]


def test_sound_scorers_have_no_problems() -> None:
    assert problems_of(spec("exact"), spec("chrf", weight=0), spec("regex", pattern="a")) == []


def test_a_bad_pattern_of_fail_if_is_named_with_its_index() -> None:
    rules = (FailIf(regex="ok", why="x"), FailIf(regex="(", why="y"))

    lines = problems_of(spec("exact"), fail_if=rules)

    assert len(lines) == 1
    assert "`cases[0].fail_if[1].regex`: pattern '('" in lines[0]


def test_parameters_known_to_be_good_are_still_held_against_each_case() -> None:
    known: set[tuple[str, str]] = set()
    document = make_document({})
    good = make_case(scorers=(spec("chrf"),))
    bad = make_case(scorers=(spec("chrf"),), expected=None)

    first = scorer_problems(document, good, ("cases", 0), known)
    second = scorer_problems(document, bad, ("cases", 1), known)

    assert first == []
    assert [problem.message for problem in second] == [
        "`cases[1].scorers.chrf`: `chrf` needs `expected` as text"
    ]


@pytest.mark.parametrize(
    ("specs", "graded"),
    [
        pytest.param((spec("exact"),), False, id="one that passes or fails"),
        pytest.param((spec("exact"), spec("chrf", weight=0)), False, id="another is only shown"),
        pytest.param((spec("exact"), spec("contains")), True, id="a mean of two"),
        pytest.param((spec("chrf"),), True, id="a similarity"),
        pytest.param((spec("tests", files=[]),), True, id="a share of tests"),
        pytest.param((spec("tests", script={}),), False, id="a script"),
        pytest.param((spec("tests", command="make"),), False, id="an exit code"),
        pytest.param((spec("lint", command="make", parse="tap"),), True, id="a count of tests"),
    ],
)
def test_a_composite_is_graded_unless_it_only_passes_or_fails(
    specs: tuple[ScorerSpec, ...], graded: bool
) -> None:
    assert is_graded(specs) is graded


@pytest.mark.parametrize(
    ("names", "quick"),
    [
        pytest.param(["exact", "chrf", "violations"], True, id="what reads the output alone"),
        pytest.param(["exact", "tests"], False, id="what runs something"),
        pytest.param(["exact", "judge"], False, id="what asks somebody"),
    ],
)
def test_scores_are_quick_where_they_come_from_the_output_alone(
    names: list[str], quick: bool
) -> None:
    assert is_quick([spec(name) for name in names]) is quick
