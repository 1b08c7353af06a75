"""An override in a file: who must have approved it, and what a broken one does."""

import pytest

from evalci.cli import run_cli
from evalci.core.override_file import override_path, override_text
from tests.cli.desk import run_json
from tests.cli.history import commit, git, merge
from tests.cli.proposal import Proposal, proposal, template
from tests.inputs import make_files

__all__ = ["proposal", "template"]

SLOW = pytest.mark.slow


def propose(proposal: Proposal) -> None:
    """Push the file of an override with the change itself, and measure."""
    given = proposal.given()
    proposal.push({override_path(given): override_text(given)})
    proposal.measure(run_id=101)


@pytest.mark.parametrize(
    ("reviewer", "older", "verdict", "check", "said"),
    [
        pytest.param("", False, "", "failure", "nobody approved this commit", id="no review"),
        pytest.param("ada", False, "APPROVED", "neutral", "let through", id="this commit"),
        pytest.param(
            "ada", True, "APPROVED", "failure", "ada approved another commit", id="an older commit"
        ),
        pytest.param(
            "bob", False, "APPROVED", "failure", "bob wrote this change", id="by the author"
        ),
        pytest.param(
            "eve", False, "APPROVED", "failure", "eve has not", id="by a reader", marks=SLOW
        ),
        pytest.param(
            "ada", False, "DISMISSED", "failure", "nobody approved", id="dismissed", marks=SLOW
        ),
    ],
)
def test_a_file_of_the_change_itself_needs_a_review(
    proposal: Proposal, reviewer: str, older: bool, verdict: str, check: str, said: str
) -> None:
    before = proposal.head
    propose(proposal)
    if reviewer:
        commit_ = before if older else proposal.head
        proposal.job.server.repository.review(7, reviewer, verdict, commit_)

    found, comment = proposal.publish()

    assert (found, said in comment.replace("\\", "")) == (check, True)
    assert "counts once it is merged, or when this commit is approved" in comment


def test_who_approved_a_file_stands_beside_whom_it_names(proposal: Proposal) -> None:
    given = proposal.given(by="the-cto")
    proposal.push({override_path(given): override_text(given)})
    proposal.measure(run_id=101)
    proposal.job.server.repository.review(7, "ada", "APPROVED", proposal.head)

    _, comment = proposal.publish()

    assert "by `the-cto` (as its file says, unproven), approved by `ada`" in comment
    assert [one["approved_by"] for one in run_json()["overrides"]] == ["ada"]


def test_who_pushed_to_the_change_does_not_approve_its_file(proposal: Proposal) -> None:
    propose(proposal)
    proposal.job.server.repository.wrote(7, "ada", "web-flow")
    proposal.job.server.repository.review(7, "ada", "APPROVED", proposal.head)

    found, comment = proposal.publish()

    assert (found, "ada wrote this change" in comment) == ("failure", True)


def test_who_pushed_under_the_name_of_another_does_not_approve_it(proposal: Proposal) -> None:
    propose(proposal)
    github = proposal.job.server.repository
    github.pulls[7]["head"] |= {"ref": "feature", "repo": {"full_name": github.name}}
    github.pull_commits[7] = [{"sha": proposal.head, "author": {"login": "bob"}}]
    github.pushed("ada", proposal.head, branch="feature")
    github.review(7, "ada", "APPROVED", proposal.head)

    found, comment = proposal.publish()

    assert (found, "ada wrote this change" in comment) == ("failure", True)


def test_a_file_of_the_base_needs_nobody(proposal: Proposal) -> None:
    given = proposal.given()
    git("switch", "--quiet", "main")
    make_files(proposal.folder, {override_path(given): override_text(given)})
    proposal.base = commit("the override first")
    proposal.measure(run_id=101)

    assert run_cli(["gate"]) == 0
    assert proposal.publish()[0] == "neutral"


def test_a_broken_file_where_nothing_is_proposed_keeps_nobody_from_publishing(
    proposal: Proposal,
) -> None:
    given = proposal.given()
    make_files(proposal.folder, {override_path(given): "category: [\n"})
    git("checkout", "--quiet", "-B", "main")
    proposal.job.begin("push", run_id=101, GITHUB_REF_NAME="main")

    assert proposal.job.publish() == 0
    assert proposal.job.checks == {"evalci / desk": "failure"}


def test_a_broken_file_of_the_change_is_an_error_with_its_line(
    proposal: Proposal, capsys: pytest.CaptureFixture[str]
) -> None:
    given = proposal.given()
    broken = override_text(given).replace("until:", "untill:")
    proposal.push({override_path(given): broken})
    merged = merge(proposal.base, proposal.head)
    proposal.job.begin(run_id=101, head=proposal.head, GITHUB_SHA=merged)

    code = run_cli(["run", "--no-gate"])

    assert code == 3
    assert f"{override_path(given)}:8: `untill`: unknown key" in capsys.readouterr().err
