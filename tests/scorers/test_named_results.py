"""What test tools print, read as results."""

import pytest

from evalci.core.pattern import compile_pattern
from evalci.scorers.named_results import (
    NamedResult,
    read_go_test,
    read_junit,
    read_regex,
    read_tap,
)

JUNIT = """\
noise before
<?xml version="1.0"?>
<testsuites><testsuite name="s">
<testcase classname="a" name="good"/>
<testcase classname="a" name="bad"><failure message="4 != 3">trace</failure></testcase>
<testcase name="later"><skipped/></testcase>
</testsuite></testsuites>
noise after
"""


def flat(found: list[NamedResult]) -> list[tuple[str, bool, str]]:
    return [(result.name, result.passed, result.message) for result in found]


def test_junit() -> None:
    assert flat(read_junit(JUNIT)) == [
        ("a.good", True, ""),
        ("a.bad", False, "4 != 3"),
        ("later", False, "skipped"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("<testsuite><testcase name='a'/>", id="cut off"),
        pytest.param(f"<!DOCTYPE x [<!ENTITY a 'b'>]>{JUNIT}", id="entities"),
        pytest.param("<testsuite><a></testsuite>", id="not XML"),
    ],
)
def test_what_is_not_junit_has_no_results(text: str) -> None:
    assert read_junit(text) == []


def test_tap() -> None:
    text = (
        "TAP version 13\nok 1 - adds\nnot ok 2 - divides\nok 3 - later # SKIP no\nnot ok 4 # TODO\n"
    )

    assert flat(read_tap(text)) == [
        ("adds", True, ""),
        ("divides", False, ""),
        ("later", False, "SKIP no"),
        ("test 4", True, "TODO"),
    ]


@pytest.mark.parametrize("line", ['{"Test": "T", "Action": ["pass"]}', '{"Test": "T"}'])
def test_what_code_prints_among_the_events_of_go_passes_nothing(line: str) -> None:
    assert [(found.name, found.passed) for found in read_go_test(line)] == [("T", False)]


def test_go_test() -> None:
    text = (
        '{"Action":"run","Test":"TestA"}\n{"Action":"pass","Test":"TestA"}\n'
        '{"Action":"run","Test":"TestB"}\n{"Action":"output","Test":"TestB","Output":"b.go: no"}\n'
        '{"Action":"fail","Test":"TestB"}\n{"Action":"run","Test":"TestC"}\nnot json\n'
        '{"Action":"fail","Package":"p"}\n'
    )

    assert flat(read_go_test(text)) == [
        ("TestA", True, ""),
        ("TestB", False, "b.go: no"),
        ("TestC", False, ""),
    ]


@pytest.mark.parametrize(("text", "passed"), [("all good", True), ("bad", False)])
def test_regex(text: str, passed: bool) -> None:
    (result,) = read_regex(text, compile_pattern("good$"))

    assert result.passed is passed
