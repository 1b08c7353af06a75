"""Which commit decides, for every way in which a check can start."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from evalci.core.base_revision import Trigger, base_revision
from evalci.core.ports import Revision
from evalci.core.run import BaseRef
from evalci.errors import BadInputError

HEAD, BASE, FORK = "a" * 40, "b" * 40, "c" * 40


@dataclass(frozen=True, kw_only=True)
class FakeAncestry:
    """A history from values: what `HEAD` has as parents, and its merge base by name."""

    head: str | None = HEAD
    branch: str | None = "feature"
    of_head: tuple[str, ...] = ()
    bases: Mapping[str, str] = field(default_factory=dict)
    default: str | None = "main"
    cut: bool = False

    def revision(self) -> Revision:
        return Revision(commit=self.head, branch=self.branch, dirty=False)

    def parents(self, commit: str) -> tuple[str, ...]:
        assert commit == self.head
        return self.of_head

    def merge_base(self, one: str, other: str) -> str | None:
        assert one == self.head
        return self.bases.get(other)

    def default_branch(self) -> str | None:
        return self.default

    def shallow(self) -> bool:
        return self.cut


PULL = Trigger(event="pull_request", sha=HEAD, base_sha=BASE, base_branch="main")
HEAD_OF_PULL = Trigger(event="pull_request", sha=FORK, base_sha=BASE, base_branch="main")
GROUP = Trigger(event="merge_group", sha=HEAD, base_sha=BASE, base_branch="main")
LOCAL = Trigger()


@pytest.mark.parametrize(
    ("trigger", "git", "expected"),
    [
        pytest.param(
            PULL,
            FakeAncestry(of_head=(BASE, FORK)),
            BaseRef(commit=BASE, source="first parent of the merge commit"),
            id="the merge commit of a pull request",
        ),
        pytest.param(
            HEAD_OF_PULL,
            FakeAncestry(of_head=(FORK, BASE), bases={"origin/main": BASE}),
            BaseRef(commit=BASE, source="merge base with main"),
            id="the head of a pull request, itself a merge",
        ),
        pytest.param(
            HEAD_OF_PULL,
            FakeAncestry(bases={BASE: BASE}),
            BaseRef(commit=BASE, source="merge base with main"),
            id="the head of a pull request, its base known by hash alone",
        ),
        pytest.param(
            GROUP,
            FakeAncestry(of_head=(FORK, BASE), bases={BASE: BASE}),
            BaseRef(commit=BASE, source="merge base with main"),
            id="a merge group",
        ),
        pytest.param(
            Trigger(event="push", branch="feature", default_branch="trunk"),
            FakeAncestry(bases={"origin/trunk": BASE}),
            BaseRef(commit=BASE, source="merge base with trunk"),
            id="a push to another branch",
        ),
        pytest.param(
            LOCAL,
            FakeAncestry(bases={"origin/main": BASE, "main": FORK}),
            BaseRef(commit=BASE, source="merge base with main"),
            id="at a terminal, with a remote",
        ),
        pytest.param(
            LOCAL,
            FakeAncestry(bases={"main": BASE}),
            BaseRef(commit=BASE, source="merge base with main"),
            id="at a terminal, without a remote",
        ),
        pytest.param(
            LOCAL,
            FakeAncestry(branch=None, bases={"main": HEAD}),
            BaseRef(commit=HEAD, source="merge base with main"),
            id="a detached head on the default branch",
        ),
        pytest.param(
            Trigger(event="issue_comment", branch="main", default_branch="main"),
            FakeAncestry(branch="main"),
            BaseRef(commit=HEAD, source="head of main"),
            id="a command in a comment, whose text lies over the default branch",
        ),
    ],
)
def test_the_base_of(trigger: Trigger, git: FakeAncestry, expected: BaseRef) -> None:
    assert base_revision(trigger, git) == expected


@pytest.mark.parametrize(
    ("trigger", "git"),
    [
        pytest.param(LOCAL, FakeAncestry(head=None), id="outside git"),
        pytest.param(LOCAL, FakeAncestry(branch="main"), id="on the default branch"),
        pytest.param(LOCAL, FakeAncestry(default=None), id="no branch is the default"),
        pytest.param(LOCAL, FakeAncestry(), id="nothing in common with the default branch"),
        pytest.param(
            Trigger(event="push", branch="trunk", default_branch="trunk"),
            FakeAncestry(branch=None, bases={"main": BASE}),
            id="a push to the default branch",
        ),
        pytest.param(
            Trigger(event="schedule", branch="trunk"),
            FakeAncestry(branch="trunk", bases={"main": BASE}),
            id="a schedule whose payload names no branch",
        ),
    ],
)
def test_the_files_as_they_stand_decide(trigger: Trigger, git: FakeAncestry) -> None:
    assert base_revision(trigger, git) is None


@pytest.mark.parametrize(
    ("trigger", "git"),
    [
        pytest.param(PULL, FakeAncestry(of_head=()), id="merge commit without its parents"),
        pytest.param(HEAD_OF_PULL, FakeAncestry(), id="head without the base"),
        pytest.param(GROUP, FakeAncestry(), id="merge group without its base"),
        pytest.param(LOCAL, FakeAncestry(cut=True), id="shallow clone at a terminal"),
    ],
)
def test_a_history_that_was_not_fetched_is_named(trigger: Trigger, git: FakeAncestry) -> None:
    with pytest.raises(BadInputError, match="history was not fetched; set `fetch-depth: 0`"):
        base_revision(trigger, git)
