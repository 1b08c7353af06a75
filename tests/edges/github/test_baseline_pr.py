"""The pull request for baselines against the double: one branch, one pull request."""

import re
from collections.abc import Mapping

import pytest

from evalci.edges.github.baseline_pr import BRANCH, BaselineChange, baseline_branch
from evalci.errors import GitHubError
from tests.edges.github.desk import at, make_github
from tests.fake_time import FakeTime
from tests.github_server import TOKEN, Fault, GitHubServer
from tests.github_state import Account

OLD = {"baselines/desk.main.json": "old\n", "README.md": "shop\n"}
NEW = {"baselines/desk.main.json": "new\n"}


def propose(
    server: GitHubServer,
    time: FakeTime,
    sha: str,
    files: Mapping[str, str | None] = NEW,
    title: str = "Update evalci baselines",
) -> str | None:
    """Propose files on top of a commit."""
    change = BaselineChange(sha=sha, base="main", files=files, title=title, body="Why: drift.")
    return make_github(server, time).proposal(BRANCH).propose(change)


def open_pulls(server: GitHubServer) -> list[tuple[str, str, str]]:
    """Return title, branch and base of each open pull request."""
    found = server.repository.pulls_like("open", None, None)
    return [(pull["title"], pull["head"], pull["base"]) for pull in found]


def test_the_first_one_makes_branch_and_pull_request(server: GitHubServer, time: FakeTime) -> None:
    head = server.repository.push("main", OLD)

    url = propose(server, time, head)

    assert server.repository.files(BRANCH) == {**OLD, **NEW}
    assert open_pulls(server) == [("Update evalci baselines", BRANCH, "main")]
    assert url == next(iter(server.repository.pulls.values()))["html_url"]


def test_projects_of_one_repository_propose_on_branches_of_their_own() -> None:
    folders = ("", "shop", "services/shop", "services-shop", "träger: 2")

    branches = [baseline_branch(folder) for folder in folders]

    assert branches[0] == BRANCH
    assert len(set(branches)) == len(folders)
    assert all(re.fullmatch(r"evalci/baseline[a-z0-9-]*", branch) for branch in branches)


def test_projects_accept_on_branches_of_their_own() -> None:
    branches = {baseline_branch(folder, "evalci/accept-7") for folder in ("", "one", "two")}

    assert len(branches) == 3
    assert all(branch.startswith("evalci/accept-7") for branch in branches)


def test_a_new_file_is_added_and_a_deleted_one_removed(
    server: GitHubServer, time: FakeTime
) -> None:
    head = server.repository.push("main", OLD)

    propose(
        server, time, head, {"baselines/desk.main.json": None, "baselines/shop.main.json": "s\n"}
    )

    assert server.repository.files(BRANCH) == {
        "README.md": "shop\n",
        "baselines/shop.main.json": "s\n",
    }


def test_the_next_push_replaces_the_branch_and_keeps_the_pull_request(
    server: GitHubServer, time: FakeTime
) -> None:
    first = propose(server, time, server.repository.push("main", OLD))
    newer = server.repository.push("main", {**OLD, "README.md": "newer\n"})

    second = propose(server, time, newer, {"baselines/desk.main.json": "newest\n"}, "Newer words")

    assert second == first
    assert server.repository.files(BRANCH) == {
        "README.md": "newer\n",
        "baselines/desk.main.json": "newest\n",
    }
    assert open_pulls(server) == [("Newer words", BRANCH, "main")]


def test_an_older_push_that_ends_later_changes_nothing(
    server: GitHubServer, time: FakeTime
) -> None:
    older = server.repository.push("main", OLD)
    newer = server.repository.push("main", {**OLD, "README.md": "newer\n"})
    propose(server, time, newer, title="Newer words")

    url = propose(server, time, older, {"baselines/desk.main.json": "stale\n"})

    assert url is None
    assert server.repository.files(BRANCH)["baselines/desk.main.json"] == "new\n"
    assert open_pulls(server) == [("Newer words", BRANCH, "main")]


def test_the_same_again_writes_no_commit(server: GitHubServer, time: FakeTime) -> None:
    head = server.repository.push("main", OLD)
    propose(server, time, head)
    tip = server.repository.refs[f"heads/{BRANCH}"]

    propose(server, time, head)

    assert server.repository.refs[f"heads/{BRANCH}"] == tip
    assert len(server.repository.pulls) == 1


def test_after_a_merge_the_next_one_opens_another(server: GitHubServer, time: FakeTime) -> None:
    propose(server, time, server.repository.push("main", OLD))
    next(iter(server.repository.pulls.values()))["state"] = "closed"

    propose(server, time, server.repository.push("main", {**OLD, **NEW}), {"baselines/b": "b"})

    assert len(open_pulls(server)) == 1


def test_whoever_was_faster_is_joined(server: GitHubServer, time: FakeTime) -> None:
    head = server.repository.push("main", OLD)

    def hurry() -> None:
        server.repository.push(BRANCH, OLD)
        server.repository.pull({"title": "Theirs", "head": BRANCH, "base": "main", "body": ""})

    server.before = at("POST .*/git/refs", 1, hurry)

    propose(server, time, head)

    assert open_pulls(server) == [("Update evalci baselines", BRANCH, "main")]
    assert server.repository.files(BRANCH) == {**OLD, **NEW}


@pytest.mark.parametrize("path", ["git/blobs", "git/trees", "git/commits", "git/refs", "pulls"])
def test_an_answer_that_is_lost_makes_nothing_twice(
    server: GitHubServer, time: FakeTime, path: str
) -> None:
    head = server.repository.push("main", OLD)
    server.faults = [Fault(match=f"POST .*/{path}$", dropped=True, effect=True)]

    propose(server, time, head)

    assert server.repository.files(BRANCH) == {**OLD, **NEW}
    assert len(open_pulls(server)) == 1


def test_a_repository_that_permits_no_pull_requests_names_the_setting(
    server: GitHubServer, time: FakeTime
) -> None:
    server.repository.pulls_permitted = False

    with pytest.raises(GitHubError, match="allow it under Settings, Actions, General") as caught:
        propose(server, time, server.repository.push("main", OLD))

    assert caught.value.exit_code == 5


def test_a_token_that_may_only_read_changes_nothing(server: GitHubServer, time: FakeTime) -> None:
    server.tokens[TOKEN] = Account(rights=frozenset())

    with pytest.raises(GitHubError, match="403"):
        propose(server, time, server.repository.push("main", OLD))
    assert (open_pulls(server), BRANCH in server.repository.refs) == ([], False)
