"""The walk of `evalci publish`: summary and outputs first, then GitHub, then what became of it."""

from evalci.cli.baseline_proposal import propose_baselines
from evalci.cli.publication import Publication
from evalci.cli.secrets import redactor
from evalci.cli.show import say
from evalci.cli.telling import Told, clean_checks, reason, tell
from evalci.core.config import CommentPolicy
from evalci.core.ports import Patience
from evalci.edges.actions import open_runner
from evalci.edges.environment import variable
from evalci.edges.files import write_text
from evalci.edges.github import GitHub, open_github
from evalci.edges.github.event import Event
from evalci.edges.github.patience import BoundedPatience
from evalci.errors import EvalciError, NotPublishedError
from evalci.report.comment import build_sections, merged_comment
from evalci.report.escape import counted
from evalci.report.outputs import step_outputs
from evalci.report.publication import step_summary


class Announcement:
    """Says what there is to say wherever it can be said."""

    def __init__(self, event: Event, publication: Publication) -> None:
        """Put everything into words; nothing is written yet."""
        self._event = event
        self._publication = publication
        self._runner = open_runner(redactor().text)
        self._reports = clean_checks(publication, aside=event.aside)
        self._sections = build_sections(
            publication.runs,
            publication.failures,
            event.origin,
            max_examples=publication.policy.max_examples,
            private=publication.policy.private,
        )

    def make(self, policy: CommentPolicy, *, patience: Patience | None, baseline_pr: bool) -> None:
        """Write everything; NotPublishedError at the end for what GitHub did not take."""
        self._write_known_outputs()
        if self._event.foreign:
            self._write_what_became(Told())
            say("a fork's token may only read: the workflow that runs after this one posts")
            return
        token = variable("GITHUB_TOKEN")
        if token is None:
            self._write_what_became(Told())
            raise NotPublishedError("not published: GITHUB_TOKEN is not set")
        github = open_github(self._event, token=token, patience=patience or BoundedPatience())
        told = tell(github, self._reports, self._sections, policy)
        self._write_what_became(told)
        failures = [*told.failures, *(self._propose(github) if baseline_pr else ())]
        if failures:
            raise NotPublishedError(f"not published: {'; '.join(failures)}")

    def _write_known_outputs(self) -> None:
        """Write the summary and every output that is known before GitHub is asked for anything."""
        publication = self._publication
        self._runner.summary(step_summary(self._sections))
        report = publication.folder / "comment.md"
        write_text(report, redactor().text(merged_comment([], self._sections)))
        outputs = step_outputs(publication.runs, publication.failures)
        places = {"report-path": str(report), "run-path": str(publication.place)}
        for name, value in {**outputs, **places}.items():
            self._runner.output(name, value)

    def _write_what_became(self, told: Told) -> None:
        """Write what GitHub took; annotations that no check run shows go into the log."""
        written = told.checked == len(self._reports) > 0
        if not written:
            for report in self._reports:
                for annotation in report.annotations:
                    self._runner.annotate(annotation)
        self._runner.output("comment-url", told.comment_url)
        self._runner.output("check-run", "written" if written else "")
        say(f"{counted(told.checked, 'check run')} written")
        if told.comment_url:
            say(f"comment: {told.comment_url}")
        if told.comment_url and told.forbidden:
            say(told.forbidden)

    def _propose(self, github: GitHub) -> list[str]:
        """Propose the baselines and say what became of them; return why that failed, if it did."""
        try:
            say(propose_baselines(github, self._publication, self._sections))
        except EvalciError as exc:
            rights = "`contents: write` and `pull-requests: write`"
            return [f"no baseline pull request: {reason(exc, rights)}"]
        return []
