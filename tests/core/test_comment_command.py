"""Commands in comments: what counts as one, what it says, and who is refused why."""

from dataclasses import replace

import pytest

from evalci.core.comment_command import (
    Command,
    Situation,
    Verb,
    is_command,
    parse_command,
    refusal,
)
from evalci.core.override_terms import Role
from evalci.errors import BadInputError

HEAD = "a3f81c2" + "0" * 33
DIGEST = "d" * 32
NOW = Situation(
    sender="ada",
    role=Role.WRITE,
    written_at="2026-11-20T10:00:00Z",
    edited=False,
    pull_request=True,
    open=True,
    head=HEAD,
    base="main",
    default_branch="main",
)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("/evalci run abc", True, id="a command"),
        pytest.param("/evalci", True, id="the word alone, which gets an answer"),
        pytest.param("/evalcify run", False, id="another word"),
        pytest.param("please /evalci run abc", False, id="in the middle of a line"),
        pytest.param("> /evalci run abc", False, id="a quotation"),
        pytest.param("    /evalci run abc", False, id="a block of code"),
        pytest.param("hello\n/evalci run abc", False, id="below the first line"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_what_counts_as_a_command(body: str, expected: bool) -> None:
    assert is_command(body) is expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            "/evalci run a3f81c2", Command(verb=Verb.RUN, sha="a3f81c2"), id="run, to list"
        ),
        pytest.param(
            f"/evalci run {HEAD} confirm {DIGEST}",
            Command(verb=Verb.RUN, sha=HEAD, digest=DIGEST),
            id="run, to confirm",
        ),
        pytest.param(
            f"/evalci override {HEAD} review/security known, see #12\r\nfor people",
            Command(
                verb=Verb.OVERRIDE,
                sha=HEAD,
                category="review/security",
                reason="known, see #12",
            ),
            id="override; the lines below are for people",
        ),
        pytest.param(
            f'/evalci override {HEAD} "two words" why',
            Command(verb=Verb.OVERRIDE, sha=HEAD, category="two words", reason="why"),
            id="a category in quotes",
        ),
        pytest.param(
            f"/evalci override {HEAD} `refactor` why",
            Command(verb=Verb.OVERRIDE, sha=HEAD, category="refactor", reason="why"),
            id="a category as the report shows it",
        ),
        pytest.param(
            f"/evalci accept {HEAD} better in every way",
            Command(verb=Verb.ACCEPT, sha=HEAD, reason="better in every way"),
            id="accept",
        ),
        pytest.param(
            "/evalci   rerun   a3f81c2  ", Command(verb=Verb.RERUN, sha="a3f81c2"), id="rerun"
        ),
        pytest.param(
            "/evalci services/two/: rerun a3f81c2",
            Command(verb=Verb.RERUN, sha="a3f81c2", project="services/two"),
            id="to the project in a folder",
        ),
        pytest.param(
            "/evalci .: rerun a3f81c2",
            Command(verb=Verb.RERUN, sha="a3f81c2", project=""),
            id="to the project at the top",
        ),
    ],
)
def test_what_a_command_says(body: str, expected: Command) -> None:
    assert parse_command(body) == expected


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param("/evalci", "the command is missing; known: accept, override", id="no verb"),
        pytest.param("/evalci rnu a3f81c2", "did you mean `run`?", id="a typing mistake"),
        pytest.param("/evalci run", "the commit is missing", id="no commit"),
        pytest.param("/evalci run main", "is no SHA; write `/evalci run <sha>`", id="a branch"),
        pytest.param("/evalci run a3f81c", "is no SHA", id="six digits"),
        pytest.param("/evalci run A3F81C2", "is no SHA", id="capitals, which git never prints"),
        pytest.param("/evalci run a3f81c2 now", "is not understood", id="more than a commit"),
        pytest.param(f"/evalci run {HEAD} confirm {DIGEST}0", "is not", id="another digest"),
        pytest.param(f"/evalci override {HEAD}", "the category is missing", id="no category"),
        pytest.param(f"/evalci override {HEAD} x", "the reason is missing", id="no reason"),
        pytest.param(f"/evalci accept {HEAD}", "the reason is missing", id="accept for no reason"),
        pytest.param(
            "/evalci override a3f81c2 x why",
            "`a3f81c2` is too short to name one commit; name the whole SHA: write "
            "`/evalci override <40 digits> <category> <reason>`",
            id="override of a short commit",
        ),
        pytest.param(
            f"/evalci accept {HEAD[:39]} why", "name the whole SHA", id="accept of a short commit"
        ),
        pytest.param(
            f"/evalci run a3f81c2 confirm {DIGEST}",
            "has the whole line to copy",
            id="a short commit confirmed",
        ),
        pytest.param("/evalci rerun a3f81c2 x", "more than a commit", id="rerun with words"),
        pytest.param(f"/evalci accept {HEAD} " + "x" * 2_000, "more than 2,000", id="no end"),
    ],
)
def test_a_mistake_is_named(body: str, message: str) -> None:
    with pytest.raises(BadInputError) as error:
        parse_command(body)

    assert message in str(error.value)


def test_a_member_is_obeyed() -> None:
    assert refusal(Command(verb=Verb.RUN, sha="a3f81c2"), NOW) == ""


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        pytest.param({"role": Role.NONE}, "write access", id="a stranger"),
        pytest.param({"role": Role.TRIAGE}, "write access", id="triage is not write"),
        pytest.param({"pull_request": False}, "this is an issue", id="an issue"),
        pytest.param({"edited": True}, "was edited", id="an edited comment"),
        pytest.param({"open": False}, "not open any more", id="closed or merged"),
        pytest.param({"head": "b" * 40}, f"`{'b' * 40}` now, not `a3f81c2`", id="the head moved"),
        pytest.param({"base": "release"}, "another branch", id="into another branch"),
        pytest.param(
            {"role": Role.READ, "edited": True, "open": False},
            "write access",
            id="a stranger is told nothing else",
        ),
    ],
)
def test_a_refusal_says_why(changes: dict[str, object], why: str) -> None:
    now = replace(NOW, **changes)  # type: ignore[arg-type]  # names of its fields

    assert why in refusal(Command(verb=Verb.RUN, sha="a3f81c2"), now)


@pytest.mark.parametrize("verb", [Verb.OVERRIDE, Verb.RERUN])
def test_what_needs_no_text_of_the_default_branch_works_into_any_branch(verb: Verb) -> None:
    assert refusal(Command(verb=verb, sha="a3f81c2"), replace(NOW, base="release")) == ""
