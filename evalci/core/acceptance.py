"""Accepting a run: what a baseline takes over from it, and what it refuses."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from evalci.core.baseline import Acceptance, Baseline, BaselineCase, baseline_trial
from evalci.core.run import Run, RunCase
from evalci.core.trial import independent
from evalci.errors import BadInputError

MAX_RUNS = 20
FEW_TRIALS = 3


def refuse_shard(run: Run) -> None:
    """Raise BadInputError for a part of a run."""
    if run.shard is not None:
        hint = "join the shards with `evalci merge` first"
        raise BadInputError(f"the run is {run.shard.words}", hint=hint)


def refuse_unfit(run: Run, *, min_trials: int, cases: Collection[str]) -> None:
    """Raise BadInputError when the chosen cases of a run are no ground to compare with."""
    refuse_shard(run)
    _refuse_unproven(run)
    chosen = [case for case in run.cases if case.id in cases and not case.carried]
    broken = [(case, trial) for case in chosen for trial in case.trials if trial.composite is None]
    if run.stopped:
        raise BadInputError(f"the run is incomplete: {run.stopped}", hint="run it again")
    if broken:
        case, trial = broken[0]
        raise BadInputError(
            f"{len(broken)} trials are unscored, the first of `{case.id}`: {trial.failure}",
            hint="run it again; a baseline holds measured trials only",
        )
    short = [case for case in chosen if len(independent(case.trials)) < min_trials]
    if short:
        count = len(independent(short[0].trials))
        raise BadInputError(
            f"`{short[0].id}` has {count} {'trial' if count == 1 else 'trials'}, "
            f"a baseline needs at least {min_trials} (baseline.min_trials)",
            hint="`evalci baseline accept --top-up` runs what is missing",
        )


def _refuse_unproven(run: Run) -> None:
    """Refuse what its own author could have written, or what only a part of a change answered."""
    if run.proposal is not None and run.proposal.foreign:
        hint = "`/evalci run` measures a fork's change; after its merge `evalci run --all` does"
        raise BadInputError("what a fork's own job measured proves nothing", hint=hint)
    if run.unverified:
        raise BadInputError(run.unverified, hint="accept what a model answered for all of it")


def thin_warning(baseline: Baseline) -> str:
    """Return what is wrong with a baseline of fewer than 3 trials a case, empty when nothing is.

    The power is that measured for one trial a case, 4 categories of 30 cases.
    """
    thin = sum(len(case.trials) < FEW_TRIALS for case in baseline.cases)
    if not thin:
        return ""
    return (
        f"{thin} of {len(baseline.cases)} cases have fewer than {FEW_TRIALS} trials: "
        "with one trial a case the gate finds a 10-point drop in 23 to 34 % of changes, "
        "with ten in about 90 %"
    )


def accept(
    run: Run, previous: Baseline | None, *, acceptance: Acceptance, cases: Collection[str]
) -> Baseline:
    """Return the baseline after accepting what a run measured of the chosen cases.

    Cases that were carried forward or not chosen keep their accepted trials; cases that the
    golden set no longer has are dropped. When nothing but the clock would change, the previous
    baseline is returned as it was.
    """
    kept = previous.by_id() if previous else {}
    _refuse_orphans(run, kept, cases)
    entries = [_entry(case, kept.get(case.id), chosen=case.id in cases) for case in run.cases]
    entries += [kept[id_] for id_ in run.unselected if id_ in kept]
    found = sorted((entry for entry in entries if entry is not None), key=lambda entry: entry.id)
    if not found:
        raise BadInputError("the run measured none of the chosen cases")
    baseline = Baseline(
        golden_set=run.golden_set.name,
        golden_set_version=run.golden_set.version,
        golden_set_hash=run.golden_set.hash,
        model=run.model.name,
        model_id=run.model.id,
        params=run.model.params,
        resolved_models=run.provenance.resolved_models,
        fingerprints=run.provenance.fingerprints,
        prompts=_prompts(run, previous, cases),
        commit=run.provenance.commit,
        dirty=run.provenance.dirty,
        accepted=acceptance,
        cases=tuple(found),
        runs=(run.id,),
    )
    if previous is None:
        return baseline
    baseline = _with_kept_provenance(baseline, previous, run)
    return previous if _same(baseline, previous) else baseline


def _refuse_orphans(run: Run, kept: Mapping[str, BaselineCase], cases: Collection[str]) -> None:
    """Refuse a run that carried cases forward from a baseline which is not there any more."""
    for case in run.cases:
        before = kept.get(case.id)
        if case.id in cases and case.carried and (before is None or before != case.baseline):
            raise BadInputError(
                f"`{case.id}` was carried forward from another baseline than the present one",
                hint="run it again, with --all where the baseline had another name",
            )


def _with_kept_provenance(baseline: Baseline, previous: Baseline, run: Run) -> Baseline:
    """Keep what is still true of the cases that were not measured now.

    Who answered them stays listed; and as long as one of them was asked otherwise than this run
    asks, the header goes on to name the model and golden set that all of them were accepted with.
    """
    now = {case.id: case.hashes for case in run.cases}
    measured = {case.id for case in run.cases if case.trials}
    if not {case.id for case in baseline.cases} <= measured:
        baseline = replace(
            baseline,
            runs=(*previous.runs, run.id)[-MAX_RUNS:],
            resolved_models=_union(baseline.resolved_models, previous.resolved_models),
            fingerprints=_union(baseline.fingerprints, previous.fingerprints),
        )
    if all(now.get(case.id) == case.hashes for case in baseline.cases):
        return baseline
    return replace(
        baseline,
        golden_set_version=previous.golden_set_version,
        golden_set_hash=previous.golden_set_hash,
        model_id=previous.model_id,
        params=previous.params,
    )


def _union(one: Iterable[str], other: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({*one, *other}))


def _entry(case: RunCase, kept: BaselineCase | None, *, chosen: bool) -> BaselineCase | None:
    trials = tuple(filter(None, map(baseline_trial, independent(case.trials))))
    if case.carried or not chosen or not trials:
        return kept
    return BaselineCase(id=case.id, prompt=case.prompt, hashes=case.hashes, trials=trials)


def _prompts(run: Run, previous: Baseline | None, cases: Collection[str]) -> dict[str, str]:
    """Return the template hash of every file behind an accepted case.

    A case that was carried forward counts: it is asked the same with the new files as before.
    """
    taken = {case.prompt for case in run.cases if case.id in cases}
    used = {path for prompt in run.prompts for path in prompt.files}
    kept = {} if previous is None else previous.prompts
    prompts = {path: hash_ for path, hash_ in kept.items() if path in used}
    for prompt in run.prompts:
        if prompt.path in taken:
            prompts.update(prompt.files)
    return prompts


def _same(one: Baseline, other: Baseline) -> bool:
    """Tell whether two baselines differ in nothing but acceptance and commit."""
    blank = Acceptance(by="", reason="", at="")
    left, right = (
        replace(
            baseline,
            accepted=blank,
            commit=None,
            dirty=False,
            runs=(),
            cases=tuple(map(_timeless, baseline.cases)),
        )
        for baseline in (one, other)
    )
    return left == right


def _timeless(case: BaselineCase) -> BaselineCase:
    """Return a case without what differs between two calls that answered the same."""
    trials = (replace(trial, latency_s=None, cost_usd=None) for trial in case.trials)
    return replace(case, trials=tuple(trials))
