"""Makes the false-alarm certificate of `evalci stats aa`, from recorded trials or from new ones."""

from evalci.cli.session import Session, measure_set
from evalci.cli.stage import EVERYTHING, OpenStage
from evalci.cli.workspace import Workspace
from evalci.core.certificate import (
    Certificate,
    Source,
    certificate_key,
    certificate_path,
    certificate_text,
)
from evalci.core.gate import decide
from evalci.core.rehearsal import Rehearsed, resample
from evalci.core.run import Run, Standing
from evalci.core.verdict import Outcome
from evalci.errors import BadInputError, NotMeasuredError


def certify(
    workspace: Workspace, opened: OpenStage, *, runs: int, live: int | None
) -> tuple[str, Certificate]:
    """Write the certificate beside the baseline; return its path and the certificate.

    ``live`` is the number of runs to measure; None draws ``runs`` from the recorded trials.
    """
    found = resample(opened.stage, runs) if live is None else _measured(workspace, opened, live)
    certificate = Certificate(
        golden_set=opened.run.golden_set.name,
        model=opened.run.model.name,
        mode=opened.run.gate.mode,
        source=Source.RESAMPLED if live is None else Source.LIVE,
        runs=found.runs,
        red=found.red,
        undecided=found.undecided,
        calls_per_case=found.calls_per_case,
        key=certificate_key(opened.baseline, workspace.config.gate),
    )
    folder = workspace.config.baseline.dir
    path = certificate_path(folder, certificate.golden_set, certificate.model)
    workspace.edges.files.write(path, certificate_text(certificate))
    return path, certificate


def _measured(workspace: Workspace, opened: OpenStage, runs: int) -> Rehearsed:
    """Measure the unchanged golden set several times, each as `evalci run --all` would."""
    _refuse_changes(opened.run)
    found = [_once(workspace, opened) for _ in range(runs)]
    verdicts = [decide(run) for run in found]
    trials = sum(len(case.trials) for run in found for case in run.cases)
    return Rehearsed(
        runs=runs,
        red=sum(verdict.blocking for verdict in verdicts),
        undecided=sum(
            verdict.outcome is Outcome.INCONCLUSIVE and not verdict.blocking for verdict in verdicts
        ),
        calls_per_case=trials / sum(len(run.cases) for run in found),
    )


def _refuse_changes(run: Run) -> None:
    """Refuse what is no longer asked as the baseline asked it: that would not be a false alarm."""
    changed = [
        case.id
        for case in run.cases
        if case.standing is not Standing.COMPARABLE
        or (case.baseline is not None and case.baseline.hashes.request != case.hashes.request)
    ]
    if changed:
        message = f"`{changed[0]}` is not what the baseline of {run.golden_set.name} measured"
        raise BadInputError(
            f"{message} ({len(changed)} such cases)",
            hint="live runs need an unchanged golden set; accept a baseline first",
        )


def _once(workspace: Workspace, opened: OpenStage) -> Run:
    everything = Session(selection=EVERYTHING)
    written = measure_set(workspace, opened.found, opened.model, everything)
    run, verdict = written.run, written.verdict
    if verdict.outcome is Outcome.NOT_MEASURED:
        reason = verdict.reason or "too many trials have no score"
        raise NotMeasuredError(f"{run.golden_set.name}: {reason}; no certificate was written")
    return run
