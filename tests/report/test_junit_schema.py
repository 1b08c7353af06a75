"""The JUnit report as a file: the rules that the parsers of CI viewers hold it to."""

import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace

import pytest

from tests.calls import make_output
from tests.report.faces import FACES, passed, regression
from tests.report.junit_results import CRASH, KILLED, xml_of
from tests.runs import make_run, make_run_case, make_trial

EVERY = [pytest.param(name, id=name) for name in FACES]
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


def test_every_body_repeats_its_message_for_viewers_that_show_only_bodies() -> None:
    faces = [face() for face in FACES.values()]

    told = [e for e in xml_of(*faces).iter() if e.tag in {"failure", "error", "skipped"}]

    assert len(told) > 10
    assert [e for e in told if not (e.text or "").startswith(e.get("message", "?"))] == []


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
