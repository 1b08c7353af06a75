"""What a test tool printed, read as named results: JUnit XML, TAP, `go test -json`, a pattern."""

import re
from dataclasses import dataclass
from enum import StrEnum
from xml.etree import ElementTree as ET

from evalci.core.json_value import Json, parse_json, value_at
from evalci.core.pattern import Pattern

_TAP = re.compile(r"^\s*(not )?ok\b[ \t]*(\d+)?[ \t]*-?[ \t]*(.*)$")
_CASE = re.compile(r"<\?xml[^>]*\?>")


class Parse(StrEnum):
    """How the output of a command is read."""

    EXIT_CODE = "exit_code"
    JUNIT = "junit"
    TAP = "tap"
    GO_TEST = "go_test"
    REGEX = "regex"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedResult:
    """One named test; a skipped one did not pass."""

    name: str
    passed: bool
    message: str = ""


def read_junit(output: str) -> list[NamedResult]:
    """Return the cases of the JUnit XML documents in an output; none when it holds none.

    A document with a DTD is refused: entities are how XML attacks.
    """
    found: list[NamedResult] = []
    for text in _documents(output):
        try:
            root = ET.fromstring(text)  # noqa: S314  # without a DTD there are no entities
        except ET.ParseError:
            continue
        found += [_junit_case(case) for case in root.iter("testcase")]
    return found


def _documents(output: str) -> list[str]:
    """Return what stands between the first and the last tag of each document."""
    if "<!DOCTYPE" in output or "<!ENTITY" in output:
        return []
    found: list[str] = []
    for text in _CASE.split(output):
        for tag in ("testsuites", "testsuite"):
            start, end = text.find(f"<{tag}"), text.rfind(f"</{tag}>")
            if 0 <= start < end:
                found.append(text[start : end + len(tag) + 3])
                break
    return found


def _junit_case(case: "ET.Element[str]") -> NamedResult:
    bad = next((c for c in case if c.tag in {"failure", "error", "skipped"}), None)
    name = ".".join(filter(None, (case.get("classname"), case.get("name"))))
    message = "" if bad is None else bad.get("message") or (bad.text or bad.tag).strip()
    return NamedResult(name=name, passed=bad is None, message=_first(message))


def read_tap(output: str) -> list[NamedResult]:
    """Return the test points of a TAP stream; a skipped or a todo one is as TAP says."""
    found: list[NamedResult] = []
    for line in output.splitlines():
        if point := _TAP.match(line):
            text, _, directive = f" {point.group(3)}".partition(" # ")
            skipped = directive.casefold().startswith("skip")
            todo = directive.casefold().startswith("todo")
            name = text.strip() or f"test {point.group(2) or len(found) + 1}"
            passed = todo or not (point.group(1) or skipped)
            found.append(NamedResult(name=name, passed=passed, message=directive))
    return found


def read_go_test(output: str) -> list[NamedResult]:
    """Return the tests of a `go test -json` stream; one that never ended did not pass."""
    ended: dict[str, bool] = {}
    said: dict[str, str] = {}
    for line in output.splitlines():
        event = _event(line)
        name, action = value_at(event, "Test"), value_at(event, "Action")
        if not isinstance(name, str):
            continue
        ended.setdefault(name, False)
        if action in ("pass", "fail", "skip"):  # not a set: an answer may print what has no hash
            ended[name] = action == "pass"
        text = str(value_at(event, "Output") or "").strip()
        if action == "output" and text and not text.startswith(("---", "===")):
            said.setdefault(name, text)
    return [
        NamedResult(name=name, passed=passed, message="" if passed else _first(said.get(name, "")))
        for name, passed in ended.items()
    ]


def _event(line: str) -> Json:
    try:
        return parse_json(line)
    except ValueError:
        return None


def read_regex(output: str, pattern: Pattern) -> list[NamedResult]:
    """Return one result: whether the pattern is found in the output."""
    found = bool(pattern.search(output))
    return [NamedResult(name="pattern", passed=found, message="" if found else "no match")]


def _first(message: str) -> str:
    return (message.strip().splitlines() or [""])[0][:200]
