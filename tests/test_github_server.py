"""The GitHub double refuses what GitHub's documentation refuses, and fails as it is told."""

from typing import Any

import pytest

from tests.github_rules import MAX_BODY, Refusal
from tests.github_state import Account, Repository

HEAD = "a" * 40
CHECK: dict[str, Any] = {
    "name": "evalci",
    "head_sha": HEAD,
    "status": "completed",
    "conclusion": "success",
    "output": {"title": "fine", "summary": "all of it"},
}
REMARK = {
    "path": "a.md",
    "start_line": 1,
    "end_line": 1,
    "annotation_level": "notice",
    "message": "m",
}


def make_repository() -> Repository:
    """Return a repository that knows one commit."""
    return Repository(shas={HEAD})


def output(*remarks: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return the output of a check run as the only changed field."""
    return {"output": {**CHECK["output"], "annotations": list(remarks), **changes}}


def without(name: str) -> dict[str, Any]:
    """Return an annotation that lacks a field."""
    return {key: value for key, value in REMARK.items() if key != name}


def test_a_good_check_run_is_taken() -> None:
    assert make_repository().check({**CHECK, **output(REMARK)})["output"]["annotations_count"] == 1


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"conclusion": "failed"}, id="no such conclusion"),
        pytest.param({"conclusion": None}, id="completed without a conclusion"),
        pytest.param({"status": "done"}, id="no such status"),
        pytest.param({"head_sha": "main"}, id="a name for a commit"),
        pytest.param({"head_sha": "b" * 40}, id="an unknown commit"),
        pytest.param({"details_url": "runs/1"}, id="not a url"),
        pytest.param({"colour": "red"}, id="an unknown field"),
        pytest.param(output(title=""), id="no title"),
        pytest.param(output(summary="x" * MAX_BODY), id="a long summary"),
        pytest.param(output(*[REMARK] * 51), id="51 annotations"),
        *(pytest.param(output(without(name)), id=f"annotation without {name}") for name in REMARK),
        pytest.param(output({**REMARK, "end_line": 0}), id="ends before it begins"),
        pytest.param(output({**REMARK, "annotation_level": "error"}), id="no such level"),
        pytest.param(output({**REMARK, "path": "/a.md"}), id="absolute path"),
    ],
)
def test_a_bad_check_run_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as caught:
        make_repository().check({**CHECK, **changes})

    assert caught.value.status == 422


@pytest.mark.parametrize("body", [None, "", "  ", "x" * (MAX_BODY + 1)])
def test_a_bad_comment_is_refused(body: str | None) -> None:
    with pytest.raises(Refusal) as caught:
        make_repository().comment(7, body, Account())

    assert caught.value.status == 422


def test_a_comment_of_the_greatest_size_is_taken() -> None:
    assert make_repository().comment(7, "x" * MAX_BODY, Account())["id"] > 0


def test_a_pull_request_that_is_not_there_has_no_comments() -> None:
    with pytest.raises(Refusal) as caught:
        make_repository().comment(8, "x", Account())

    assert caught.value.status == 404


def test_a_ref_moves_back_only_by_force() -> None:
    repository = make_repository()
    first = repository.push("main", {"a": "1"})
    repository.push("main", {"a": "2"})

    with pytest.raises(Refusal):
        repository.move_ref("heads/main", {"sha": first})
    assert repository.move_ref("heads/main", {"sha": first, "force": True})
