"""The payload of a comment's event, in the shape that GitHub sends and in others."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from evalci.edges.github.comment_event import CommentEvent, read_comment
from evalci.errors import BadInputError

ADA = {"login": "ada", "type": "User"}
PAYLOAD: dict[str, Any] = {
    "action": "created",
    "issue": {"number": 7, "pull_request": {"url": "https://api.test/pulls/7"}},
    "comment": {"id": 12, "body": "/evalci run abc1234", "user": ADA},
    "sender": ADA,
    "repository": {"full_name": "octo/shop", "default_branch": "main"},
}


def read(folder: Path, payload: Any, *, event: str = "issue_comment") -> CommentEvent:
    """Read a payload."""
    place = folder / "payload"
    place.write_text(payload if isinstance(payload, str) else json.dumps(payload), "utf-8")
    return read_comment({"GITHUB_EVENT_NAME": event, "GITHUB_EVENT_PATH": str(place)})


def test_what_a_comment_says(tmp_path: Path) -> None:
    assert read(tmp_path, PAYLOAD) == CommentEvent(
        id=12,
        body="/evalci run abc1234",
        author="ada",
        sender="ada",
        bot=False,
        edited=False,
        number=7,
        pull_request=True,
        default_branch="main",
    )


@pytest.mark.parametrize(
    ("path", "value", "field", "expected"),
    [
        pytest.param(("action",), "edited", "edited", True, id="edited"),
        pytest.param(("issue", "pull_request"), None, "pull_request", False, id="an issue"),
        pytest.param(("sender", "type"), "Bot", "bot", True, id="a bot by its type"),
        pytest.param(("sender", "login"), "x[bot]", "bot", True, id="a bot by its name"),
        pytest.param(("sender", "type"), "Organization", "bot", True, id="no person"),
    ],
)
def test_what_kind_of_comment_it_is(
    tmp_path: Path, path: tuple[str, ...], value: Any, field: str, expected: bool
) -> None:
    payload = copy.deepcopy(PAYLOAD)
    place = payload
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value

    assert getattr(read(tmp_path, payload), field) is expected


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        pytest.param("[", "cannot read", id="no JSON"),
        pytest.param([], "`sender.login` is missing", id="no object"),
        pytest.param({**PAYLOAD, "comment": None}, "`comment.id` is missing", id="no comment"),
        pytest.param({**PAYLOAD, "issue": {"number": True}}, "`issue.number`", id="no number"),
    ],
)
def test_a_payload_of_another_shape_is_named(tmp_path: Path, payload: Any, message: str) -> None:
    with pytest.raises(BadInputError) as error:
        read(tmp_path, payload)

    assert message in str(error.value)


def test_another_event_has_no_comment(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="in a workflow on issue_comment only"):
        read(tmp_path, PAYLOAD, event="push")
