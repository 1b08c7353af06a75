"""The JUnit report: what passed, failed, was skipped or not measured in it, and why."""

from dataclasses import replace

import pytest

from evalci.core.gate import decide
from evalci.core.policy import OnInconclusive, Risk
from evalci.core.run import Standing
from evalci.core.verdict import Outcome
from evalci.report.rows import regressed_whole
from tests.report.cases import answered, several
from tests.report.faces import FACES, must_pass_only, regression
from tests.report.junit_results import CRASH, KILLED, result_of, xml_of
from tests.runs import make_carried, make_category, make_limits, make_run, make_run_case

PASS = OnInconclusive.PASS
EVERY = [pytest.param(name, id=name) for name in FACES]


@pytest.mark.parametrize("face", EVERY)
def test_there_are_failures_exactly_when_the_gate_blocks(face: str) -> None:
    run = FACES[face]()

    (suite,) = xml_of(run)

    assert (suite.get("failures") != "0") == decide(run).blocking


@pytest.mark.parametrize("face", EVERY)
def test_there_are_errors_exactly_when_something_is_not_measured(face: str) -> None:
    run = FACES[face]()

    (suite,) = xml_of(run)

    outcomes = {result.outcome for result in decide(run).categories}
    assert (suite.get("errors") != "0") == (Outcome.NOT_MEASURED in outcomes)


@pytest.mark.parametrize("face", EVERY)
def test_every_case_and_every_category_is_there_once(face: str) -> None:
    run = FACES[face]()

    names = [(c.get("classname"), c.get("name")) for c in xml_of(run).iter("testcase")]

    categories = [("demo.main.category", c.name) for c in run.gate.categories]
    whole = regressed_whole(decide(run))
    verdict = [("demo.main.run", "verdict")] * (whole is not None)
    assert names == [*verdict, *categories, *((f"demo.main.{c.category}", c.id) for c in run.cases)]


def test_a_category_that_blocks_is_a_failure_with_its_reason() -> None:
    root = xml_of(regression())

    told = "failure: regression: fell by more than the 5 pp allowed"
    assert result_of(root, "review", "category") == told
    assert result_of(root, "docs", "category") == "passed"


def test_a_failing_example_says_what_flipped_why_where_and_what_was_answered() -> None:
    root = xml_of(regression())

    (told,) = [case[0] for case in root.iter("testcase") if case.get("name") == "review-1"]
    assert told.attrib == {
        "type": "fell",
        "message": "broken: 3/3 → 0/3: contains: 'leaks' is not in the answer",
    }
    assert told.text == (
        "broken: 3/3 → 0/3: contains: 'leaks' is not in the answer\n\n"
        "case in golden_sets/demo/cases.yaml, prompt prompts/review.md\n\n"
        "Output:\nLooks good to me.\n\nExpected:\nIt leaks the file handle."
    )


def test_a_must_pass_case_that_fails_is_a_failure_though_its_category_passes() -> None:
    root = xml_of(must_pass_only())

    assert result_of(root, "review", "category") == "passed"
    assert result_of(root, "review-1").startswith("failure: broken: 3/3 → 0/5")
    assert [told.get("type") for told in root.iter("failure")] == ["must pass"]


def test_a_case_that_fell_where_nothing_blocks_is_no_failure() -> None:
    cases = several(30, "review", (1.0,) * 5, (1.0,) * 5)

    root = xml_of(make_run(*cases, answered("odd", (0.0,) * 3, (1.0,) * 3)))

    assert (root.get("failures"), result_of(root, "odd")) == ("0", "passed")


@pytest.mark.parametrize(
    ("standing", "message"),
    [
        pytest.param(Standing.NEW, "new: nothing to compare with yet", id="new"),
        pytest.param(Standing.EDITED, "edited since the baseline: not compared", id="edited"),
        pytest.param(
            Standing.RESCORED, "scored otherwise since the baseline: not compared", id="rescored"
        ),
    ],
)
def test_what_was_not_compared_is_skipped(standing: Standing, message: str) -> None:
    root = xml_of(make_run(make_run_case(id="a", standing=standing)))

    assert result_of(root, "a") == f"skipped: {message}"


def test_what_was_carried_forward_is_skipped_case_and_category() -> None:
    root = xml_of(make_run(make_carried(id="a")))

    assert result_of(root, "a") == "skipped: carried forward: nothing that affects it changed"
    told = "skipped: unchanged: all 1 cases carried forward"
    assert result_of(root, "review", "category") == told


