"""Measures a golden set for `evalci drift`: every case anew, its judge held against itself."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from evalci.cli.drift_gaps import gaps_in
from evalci.cli.drift_judge import Rejudging, read_frozen
from evalci.cli.paid import Clients, measure_logged, open_log, paid_clients
from evalci.cli.session import Session, planned_run
from evalci.cli.workspace import Workspace
from evalci.cli.written import Written, write_run
from evalci.core.budget import Amount
from evalci.core.case_set import CaseSet
from evalci.core.drift import DriftReport, drift_report
from evalci.core.frozen import unguarded
from evalci.core.history import RunRecord
from evalci.core.history_admission import trigger_of
from evalci.core.history_record import record_of
from evalci.core.model_config import ModelConfig
from evalci.core.plan import Selection
from evalci.core.trial import Spend, spend_of, total_of
from evalci.core.verdict import Outcome
from evalci.edges.event import trigger
from evalci.edges.llm.budget import Purse
from evalci.edges.trial_log import TrialLog
from evalci.errors import NotMeasuredError
from evalci.report.judging import judge_spend


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftSession:
    """The options of `evalci drift`; ``past`` is a file of runs that stands for the history.

    ``day`` is when it began (ISO 8601): what an attempt of another day left is not of this run.
    """

    model: ModelConfig
    trials: int
    day: str
    history: str | None = None
    past: Path | None = None
    fail: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A run as it was written, its log, and what it took to judge the frozen answers."""

    written: Written
    rejudging: Spend
    log: Path

    def report(self, past: Iterable[RunRecord]) -> DriftReport:
        """Return what the run says in the light of the earlier ones."""
        run = self.written.run
        now = record_of(run, self.written.verdict, trigger=trigger_of(run, trigger()))
        asked = spend_of({case.id: case.trials for case in run.cases})
        return replace(
            drift_report(past, now, unguarded=unguarded(run)),
            spend=total_of((asked, judge_spend(run), self.rejudging)),
            rejudging=self.rejudging,
        )


def measure_drift(
    workspace: Workspace, session: DriftSession, found: CaseSet, *, passes: int
) -> Measured:
    """Measure a golden set, and write its run; a further pass goes on where the last one ended.

    Raises NotMeasuredError for a run that broke off, or that has too many gaps.
    """
    chosen = Selection(affected=False, match=workspace.config.drift.match)
    plan = Session(selection=chosen, trials=passes * session.trials, cache=False)
    project, started = planned_run(workspace, found, session.model, plan)
    frozen = read_frozen(workspace, started)
    again = Rejudging(workspace=workspace, project=project, answers=frozen, times=passes)
    folder = workspace.run_folder(found.name, session.model)
    log = open_log(workspace, folder, started, project, salt=f"drift {session.day}")
    made: list[Clients] = []

    def clients(spent: Amount) -> Clients:
        purse = Purse(workspace.config.budget, spent, log.book)
        made.append(paid_clients(workspace, project, purse, cache=False))
        return made[0]

    run = measure_logged(workspace, project, started, clients, log)
    try:
        rejudged = again.of(run, made[0].judge, log)
    finally:
        log.close()
    written = write_run(workspace, rejudged.run, folder)
    _refuse_unmeasured(written, log.path)
    return Measured(written=written, rejudging=rejudged.spend, log=log.path)


def _refuse_unmeasured(written: Written, log: Path) -> None:
    """Raise NotMeasuredError for a run that broke off, or that has too many gaps."""
    if written.run.stopped:
        raise NotMeasuredError(written.run.stopped)
    verdict = written.verdict
    if verdict.outcome is Outcome.NOT_MEASURED:
        TrialLog.finish(log)
        raise gaps_in(written)
