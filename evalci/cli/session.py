"""One measurement from the command line: client, log, recordings, `run.json`, report files."""

from dataclasses import dataclass, replace

import click

from evalci.check import start_run
from evalci.cli.calibration import calibration_in_force
from evalci.cli.certificate import certificate_in_force
from evalci.cli.keyless import base_recordings, missing_secret, shut_out
from evalci.cli.override_files import with_base_overrides
from evalci.cli.paid import Clients, measure_logged, open_log, paid_clients, replies_in
from evalci.cli.sandboxes import harness_in, with_sandbox
from evalci.cli.workspace import Workspace
from evalci.cli.written import Written, write_run
from evalci.core.affected import unknown_dependencies
from evalci.core.base_cases import base_cases, base_categories, category_changes, with_lost
from evalci.core.base_edits import file_edit, flag_changes, on_base
from evalci.core.base_names import base_names, renaming
from evalci.core.baseline import Baseline, anchor_path
from evalci.core.budget import Amount
from evalci.core.case_set import CaseSet
from evalci.core.model_config import ModelConfig
from evalci.core.plan import Selection, with_anchor
from evalci.core.proposal import Proposal
from evalci.core.run import PolicyChange, Run
from evalci.core.shard import Part, shard_of
from evalci.core.trial import Output, Request
from evalci.edges.event import trigger
from evalci.edges.llm.budget import Purse
from evalci.edges.llm.recordings import ReplayClient, merged, read_recordings, recordings_text
from evalci.errors import BadInputError, NobodyAnswersError
from evalci.project import Project, load_project, with_categories, with_must_pass

MAX_RECORDINGS_BYTES = 500_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """The options of `evalci run` that shape a measurement; ``trials`` None means the policy's.

    ``last_failed`` narrows the selection to the cases that failed in the last run; ``shard`` is
    the part of what is selected that this machine measures. ``lacks`` says why the model cannot be
    asked, empty where it can: then the recordings of the base answer, or nobody does.
    """

    selection: Selection
    last_failed: bool = False
    trials: int | None = None
    replay: bool = False
    record: bool = False
    cache: bool = True
    shard: Part | None = None
    lacks: str = ""

    @property
    def recorded(self) -> bool:
        """Tell whether answers come from recordings alone."""
        return self.replay or bool(self.lacks)


def planned_run(
    workspace: Workspace, found: CaseSet, model: ModelConfig, session: Session
) -> tuple[Project, Run]:
    """Return a golden set with a model, and what would be measured of it, before any call."""
    config = workspace.config
    project = load_project(
        found,
        config=config,
        model=model,
        files=workspace.sources,
        renderer=workspace.edges.renderer,
        identity=harness_in(config.sandbox),
    )
    names = base_names(workspace.policy, found, model)
    renamed = renaming(config, names, found, model, own=workspace.own_text)
    before = base_cases(workspace.policy, names.golden_set)
    flags = {case.id: case.must_pass for case in before.values()}
    categories = base_categories(before.values(), config.gate)
    moved = category_changes({item.case.id: item.category for item in project.prepared}, categories)
    project = with_categories(with_must_pass(project, flags), categories)
    started = _started(workspace, project, workspace.baseline_named(names), session)
    started = with_lost(started, before, categories, session.selection)
    anchor = anchor_path(config, names.golden_set, names.model)
    started = with_anchor(started, workspace.anchor_in_force(anchor), anchor)
    started = on_base(
        replace(
            started,
            certificate=certificate_in_force(workspace, names),
            calibration=calibration_in_force(workspace, found.name, project.judge),
        ),
        workspace.policy,
        flags=(*renamed, *flag_changes(found, flags), *moved, *_anchor_edit(workspace, anchor)),
        baseline=names.baseline(config),
        recordings=_recordings_path(found, model) if session.replay and not session.lacks else "",
        own=workspace.own_text,
    )
    if workspace.laid_over is not None:
        from evalci.cli.head import of_head

        started = of_head(started, workspace, project)
    started = with_base_overrides(started, workspace)
    return project, with_sandbox(started, project, config.sandbox)


def _started(
    workspace: Workspace, project: Project, baseline: Baseline | None, session: Session
) -> Run:
    """Return the run before any call, with what brought it about."""
    history, base = workspace.edges.history, workspace.policy.base
    started = start_run(
        project,
        workspace.config,
        baseline,
        selection=session.selection,
        trials=session.trials,
        clock=workspace.edges.clock,
        history=history,
        base=base.commit if base else None,
    )
    return replace(
        started,
        provenance=replace(started.provenance, event=trigger().event),
        folder=history.folder(),
        proposal=workspace.trigger.proposal,
    )


def _recordings_path(found: CaseSet, model: ModelConfig) -> str:
    return f"{found.path}/recordings/{model.name}.jsonl"


