"""The report as JUnit XML, for the test viewers of CI systems.

It keeps to what the schema of Jenkins' xUnit plugin takes (so no `file` of a test case). GitLab
shows no `message`, so every body repeats it; its Suite column is the `classname`.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence

from evalci.core.publication import Failure
from evalci.core.run import Run
from evalci.report.escape import one_line, visible
from evalci.report.junit_cases import JUnitCase, JUnitSuite, Result, failure_suite, run_suite

# Outside the `Char` production of XML 1.0, section 2.2.
_NO_CHARACTER = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
MAX_NAME = 300


def render_junit(runs: Sequence[Run], failures: Sequence[Failure] = ()) -> str:
    """Return the XML of some runs, and of what did not come to a run."""
    suites = [*map(run_suite, runs), *map(failure_suite, failures)]
    cases = [case for suite in suites for case in suite.cases]
    root = ET.Element("testsuites", {"name": "evalci", **_counts(cases)})
    root.set("time", f"{sum(suite.seconds for suite in suites):.3f}")
    root.extend(map(_suite_element, suites))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _counts(cases: Sequence[JUnitCase]) -> dict[str, str]:
    return {
        "tests": str(len(cases)),
        "failures": str(sum(case.result is Result.FAILURE for case in cases)),
        "errors": str(sum(case.result is Result.ERROR for case in cases)),
    }


def _suite_element(suite: JUnitSuite) -> ET.Element:
    element = ET.Element("testsuite", {"name": _line(suite.name), **_counts(suite.cases)})
    element.set("skipped", str(sum(case.result is Result.SKIPPED for case in suite.cases)))
    element.set("time", f"{suite.seconds:.3f}")
    if suite.timestamp:
        element.set("timestamp", suite.timestamp)
    if suite.properties:
        properties = ET.SubElement(element, "properties")
        for name, value in suite.properties:
            ET.SubElement(properties, "property", name=name, value=_line(value))
    element.extend(_case_element(suite.name, case) for case in suite.cases)
    if suite.words:
        ET.SubElement(element, "system-out").text = _text(suite.words)
    return element


def _case_element(suite: str, case: JUnitCase) -> ET.Element:
    element = ET.Element(
        "testcase",
        name=_line(case.name),
        classname=_line(f"{suite}.{case.group}"),
        time=f"{case.seconds:.3f}",
    )
    if case.result is not Result.PASSED:
        body = f"{case.message}\n\n{case.body}" if case.body else case.message
        told = ET.SubElement(
            element, case.result.value, type=_line(case.kind), message=_line(case.message)
        )
        told.text = _text(body)
    return element


def _text(text: str) -> str:
    return _NO_CHARACTER.sub("\ufffd", visible(text))


def _line(text: str) -> str:
    return _text(one_line(text, MAX_NAME))
