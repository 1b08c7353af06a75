"""The files of GitHub's runner: outputs that nothing can end early, and summaries that fit."""

import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalci.edges.actions import (
    CUT,
    MAX_SUMMARY_BYTES,
    Runner,
)
from evalci.errors import BadInputError
from tests.edges.runner_desk import outputs_of, runner_with


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("pass", id="a word"),
        pytest.param("", id="nothing"),
        pytest.param("a\nb\n\nc\n", id="lines"),
        pytest.param("x\nEOF\nscore<<EOF\n1.0\nEOF", id="a delimiter of its own"),
        pytest.param("score=1.0", id="an assignment"),
        pytest.param("a\r\nb\rc", id="other line ends"),
        pytest.param("::set-output name=score::1.0", id="a command"),
        pytest.param("\x00\u2028\u202e", id="controls"),
        pytest.param("ünï ✓ 🔴", id="other scripts"),
    ],
)
def test_an_output_is_read_back_whatever_it_holds(tmp_path: Path, value: str) -> None:
    runner = runner_with(tmp_path)

    runner.output("first", value)
    runner.output("run-path", "x")

    text = (tmp_path / "output").read_bytes().decode()
    assert outputs_of(text) == {"first": value, "run-path": "x"}


@given(values=st.lists(st.text(), max_size=3))
def test_no_value_ends_its_place(
    tmp_path_factory: pytest.TempPathFactory, values: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("runner")
    runner = runner_with(folder)

    for n, value in enumerate(values):
        runner.output(f"n{n}", value)

    text = (folder / "output").read_bytes().decode() if values else ""
    assert list(outputs_of(text).values()) == values


def test_half_a_surrogate_pair_is_replaced(tmp_path: Path) -> None:
    runner_with(tmp_path).output("a", "\ud83d")

    assert outputs_of((tmp_path / "output").read_text()) == {"a": "?"}


def test_delimiters_differ(tmp_path: Path) -> None:
    runner = runner_with(tmp_path)

    runner.output("a", "1")
    runner.output("b", "1")

    ends = re.findall("<<(.*)", (tmp_path / "output").read_text())
    assert len(set(ends)) == 2
    assert all(len(end) == 32 for end in ends)


@pytest.mark.parametrize("name", ["", "a b", "a\nb", "a=b", "a<<EOF", "1a", "é", "a\n"])
def test_a_name_that_would_say_more_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not the name of an output"):
        runner_with(tmp_path).output(name, "x")


def test_a_line_that_another_step_left_open_is_ended_first(tmp_path: Path) -> None:
    (tmp_path / "output").write_text("theirs=1")

    runner_with(tmp_path).output("a", "1")

    assert (tmp_path / "output").read_text().splitlines()[0] == "theirs=1"


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    runner = Runner({"GITHUB_OUTPUT": str(tmp_path / "no" / "such")}, io.StringIO())

    with pytest.raises(BadInputError, match=r"cannot write GITHUB_OUTPUT: No such file"):
        runner.output("a", "1")


def test_summaries_follow_each_other(tmp_path: Path) -> None:
    runner = runner_with(tmp_path)

    runner.summary("# one")
    runner.summary("# two\n")

    assert (tmp_path / "summary").read_text() == "# one\n# two\n\n"


@pytest.mark.parametrize(
    "before", [pytest.param(0, id="empty"), pytest.param(MAX_SUMMARY_BYTES - 900_000, id="used")]
)
def test_a_summary_holds_a_mebibyte_of_whole_lines(tmp_path: Path, before: int) -> None:
    (tmp_path / "summary").write_text("x" * (before - 1) + "\n" * bool(before))

    runner_with(tmp_path).summary("ü" * 99 + "\n" + "line 🔴 of a report\n" * 100_000)

    data = (tmp_path / "summary").read_bytes()
    assert MAX_SUMMARY_BYTES - 1_000 < len(data) <= MAX_SUMMARY_BYTES
    assert data.decode().endswith(f"line 🔴 of a report{CUT}")


def test_a_full_summary_takes_nothing_more(tmp_path: Path) -> None:
    runner = runner_with(tmp_path)
    runner.summary("x\n" * 600_000)
    size = (tmp_path / "summary").stat().st_size

    runner.summary("more\n" * 100)

    assert (tmp_path / "summary").stat().st_size == size
