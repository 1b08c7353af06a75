"""The runner of GitHub: outputs and summaries that nothing can end early, logs without orders."""

import io
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalci.core.annotation import Annotation, AnnotationLevel
from evalci.edges.actions import (
    CUT,
    MAX_SUMMARY_BYTES,
    LogGuard,
    Runner,
    guarded_log,
    inert,
    open_runner,
)
from evalci.errors import BadInputError

ACTIONS = {"GITHUB_ACTIONS": "true"}


def runner_with(tmp_path: Path) -> Runner:
    """Return a runner whose files are `output` and `summary`."""
    return Runner(
        {
            **ACTIONS,
            "GITHUB_OUTPUT": str(tmp_path / "output"),
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        },
        io.StringIO(),
    )


def outputs_of(text: str) -> dict[str, str]:
    """Read an output file the way the runner does: by line feeds, name, delimiter, value."""
    found, lines = {}, text.split("\n")
    while lines:
        line = lines.pop(0)
        if not line:
            continue
        name, end = line.split("<<", 1)
        value = []
        while lines[0] != end:
            value.append(lines.pop(0))
        lines.pop(0)
        found[name] = "\n".join(value)
    return found


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


def test_without_a_runner_nothing_is_written_and_nothing_said() -> None:
    log = io.StringIO()
    runner = Runner({}, log)

    runner.output("a", "1")
    runner.summary("text")
    runner.group("title")
    runner.annotate(remark())
    runner.end_group()

    assert (runner.active, log.getvalue()) == (False, "")


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


def remark(**changes: str) -> Annotation:
    values = {"path": "prompts/a.md", "title": "evalci", "message": "it fell", **changes}
    return Annotation(start_line=2, end_line=4, level=AnnotationLevel.FAILURE, **values)


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


# What .NET's comparison by culture skips, and what `TrimStart` takes away.
SKIPPED = "\x00\x1b\x7f\xad\u034f\u061c\u180e\u200b\u200d\u2060\ufeff\ufe0f\U000e0001"
WHITE = " \t\x0b\x0c\x85\xa0\u1680\u2003\u2028\u3000"


def commands_in(text: str) -> list[str]:
    """Return the lines in which the runner would find a command: this is how it looks."""
    found = []
    for line in re.split(r"\r\n|\r|\n", text):
        seen = "".join(c for c in line if c not in SKIPPED)
        trimmed = "".join(c for c in line.lstrip(WHITE) if c not in SKIPPED).lstrip(WHITE)
        if trimmed.startswith("::") or "##[" in seen:
            found.append(line)
    return found


ORDERS = [
    pytest.param("::error::x", id="a command"),
    pytest.param("  \t::add-mask::x", id="after white space"),
    pytest.param("\u3000\xa0::error::x", id="after wide white space"),
    pytest.param("fine\n::set-output name=a::b", id="on the second line"),
    pytest.param("fine\r::error::x", id="after a carriage return"),
    pytest.param("fine\r\n::stop-commands::x", id="after both"),
    pytest.param("\n\n\n::error::x", id="after empty lines"),
    pytest.param("::::error::x", id="more colons"),
    pytest.param("::stop-commands::pause\n::pause::", id="two commands"),
    pytest.param("##[error]x", id="old style"),
    pytest.param("in a line ##[add-mask]x", id="old style in a line"),
    pytest.param("####[group]x", id="old style with more signs"),
    pytest.param("\u200b::error::x", id="after a character without a width"),
    pytest.param(":\u200d:error::x", id="a joiner between the colons"),
    pytest.param("#\xad#\xad[error]x", id="soft hyphens between the signs"),
    pytest.param("\x1b::error::x", id="after an escape"),
    pytest.param("\ufeff ::error::x", id="after a byte order mark"),
]


@pytest.mark.parametrize("text", ORDERS)
def test_no_text_is_a_command(text: str) -> None:
    assert commands_in(text)

    assert commands_in(inert(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("std::vector and a::b", id="colons in a line"),
        pytest.param("a: b :: c", id="colons apart"),
        pytest.param("## Heading [link]", id="a heading"),
        pytest.param("#[derive(Debug)]", id="one sign"),
        pytest.param("fine\n\n  indented\ttext\r\n", id="white space"),
        pytest.param("", id="nothing"),
    ],
)
def test_a_text_without_a_command_stays_as_it_is(text: str) -> None:
    assert inert(text) == text


COLONS_AND_SIGNS = st.text(alphabet=":#[ \n\r\t\u200b\xadx", max_size=30)


@given(text=COLONS_AND_SIGNS)
def test_whatever_is_printed_no_command_is_left(text: str) -> None:
    assert commands_in(inert(text)) == []


def guarded(texts: Sequence[str]) -> str:
    stream = io.StringIO()
    guard = LogGuard(stream)
    for text in texts:
        guard.write(text)
    return stream.getvalue()


@given(texts=st.lists(COLONS_AND_SIGNS, max_size=6))
def test_a_command_in_several_writes_is_none_either(texts: list[str]) -> None:
    assert commands_in(guarded(texts)) == []


@given(texts=st.lists(st.text(alphabet="ab :\n", max_size=9), max_size=6))
def test_it_does_not_matter_how_a_text_is_cut_into_writes(texts: list[str]) -> None:
    assert guarded(texts) == guarded(["".join(texts)])


def test_our_own_command_stands_on_its_own_line() -> None:
    stream = io.StringIO()
    guard = LogGuard(stream)
    runner = Runner(ACTIONS, guard)  # type: ignore[arg-type]  # a stream in all that counts

    guard.write("half a line")
    runner.group("title")
    guard.write("::error::theirs\n")
    runner.end_group()

    assert stream.getvalue() == "half a line\n::group::title\n: :error::theirs\n::endgroup::\n"


def test_bytes_are_refused_like_by_any_text_stream() -> None:
    with pytest.raises(TypeError):
        LogGuard(io.StringIO()).write(b"")  # type: ignore[arg-type]  # how click tells streams apart


def test_many_lines_at_once_are_guarded_too() -> None:
    stream = io.StringIO()

    LogGuard(stream).writelines(["::a::\n", "::b::\n"])

    assert stream.getvalue() == ": :a::\n: :b::\n"


def test_the_guard_stands_before_both_streams(capsys: pytest.CaptureFixture[str]) -> None:
    with guarded_log(ACTIONS):
        click.echo("::error::x")
        click.echo("##[error]x", err=True)
        print("::error::x", file=sys.stderr)  # noqa: T201  # what a library would do

    printed = capsys.readouterr()
    assert printed.out == ": :error::x\n"
    assert printed.err == "## [error]x\n: :error::x\n"


def test_without_a_runner_the_streams_stay_as_they_are() -> None:
    before = sys.stdout

    with guarded_log({}):
        during = sys.stdout

    assert during is before


def test_the_runner_of_this_process_speaks_past_the_guard(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")

    with guarded_log():
        open_runner().group("title")

    assert capsys.readouterr().out == "::group::title\n"
