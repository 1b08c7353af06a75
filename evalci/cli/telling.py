"""Tells GitHub what there is to say: check runs and the comment; what fails becomes a line."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from evalci.cli.publication import Publication
from evalci.cli.secrets import redactor
from evalci.core.annotation import Annotation
from evalci.core.config import CommentPolicy
from evalci.core.publication import CheckReport
from evalci.edges.github import GitHub
from evalci.edges.github.comments import Wanted
from evalci.errors import ApiFault, EvalciError, GitHubError, NotPublishedError
from evalci.report.check_run import build_check_reports, name_into
from evalci.report.comment import Section, holds, merged_comment, worth_a_comment
from evalci.report.delimiters import read_sections
from evalci.report.markdown import MARKER


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What GitHub took, and a line for everything that it did not take.

    ``forbidden`` says that the token may write no check run: no failure of its own where there is
    a comment.
    """

    checked: int = 0
    comment_url: str = ""
    forbidden: str = ""
    problems: tuple[str, ...] = ()

    @property
    def failures(self) -> tuple[str, ...]:
        """Return why what there is to say did not arrive."""
        unsaid = (self.forbidden,) if self.forbidden and not self.comment_url else ()
        return (*self.problems, *unsaid)


def clean_checks(publication: Publication, *, aside: str = "") -> tuple[CheckReport, ...]:
    """Return the check runs of a publication without secrets.

    ``aside`` is the branch that the change goes into, where that is not the default branch.
    """
    return tuple(
        replace(
            report,
            name=name_into(report.name, aside),
            title=redactor().text(report.title),
            summary=redactor().text(report.summary),
            annotations=tuple(map(_clean, report.annotations)),
        )
        for report in build_check_reports(
            publication.runs,
            publication.failures,
            max_examples=publication.policy.max_examples,
            private=publication.policy.private,
        )
    )


def _clean(annotation: Annotation) -> Annotation:
    return replace(
        annotation,
        title=redactor().text(annotation.title),
        message=redactor().text(annotation.message),
    )


def tell(
    github: GitHub,
    reports: Sequence[CheckReport],
    sections: Sequence[Section],
    policy: CommentPolicy,
) -> Told:
    """Write the check runs and the comment; neither keeps the other from being tried."""
    checks = _write_checks(github, reports)
    number = github.event.pull_request
    if number is None or policy is CommentPolicy.NEVER:
        return checks
    create = policy is CommentPolicy.ALWAYS or worth_a_comment(sections)
    wanted = Wanted(
        marker=MARKER,
        merge=lambda bodies: redactor().text(merged_comment(bodies, sections)),
        holds=lambda body, seen: holds(body, [*sections, *_said(seen)]),
        create=create,
    )
    try:
        comment = github.comment(number).publish(wanted)
    except NotPublishedError as exc:
        line = f"no comment: {reason(exc, '`pull-requests: write`')}"
        return replace(checks, problems=(*checks.problems, line))
    return replace(checks, comment_url=comment.url if comment else "")


def _said(bodies: Sequence[str]) -> list[Section]:
    return [section for body in bodies for section in read_sections(body)]


def _write_checks(github: GitHub, reports: Sequence[CheckReport]) -> Told:
    """Write each check run; what the token may not write once, it may not write again."""
    checks, told = github.checks, Told()
    for report in reports:
        try:
            checks.write(report)
        except NotPublishedError as exc:
            line = f"no check run `{report.name}`: {reason(exc, '`checks: write`')}"
            if _forbidden(exc):
                return replace(told, forbidden=line)
            told = replace(told, problems=(*told.problems, line))
        else:
            told = replace(told, checked=told.checked + 1)
    return told


def _forbidden(exc: EvalciError) -> bool:
    return isinstance(exc, GitHubError) and exc.fault is ApiFault.FORBIDDEN


def reason(exc: EvalciError, right: str) -> str:
    """Return why something was not taken, with what a job needs when it lacks a right."""
    if _forbidden(exc) and not exc.hint:
        return f"{exc}; a fork's token may only read, any other job needs {right}"
    return str(exc)
