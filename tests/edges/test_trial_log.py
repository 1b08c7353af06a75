"""The append-only log: what a broken-off run finds of itself."""

import contextlib
import json
import os
import resource
from collections.abc import Callable
from pathlib import Path

import pytest

from evalci.errors import BadInputError
from tests.edges.log_desk import ONE, OTHER, broken_off, earlier_in, measured, open_log, place

__all__ = ["place"]


def test_a_new_log_has_nothing_and_makes_its_folder(place: Path) -> None:
    assert earlier_in(place) == []
    assert json.loads(place.read_text()) == {"format": 1, "inputs": "inputs-1"}


def test_a_broken_off_run_is_continued(place: Path) -> None:
    broken_off(place, 0, 1)

    log = open_log(place)
    log.append({"trial": 2})
    log.close()

    assert log.earlier == [{"trial": 0}, {"trial": 1}]
    assert earlier_in(place) == [{"trial": 0}, {"trial": 1}, {"trial": 2}]


def test_a_trial_is_in_the_file_before_the_log_is_closed(place: Path) -> None:
    log = open_log(place)
    log.append({"trial": 0})

    lines = place.read_text().splitlines()
    log.close()

    assert json.loads(lines[1]) == {"trial": {"trial": 0}}


def test_a_finished_run_is_not_continued(place: Path) -> None:
    log = open_log(place)
    log.append({"trial": 0})
    log.close(finished=True)

    assert earlier_in(place) == []
    assert len(place.read_text().splitlines()) == 1


def test_finished_attempts_add_up_where_they_may(place: Path) -> None:
    for number in (0, 1):
        log = open_log(place, adds_up=True)
        log.append({"trial": number})
        log.close(finished=True)

    log = open_log(place, adds_up=True)
    log.close()

    assert log.earlier == [{"trial": 0}, {"trial": 1}]


def test_trials_of_finished_attempts_are_told_from_those_of_a_broken_off_one(place: Path) -> None:
    for number, finished in ((0, True), (1, False)):
        log = open_log(place, adds_up=True)
        log.append({"trial": number})
        log.close(finished=finished)

    log = open_log(place, adds_up=True)
    log.close()

    assert (len(log.earlier), log.settled) == (2, 1)


def test_attempts_of_other_inputs_do_not_add_up(place: Path) -> None:
    log = open_log(place, adds_up=True)
    log.append({"trial": 0})
    log.close(finished=True)

    log = open_log(place, "inputs-2", adds_up=True)
    log.close()

    assert log.earlier == []


def test_a_run_of_other_inputs_begins_anew(place: Path) -> None:
    broken_off(place, 0, 1)

    assert earlier_in(place, "inputs-2") == []
    assert json.loads(place.read_text()) == {"format": 1, "inputs": "inputs-2"}


@pytest.mark.parametrize(
    "torn",
    [
        pytest.param(b'{"trial": {"tri', id="half a line"),
        pytest.param(b'{"trial": {"trial": 2}}', id="a line without its end"),
        pytest.param('{"trial": {"text": "é'.encode()[:-1], id="half a character"),
        pytest.param(b"\x00\x00\x00\x00", id="zeros of a file system"),
    ],
)
def test_a_torn_last_line_is_left_out_and_written_over(place: Path, torn: bytes) -> None:
    broken_off(place, 0, 1)
    with place.open("ab") as stream:
        stream.write(torn)

    log = open_log(place)
    log.append({"trial": 9})
    log.close()

    assert log.earlier == [{"trial": 0}, {"trial": 1}]
    assert earlier_in(place) == [{"trial": 0}, {"trial": 1}, {"trial": 9}]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b'{"trial": {"tri\x01l": 5}}\n', id="no JSON"),
        pytest.param(b'{"trial": {"text": "\xe9"}}\n', id="no UTF-8"),
        pytest.param(b'{"trjal": {"trial": 5}}\n', id="an unknown key"),
        pytest.param(b'{"trial": [5]}\n', id="a trial of another shape"),
        pytest.param(b'{"answer": {"case": "a-1", "trial": 0}}\n', id="an answer without output"),
        pytest.param(b'{"judged": {"request": ["r"], "number": 0, "output": {}}}\n', id="a list"),
        pytest.param(b'{"booked": {"usd": "1", "calls": 1, "tokens": 0}}\n', id="no amount"),
        pytest.param(b"[" * 100_000 + b"\n", id="bottomless nesting"),
        pytest.param(b"\x00" * 4096 + b"\n", id="zeros of a disk"),
    ],
)
def test_a_damaged_line_takes_none_of_the_others_with_it(place: Path, line: bytes) -> None:
    broken_off(place, 0, 1)
    first, *others = place.read_bytes().splitlines(keepends=True)
    place.write_bytes(first + line + b"".join(others))

    log = open_log(place)
    log.append({"trial": 9})
    log.close()

    assert (log.earlier, log.damaged) == ([{"trial": 0}, {"trial": 1}], 1)
    assert earlier_in(place) == [{"trial": 0}, {"trial": 1}, {"trial": 9}]


