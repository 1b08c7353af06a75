"""Splits a planned run into shards, and joins measured ones into the run they were split from."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from evalci.core.hashes import short
from evalci.core.proposal import Proposal
from evalci.core.run import Provenance, Run, Shard
from evalci.core.shares import allotted, shares, total_budget
from evalci.errors import BadInputError

DEFAULT_TRIALS = 4
MAX_SHARDS = 256  # the largest matrix of a GitHub workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Which shard is asked for: ``index`` of ``total``, from 1."""

    index: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardFile:
    """A run that was read, and the file that it was read from."""

    source: str
    run: Run


def shard_of(run: Run, part: Part) -> Run:
    """Return one shard of a planned run: its cases, where they stand in the whole, and its caps.

    The same run is split in the same way on every machine.
    """
    parts = shares(run.cases, part.total)
    places = parts[part.index - 1]
    return replace(
        run,
        cases=tuple(run.cases[place] for place in places),
        budget=allotted(run, parts, part.index - 1),
        shard=Shard(index=part.index, total=part.total, inputs=_inputs(run), places=places),
    )


def _inputs(run: Run) -> str:
    """Return a name for everything that a planned run asks and is held against.

    Whether the working tree is dirty is left out: an earlier shard may have left its run in it.
    So is what started the shard, which may be measured again by hand.
    """
    nowhen = replace(run.provenance, started_at="", finished_at="", dirty=False, event="")
    plain = replace(run, id="", provenance=nowhen, certificate=None, calibration=None)
    return hashlib.sha256(repr(plain).encode()).hexdigest()[:32]


def was_measured(run: Run) -> bool:
    """Tell whether a shard ended with a score, or had nothing to measure or nobody to ask."""
    due, scored = any(case.planned for case in run.cases), any(case.values for case in run.cases)
    aside = run.proposal is not None and bool(run.proposal.not_run)
    return aside or (not run.stopped and (scored or not due))


def join(files: Sequence[ShardFile], *, version: str) -> Run:
    """Return the run that shards were split from; BadInputError unless they are exactly all.

    It is what one machine would have measured but for timings and the id, which is that of the
    first shard. ``version`` is the evalci that joins, and that must have measured.
    """
    known = sorted(
        ((file, _shard(file, version)) for file in files), key=lambda pair: pair[1].index
    )
    first = known[0][1]
    for file, _ in known:
        _refuse_stranger(file.run, file.source, known[0][0].run)
    _refuse_gaps(known, first)
    runs = [file.run for file, _ in known]
    found = {
        place: case
        for file, shard in known
        for place, case in zip(shard.places, file.run.cases, strict=True)
    }
    return replace(
        runs[0],
        cases=tuple(found[place] for place in sorted(found)),
        provenance=_provenance([run.provenance for run in runs]),
        stopped="; ".join(_stopped(run) for run in runs if run.stopped),
        budget=total_budget([run.budget for run in runs]),
        lost_requests=sum(run.lost_requests for run in runs),
        proposal=_proposal(runs),
        shard=None,
    )


def _proposal(runs: Sequence[Run]) -> Proposal | None:
    """Return the pull request; where one shard asked nobody, nobody was asked for the whole."""
    aside = (run.proposal for run in runs if run.proposal is not None and run.proposal.not_run)
    return next(aside, runs[0].proposal)


def _shard(file: ShardFile, version: str) -> Shard:
    shard, evalci = file.run.shard, file.run.provenance.evalci
    if shard is None:
        message = f"{file.source}: the run of a whole golden set, not a shard"
        raise BadInputError(message, hint="`evalci run --shard 1/4` measures one")
    if evalci != version:
        message = f"{file.source}: {shard.words} was measured by evalci {evalci}"
        raise BadInputError(message, hint=f"this is {version}; use one version for all")
    if len(shard.places) != len(file.run.cases) or not 1 <= shard.index <= shard.total:
        raise BadInputError(f"{file.source}: {shard.words} does not hold the cases that it names")
    return shard


def _refuse_stranger(run: Run, source: str, other: Run) -> None:
    shard, first = run.shard, other.shard
    if shard is None or first is None:
        return
    if shard.total != first.total:
        message = f"{source}: {shard.words} is of another split than {first.words}"
        raise BadInputError(message, hint="name the run.json of each shard, or remove the others")
    if shard.inputs != first.inputs:
        message = f"{source}: {shard.words} measured other inputs than {first.words}"
        commits = [short(each.provenance.commit or "none") for each in (run, other)]
        moved = f"commit {commits[0]}, not {commits[1]}; " if commits[0] != commits[1] else ""
        hint = "shards have commit, files, baseline and options in common; run all of them again"
        raise BadInputError(message, hint=f"{moved}{hint}")


def _refuse_gaps(known: Sequence[tuple[ShardFile, Shard]], first: Shard) -> None:
    """Refuse a doubled shard, a missing one, and cases that do not add up to a run."""
    run = known[0][0].run
    name = f"{run.golden_set.name} with {run.model.name}"
    sources: dict[int, str] = {}
    for file, shard in known:
        if shard.index in sources:
            where = f"{sources[shard.index]} and {file.source}"
            message = f"{shard.words} of {name} is there twice: {where}"
            raise BadInputError(message, hint="leave one out")
        sources[shard.index] = file.source
    missing = [str(n) for n in range(1, first.total + 1) if n not in sources]
    if missing:
        message = f"missing of {name}: shard {', '.join(missing)} of {first.total}"
        raise BadInputError(message, hint="name every shard, or run what is missing again")
    places = sorted(place for _, shard in known for place in shard.places)
    if places != list(range(len(places))):
        raise BadInputError(f"the shards of {name} do not add up to its cases")


def _provenance(parts: Sequence[Provenance]) -> Provenance:
    return replace(
        parts[0],
        started_at=min(part.started_at for part in parts),
        finished_at=max(part.finished_at for part in parts),
        resolved_models=tuple(sorted({name for part in parts for name in part.resolved_models})),
        fingerprints=tuple(sorted({name for part in parts for name in part.fingerprints})),
    )


def _stopped(run: Run) -> str:
    return f"{run.shard.words}: {run.stopped}" if run.shard else run.stopped
