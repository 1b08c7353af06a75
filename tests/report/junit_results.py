"""What a reader of a JUnit report finds in it, and what can fail without leaving a run."""

import xml.etree.ElementTree as ET

from evalci.core.publication import Failure
from evalci.core.run import Run
from evalci.report.junit import render_junit

CRASH = Failure(golden_set="shop", model="main", exit_code=3, error="no such file: `a.md`")
KILLED = Failure(golden_set="", model="", exit_code=None, error="")


def xml_of(*runs: Run, failures: tuple[Failure, ...] = ()) -> ET.Element:
    """Return the report of runs and failures, read as XML."""
    return ET.fromstring(render_junit(runs, failures))  # noqa: S314  # our own text


def result_of(root: ET.Element, name: str, group: str = "") -> str:
    """Return `passed`, or the element that tells of a test case with its message."""
    (case,) = [
        case
        for case in root.iter("testcase")
        if case.get("name") == name and case.get("classname", "").endswith(group)
    ]
    return next((f"{told.tag}: {told.get('message')}" for told in case), "passed")
