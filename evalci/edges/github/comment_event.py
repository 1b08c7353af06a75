"""The payload of `issue_comment`: which comment, by whom, below what."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from evalci.core.json_value import Json, value_at
from evalci.errors import BadInputError

MAX_PAYLOAD_BYTES = 50_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentEvent:
    """A comment as the event has it: ``body`` may have been edited since, see `edited`.

    ``sender`` is who wrote or edited it, ``bot`` whether that is no person; ``number`` is that of
    the issue or ``pull_request``.
    """

    id: int
    body: str
    author: str
    sender: str
    bot: bool
    edited: bool
    number: int
    pull_request: bool
    default_branch: str


def read_comment(variables: Mapping[str, str] = os.environ) -> CommentEvent:
    """Return the comment that started this workflow; BadInputError in any other."""
    if variables.get("GITHUB_EVENT_NAME") != "issue_comment":
        message = "commands in comments are obeyed in a workflow on issue_comment only"
        raise BadInputError(message, hint="docs/github.md has one")
    payload = _payload(variables.get("GITHUB_EVENT_PATH", ""))
    sender = _text(payload, "sender", "login")
    return CommentEvent(
        id=_number(payload, "comment", "id"),
        body=_text(payload, "comment", "body"),
        author=_text(payload, "comment", "user", "login"),
        sender=sender,
        bot=value_at(payload, "sender", "type") != "User" or sender.endswith("[bot]"),
        edited=value_at(payload, "action") != "created",
        number=_number(payload, "issue", "number"),
        pull_request=isinstance(value_at(payload, "issue", "pull_request"), Mapping),
        default_branch=_text(payload, "repository", "default_branch"),
    )


def _payload(path: str) -> Json:
    try:
        place = Path(path)
        if place.stat().st_size > MAX_PAYLOAD_BYTES:
            raise BadInputError("the payload of issue_comment is too large")
        payload: Json = json.loads(place.read_bytes())
    except (OSError, ValueError, RecursionError):
        raise BadInputError("cannot read the payload of issue_comment") from None
    return payload


def _text(payload: Json, *path: str) -> str:
    value = value_at(payload, *path)
    if not isinstance(value, str):
        raise _malformed(*path)
    return value


def _number(payload: Json, *path: str) -> int:
    value = value_at(payload, *path)
    if not isinstance(value, int) or isinstance(value, bool):
        raise _malformed(*path)
    return value


def _malformed(*path: str) -> BadInputError:
    return BadInputError(f"the payload of issue_comment: `{'.'.join(path)}` is missing")
