"""Finds the base revision of a check: the commit whose policy and baseline decide."""

import re
from dataclasses import dataclass

from evalci.core.hashes import short
from evalci.core.ports import Ancestry
from evalci.core.proposal import Proposal
from evalci.core.run import BaseRef
from evalci.errors import BadInputError

_SHA = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """What started the check: an event of GitHub's, or a person at a terminal (``event`` empty).

    ``sha`` is the commit that GitHub built for the event, ``base_sha`` and ``base_branch`` are what
    a pull request or merge group goes into, ``branch`` is what was pushed. ``head`` is the newest
    commit of a pull request, ``foreign`` tells whether that is a fork's.
    """

    event: str = ""
    sha: str = ""
    branch: str = ""
    base_sha: str = ""
    base_branch: str = ""
    default_branch: str = ""
    head: str = ""
    foreign: bool = False

    @property
    def proposes(self) -> bool:
        """Tell whether the event is about a change that somebody asks to merge."""
        return self.event in {"pull_request", "pull_request_target", "merge_group"}

    @property
    def proposal(self) -> Proposal | None:
        """Return the pull request that the event is about, if it is about one."""
        if not self.event.startswith("pull_request"):
            return None
        head = self.head if _SHA.fullmatch(self.head) else ""
        return Proposal(head=head, foreign=self.foreign)


def base_revision(trigger: Trigger, git: Ancestry) -> BaseRef | None:
    """Return the base revision, or None where the files as they stand decide.

    That is so on the default branch itself, outside git, and before the first commit. Raises
    BadInputError when there is a base but its history was not fetched.
    """
    head = git.revision().commit
    if head is None or trigger.event == "schedule":  # a schedule runs on the default branch alone
        return None
    if trigger.event == "issue_comment":  # text of a pull request lies over the default branch
        return BaseRef(commit=head, source=f"head of {trigger.default_branch}")
    if trigger.event == "pull_request" and head == trigger.sha:
        return _first_parent(head, git)
    if trigger.proposes:
        return _proposed(trigger, head, git)
    return _merge_base_with_default(trigger, head, git)


def _first_parent(head: str, git: Ancestry) -> BaseRef:
    """Return the side of the base of the merge commit that GitHub made for a pull request."""
    parents = git.parents(head)
    if len(parents) < 2:
        raise _no_history("the parents of the merge commit")
    return BaseRef(commit=parents[0], source="first parent of the merge commit")


def _proposed(trigger: Trigger, head: str, git: Ancestry) -> BaseRef:
    names = [f"origin/{trigger.base_branch}"] if trigger.base_branch else []
    for name in (*names, trigger.base_sha):
        found = git.merge_base(head, name) if name else None
        if found:
            label = trigger.base_branch or short(trigger.base_sha)
            return BaseRef(commit=found, source=f"merge base with {label}")
    raise _no_history(f"the base `{trigger.base_branch or short(trigger.base_sha)}`")


def _merge_base_with_default(trigger: Trigger, head: str, git: Ancestry) -> BaseRef | None:
    default = trigger.default_branch or git.default_branch()
    branch = trigger.branch or git.revision().branch
    if default is None or branch == default:
        return None
    for name in (f"origin/{default}", default):
        found = git.merge_base(head, name)
        if found:
            return BaseRef(commit=found, source=f"merge base with {default}")
    if git.shallow():
        raise _no_history(f"the default branch `{default}`")
    return None


def _no_history(what: str) -> BadInputError:
    return BadInputError(
        f"cannot see {what}: its history was not fetched",
        hint="set `fetch-depth: 0` in actions/checkout, or run `git fetch --unshallow`",
    )
