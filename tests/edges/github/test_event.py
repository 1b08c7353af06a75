"""The event of a workflow, from variables and payloads in the shapes that GitHub sends."""

import json
from pathlib import Path
from typing import Any

import pytest

from evalci.edges.github.event import Event, read_event
from evalci.errors import BadInputError

HEAD, MERGE = "a" * 40, "b" * 40
PULL_REQUEST = {"pull_request": {"number": 7, "head": {"sha": HEAD}}}


def read(folder: Path, event: str, payload: Any, **variables: str) -> Event:
    """Read an event whose workflow runs on the merge commit."""
    place = folder / "payload"
    place.write_text(payload if isinstance(payload, str) else json.dumps(payload), "utf-8")
    usual = {
        "GITHUB_EVENT_NAME": event,
        "GITHUB_EVENT_PATH": str(place),
        "GITHUB_REPOSITORY": "octo/shop",
        "GITHUB_SHA": MERGE,
        "GITHUB_RUN_ID": "12",
        "GITHUB_RUN_ATTEMPT": "3",
    }
    return read_event({**usual, **variables})


def test_a_pull_request_speaks_of_its_head(tmp_path: Path) -> None:
    event = read(tmp_path, "pull_request", PULL_REQUEST)

    assert (event.pull_request, event.origin.head, event.sha) == (7, HEAD, MERGE)


@pytest.mark.parametrize(
    ("ref", "number"),
    [
        (f"refs/heads/gh-readonly-queue/main/pr-7-{HEAD}", 7),
        (f"refs/heads/gh-readonly-queue/release/pr-1-x/pr-12-{HEAD}", 12),
        ("refs/heads/main", None),
        (None, None),
    ],
)
def test_a_merge_group_names_the_pull_request_at_its_end(
    tmp_path: Path, ref: str | None, number: int | None
) -> None:
    event = read(tmp_path, "merge_group", {"merge_group": {"head_sha": HEAD, "head_ref": ref}})

    assert (event.queued, event.pull_request) == (number, None)


def test_a_merge_group_speaks_of_its_head(tmp_path: Path) -> None:
    event = read(tmp_path, "merge_group", {"merge_group": {"head_sha": HEAD}})

    assert (event.pull_request, event.origin.head) == (None, HEAD)


@pytest.mark.parametrize("name", ["push", "schedule", "workflow_dispatch", "release"])
def test_everything_else_speaks_of_its_commit(tmp_path: Path, name: str) -> None:
    event = read(tmp_path, name, PULL_REQUEST)

    assert (event.pull_request, event.origin.head) == (None, MERGE)


@pytest.mark.parametrize(
    ("name", "ref", "expected"),
    [
        pytest.param("push", "refs/heads/trunk", "trunk", id="push to it"),
        pytest.param("push", "refs/heads/other", None, id="push to another branch"),
        pytest.param("push", "refs/tags/trunk", None, id="push of a tag of its name"),
        pytest.param("workflow_dispatch", "refs/heads/trunk", None, id="not a push"),
    ],
)
def test_a_push_to_the_default_branch_is_known(
    tmp_path: Path, name: str, ref: str, expected: str | None
) -> None:
    payload = {"ref": ref, "repository": {"default_branch": "trunk"}}

    assert read(tmp_path, name, payload).default_branch == expected


def test_a_payload_without_a_default_branch_pushes_to_none(tmp_path: Path) -> None:
    assert read(tmp_path, "push", {"ref": "refs/heads/None"}).default_branch is None


def test_the_run_and_its_attempt_say_who_is_newer(tmp_path: Path) -> None:
    origin = read(tmp_path, "push", {}).origin

    assert (origin.run_id, origin.attempt, origin.event) == (12, 3, "push")
    assert origin.run_url == "https://github.com/octo/shop/actions/runs/12"


@pytest.mark.parametrize(
    ("variables", "api", "graphql"),
    [
        pytest.param(
            {}, "https://api.github.com", "https://api.github.com/graphql", id="github.com"
        ),
        pytest.param(
            {"GITHUB_API_URL": "https://ghe.test/api/v3"},
            "https://ghe.test/api/v3",
            "https://ghe.test/api/graphql",
            id="enterprise",
        ),
        pytest.param(
            {"GITHUB_API_URL": "https://a.test/", "GITHUB_GRAPHQL_URL": "https://g.test/graphql"},
            "https://a.test",
            "https://g.test/graphql",
            id="both given",
        ),
    ],
)
def test_it_knows_where_the_api_is(
    tmp_path: Path, variables: dict[str, str], api: str, graphql: str
) -> None:
    event = read(tmp_path, "push", {}, **variables)

    assert (event.api_url, event.graphql_url) == (api, graphql)


@pytest.mark.parametrize(
    ("event", "payload", "variables", "words"),
    [
        pytest.param("push", "{", {}, "not valid JSON", id="half a payload"),
        pytest.param("push", "[" * 100_000, {}, "not valid JSON", id="bottomless"),
        pytest.param("push", "[]", {}, "not a JSON object", id="a list"),
        pytest.param("pull_request", {}, {}, "head.sha", id="no pull request"),
        pytest.param(
            "pull_request",
            {"pull_request": {"number": 7, "head": {"sha": "main"}}},
            {},
            "head.sha",
            id="a name for a commit",
        ),
        pytest.param(
            "pull_request",
            {"pull_request": {"number": True, "head": {"sha": HEAD}}},
            {},
            "number",
            id="no number",
        ),
        pytest.param("merge_group", {"merge_group": 1}, {}, "head_sha", id="no group"),
        pytest.param("push", {}, {"GITHUB_SHA": "main"}, "GITHUB_SHA", id="sha"),
        pytest.param("push", {}, {"GITHUB_REPOSITORY": "../x/y"}, "REPOSITORY", id="repository"),
        pytest.param("push", {}, {"GITHUB_RUN_ID": "-1"}, "GITHUB_RUN_ID", id="run id"),
        pytest.param("push", {}, {"GITHUB_SHA": ""}, "not set: GITHUB_SHA", id="empty"),
        pytest.param("push", {}, {"GITHUB_EVENT_PATH": "/nowhere"}, "cannot read", id="no file"),
        pytest.param("pull_request_target", PULL_REQUEST, {}, "does not speak", id="target"),
    ],
)
def test_what_is_wrong_is_named_on_one_line(
    tmp_path: Path, event: str, payload: Any, variables: dict[str, str], words: str
) -> None:
    with pytest.raises(BadInputError, match=words) as caught:
        read(tmp_path, event, payload, **variables)

    assert "\n" not in str(caught.value)


def test_a_comment_speaks_of_its_pull_request_and_of_the_head_that_is_given(
    tmp_path: Path,
) -> None:
    place = tmp_path / "payload"
    place.write_text(json.dumps({"issue": {"number": 7}}), "utf-8")
    variables = {
        "GITHUB_EVENT_NAME": "issue_comment",
        "GITHUB_EVENT_PATH": str(place),
        "GITHUB_REPOSITORY": "octo/shop",
        "GITHUB_SHA": MERGE,
    }

    event = read_event(variables, head=HEAD)

    assert (event.pull_request, event.origin.head, event.sha) == (7, HEAD, MERGE)