def test_a_full_disk_is_told_and_what_stands_is_kept(place: Path) -> None:
    log = open_log(place)
    log.append({"trial": 0})
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (place.stat().st_size + 5, limits[1]))
    try:
        with pytest.raises(BadInputError, match=r"cannot write .*log.jsonl: File too large"):
            log.append({"trial": 1})
        with pytest.raises(BadInputError, match="File too large"):
            log.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert earlier_in(place) == [{"trial": 0}]


def test_a_log_that_another_run_moves_away_is_read_where_it_is(place: Path) -> None:
    log = open_log(place, ONE)
    log.reply("question-1", 0, {"text": "2"})
    measured(place, OTHER)

    replies = log.replies()

    log.close()
    assert replies == {("question-1", 0): {"text": "2"}}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b'{"format": 1, "inp', id="a torn first line"),
        pytest.param(b'{"format": 2, "inputs": "inputs-1"}\n{"trial": 1}\n', id="other format"),
        pytest.param(b"\xff\xfe not a log\n", id="something else"),
        pytest.param(b"[1]\n2\n", id="JSON of another shape"),
    ],
)
def test_a_file_that_is_no_log_of_this_run_begins_anew(place: Path, content: bytes) -> None:
    place.parent.mkdir()
    place.write_bytes(content)

    assert earlier_in(place) == []
    assert json.loads(place.read_text()) == {"format": 1, "inputs": "inputs-1"}


def test_secrets_do_not_reach_the_disk(place: Path) -> None:
    log = open_log(place)
    log.append({"output": {"text": "a top-secret-value b"}})
    log.close()

    assert "top-secret-value" not in place.read_text()
    assert earlier_in(place) == [{"output": {"text": "a [redacted] b"}}]


def test_any_text_comes_back_as_it_was(place: Path) -> None:
    text = "line\nnext\r\n \u2028 \x85 \x00 😀"
    log = open_log(place)
    log.append({"text": text})
    log.close()

    assert earlier_in(place) == [{"text": text}]


def test_an_answer_that_was_not_scored_is_found(place: Path) -> None:
    log = open_log(place)
    log.answer("a-1", 0, {"text": "yes"})
    log.answer("a-1", 1, {"text": "no"})
    log.append({"case": "a-1", "trial": 0, "output": {"text": "yes"}})
    log.close()

    log = open_log(place)
    log.close()

    assert log.unscored == {("a-1", 1): {"text": "no"}}
    assert log.earlier == [{"case": "a-1", "trial": 0, "output": {"text": "yes"}}]


def test_an_answer_is_written_once(place: Path) -> None:
    log = open_log(place)
    log.answer("a-1", 0, {"text": "a long answer"})
    log.append({"case": "a-1", "trial": 0, "output": {"text": "a long answer"}})
    log.close()

    assert place.read_text().count("a long answer") == 1


def test_an_answer_with_a_secret_is_left_out_until_it_is_scored(place: Path) -> None:
    log = open_log(place)
    log.answer("a-1", 0, {"text": "top-secret-value"})
    log.close()

    log = open_log(place)
    log.close()

    assert log.unscored == {}
    assert "top-secret-value" not in place.read_text()


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(os.mkfifo, id="a pipe"),
        pytest.param(os.mkdir, id="a folder"),
        pytest.param(lambda place: os.mkfifo(f"{place[:-6]}-2.jsonl"), id="the second one"),
    ],
)
def test_a_pipe_or_a_folder_in_the_place_of_a_log_is_one_line(
    place: Path, make: Callable[[str], None]
) -> None:
    place.parent.mkdir()
    make(str(place))
    with contextlib.ExitStack() as stack:
        if not place.exists():
            stack.callback(open_log(place).close)

        with pytest.raises(BadInputError, match=r"cannot write .*: it is no file; take"):
            open_log(place)
