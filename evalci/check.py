"""The check on one screen: measure the next trials, look at the run, until nothing is open."""

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from evalci import __version__
from evalci.core.baseline import Baseline, baseline_path
from evalci.core.budget import BudgetRef
from evalci.core.clean_trial import clean_trial
from evalci.core.composite import by_axis
from evalci.core.config import Config
from evalci.core.custom_scorer import axes_of
from evalci.core.judge_moved import with_moved_judges
from evalci.core.plan import (
    PlannedTrials,
    Prepared,
    Selection,
    file_changes,
    plan_cases,
    prompt_refs,
)
from evalci.core.policy import Mode
from evalci.core.ports import Clock, History, ModelClient, Sandbox, ScorerPlugins
from evalci.core.redaction import Redactor
from evalci.core.run import (
    BaselineRef,
    GateRef,
    GoldenSetRef,
    ModelRef,
    Provenance,
    Run,
    RunCase,
)
from evalci.core.sampling import Draw, Sampler
from evalci.core.trial import Request, Trial, shortened
from evalci.errors import BadInputError
from evalci.measure import Measured, Work, measure
from evalci.project import Project
from evalci.scorers.judge import Bench, rubrics_of
from evalci.scorers.registry import CaseScorer, prepare

FIXED_TRIALS = 8  # of a case in `exact` mode, the fixed design of the gate's figures
Observer = Callable[[Trial, Request], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What a check needs from outside."""

    client: ModelClient
    clock: Clock
    redactor: Redactor
    observe: Observer
    sandbox: Sandbox | None = None
    plugins: ScorerPlugins | None = None
    judge: ModelClient | None = None


def start_run(  # noqa: PLR0913  # what is measured, held against what, and how much of it
    project: Project,
    config: Config,
    baseline: Baseline | None,
    *,
    selection: Selection,
    trials: int | None,
    clock: Clock,
    history: History,
    base: str | None = None,
) -> Run:
    """Return the run as it stands before any call: planned, compared by hash, unmeasured.

    ``trials`` fixes their number; None leaves it to the gate's looks, or without a baseline to
    `baseline.trials`. ``base`` is the commit of the base revision, where there is one.
    """
    looks = _looks(config, baseline, trials)
    planned = _planned(config, looks, trials)
    cases = _cases(project, baseline, selection, planned)
    refs = prompt_refs(project.prompts, project.prepared)
    ids, chosen = {item.case.id for item in project.prepared}, {case.id for case in cases}
    due = {case.id for case in cases if not case.carried}
    provenance = _provenance(clock, history)
    run = Run(
        id="",
        golden_set=_golden_set_ref(project),
        model=_model_ref(project, config),
        gate=_gate_ref(project, config, {case.category for case in cases}, looks),
        provenance=provenance,
        prompts=tuple(refs),
        cases=cases,
        changes=file_changes(
            project.prompts, refs, baseline, history.text_at, base=base or provenance.commit
        ),
        baseline=_baseline_ref(config, project, baseline),
        inputs_hashed=project.inputs_hashed,
        budget=_budget_ref(config),
        selection=selection.word,
        untraced=selection.affected and baseline is not None and not project.traced,
        unselected=tuple(sorted(ids - chosen)),
        removed=tuple(sorted(set(baseline.by_id()) - ids)) if baseline else (),
        rubrics=rubrics_of(i.case for i in project.prepared if i.case.id in due),
        axes=by_axis((name for case in cases for name in case.weights), axes_of(config.scorers)),
    )
    return replace(run, id=inputs_id(run, clock.now().isoformat()))


def _cases(
    project: Project, baseline: Baseline | None, selection: Selection, trials: PlannedTrials
) -> tuple[RunCase, ...]:
    """Return the selected cases, planned; BadInputError when there are none."""
    cases = plan_cases(
        project.prepared, baseline, selection=selection, trials=trials, traced=project.traced
    )
    if not cases:
        raise BadInputError("no case matches the selection", hint="look at --case and --match")
    return cases


def _golden_set_ref(project: Project) -> GoldenSetRef:
    found = project.golden_set
    return GoldenSetRef(name=found.name, path=found.path, version=found.version, hash=found.hash)


def _model_ref(project: Project, config: Config) -> ModelRef:
    model = project.model
    return ModelRef(
        name=model.name,
        id=model.id,
        family=model.family,
        default=model.name == config.model,
        params=model.params,
    )


def _looks(config: Config, baseline: Baseline | None, trials: int | None) -> tuple[int, ...]:
    """Return after how many trials the gate looks; nothing where their number is fixed."""
    if baseline is None or config.gate.mode is Mode.THRESHOLD:
        return ()
    if trials is not None:
        before = config.gate.looks if config.gate.mode is Mode.EVIDENCE else ()
        return (*(look for look in before if look < trials), trials)
    return (FIXED_TRIALS,) if config.gate.mode is Mode.EXACT else config.gate.looks


def _planned(config: Config, looks: tuple[int, ...], trials: int | None) -> PlannedTrials:
    """Return the trials that are due whatever they say."""
    if not looks:
        fixed = trials or config.baseline.trials
        return PlannedTrials(compared=fixed, other=fixed)
    return PlannedTrials(compared=trials or looks[0], other=trials or config.baseline.min_trials)


def _gate_ref(
    project: Project, config: Config, names: Collection[str], looks: tuple[int, ...]
) -> GateRef:
    return GateRef(
        mode=config.gate.mode,
        incomplete=config.gate.incomplete,
        categories=tuple(c for c in project.categories if c.name in names),
        preset=config.gate.preset,
        looks=looks,
        closed_at=config.gate.looks[-1] if looks[-1:] > config.gate.looks[-1:] else 0,
        watch=config.gate.watch,
    )


def _provenance(clock: Clock, history: History) -> Provenance:
    revision, now = history.revision(), clock.now().isoformat(timespec="seconds")
    return Provenance(
        evalci=__version__,
        started_at=now,
        finished_at=now,
        commit=revision.commit,
        branch=revision.branch,
        dirty=revision.dirty,
    )


def inputs_id(run: Run, salt: str = "") -> str:
    """Return a name for what a run asks: equal inputs, equal name (given the same salt)."""
    parts = [salt, run.golden_set.name, run.model.id, __version__]
    parts += [f"{c.id}:{c.hashes.request}:{c.hashes.harness}" for c in run.cases]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _baseline_ref(
    config: Config, project: Project, baseline: Baseline | None
) -> BaselineRef | None:
    if baseline is None:
        return None
    return BaselineRef(
        path=baseline_path(config, project.golden_set.name, project.model.name),
        commit=baseline.commit,
        accepted_at=baseline.accepted.at,
        golden_set_version=baseline.golden_set_version,
        trials=max((len(case.trials) for case in baseline.cases), default=0),
        model_id=baseline.model_id,
        resolved_models=baseline.resolved_models,
        params=baseline.params,
        max_age_days=config.baseline.max_age_days,
    )


def run_check(
    run: Run,
    project: Project,
    *,
    tools: Tools,
    concurrency: int,
    earlier: Sequence[Trial] = (),
) -> Run:
    """Measure a started run until nothing is due, and return it with its trials.

    ``earlier`` trials come from the log and are not asked again.
    """
    work_of = _work_of(project, tools)
    run = replace(run, cases=_with_trials(run.cases, earlier))
    sampler = Sampler(run)
    while draws := sampler.next_draws(run):
        measured = measure(
            [work_of(draw) for draw in draws],
            client=tools.client,
            concurrency=concurrency,
            clean=lambda trial: clean_trial(trial, tools.redactor),
            on_trial=tools.observe,
        )
        run = replace(run, cases=_with_trials(run.cases, measured.trials))
        if measured.stopped:
            stopped = shortened(tools.redactor.text(measured.stopped), 300)
            run = replace(_spent(run, measured), stopped=stopped)
            break
    outputs = [t.output for case in run.cases for t in case.trials if t.output is not None]
    provenance = replace(
        run.provenance,
        finished_at=tools.clock.now().isoformat(timespec="seconds"),
        resolved_models=tuple(sorted({o.resolved_model for o in outputs if o.resolved_model})),
        fingerprints=tuple(sorted({o.fingerprint for o in outputs if o.fingerprint})),
    )
    return with_moved_judges(replace(run, provenance=provenance))


def _spent(run: Run, measured: Measured) -> Run:
    """Return a run that says whether the budget ended it, and what left no trial."""
    budget = run.budget and replace(run.budget, reached=measured.exhausted)
    return replace(run, budget=budget, lost_requests=run.lost_requests + measured.lost)


def _budget_ref(config: Config) -> BudgetRef | None:
    budget = config.budget
    if not budget.capped:
        return None
    return BudgetRef(usd=budget.usd, calls=budget.calls, tokens=budget.tokens)


def _work_of(project: Project, tools: Tools) -> Callable[[Draw], Work]:
    """Return a function from a draw to its work; a case's scorers are built once, when needed."""
    items = {item.case.id: item for item in project.prepared}
    scorers: dict[str, CaseScorer] = {}

    def work(draw: Draw) -> Work:
        item = items[draw.case]
        if draw.case not in scorers:
            bench = _bench(project, tools, item)
            scorers[draw.case] = prepare(item.case, tools.sandbox, bench, tools.plugins)
        return Work(request=project.request(item, draw.trial), scorer=scorers[draw.case])

    return work


def _bench(project: Project, tools: Tools, item: Prepared) -> Bench | None:
    """Return what a judge of this case works with, None where nobody judges."""
    if project.judge is None or tools.judge is None:
        return None
    return Bench(
        judge=project.judge,
        client=tools.judge,
        clean=tools.redactor.text,
        request=item.hashes.request,
    )


def _with_trials(cases: Sequence[RunCase], trials: Sequence[Trial]) -> tuple[RunCase, ...]:
    """Return the cases with further trials, in their order; carried ones were not measured."""
    more: dict[str, list[Trial]] = {}
    for trial in trials:
        more.setdefault(trial.case, []).append(trial)
    return tuple(
        replace(case, trials=(*case.trials, *more[case.id]))
        if case.id in more and not case.carried
        else case
        for case in cases
    )