def test_a_case_without_scores_is_an_error_that_names_the_cause() -> None:
    root = xml_of(make_run(make_run_case((1.0, None, None), id="a"), make_run_case(id="b")))

    assert result_of(root, "a") == "error: 2 of 3 trials have no score: timeout"
    assert result_of(root, "b") == "passed"


def test_a_lack_of_scores_that_the_gate_allows_is_no_error() -> None:
    cases = [make_run_case(id=f"a-{n}") for n in range(30)]

    root = xml_of(make_run(*cases, make_run_case((None,), id="b")))

    assert (root.get("errors"), decide(make_run(*cases)).outcome) == ("0", Outcome.PASS)
    assert result_of(root, "b") == "skipped: 1 of 1 trials have no score: timeout"


def test_a_run_that_broke_off_is_an_error_of_its_own() -> None:
    root = xml_of(make_run(make_run_case(id="a"), stopped="the model cannot be reached"))

    assert result_of(root, "verdict") == "error: not measured: the model cannot be reached"
    assert result_of(root, "a") == "passed"


def test_an_undecided_category_is_skipped_unless_policy_fails_it() -> None:
    def told(policy: OnInconclusive) -> str:
        values = [(1.0, 1.0, 0.0), (1.0,) * 3, (1.0, 0.0, 0.0), (1.0,) * 3]
        cases = [make_run_case(now, now, id=f"a-{n}") for n, now in enumerate(values)]
        limits = make_limits(min_score=0.8, on_inconclusive=policy)
        run = make_run(*cases, categories=[make_category(limits=limits)])
        return result_of(xml_of(run), "review", "category").partition(":")[0]

    assert told(OnInconclusive.NEUTRAL) == "skipped"
    assert told(OnInconclusive.FAIL) == "failure"


def test_what_did_not_come_to_a_run_is_one_error() -> None:
    root = xml_of(failures=(CRASH,))

    ((case,),) = root
    assert (case.get("classname"), case.get("name")) == ("shop.main.run", "verdict")
    assert case[0].attrib == {
        "type": "exit 3",
        "message": "not measured: an input is not valid: no such file: `a.md`",
    }


def test_a_command_that_was_killed_is_one_error() -> None:
    root = xml_of(failures=(KILLED,))

    message = "not measured: the run did not finish"
    assert [e.attrib for e in root.iter("error")] == [{"type": "killed", "message": message}]


def test_the_properties_hold_verdict_model_and_cost() -> None:
    found = {p.get("name"): p.get("value") for p in xml_of(regression()).iter("property")}

    assert found["verdict"] == "regression"
    assert (found["blocking"], found["exit_code"]) == ("true", "1")
    assert (found["model"], found["model_id"]) == ("main", "openai/stand-in")
    assert (found["calls"], found["cost_usd"]) == ("36", "0.072000")


def test_an_unknown_cost_is_empty_and_not_zero() -> None:
    found = {
        p.get("name"): p.get("value") for p in xml_of(make_run(make_run_case())).iter("property")
    }

    assert found["cost_usd"] == ""


def test_times_are_those_of_the_answers_and_of_the_run() -> None:
    (suite,) = xml_of(regression())

    times = {case.get("name"): case.get("time") for case in suite.iter("testcase")}
    assert (suite.get("time"), suite.get("timestamp")) == ("60.000", "2026-03-02T12:00:00")
    assert (times["review-1"], times["docs"]) == ("6.000", "0.000")


def test_a_run_that_is_worse_as_a_whole_is_one_failure() -> None:
    root = xml_of(FACES["evidence whole"]())

    (told,) = root.iter("failure")
    assert (told.get("message") or "").startswith("All cases together 0.70 → 0.62 (")


def test_a_fall_that_could_be_noise_is_no_failure() -> None:
    root = xml_of(FACES["evidence worse"]())

    assert result_of(root, "refactor-01").startswith("failure: broken: 10/10 → 0/4")
    assert result_of(root, "refactor-05") == "passed"


def test_a_finding_that_blocks_is_a_failure() -> None:
    run = FACES["evidence leaning"]()
    critical = make_category("review", make_limits(risk=Risk.CRITICAL, on_inconclusive=PASS))
    gate = replace(run.gate, categories=(make_category("docs"), critical))

    root = xml_of(replace(run, gate=gate))

    assert [told.get("type") for told in root.iter("failure")] == ["tail"]
