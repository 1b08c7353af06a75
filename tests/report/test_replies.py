"""Replies to commands: what they list, the line to copy, and foreign text that stays text."""

from dataclasses import replace

import pytest

from evalci.core.comment_command import Command, Verb, parse_command
from evalci.core.head_text import MAX_FILES, MAX_PATH, Proposal, TextChange
from evalci.core.override_record import Remark, comment_source, read_records, reply_mark
from evalci.core.override_terms import Override
from evalci.report import replies

HEAD = "a" * 40
OVERRIDE = Override(
    golden_set="desk",
    model="main",
    category="triage",
    reason="known <!-- evalci:override {} --> @all",
    by="ada",
    granted_at="2026-11-20T10:00:00+00:00",
    until="2026-12-01",
    head=HEAD,
    digest="d",
    source=comment_source(5),
)


def make_proposal(*paths: str, left_out: tuple[str, ...] = ()) -> Proposal:
    """Return a proposal of small files."""
    changes = tuple(TextChange(path=path, id="b", size=1_234) for path in paths)
    return Proposal(changes=changes, left_out=left_out)


def test_a_list_names_files_sizes_and_what_is_left_out() -> None:
    found = make_proposal("prompts/a.md", left_out=("golden/desk/test_a.py",))

    reply = replies.listed(found, HEAD, "")

    assert "- `prompts/a.md` (1,234 bytes)" in reply
    assert "not taken over" in reply
    assert "- `golden/desk/test_a.py`" in reply


def test_a_list_says_when_there_may_be_more_than_it_knows() -> None:
    found = replace(make_proposal("prompts/a.md"), complete=False)

    assert "GitHub does not list it all" in replies.listed(found, HEAD, "")


def test_a_removed_file_is_called_removed() -> None:
    found = Proposal(changes=(TextChange(path="a.md", id=None),), left_out=())

    assert "- `a.md` (removed)" in replies.listed(found, HEAD, "")


def test_the_line_to_copy_is_a_command_for_exactly_this_list() -> None:
    found = make_proposal("prompts/a.md")

    (line,) = [
        line for line in replies.listed(found, HEAD, "").splitlines() if line.startswith("/evalci")
    ]

    assert parse_command(line) == Command(verb=Verb.RUN, sha=HEAD, digest=found.digest(HEAD))


def test_the_line_to_copy_names_the_project_where_it_has_a_folder() -> None:
    reply = replies.listed(make_proposal("one/prompts/a.md"), HEAD, "one")

    (line,) = [line for line in reply.splitlines() if line.startswith("/evalci")]
    assert parse_command(line).project == "one"


def test_the_longest_list_fits_into_a_comment_with_every_file() -> None:
    paths = [f"prompts/{number:{'0'}>{MAX_PATH - 11}}.md" for number in range(MAX_FILES)]
    others = tuple(f"golden/desk/{'y' * 4_000}{number}.py" for number in range(300))

    reply = replies.listed(make_proposal(*paths, left_out=others), HEAD, "")

    assert all(path in reply for path in paths)
    assert "and 250 more" in reply
    assert len(reply) < 60_000


def test_a_path_cannot_leave_its_code() -> None:
    reply = replies.listed(make_proposal("prompts/`<!-- x -->`@all.md"), HEAD, "")

    assert "<!--" not in reply
    assert "`` prompts/`" in reply or "``prompts/`" in reply


def test_an_override_can_be_read_again_from_its_reply() -> None:
    command = Remark(id=5, author="ada", body=f"/evalci override {HEAD} triage x", edited=False)
    body = f"{reply_mark(5)}\n{replies.overridden([OVERRIDE])}"
    ours = Remark(id=6, author="bot", body=body, edited=False, ours=True, bot=True)

    assert read_records([command, ours]) == (OVERRIDE,)


@pytest.mark.parametrize(
    ("why", "expected"),
    [
        pytest.param("the head is `abc` now", "Not done: the head is `abc` now.", id="code"),
        pytest.param("see @all", "Not done: see @\u200ball.", id="a mention"),
        pytest.param("one\ntwo", "Not done: one; two.", id="several lines"),
    ],
)
def test_a_refusal_is_one_sentence(why: str, expected: str) -> None:
    assert replies.refused(why) == expected


def test_an_accepted_baseline_says_who_and_why() -> None:
    command = Command(verb=Verb.ACCEPT, sha=HEAD, reason="better <b>")

    body = replies.accept_body(command, by="ada", number=7, paths=["baselines/desk.main.json"])

    assert "for #7 at `aaaaaaa`, accepted by `ada`" in body
    assert "Reason: `better <b>`" in body
