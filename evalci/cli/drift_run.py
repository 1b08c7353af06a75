"""The walk of `evalci drift`: measure, judge frozen answers, look back, confirm, keep."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from evalci.cli.drift_judge import freeze_answers
from evalci.cli.drift_measure import DriftSession, Measured, measure_drift
from evalci.cli.history_store import history_url, keep, opened_history
from evalci.cli.ledger import RunLedger, clean_error
from evalci.cli.show import print_text, say
from evalci.cli.workspace import Workspace, read_run, run_places
from evalci.cli.written import write_run
from evalci.core.case_set import CaseSet
from evalci.core.category import meant
from evalci.core.drift import DriftReport
from evalci.core.drift_file import FILE, drift_text
from evalci.core.history import Query, RunRecord, selected
from evalci.core.history_file import parse_records
from evalci.core.run_index import RunEntry, unfinished
from evalci.edges.files import write_text
from evalci.edges.trial_log import TrialLog
from evalci.errors import BadInputError, EvalciError, ExitCode, NotMeasuredError
from evalci.report.drift import drift_words
from evalci.report.drift_facts import blind_words
from evalci.report.escape import listed, visible

ACCEPT = "accept one with `evalci run --all && evalci baseline accept --reason …`"


def drift_sets(
    workspace: Workspace, session: DriftSession, names: Sequence[str], ledger: RunLedger
) -> None:
    """Look for drift in each golden set; one that fails does not keep the others from it.

    With one golden set its error is raised as it is; with several it is printed.
    """
    sets = workspace.case_sets(names)
    ledger.expect([_unended(workspace, session, found) for found in sets])
    folders = [workspace.run_folder(found.name, session.model) for found in sets]
    for folder in folders:
        (folder / FILE).unlink(missing_ok=True)  # what an earlier run found is not this one's
    for found, folder in zip(sets, folders, strict=True):
        entry = RunEntry(
            golden_set=found.name, model=session.model.name, folder=folder.name, exit_code=0
        )
        try:
            report = _drift(workspace, session, found, folder)
        except EvalciError as exc:
            error = clean_error(str(exc))
            ledger.add(replace(entry, exit_code=exc.exit_code, error=error))
            _write(workspace, _unmeasured(workspace, session, found, error), folder)
            if len(sets) == 1:
                raise
            _complain(workspace, found, exc)
            continue
        failed = bool(session.fail and report.lasting)
        lost = _keep(workspace, session, found, folder)
        code = ExitCode.GATE_FAILED if failed else (lost.exit_code if lost else ExitCode.OK)
        ledger.add(replace(entry, exit_code=code))


def _complain(workspace: Workspace, found: CaseSet, exc: EvalciError) -> None:
    for line in visible(workspace.redactor.text(str(exc))).splitlines():
        click.echo(f"evalci: {found.name}: {line}", err=True)


def _keep(
    workspace: Workspace, session: DriftSession, found: CaseSet, folder: Path
) -> EvalciError | None:
    """Let the run join the history; an error of that takes nothing back of what was found."""
    if session.past is not None:
        return None
    url = history_url(workspace, session.history)
    try:
        with opened_history(workspace, url) as store:
            say(keep(workspace, store, folder / "run.json", url=url))
    except EvalciError as exc:
        _complain(workspace, found, exc)
        return exc
    return None


def _drift(
    workspace: Workspace, session: DriftSession, found: CaseSet, folder: Path
) -> DriftReport:
    if workspace.baseline_in_force(found.name, session.model) is None:
        raise BadInputError(f"no baseline for {found.name} with {session.model.name}", hint=ACCEPT)
    match = workspace.config.drift.match
    if match and not any(case.matches(match) for case in found.cases):
        message = f"no case of {found.name} is what `drift.match` asks for"
        raise BadInputError(message, hint=meant(match, found.cases))
    past = _past(workspace, session, found)
    measured = measure_drift(workspace, session, found, passes=1)
    report = measured.report(past)
    if report.doubtful:
        say(f"{found.name}: a doubt; measuring as much again before anything is said")
        report = _confirmed(workspace, session, found, past=past, first=measured)
    TrialLog.finish(measured.log)
    if report.blind:
        raise NotMeasuredError(blind_words(report))
    _write(workspace, report, folder)
    print_text(workspace.redactor, drift_words(report))
    return report


def _confirmed(
    workspace: Workspace,
    session: DriftSession,
    found: CaseSet,
    *,
    past: Sequence[RunRecord],
    first: Measured,
) -> DriftReport:
    """Return what as many trials again say; where there are none, what the first ones said."""
    before = first.report(past)
    try:
        report = measure_drift(workspace, session, found, passes=2).report(past)
    except NotMeasuredError as exc:
        why = clean_error(str(exc))
    else:
        lost = sorted(report.gaps - before.gaps)
        if not lost:
            return replace(report, confirmed=True)
        why = f"too many trials without a score in {listed(lost)}"
    write_run(workspace, first.written.run, first.written.folder)
    return replace(before, unconfirmed=why)


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
        hint = "`evalci history export --cases` writes it; its log says why it did not"
        message = f"the runs so far cannot be read: {place.name}: {exc.strerror}"
        raise BadInputError(message, hint=hint) from None
    except UnicodeDecodeError:
        raise BadInputError(f"{place}: not UTF-8 text") from None


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


def _unended(workspace: Workspace, session: DriftSession, found: CaseSet) -> RunEntry:
    """Return what is to be said of a golden set that a kill keeps from its end."""
    return RunEntry(
        golden_set=found.name,
        model=session.model.name,
        folder=workspace.run_folder(found.name, session.model).name,
        exit_code=ExitCode.NOT_MEASURED,
        error=unfinished("drift"),
    )


def _write(workspace: Workspace, report: DriftReport, folder: Path) -> None:
    write_text(folder / FILE, workspace.redactor.text(drift_text(report)))


def freeze_runs(workspace: Workspace, config_path: Path | None) -> None:
    """Keep the judged answers of the last runs, for a judge to see them again."""
    runs = [read_run(place) for place in run_places((), config_path)]
    if not sum(freeze_answers(workspace, run) for run in runs):
        names = listed([run.golden_set.name for run in runs])
        raise BadInputError(f"no answer of {names} was judged")
