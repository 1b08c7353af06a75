"""The walk of `evalci drift`: measure, judge frozen answers, look back, confirm, keep."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from evalci.check import inputs_id
from evalci.cli.drift_judge import frozen_path, with_judge_shifts
from evalci.cli.history_store import history_url, keep, opened_history
from evalci.cli.ledger import RunLedger, clean_error
from evalci.cli.paid import measure_logged, open_log, paid_clients
from evalci.cli.session import Session, planned_run
from evalci.cli.show import print_text, say
from evalci.cli.workspace import Workspace, read_run, run_places
from evalci.cli.written import Written, write_run
from evalci.core.case_set import CaseSet
from evalci.core.drift import DriftReport, drift_report
from evalci.core.drift_file import FILE, drift_text
from evalci.core.frozen import frozen_answers, frozen_text
from evalci.core.history import Query, RunRecord, selected
from evalci.core.history_admission import trigger_of
from evalci.core.history_file import parse_records
from evalci.core.history_record import record_of
from evalci.core.model_config import ModelConfig
from evalci.core.plan import Selection
from evalci.core.run_index import RunEntry
from evalci.core.verdict import Outcome
from evalci.edges.event import trigger
from evalci.edges.files import write_text
from evalci.edges.trial_log import TrialLog
from evalci.errors import BadInputError, EvalciError, ExitCode, NotMeasuredError
from evalci.report.drift import drift_words
from evalci.report.escape import counted, visible

LOG = "log.jsonl"
ACCEPT = "accept one with `evalci run --all && evalci baseline accept --reason …`"


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftSession:
    """The options of `evalci drift`; ``past`` is a file of runs that stands for the history."""

    model: ModelConfig
    trials: int
    history: str | None = None
    past: Path | None = None
    fail: bool = False


def drift_sets(
    workspace: Workspace, session: DriftSession, names: Sequence[str], ledger: RunLedger
) -> None:
    """Look for drift in each golden set; one that fails does not keep the others from it.

    With one golden set its error is raised as it is; with several it is printed.
    """
    sets = workspace.case_sets(names)
    for found in sets:
        folder = workspace.run_folder(found.name, session.model)
        entry = RunEntry(
            golden_set=found.name, model=session.model.name, folder=folder.name, exit_code=0
        )
        try:
            report = _drift(workspace, session, found, folder)
            failed = session.fail and report.lasting
            ledger.add(replace(entry, exit_code=ExitCode.GATE_FAILED if failed else ExitCode.OK))
        except EvalciError as exc:
            error = clean_error(str(exc))
            ledger.add(replace(entry, exit_code=exc.exit_code, error=error))
            _write(workspace, _unmeasured(workspace, session, found, error), folder)
            if len(sets) == 1:
                raise
            for line in visible(workspace.redactor.text(str(exc))).splitlines():
                click.echo(f"evalci: {found.name}: {line}", err=True)


def _drift(
    workspace: Workspace, session: DriftSession, found: CaseSet, folder: Path
) -> DriftReport:
    if workspace.baseline_in_force(found.name, session.model) is None:
        raise BadInputError(f"no baseline for {found.name} with {session.model.name}", hint=ACCEPT)
    past = _past(workspace, session, found)
    written = _measure(workspace, session, found, trials=session.trials)
    report = drift_report(past, _record(written))
    if report.news:
        say(f"{found.name}: an alarm; measuring as much again to confirm it")
        written = _measure(workspace, session, found, trials=2 * session.trials)
        report = replace(drift_report(past, _record(written)), confirmed=True)
    TrialLog.finish(folder / LOG)
    _write(workspace, report, folder)
    print_text(workspace.redactor, drift_words(report))
    if session.past is None:
        url = history_url(workspace, session.history)
        with opened_history(workspace, url) as store:
            say(keep(workspace, store, folder / "run.json", url=url))
    return report


def _past(workspace: Workspace, session: DriftSession, found: CaseSet) -> tuple[RunRecord, ...]:
    """Return the runs so far with their cases, from a file or from the history."""
    wanted = Query(golden_set=found.name, model=session.model.name, cases=True)
    if session.past is not None:
        return selected(parse_records(_text(session.past), str(session.past)), wanted)
    url = history_url(workspace, session.history)
    with opened_history(workspace, url) as store:
        return store.runs(wanted)


def _text(place: Path) -> str:
    try:
        return place.read_text(encoding="utf-8")
    except OSError as exc:
        hint = "`evalci history export --cases` writes it"
        raise BadInputError(f"cannot read {place}: {exc.strerror}", hint=hint) from None
    except UnicodeDecodeError:
        raise BadInputError(f"{place}: not UTF-8 text") from None


def _measure(
    workspace: Workspace, session: DriftSession, found: CaseSet, *, trials: int
) -> Written:
    """Measure a golden set; with more trials than before it goes on where those ended."""
    chosen = Selection(affected=False, match=workspace.config.drift.match)
    plan = Session(selection=chosen, trials=trials, cache=False)
    project, started = planned_run(workspace, found, session.model, plan)
    folder = workspace.run_folder(found.name, session.model)
    log = open_log(workspace, folder, inputs_id(started, "drift"), adds_up=False)
    run = measure_logged(
        workspace,
        project,
        started,
        lambda spent: paid_clients(workspace, project, spent, cache=False),
        log,
    )
    log.close()
    written = write_run(workspace, with_judge_shifts(workspace, project, run), folder)
    _refuse_unmeasured(written)
    return written


def _refuse_unmeasured(written: Written) -> None:
    """Raise NotMeasuredError for a run that broke off, or that has too many gaps."""
    if written.run.stopped:
        raise NotMeasuredError(written.run.stopped)
    verdict = written.verdict
    if verdict.outcome is Outcome.NOT_MEASURED:
        TrialLog.finish(written.folder / LOG)
        gaps = [result.reason for result in verdict.categories if result.outcome is verdict.outcome]
        raise NotMeasuredError(verdict.reason or "; ".join(gaps))


def _record(written: Written) -> RunRecord:
    return record_of(written.run, written.verdict, trigger=trigger_of(trigger()))


def _unmeasured(
    workspace: Workspace, session: DriftSession, found: CaseSet, error: str
) -> DriftReport:
    return DriftReport(
        golden_set=found.name,
        model=session.model.name,
        model_id=session.model.id,
        at=workspace.edges.clock.now().isoformat(timespec="seconds"),
        error=error,
    )


def _write(workspace: Workspace, report: DriftReport, folder: Path) -> None:
    write_text(folder / FILE, workspace.redactor.text(drift_text(report)))


def freeze_answers(workspace: Workspace, config_path: Path | None) -> None:
    """Keep the judged answers of the last run, for a judge to see them again."""
    for place in run_places((), config_path):
        run = read_run(place)
        answers = frozen_answers(run)
        if not answers:
            raise BadInputError(f"no answer of {run.golden_set.name} was judged")
        path = frozen_path(run.golden_set.path, run.model.name)
        workspace.edges.files.write(path, frozen_text(answers, clean=workspace.redactor.text))
        say(f"{path}: {counted(len(answers), 'answer')}; commit it")
