"""What `evalci publish` tells GitHub: where it speaks from, what failed, annotations, checks."""

from dataclasses import dataclass, replace
from enum import StrEnum

from evalci.core.annotation import Annotation
from evalci.core.names import name_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The workflow run that speaks; a later (``run_id``, ``attempt``) is newer.

    ``head`` is the commit that the checks are about: the head of the pull request, else the commit
    of the workflow. ``run_url`` links to the workflow run and is empty locally, ``event`` is what
    started it (`pull_request`, `push`, …).
    """

    head: str
    run_id: int
    attempt: int = 1
    run_url: str = ""
    event: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A golden set with a model that has no run to report: bad input, a crash, ^C, killed.

    ``exit_code`` is None when the process was killed, and ``golden_set`` is empty when the whole
    command failed. ``default`` tells whether the model is the one that `run.model` names,
    ``folder`` is that of the project, seen from the top of the repository.
    """

    golden_set: str
    model: str
    exit_code: int | None
    error: str
    default: bool = True
    folder: str = ""

    @property
    def key(self) -> str:
        """Return what a section of the comment is known by.

        For the whole command that is empty, or ends in a slash below the top of the repository.
        """
        return name_in(self.folder, f"{self.golden_set}.{self.model}" if self.golden_set else "")


class Conclusion(StrEnum):
    """How a check run ends, in the words of GitHub."""

    SUCCESS = "success"
    FAILURE = "failure"
    NEUTRAL = "neutral"
    ACTION_REQUIRED = "action_required"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """One check run: its name, how it ends, and what its page says (Markdown)."""

    name: str
    conclusion: Conclusion
    title: str
    summary: str
    annotations: tuple[Annotation, ...] = ()


def still_failing(report: CheckReport, elsewhere: int | None) -> CheckReport:
    """Return a check run that does not let through what failed in pull request ``elsewhere``.

    A check belongs to a commit: who proposes the same commit once more draws once more, and must
    not choose the luckier draw. None: it failed nowhere else.
    """
    lets_through = report.conclusion in {Conclusion.SUCCESS, Conclusion.NEUTRAL}
    if elsewhere is None or not lets_through:
        return report
    words = (
        f"This commit failed in #{elsewhere}, and the check of a commit is one: fix or override it "
        f"there, or push a new commit. Measured here: {report.title}."
    )
    return replace(
        report,
        conclusion=Conclusion.FAILURE,
        title=f"this commit failed in #{elsewhere}",
        summary=f"{words}\n\n{report.summary}",
    )