def measure_set(
    workspace: Workspace, found: CaseSet, model: ModelConfig, session: Session
) -> Written:
    """Measure one golden set with one model, and keep what came of it.

    A pull request that has no keys is answered by the recordings of its base, or set aside.
    """
    session = replace(session, lacks=session.lacks or shut_out(workspace, model))
    try:
        return _measured(workspace, found, model, session)
    except NobodyAnswersError as exc:
        if session.lacks:
            return _set_aside(workspace, found, model, session)
        lacks = missing_secret(workspace, model, exc)
        if not lacks:
            raise
        return measure_set(workspace, found, model, replace(session, lacks=lacks))


def _set_aside(
    workspace: Workspace, found: CaseSet, model: ModelConfig, session: Session
) -> Written:
    """Write a run in which nobody was asked."""
    _, started = planned_run(workspace, found, model, session)
    if session.shard is not None:
        started = shard_of(started, session.shard)
    proposal = replace(started.proposal or Proposal(), not_run=session.lacks)
    folder = workspace.run_folder(found.name, model, session.shard)
    return write_run(workspace, replace(started, proposal=proposal), folder)


def _measured(
    workspace: Workspace, found: CaseSet, model: ModelConfig, session: Session
) -> Written:
    project, started = planned_run(workspace, found, model, session)
    if session.shard is not None:
        started = shard_of(started, session.shard)
    for line in unknown_dependencies(started):
        click.echo(f"evalci: {found.name}: {line}", err=True)
    source = _recordings_path(found, model)
    known = _recordings(workspace, source, session)
    folder = workspace.run_folder(project.golden_set.name, model, session.shard)
    due = any(case.planned for case in started.cases)
    budget = workspace.config.budget.kept_to(started.budget)
    log = open_log(
        workspace,
        folder,
        started,
        project,
        salt=_salt(started, session),
        adds_up=project.traced and _adds_up(started, session),
    )

    def clients(spent: Amount) -> Clients:
        if not due:
            return Clients(model=_Nobody())
        if session.recorded:
            recorded = ReplayClient(known or {}, source=source)
            return Clients(model=recorded, judge=recorded)
        purse = Purse(budget, spent, log.book)
        return paid_clients(workspace, project, purse, cache=session.cache)

    run = measure_logged(workspace, project, started, clients, log, cache=session.cache)
    if session.record and not session.lacks:
        _record(workspace, run, project, source, {**(known or {}), **replies_in(log)})
    written = write_run(workspace, run, folder)
    log.close(finished=not run.stopped)
    return written


def _anchor_edit(workspace: Workspace, path: str) -> tuple[PolicyChange, ...]:
    """Return the line that calls out an edited anchor, where the base's is the one in force."""
    files = workspace.policy.files
    return () if files is None else file_edit(path, files.text(path), workspace.own_text(path))


def _adds_up(run: Run, session: Session) -> bool:
    """Tell whether a re-run adds trials to those of finished attempts with the same inputs.

    It does where something is compared, so that nobody gets another verdict by asking again.
    `--all` measures afresh, for baselines and drift; recordings answer as they did.
    """
    return run.baseline is not None and not session.recorded and run.selection != "all"


class _Nobody:
    """The client of a run in which nothing is due."""

    def complete(self, request: Request) -> Output:
        """Refuse: a draw without a client is a bug."""
        raise RuntimeError(f"nothing was due, yet `{request.case}` is asked")


Recordings = dict[tuple[str, int], Output]


def _recordings(workspace: Workspace, path: str, session: Session) -> Recordings | None:
    """Return the recordings that a replay answers from or a recording run adds to, else None."""
    if session.lacks:
        return base_recordings(workspace, path)
    files = workspace.edges.files
    if not (session.replay or (session.record and files.exists(path))):
        return None
    if not files.exists(path):
        raise BadInputError(f"no recordings: `{path}`", hint="`evalci run --record` writes them")
    return read_recordings(files.text(path, limit=MAX_RECORDINGS_BYTES), path)


def _salt(run: Run, session: Session) -> str:
    """Return what tells logs of the same inputs apart: who answers, and what is compared with.

    Trials that became a baseline are not held against it.
    """
    if session.recorded:
        return "recordings"
    if run.baseline is None or not _adds_up(run, session):
        return "live"
    return f"live, against {run.baseline.accepted_at}"


def _record(
    workspace: Workspace, run: Run, project: Project, path: str, before: Recordings
) -> None:
    """Add the answers of a run to the recordings; those of requests long gone are dropped."""
    now = [
        ((case.hashes.request, trial.trial), trial.output)
        for case in run.cases
        for trial in case.trials
        if trial.output is not None
    ]
    wanted = [item.hashes.request for item in project.prepared]
    outputs = merged(before, now, wanted=wanted)
    workspace.edges.files.write(path, recordings_text(outputs, clean=workspace.redactor.text))
