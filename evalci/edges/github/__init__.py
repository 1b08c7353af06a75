"""All talk with GitHub's API, one thing a file; this bundle is what publishing receives."""

from collections.abc import Callable
from dataclasses import dataclass

from evalci.core.override_record import Remark
from evalci.core.ports import Downloads, GitHubApi, Patience
from evalci.edges.github.artifacts import Artifacts
from evalci.edges.github.baseline_pr import BaselinePullRequest
from evalci.edges.github.check_runs import CheckRuns
from evalci.edges.github.client import PyGithubApi
from evalci.edges.github.comments import Comment, Comments, StickyComment
from evalci.edges.github.conversation import Conversation
from evalci.edges.github.event import Event
from evalci.edges.github.head_tree import HeadTree
from evalci.edges.github.issues import Issues
from evalci.edges.github.proposals import Proposals
from evalci.edges.github.reviews import Reviews
from evalci.edges.github.viewer import speaks_for, viewer_login


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHub:
    """The doors to GitHub for one event."""

    event: Event
    api: GitHubApi
    downloads: Downloads
    patience: Patience

    @property
    def artifacts(self) -> Artifacts:
        """Return what the workflow runs of the repository have uploaded."""
        repository = self.event.repository
        return Artifacts(self.api, self.downloads, self.patience, repository=repository)

    @property
    def checks(self) -> CheckRuns:
        """Return the check runs of the commit that the event is about."""
        event = self.event
        return CheckRuns(
            self.api,
            self.patience,
            repository=event.repository,
            origin=event.origin,
            number=event.pull_request,
        )

    def proposal(self, branch: str) -> BaselinePullRequest:
        """Return a pull request for baselines that is kept on a branch of its own."""
        repository = self.event.repository
        return BaselinePullRequest(self.api, self.patience, repository=repository, branch=branch)

    def conversation(self, number: int) -> Conversation:
        """Return what there is to read, and to say, below a pull request or an issue."""
        repository = self.event.repository
        return Conversation(self.api, self.patience, repository=repository, number=number)

    def head_tree(self, commit: str) -> HeadTree:
        """Return the files of a commit of a pull request, as data."""
        repository = self.event.repository
        return HeadTree(self.api, self.patience, repository=repository, commit=commit)

    @property
    def proposals(self) -> Proposals:
        """Return the pull requests that are open."""
        return Proposals(self.api, self.patience, repository=self.event.repository)

    def issues(self, label: str) -> Issues:
        """Return our issues; ``label`` is for those that are made."""
        login = viewer_login(self.api, self.patience)
        return Issues(
            self.api,
            self.patience,
            repository=self.event.repository,
            label=label,
            login=login,
            mine=lambda author, bot: speaks_for(login, author, bot=bot),
        )

    def comment(self, number: int) -> StickyComment:
        """Return our comment on a pull request."""
        return StickyComment(self._comments(number), self.patience, mine=self._mine())

    def remarks(self, number: int) -> tuple[Remark, ...]:
        """Return every comment of a pull request, with whether it is ours and was never edited."""
        mine, comments = self._mine(), self._comments(number)
        return tuple(
            Remark(
                id=comment.id,
                author=comment.author,
                body=comment.body,
                edited=comment.edited,
                ours=mine(comment),
                bot=comment.bot,
            )
            for comment in self.patience.insist(comments.all)
        )

    def reviews(self, number: int) -> Reviews:
        """Return what is known of the people of a pull request."""
        repository = self.event.repository
        return Reviews(self.api, self.patience, repository=repository, number=number)

    def reply(self, number: int, body: str, *, once: str = "") -> None:
        """Add a comment, unless we have said the same; so it bears being done twice.

        ``once`` is how a comment begins that we write one time only, whatever else it says. Of
        others it proves nothing: anybody can write it.
        """
        mine, comments = self._mine(), self._comments(number)

        def unless_there() -> None:
            ours = [comment.body for comment in comments.all() if mine(comment)]
            if body not in ours and not any(once and said.startswith(once) for said in ours):
                comments.create(body)

        self.patience.insist(unless_there)

    def _comments(self, number: int) -> Comments:
        return Comments(self.api, repository=self.event.repository, number=number)

    def _mine(self) -> Callable[[Comment], bool]:
        login = viewer_login(self.api, self.patience)
        return lambda comment: speaks_for(login, comment.author, bot=comment.bot)


def open_github(event: Event, *, token: str, patience: Patience) -> GitHub:
    """Return GitHub as a token sees it."""
    api = PyGithubApi(api_url=event.api_url, graphql_url=event.graphql_url, token=token)
    return GitHub(event=event, api=api, downloads=api, patience=patience)
