"""What the event payloads of GitHub Actions say of the base."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from evalci.core.base_revision import Trigger
from evalci.edges.event import trigger
from evalci.errors import BadInputError

HEAD, BASE = "a" * 40, "b" * 40
ENVIRONMENT = {"GITHUB_ACTIONS": "true", "GITHUB_SHA": HEAD}


def environment(folder: Path, event: str, payload: object, **more: str) -> Mapping[str, str]:
    place = folder / "event.json"
    place.write_text(json.dumps(payload))
    return {
        **ENVIRONMENT,
        "GITHUB_EVENT_NAME": event,
        "GITHUB_EVENT_PATH": str(place),
        **more,
    }


def test_a_pull_request_names_its_base(tmp_path: Path) -> None:
    payload = {
        "pull_request": {
            "head": {"sha": HEAD, "repo": {"full_name": "octo/shop"}},
            "base": {"ref": "release", "sha": BASE},
        },
        "repository": {"full_name": "octo/shop", "default_branch": "main"},
    }

    found = trigger(environment(tmp_path, "pull_request", payload, GITHUB_REF_NAME="7/merge"))

    assert found == Trigger(
        event="pull_request",
        sha=HEAD,
        branch="7/merge",
        base_sha=BASE,
        base_branch="release",
        default_branch="main",
        head=HEAD,
    )


def test_a_merge_group_names_its_base(tmp_path: Path) -> None:
    payload = {"merge_group": {"base_sha": BASE, "base_ref": "refs/heads/main"}}

    found = trigger(environment(tmp_path, "merge_group", payload))

    assert (found.base_sha, found.base_branch, found.proposes) == (BASE, "main", True)


def test_a_push_proposes_nothing(tmp_path: Path) -> None:
    payload = {"before": BASE, "repository": {"default_branch": "trunk"}}

    found = trigger(environment(tmp_path, "push", payload, GITHUB_REF_NAME="trunk"))

    assert (found.branch, found.default_branch, found.proposes) == ("trunk", "trunk", False)


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param([], id="a list"),
        pytest.param({"pull_request": None}, id="no pull request"),
        pytest.param({"pull_request": {"base": 7}}, id="a number for a base"),
        pytest.param({"pull_request": {"base": {"sha": ["x"]}}}, id="a list for a hash"),
    ],
)
def test_a_payload_without_a_base_gives_none(tmp_path: Path, payload: object) -> None:
    found = trigger(environment(tmp_path, "pull_request", payload))

    assert (found.base_sha, found.base_branch) == ("", "")


def test_outside_actions_there_is_no_event() -> None:
    assert trigger({"GITHUB_EVENT_NAME": "push"}) == Trigger()


def test_a_payload_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "event.json").write_text("{")
    given = {**ENVIRONMENT, "GITHUB_EVENT_PATH": str(tmp_path / "event.json")}

    with pytest.raises(BadInputError, match=r"cannot read the event's payload .*JSONDecodeError"):
        trigger(given)
