"""All talk with GitHub's API, one thing a file; this bundle is what publishing receives."""

from dataclasses import dataclass

from evalci.core.ports import Downloads, GitHubApi, Patience
from evalci.edges.github.artifacts import Artifacts
from evalci.edges.github.baseline_pr import BaselinePullRequest
from evalci.edges.github.check_runs import CheckRuns
from evalci.edges.github.client import PyGithubApi
from evalci.edges.github.comments import Comment, Comments, StickyComment
from evalci.edges.github.event import Event
from evalci.edges.github.proposals import Proposals
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
        return CheckRuns(self.api, self.patience, repository=event.repository, origin=event.origin)

    @property
    def baselines(self) -> BaselinePullRequest:
        """Return the pull request for baselines."""
        return BaselinePullRequest(self.api, self.patience, repository=self.event.repository)

    @property
    def proposals(self) -> Proposals:
        """Return the pull requests that are open."""
        return Proposals(self.api, self.patience, repository=self.event.repository)

    def comment(self, number: int) -> StickyComment:
        """Return our comment on a pull request."""
        login = viewer_login(self.api, self.patience)

        def mine(comment: Comment) -> bool:
            return speaks_for(login, comment.author, bot=comment.bot)

        comments = Comments(self.api, repository=self.event.repository, number=number)
        return StickyComment(comments, self.patience, mine=mine)


def open_github(event: Event, *, token: str, patience: Patience) -> GitHub:
    """Return GitHub as a token sees it."""
    api = PyGithubApi(api_url=event.api_url, graphql_url=event.graphql_url, token=token)
    return GitHub(event=event, api=api, downloads=api, patience=patience)
