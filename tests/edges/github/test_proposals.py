"""Pull requests are found by repository, branch and commit; nothing less names one."""

from typing import Any

import pytest

from tests.edges.github.desk import make_github
from tests.fake_time import FakeTime
from tests.github_forks import FORK, HEAD, propose
from tests.github_server import GitHubServer


@pytest.mark.parametrize(
    ("proposed", "expected"),
    [
        pytest.param([{}], (7,), id="the one"),
        pytest.param([], (), id="none"),
        pytest.param([{"draft": True}], (7,), id="a draft"),
        pytest.param([{}, {"number": 8, "base": "release"}], (7, 8), id="two bases"),
        pytest.param([{"head": "e" * 40}], (), id="an older commit"),
        pytest.param([{"branch": "other"}], (), id="another branch"),
        pytest.param([{"home": "mallory/other"}], (), id="another repository of theirs"),
        pytest.param([{"home": "eve/shop"}], (), id="another fork"),
        pytest.param([{"state": "closed"}], (), id="closed"),
        pytest.param([{"home": None}], (), id="a fork that was deleted"),
    ],
)
def test_a_pull_request_is_found_by_its_whole_head(
    server: GitHubServer, time: FakeTime, proposed: list[dict[str, Any]], expected: tuple[int, ...]
) -> None:
    for one in proposed:
        propose(server.repository, **one)
    proposals = make_github(server, time).proposals

    assert proposals.with_head(repository=FORK, branch="warmer", head=HEAD) == expected


@pytest.mark.parametrize(
    ("repository", "branch"),
    [pytest.param("", "warmer", id="no repository"), pytest.param(FORK, "", id="no branch")],
)
def test_without_a_name_nobody_is_asked(
    server: GitHubServer, time: FakeTime, repository: str, branch: str
) -> None:
    proposals = make_github(server, time).proposals

    assert proposals.with_head(repository=repository, branch=branch, head=HEAD) == ()
    assert server.received == []


@pytest.mark.parametrize(
    ("ref", "expected"),
    [
        pytest.param("heads/feature", True, id="a branch"),
        pytest.param("heads/gh-readonly-queue/main/pr-7", True, id="a merge queue"),
        pytest.param("tags/v1", False, id="a tag"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_a_commit_of_the_repository_is_known(
    server: GitHubServer, time: FakeTime, ref: str, expected: bool
) -> None:
    server.repository.refs = {ref: HEAD} if ref else {}

    assert make_github(server, time).proposals.is_own(HEAD) is expected
