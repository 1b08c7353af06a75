"""The JUnit report: what CI viewers read in it, and the rules that their parsers hold it to."""

import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace

import pytest

from evalci.core.gate import decide
from evalci.core.policy import OnInconclusive, Risk
from evalci.core.publication import Failure
from evalci.core.run import Run, Standing
from evalci.core.verdict import Outcome
from evalci.report.junit import render_junit
from evalci.report.rows import regressed_whole
from tests.calls import make_output
from tests.report.cases import answered, several
from tests.report.faces import FACES, must_pass_only, passed, regression
from tests.runs import make_carried, make_category, make_limits, make_run, make_run_case, make_trial

PASS = OnInconclusive.PASS
EVERY = [pytest.param(name, id=name) for name in FACES]
CRASH = Failure(golden_set="shop", model="main", exit_code=3, error="no such file: `a.md`")
KILLED = Failure(golden_set="", model="", exit_code=None, error="")

# What the schema of Jenkins' xUnit plugin (junit-10.xsd) takes: element -> required attributes,
# further attributes, children. Its times have digits and a point only.
NUMBERS = {"tests", "failures", "errors"}
TOLD = (set[str](), {"type", "message"}, set[str]())
RULES = {
    "testsuites": (set[str](), {"name", "time", *NUMBERS}, {"testsuite"}),
    "testsuite": (
        {"name", *NUMBERS},
        {"time", "skipped", "timestamp", "hostname", "id", "package"},
        {"properties", "testcase", "system-out", "system-err"},
    ),
    "properties": (set[str](), set[str](), {"property"}),
    "property": ({"name", "value"}, set[str](), set[str]()),
    "testcase": (
        {"name"},
        {"classname", "time"},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    "skipped": TOLD,
    "error": TOLD,
    "failure": TOLD,
    "system-out": (set[str](), set[str](), set[str]()),
}


def xml_of(*runs: Run, failures: tuple[Failure, ...] = ()) -> ET.Element:
    return ET.fromstring(render_junit(runs, failures))  # noqa: S314  # our own text


def broken_rules(root: ET.Element) -> list[str]:
    """Return what the schema would refuse, and counts that disagree with what is counted."""
    found = []
    for element in root.iter():
        required, further, children = RULES[element.tag]
        missing = required - element.attrib.keys()
        strange = element.attrib.keys() - required - further
        below = {child.tag for child in element} - children
        found += [f"{element.tag}: {sorted(what)}" for what in (missing, strange, below) if what]
        if not re.fullmatch(r"[0-9]*(\.[0-9]*)?", element.get("time", "0")):
            found.append(f"{element.tag}: time {element.get('time')}")
    for holder in [root, *root.findall("testsuite")]:
        found += [f"{holder.get('name')}: {name}" for name in _miscounted(holder)]
    return found


def _miscounted(holder: ET.Element) -> list[str]:
    cases = list(holder.iter("testcase"))
    tags = Counter(child.tag for case in cases for child in case)
    counts = {"tests": len(cases), "failures": tags["failure"], "errors": tags["error"]}
    if holder.tag == "testsuite":
        counts["skipped"] = tags["skipped"]
    return [name for name, count in counts.items() if holder.get(name) != str(count)]


def result_of(root: ET.Element, name: str, group: str = "") -> str:
    """Return `passed`, or the element that tells of a test case with its message."""
    (case,) = [
        case
        for case in root.iter("testcase")
        if case.get("name") == name and case.get("classname", "").endswith(group)
    ]
    return next((f"{told.tag}: {told.get('message')}" for told in case), "passed")


@pytest.mark.parametrize("face", EVERY)
def test_every_face_keeps_the_rules_of_the_schema(face: str) -> None:
    assert broken_rules(xml_of(FACES[face]())) == []


def test_several_runs_and_failures_keep_the_rules_of_the_schema() -> None:
    root = xml_of(regression(), passed(), failures=(CRASH, KILLED))

    assert broken_rules(root) == []
    assert [suite.get("name") for suite in root] == [
        "demo.main",
        "demo.main",
        "shop.main",
        "evalci",
    ]


def test_nothing_at_all_keeps_the_rules_of_the_schema() -> None:
    assert broken_rules(xml_of()) == []


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


def test_every_body_repeats_its_message_for_viewers_that_show_only_bodies() -> None:
    faces = [face() for face in FACES.values()]

    told = [e for e in xml_of(*faces).iter() if e.tag in {"failure", "error", "skipped"}]

    assert len(told) > 10
    assert [e for e in told if not (e.text or "").startswith(e.get("message", "?"))] == []


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


@pytest.mark.parametrize(
    ("moment", "timestamp"),
    [
        pytest.param("2026-03-02T14:00:00+02:00", "2026-03-02T12:00:00", id="another-zone"),
        pytest.param("soon", None, id="no-moment"),
    ],
)
def test_a_timestamp_is_in_utc_without_an_offset(moment: str, timestamp: str | None) -> None:
    run = passed()

    (suite,) = xml_of(replace(run, provenance=replace(run.provenance, started_at=moment)))

    assert suite.get("timestamp") == timestamp


def test_characters_that_xml_cannot_hold_are_shown_as_lost() -> None:
    text = "a\x00b\x1bc\ufffed\uffffe\ud83df\x85g"
    trial = make_trial(composite=0.0, output=make_output(text))

    root = xml_of(make_run(make_run_case((0.0,), (1.0,), id=text, trials=(trial,))))

    lost = "a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf\ufffdg"
    (case,) = [c for c in root.iter("testcase") if c.get("classname") == "demo.main.review"]
    assert case.get("name") == lost
    assert f"Output:\n{lost}" in (case[0].text or "")


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
