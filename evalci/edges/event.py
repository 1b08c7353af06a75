"""What GitHub Actions says of the event that started this process."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evalci.core.base_revision import Trigger
from evalci.core.proposal import is_foreign
from evalci.errors import BadInputError

_PULL_REQUESTS = {"pull_request", "pull_request_target"}


def trigger(environment: Mapping[str, str] = os.environ) -> Trigger:
    """Return what started the check; outside Actions a trigger without an event.

    Raises BadInputError when the event's payload cannot be read.
    """
    if environment.get("GITHUB_ACTIONS") != "true":
        return Trigger()
    payload = _payload(environment.get("GITHUB_EVENT_PATH", ""))
    event = environment.get("GITHUB_EVENT_NAME", "")
    change = _object(payload, "merge_group" if event == "merge_group" else "pull_request")
    base = _object(change, "base")
    return Trigger(
        event=event,
        sha=environment.get("GITHUB_SHA", ""),
        branch=environment.get("GITHUB_REF_NAME", ""),
        base_sha=_text(change, "base_sha") or _text(base, "sha"),
        base_branch=_text(base, "ref") or _branch(_text(change, "base_ref")),
        default_branch=_text(_object(payload, "repository"), "default_branch"),
        head=_text(_object(change, "head"), "sha"),
        foreign=event in _PULL_REQUESTS and is_foreign(payload),
    )


def _payload(path: str) -> Mapping[str, Any]:
    if not path:
        return {}
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        message = f"cannot read the event's payload {path}: {type(exc).__name__}"
        raise BadInputError(message, hint="GitHub Actions writes it (GITHUB_EVENT_PATH)") from None
    return data if isinstance(data, dict) else {}


def _object(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""


def _branch(ref: str) -> str:
    return ref.removeprefix("refs/heads/")
