"""Reviews and roles, read from the double."""

import pytest

from evalci.core.override_approval import Approval
from evalci.core.override_terms import Role
from evalci.edges.github.reviews import Reviews
from evalci.errors import BadInputError, GitHubError
from tests.edges.github.desk import HEAD, make_github
from tests.fake_time import FakeTime
from tests.github_server import Fault, GitHubServer

OLDER = "b" * 40


@pytest.fixture
def reviews(server: GitHubServer, time: FakeTime) -> Reviews:
    """Return the reviews of pull request 7, which Bob opened."""
    server.repository.pulls[7] = {
        "number": 7,
        "state": "open",
        "user": {"login": "bob"},
        "head": {"sha": HEAD},
        "base": {"ref": "main"},
    }
    return make_github(server, time).reviews(7)


def test_the_pull_request_has_an_author_and_a_head(reviews: Reviews) -> None:
    assert (reviews.authors(), reviews.head()) == (frozenset({"bob"}), HEAD)


def test_whoever_wrote_or_committed_a_commit_is_an_author(
    server: GitHubServer, reviews: Reviews
) -> None:
    server.repository.wrote(7, "ada", "web-flow")
    server.repository.wrote(7, None, "eve")

    assert reviews.authors() == {"ada", "bob", "eve", "web-flow"}


def own_branch(server: GitHubServer, *, home: str = "octo/shop") -> None:
    """Let pull request 7 have a branch, with one commit that names Bob."""
    head = {"sha": HEAD, "ref": "warmer", "repo": {"full_name": home}}
    server.repository.pulls[7]["head"] = head
    server.repository.pull_commits[7] = [{"sha": HEAD, "author": {"login": "bob"}}]


def test_whoever_pushed_a_commit_is_an_author_whatever_name_it_has(
    server: GitHubServer, reviews: Reviews
) -> None:
    own_branch(server)
    server.repository.pushed("eve", HEAD, branch="warmer")
    server.repository.pushed("ada", OLDER, branch="warmer")
    server.repository.pushed("tim", HEAD, branch="another")

    assert reviews.authors() == {"bob", "eve"}


@pytest.mark.parametrize("home", ["octo/shop", "eve/shop"])
def test_where_github_does_not_tell_who_pushed_the_commits_name_the_authors(
    server: GitHubServer, reviews: Reviews, home: str
) -> None:
    own_branch(server, home=home)
    server.repository.activities = None

    assert reviews.authors() == {"bob"}
    assert bool(server.lines("activity")) is (home == "octo/shop")


def test_a_token_that_may_not_see_the_pushes_knows_no_authors(
    server: GitHubServer, reviews: Reviews
) -> None:
    own_branch(server)
    server.faults = [Fault(match="activity", status=403, times=9)]

    with pytest.raises(GitHubError):
        reviews.authors()


def test_with_more_commits_than_github_lists_nobody_knows_the_authors(
    server: GitHubServer, reviews: Reviews
) -> None:
    for _ in range(251):
        server.repository.wrote(7, "bob")

    with pytest.raises(BadInputError, match="250 commits or more"):
        reviews.authors()


def test_an_approval_names_its_commit(server: GitHubServer, reviews: Reviews) -> None:
    server.repository.review(7, "ada", "APPROVED", OLDER)

    assert reviews.approvals() == (Approval(login="ada", commit=OLDER),)


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        pytest.param(["APPROVED", "COMMENTED"], True, id="a comment takes nothing back"),
        pytest.param(["APPROVED", "CHANGES_REQUESTED"], False, id="changes requested later"),
        pytest.param(["CHANGES_REQUESTED", "APPROVED"], True, id="approved at last"),
        pytest.param(["DISMISSED"], False, id="dismissed"),
        pytest.param(["PENDING"], False, id="not sent yet"),
    ],
)
def test_the_newest_verdict_of_a_person_counts(
    server: GitHubServer, reviews: Reviews, verdicts: list[str], expected: bool
) -> None:
    for verdict in verdicts:
        server.repository.review(7, "ada", verdict, HEAD)

    assert bool(reviews.approvals()) is expected


def test_a_bot_approves_nothing(server: GitHubServer, reviews: Reviews) -> None:
    server.repository.review(7, "github-actions[bot]", "APPROVED", HEAD)

    assert reviews.approvals() == ()


def test_every_page_is_read(server: GitHubServer, reviews: Reviews) -> None:
    for number in range(120):
        server.repository.review(7, f"ada-{number}", "APPROVED", HEAD)

    assert len(reviews.approvals()) == 120


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.TRIAGE])
def test_a_role_is_the_one_that_somebody_has(
    server: GitHubServer, reviews: Reviews, role: Role
) -> None:
    server.repository.roles["ada"] = role.value

    assert reviews.role("ada") is role


@pytest.mark.parametrize("role", ["triage", "release-captain"])
def test_other_roles_are_worth_their_old_word(
    server: GitHubServer, reviews: Reviews, role: str
) -> None:
    server.repository.roles["ada"] = role

    assert not reviews.role("ada").reaches(Role.WRITE)


def test_a_stranger_has_no_role(reviews: Reviews) -> None:
    assert reviews.role("eve") is Role.NONE


@pytest.mark.parametrize("login", ["", "../../../user", "a/b", "a" * 60, "github-actions[bot]"])
def test_what_is_no_login_is_never_asked_for(
    server: GitHubServer, reviews: Reviews, login: str
) -> None:
    assert reviews.role(login) is Role.NONE
    assert server.lines("permission") == []


def test_a_role_that_cannot_be_read_is_an_error(server: GitHubServer, reviews: Reviews) -> None:
    server.faults.append(Fault(match="permission", status=403, message="no", times=9))

    with pytest.raises(GitHubError):
        reviews.role("ada")
