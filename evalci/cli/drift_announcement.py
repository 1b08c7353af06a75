"""Says on GitHub what the last `evalci drift` found: one issue a golden set and model."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from evalci.cli.publication import project_folder
from evalci.cli.secrets import redactor
from evalci.cli.show import say
from evalci.cli.telling import reason
from evalci.cli.workspace import find_home, open_workspace, read_index
from evalci.core.drift import DriftReport
from evalci.core.drift_config import DEFAULT_DRIFT
from evalci.core.drift_file import FILE, parse_drift
from evalci.core.names import name_in
from evalci.core.ports import Patience
from evalci.core.run_index import RunEntry, broken_off
from evalci.edges.actions import open_runner
from evalci.edges.environment import variable
from evalci.edges.event import trigger
from evalci.edges.files import json_document
from evalci.edges.github import open_github
from evalci.edges.github.event import Event
from evalci.edges.github.issues import Issues, IssueText
from evalci.edges.github.patience import BoundedPatience
from evalci.errors import BadInputError, EvalciError, NotPublishedError
from evalci.report.drift import (
    closing_body,
    drift_marker,
    drift_summary,
    issue_body,
    issue_title,
)
from evalci.report.drift_unmeasured import measured_again, unmeasured_body, unmeasured_title

NEVER_STARTED = "`evalci drift` never started; the log of the job says why"


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftFindings:
    """What the last `evalci drift` left: a report for each golden set, and how it ended.

    ``folder`` is that of the project, seen from the top of the repository. Report files are foreign
    data here: checked and redacted before anything is said of them.
    """

    exit_code: int | None = None
    error: str = ""
    folder: str = ""
    label: str = DEFAULT_DRIFT.issue_label
    reports: tuple[DriftReport, ...] = field(default_factory=tuple)

    @property
    def verdict(self) -> str:
        """Return the whole of it in two words."""
        if self.error or any(report.error for report in self.reports):
            return "not measured"
        return "drift" if any(report.lasting for report in self.reports) else "no drift"


def gather_drift(config_path: Path | None, *, expected: bool) -> DriftFindings | None:
    """Return what the last command found when that was `evalci drift`, else None.

    Where that is ``expected``, there is always something to say.
    """
    folder = project_folder(config_path)
    never = DriftFindings(error=NEVER_STARTED, folder=folder) if expected else None
    try:
        home = find_home(config_path)
        index = read_index(home.runs)
    except BadInputError:
        return never
    if not index.drift:
        return never
    reports = (_report(home.runs, entry) for entry in index.entries)
    return DriftFindings(
        exit_code=index.exit_code,
        error=redactor().text(broken_off(index)),
        folder=folder,
        label=_label(home.config),
        reports=tuple(replace(r, golden_set=name_in(folder, r.golden_set)) for r in reports),
    )


def _label(config: Path) -> str:
    try:
        return open_workspace(config).config.drift.issue_label
    except BadInputError:
        return DEFAULT_DRIFT.issue_label


def _report(runs: Path, entry: RunEntry) -> DriftReport:
    """Return the report of one golden set; what cannot be read could not be measured."""
    place = runs / Path(entry.folder).name / FILE
    try:
        text = redactor().text(place.read_text(encoding="utf-8"))
        report = parse_drift(json_document(text, str(place)))
    except (OSError, UnicodeDecodeError, BadInputError) as exc:
        return _unknown(entry, f"no drift report: {exc}")
    if (report.golden_set, report.model) != (entry.golden_set, entry.model):
        return _unknown(entry, f"{place}: the drift of {report.golden_set} with {report.model}")
    return report


def _unknown(entry: RunEntry, error: str) -> DriftReport:
    return DriftReport(
        golden_set=entry.golden_set,
        model=entry.model,
        model_id="",
        at="",
        error=redactor().text(entry.error or error),
    )


class DriftAnnouncement:
    """Writes the summary, the outputs, and the issues."""

    def __init__(self, event: Event, found: DriftFindings) -> None:
        """``found`` is what there is to say."""
        self._event = event
        self._found = found
        self._runner = open_runner(redactor().text)

    def make(self, patience: Patience | None) -> None:
        """Write everything; NotPublishedError at the end for what GitHub did not take."""
        found = self._found
        self._runner.summary(drift_summary(found.reports, found.error))
        code = "" if found.exit_code is None else str(found.exit_code)
        for name, value in {"verdict": found.verdict, "exit-code": code}.items():
            self._runner.output(name, value)
        if aside := _aside():
            say(f"no issue: {aside} is not the default branch")
            return
        token = variable("GITHUB_TOKEN")
        if token is None:
            raise NotPublishedError("not published: GITHUB_TOKEN is not set")
        github = open_github(self._event, token=token, patience=patience or BoundedPatience())
        if failures := self._tell(github.issues(found.label)):
            raise NotPublishedError(f"not published: {'; '.join(failures)}")

    def _tell(self, issues: Issues) -> Sequence[str]:
        """Bring every issue up to date; return why some could not be, each reason once."""
        found, url, failures = self._found, self._event.origin.run_url, dict[str, None]()
        steps = [partial(_told_whole, issues, found, url)]
        steps += [partial(_told, issues, report, url) for report in found.reports]
        for step in steps:
            try:
                if told := step():
                    say(told)
            except EvalciError as exc:
                failures[f"no drift issue: {reason(exc, '`issues: write`')}"] = None
        return tuple(failures)


def _aside() -> str:
    """Return the branch that was measured when it is not the default one, else nothing."""
    event = trigger()
    return event.branch if event.default_branch not in {"", event.branch} else ""


def _told_whole(issues: Issues, found: DriftFindings, run_url: str) -> str:
    """Return what became of the issue of a run that came to no golden set, empty without one."""
    down = bool(found.error) and not found.reports
    marker = drift_marker(name_in(found.folder, ""), "")
    body = unmeasured_body(marker, found.error, run_url) if down else measured_again(run_url)
    text = IssueText(
        marker=marker,
        title=redactor().text(unmeasured_title(found.folder)),
        body=redactor().text(body),
    )
    if down:
        return f"drift issue: {issues.show(text)}"
    closed = issues.close(text)
    return f"drift issue closed: {closed}" if closed else ""


def _told(issues: Issues, report: DriftReport, run_url: str) -> str:
    """Return what became of the issue of one golden set."""
    what = f"{report.golden_set} with {report.model}"
    down = bool(report.error or report.lasting)
    if not down and report.undecided:
        return f"{what}: no drift so far; an open drift issue stays until that is sure"
    body = issue_body(report, run_url) if down else closing_body(report, run_url)
    text = IssueText(
        marker=drift_marker(report.golden_set, report.model),
        title=redactor().text(issue_title(report)),
        body=redactor().text(body),
    )
    if down:
        return f"{what}: drift issue: {issues.show(text, news=report.news)}"
    closed = issues.close(text)
    return f"{what}: drift issue closed: {closed}" if closed else f"{what}: no drift"
