"""Overrides by comment: the record in our reply, and when it is not believed."""

import json
from dataclasses import replace
from typing import Any

import pytest

from evalci.core.override import MAX_REASON
from evalci.core.override_record import (
    Remark,
    comment_source,
    read_records,
    record_text,
    reply_mark,
)
from tests.core.overrides import HEAD, REASON, granted, worse_run

GIVEN = granted(worse_run("review"), source=comment_source(41))
COMMAND = Remark(id=41, author="ada", body=f"/evalci override {HEAD} review {REASON}", edited=False)
MARK = reply_mark(41)
BODY = f"{MARK}\nDone.\n\n{record_text(GIVEN)}\n"
REPLY = Remark(id=42, author="bot", body=BODY, edited=False, ours=True, bot=True)


def test_a_record_is_read_back_as_it_was() -> None:
    assert read_records([COMMAND, REPLY]) == (GIVEN,)


@pytest.mark.parametrize(
    "reason",
    [
        *("--> <b>bold</b> <!-- x -->", "a -- b --- c", 'says "no" \\ ☃ 👁', "-" * 50),
        pytest.param("👁" * MAX_REASON, id="the longest"),
    ],
)
def test_no_reason_breaks_out_of_a_record(reason: str) -> None:
    given = replace(GIVEN, reason=reason)

    line = record_text(given)

    assert line.index("-->") == len(line) - 3
    assert "<" not in line[4:]
    assert read_records([COMMAND, replace(REPLY, body=f"{MARK}\n{line}")]) == (given,)


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(replace(REPLY, ours=False), id="written by somebody else"),
        pytest.param(replace(REPLY, edited=True), id="edited"),
        pytest.param(replace(REPLY, body=f"{MARK}\n> {record_text(GIVEN)}"), id="quoted"),
        pytest.param(replace(REPLY, body=f"{MARK}\n{record_text(GIVEN)[:-9]} -->"), id="cut"),
        pytest.param(replace(REPLY, body=BODY.strip() + " " * 21_000), id="without end"),
        pytest.param(replace(REPLY, body=f"{MARK}\n<!-- evalci:override [] -->"), id="no object"),
        pytest.param(replace(REPLY, body=record_text(GIVEN)), id="no answer to anything"),
        pytest.param(replace(REPLY, body=f"Preview:\n{BODY}"), id="repeated by another workflow"),
        pytest.param(
            replace(REPLY, body=BODY.replace(MARK, reply_mark(40))), id="an answer to another"
        ),
    ],
)
def test_what_is_no_record_of_ours_is_not_read(reply: Remark) -> None:
    assert read_records([COMMAND, reply]) == ()


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"until": 5}, id="a number"),
        pytest.param({"refused": ""}, id="a key that no record has"),
        pytest.param({"until": None}, id="nothing"),
    ],
)
def test_a_record_holds_exactly_its_texts(changes: dict[str, Any]) -> None:
    text = record_text(GIVEN).removeprefix("<!-- evalci:override ").removesuffix(" -->")
    forged = json.dumps({**json.loads(text), **changes})

    body = f"{MARK}\n<!-- evalci:override {forged} -->"
    found = read_records([COMMAND, replace(REPLY, body=body)])

    assert found == ()


@pytest.mark.parametrize(
    ("command", "refused"),
    [
        pytest.param(replace(COMMAND, id=40), "the comment that asked for it is gone", id="gone"),
        pytest.param(
            replace(COMMAND, edited=True), "the comment that asked for it was edited", id="edited"
        ),
        pytest.param(
            replace(COMMAND, author="eve"),
            "the comment that it names does not ask for it",
            id="by somebody else",
        ),
        pytest.param(
            replace(COMMAND, bot=True),
            "the comment that it names does not ask for it",
            id="by a bot",
        ),
        pytest.param(
            replace(COMMAND, body="looks fine to me"),
            "the comment that it names does not ask for it",
            id="no command",
        ),
        pytest.param(
            replace(COMMAND, body=f"/evalci override {HEAD} docs {REASON}"),
            "the comment that it names does not ask for it",
            id="another category",
        ),
        pytest.param(
            replace(COMMAND, body=f"/evalci override {'b' * 40} review {REASON}"),
            "the comment that it names does not ask for it",
            id="another commit",
        ),
        pytest.param(
            replace(COMMAND, body=f"/evalci override {HEAD} review/security {REASON}"),
            "the comment that it names does not ask for it",
            id="a category below it",
        ),
        pytest.param(
            replace(COMMAND, body=f"/evalci override a3f81c2 review {REASON}"),
            "the comment that it names does not ask for it",
            id="too few digits",
        ),
    ],
)
def test_a_record_without_its_command_does_not_count(command: Remark, refused: str) -> None:
    (one,) = read_records([command, REPLY])

    assert one.refused == refused


@pytest.mark.parametrize("quote", ["", '"', "`"])
def test_the_command_may_quote_the_category_and_name_the_whole_commit(quote: str) -> None:
    body = f"/evalci override {HEAD} {quote}review{quote} {REASON}\n\nSee the thread."

    (one,) = read_records([replace(COMMAND, body=body), REPLY])

    assert one.refused == ""


def test_the_oldest_record_for_a_command_counts() -> None:
    later = replace(GIVEN, digest="e" * 64)
    forged = replace(REPLY, id=43, body=f"{MARK}\n{record_text(later)}")

    assert read_records([forged, COMMAND, REPLY]) == (GIVEN,)


def test_one_command_may_cover_two_models() -> None:
    other = replace(GIVEN, model="small")
    body = f"{BODY}\n{record_text(other)}"

    assert read_records([COMMAND, replace(REPLY, body=body)]) == (GIVEN, other)


def test_a_source_that_is_no_comment_is_no_record() -> None:
    record = record_text(replace(GIVEN, source="overrides/x.yaml"))

    assert read_records([COMMAND, replace(REPLY, body=f"{MARK}\n{record}")]) == ()


def test_projects_with_golden_sets_of_one_name_have_records_of_their_own() -> None:
    elsewhere = replace(GIVEN, digest="0" * 32)
    first = replace(REPLY, body=f"{MARK}\n{record_text(elsewhere, 'services/one')}")
    second = replace(REPLY, id=43, body=f"{MARK}\n{record_text(GIVEN, 'two')}")
    remarks = [COMMAND, first, second]

    found = [read_records(remarks, folder) for folder in ("services/one", "two", "")]

    assert found == [(elsewhere,), (GIVEN,), ()]


def test_a_record_for_a_project_that_the_command_does_not_name_does_not_count() -> None:
    body = COMMAND.body.replace("/evalci", "/evalci one:")
    reply = replace(REPLY, body=f"{MARK}\n{record_text(GIVEN, 'two')}")

    (one,) = read_records([replace(COMMAND, body=body), reply], "two")

    assert one.refused == "the comment that it names does not ask for it"
