"""What is said to GitHub's runner: annotations and groups of one line each, without secrets."""

import io
from pathlib import Path

import pytest

from evalci.core.annotation import Annotation, AnnotationLevel
from evalci.edges.actions import Runner
from tests.edges.runner_desk import ACTIONS, remark


def test_without_a_runner_nothing_is_written_and_nothing_said() -> None:
    log = io.StringIO()
    runner = Runner({}, log)

    runner.output("a", "1")
    runner.summary("text")
    runner.group("title")
    runner.annotate(remark())
    runner.end_group()

    assert (runner.active, log.getvalue()) == (False, "")


@pytest.mark.parametrize(
    ("level", "command"),
    [
        pytest.param(AnnotationLevel.FAILURE, "error", id="failure"),
        pytest.param(AnnotationLevel.WARNING, "warning", id="warning"),
        pytest.param(AnnotationLevel.NOTICE, "notice", id="notice"),
    ],
)
def test_an_annotation_is_a_command_of_its_level(level: AnnotationLevel, command: str) -> None:
    log = io.StringIO()
    annotation = Annotation(
        path="a.md", start_line=2, end_line=4, level=level, title="evalci", message="it fell"
    )

    Runner(ACTIONS, log).annotate(annotation)

    assert log.getvalue() == f"::{command} file=a.md,line=2,endLine=4,title=evalci::it fell\n"


def test_nothing_in_an_annotation_adds_a_property_or_a_line() -> None:
    log = io.StringIO()

    Runner(ACTIONS, log).annotate(
        remark(path="a,line=9::x", title="t:%0A,\n", message="50 %\r\n::error::x")
    )

    assert log.getvalue() == (
        "::error file=a%2Cline=9%3A%3Ax,line=2,endLine=4,title=t%3A%250A%2C%0A"
        "::50 %25%0D%0A::error::x\n"
    )


def test_a_group_has_its_title_on_one_line() -> None:
    log = io.StringIO()
    runner = Runner(ACTIONS, log)

    runner.group("100 %\n::error::x")
    runner.end_group()

    assert log.getvalue() == "::group::100 %25%0A::error::x\n::endgroup::\n"


def test_secrets_are_masked_on_every_way_out(tmp_path: Path) -> None:
    log = io.StringIO()
    runner = Runner(
        {
            **ACTIONS,
            "GITHUB_OUTPUT": str(tmp_path / "o"),
            "GITHUB_STEP_SUMMARY": str(tmp_path / "s"),
        },
        log,
        clean=lambda text: text.replace("hunter2", "***"),
    )

    runner.output("a", "hunter2")
    runner.summary("hunter2")
    runner.group("hunter2")
    runner.annotate(remark(path="hunter2", title="hunter2", message="hunter2"))

    written = log.getvalue() + (tmp_path / "o").read_text() + (tmp_path / "s").read_text()
    assert written.count("***") == 6
    assert "hunter2" not in written
