"""The log of GitHub's runner: no text that is printed there is a command."""

import io
import sys
from collections.abc import Sequence

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalci.edges.actions import (
    LogGuard,
    Runner,
    guarded_log,
    inert,
    open_runner,
)
from tests.edges.runner_desk import ACTIONS, commands_in

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
