"""`evalci publish`: say on GitHub what the last run found."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from evalci.cli.options import config_option
from evalci.errors import EvalciError, NotPublishedError

if TYPE_CHECKING:
    from evalci.cli.publication import Publication
    from evalci.cli.telling import Told
    from evalci.core.config import CommentPolicy
    from evalci.core.ports import Patience
    from evalci.core.publication import CheckReport
    from evalci.edges.actions import Runner
    from evalci.edges.github import GitHub
    from evalci.edges.github.event import Event
    from evalci.report.comment import Section


@click.command()
@config_option
@click.argument("runs", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--comment",
    type=click.Choice(["changed", "always", "never"]),
    envvar="EVALCI_COMMENT",
    help="When a pull request gets a comment, instead of `report.comment`.",
)
@click.option(
    "--baseline-pr",
    is_flag=True,
    envvar="EVALCI_BASELINE_PR",
    help="Propose changed baselines in a pull request, after a push to the default branch.",
)
@click.pass_obj
def publish(
    patience: "Patience | None",
    *,
    runs: tuple[Path, ...],
    config_path: Path | None,
    comment: str | None,
    baseline_pr: bool,
) -> None:
    """Say on GitHub what finished RUNS found: comment, check runs, summary, outputs.

    Needs GITHUB_TOKEN and the variables of a GitHub Actions job. By default RUNS are those of the
    last `evalci run`; one that did not finish is reported as such.
    """
    from evalci.cli.publication import gather
    from evalci.cli.secrets import redactor
    from evalci.cli.telling import clean_checks
    from evalci.core.config import CommentPolicy
    from evalci.edges.actions import open_runner
    from evalci.edges.github.event import read_event
    from evalci.report.comment import build_sections

    redactor(["GITHUB_TOKEN"])
    event = read_event()
    publication = gather(runs, config_path)
    sections = build_sections(
        publication.runs,
        publication.failures,
        event.origin,
        max_examples=publication.policy.max_examples,
        private=publication.policy.private,
    )
    runner = open_runner(redactor().text)
    reports = clean_checks(publication)
    _write_outputs(runner, publication, sections)
    policy = CommentPolicy(comment) if comment else publication.policy.comment
    github, told = _tell(event, patience, reports, sections, policy)
    _write_what_became(runner, reports, told)
    failures = list(told.failures)
    if baseline_pr and github is not None:
        failures += _propose(github, publication, sections)
    if failures:
        raise NotPublishedError(f"not published: {'; '.join(failures)}")


def _write_outputs(
    runner: "Runner", publication: "Publication", sections: "tuple[Section, ...]"
) -> None:
    """Write the summary and every output that is known before GitHub is asked for anything."""
    from evalci.cli.secrets import redactor
    from evalci.edges.files import write_text
    from evalci.report.comment import merged_comment
    from evalci.report.outputs import step_outputs
    from evalci.report.publication import step_summary

    clean = redactor().text
    report = publication.folder / "comment.md"
    runner.summary(step_summary(sections))
    write_text(report, clean(merged_comment([], sections)))
    outputs = step_outputs(publication.runs, publication.failures)
    places = {"report-path": str(report), "run-path": str(publication.place)}
    for name, value in {**outputs, **places}.items():
        runner.output(name, value)


def _tell(
    event: "Event",
    patience: "Patience | None",
    reports: "tuple[CheckReport, ...]",
    sections: "tuple[Section, ...]",
    policy: "CommentPolicy",
) -> "tuple[GitHub | None, Told]":
    """Tell GitHub, when there is a token to do it with."""
    from evalci.cli.telling import Told, tell
    from evalci.edges.environment import variable
    from evalci.edges.github import open_github
    from evalci.edges.github.patience import BoundedPatience

    token = variable("GITHUB_TOKEN")
    if token is None:
        return None, Told(problems=("GITHUB_TOKEN is not set",))
    github = open_github(event, token=token, patience=patience or BoundedPatience())
    return github, tell(github, reports, sections, policy)


def _write_what_became(runner: "Runner", reports: "tuple[CheckReport, ...]", told: "Told") -> None:
    """Write what GitHub took; annotations that no check run shows go into the log."""
    from evalci.cli.show import say
    from evalci.report.escape import counted

    written = bool(reports) and told.checked == len(reports)
    if not written:
        for report in reports:
            for annotation in report.annotations:
                runner.annotate(annotation)
    runner.output("comment-url", told.comment_url)
    runner.output("check-run", "written" if written else "")
    say(f"{counted(told.checked, 'check run')} written")
    if told.comment_url:
        say(f"comment: {told.comment_url}")
    if told.forbidden and told.comment_url:
        say(told.forbidden)


def _propose(
    github: "GitHub",
    publication: "Publication",
    sections: "tuple[Section, ...]",
) -> list[str]:
    """Propose the baselines and say what became of them; return why that failed, if it did."""
    from evalci.cli.baseline_proposal import propose_baselines
    from evalci.cli.show import say

    try:
        say(propose_baselines(github, publication, sections))
    except EvalciError as exc:
        return [f"no baseline pull request: {exc}"]
    return []
