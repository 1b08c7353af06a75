"""The walk of `evalci obey`: who asks, what is asked, whether it is done, and the reply."""

from pathlib import Path
from typing import assert_never

from evalci.cli import commanded_accept, commanded_override, commanded_run
from evalci.cli.commanded import Deed, Order
from evalci.cli.secrets import redactor
from evalci.cli.show import say
from evalci.cli.telling import reason
from evalci.cli.workspace import Workspace
from evalci.core.comment_command import (
    STRANGER,
    Command,
    Situation,
    Verb,
    is_command,
    parse_command,
    refusal,
)
from evalci.core.override_record import reply_mark
from evalci.edges.actions import open_runner
from evalci.edges.git import top_level
from evalci.edges.github import GitHub
from evalci.edges.github.comment_event import CommentEvent
from evalci.errors import BadInputError, NotPublishedError
from evalci.report import replies
from evalci.report.escape import one_line

RIGHTS = "`actions: write`, `contents: write` and `pull-requests: write`"


class Obedience:
    """Answers one comment; bots and whoever speaks about something else get no answer at all."""

    def __init__(self, github: GitHub, comment: CommentEvent, workspace: Workspace) -> None:
        """``workspace`` is the default branch, checked out: its config decides."""
        self._github = github
        self._comment = comment
        self._workspace = workspace
        self._talk = github.conversation(comment.number)

    def answer(self) -> None:
        """Do what is asked or say why not; GitHubError when GitHub would not take it."""
        if not is_command(self._comment.body):
            say("no command: nothing to do")
        elif self._comment.bot:
            say("a bot gives no commands: nothing to do")
        elif (now := self._situation()) is None:
            say("the comment is gone: nothing to do")
        elif now.stranger:
            self._reply(f"{replies.STRANGERS}\n{replies.refused(STRANGER)}", replies.STRANGERS)
        else:
            self._settle(now)

    def _settle(self, now: Situation) -> None:
        try:
            deed = self._obey(now)
        except BadInputError as exc:
            deed = Deed(reply=replies.refused(str(exc)))
        except NotPublishedError as exc:
            self._answer(replies.refused(reason(exc, RIGHTS)))
            raise
        if deed.reply:
            self._answer(deed.reply)
        runner = open_runner(redactor().text)
        if deed.publish:
            runner.output("head", now.head)
            runner.output("publish", "true")
        if deed.measure:
            runner.output("measure", "true")

    def _situation(self) -> Situation | None:
        """Return how things stand now: the event may be minutes old."""
        event = self._comment
        comment = self._talk.comment(event.id)
        if comment is None:
            return None
        edited = (
            event.edited
            or comment.updated_at != comment.created_at
            or (comment.body, comment.author) != (event.body, event.sender)
        )
        role = self._github.reviews(event.number).role(event.sender)
        pull = self._talk.pull_request() if event.pull_request else None
        return Situation(
            sender=event.sender,
            role=role,
            written_at=comment.created_at,
            edited=edited,
            pull_request=pull is not None,
            open=pull.open if pull else False,
            head=pull.head if pull else "",
            base=pull.base if pull else "",
            default_branch=event.default_branch,
        )

    def _obey(self, now: Situation) -> Deed:
        """Do what is asked and return what became of it; BadInputError says why it is not done."""
        command = parse_command(self._comment.body)
        if not self._is_meant(command):
            say("the command is for another project: nothing to do")
            return Deed()
        if why := refusal(command, now):
            raise BadInputError(why)
        self._require_base()
        order = Order(
            command=command,
            now=now,
            comment=self._comment.id,
            number=self._comment.number,
            github=self._github,
            workspace=self._workspace,
        )
        match command.verb:
            case Verb.RUN:
                return commanded_run.obey_run(order)
            case Verb.OVERRIDE:
                return commanded_override.obey_override(order)
            case Verb.ACCEPT:
                return commanded_accept.obey_accept(order)
            case Verb.RERUN:
                return commanded_run.obey_rerun(order, self._talk)
            case _:
                assert_never(command.verb)

    def _is_meant(self, command: Command) -> bool:
        """Tell whether this job is the one to obey; BadInputError for a folder that is not there.

        Each project of a repository has a job of its own, and all of them hear every command.
        """
        files, folder = self._workspace.edges.files, self._workspace.edges.history.folder()
        top = top_level(files.base) or files.base
        if command.project is not None and not _is_folder(top, command.project):
            raise BadInputError(
                f"the default branch has no folder `{command.project}`",
                hint=f"this project is in `{folder or '.'}`",
            )
        return command.concerns(folder)

    def _require_base(self) -> None:
        """Refuse to go on in any other checkout: its config, and maybe its code, decide here."""
        if self._workspace.edges.history.revision().commit != self._github.event.sha:
            raise BadInputError(
                "the workflow has not checked out the default branch",
                hint="use actions/checkout without `ref`",
            )

    def _answer(self, words: str) -> None:
        self._reply(f"{reply_mark(self._comment.id)}\n{words}")

    def _reply(self, body: str, once: str = "") -> None:
        self._github.reply(self._comment.number, redactor().text(body), once=once)
        say(f"replied: {one_line(body.splitlines()[1])}")


def _is_folder(top: Path, name: str) -> bool:
    try:
        return ".." not in name.split("/") and (top / name).is_dir()
    except OSError:  # a name that is too long for one
        return False
