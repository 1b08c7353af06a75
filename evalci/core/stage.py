"""The gate of a planned run with its baseline, ready to be played without measuring anything."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from evalci.core.evidence.options import Method, Options
from evalci.core.evidence.table import CaseTrials, Table, select, tabulate, tabulate_unpooled
from evalci.core.policy import Mode
from evalci.core.run import Run, Standing
from evalci.core.statistical import options_of, rules_of
from evalci.core.stats.arrays import Floats
from evalci.core.stats.fixed_simulation import DropLimits
from evalci.core.stats.grid import Layout, padded
from evalci.core.stats.simulation import Design
from evalci.errors import BadInputError

MORE_TRIALS = "`evalci run --all && evalci baseline accept --top-up --reason …`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What a rehearsal needs: mode and options, and the comparable cases as a table.

    ``baseline`` (n, trials) are the recorded scores in the rows of the table, NaN for none.
    ``limits`` and ``trials`` are those of `threshold` mode.
    """

    mode: Mode
    options: Options
    table: Table
    baseline: Floats
    limits: DropLimits
    trials: int

    @property
    def layout(self) -> Layout:
        """Return how the rows fall into categories."""
        return self.table.grid.layout

    @property
    def design(self) -> Design:
        """Return what the simulated gates are told."""
        looks = self.options.looks if self.mode is Mode.EVIDENCE else (self.options.cap,)
        return Design(layout=self.layout, rules=self.table.arrays(self.options), looks=looks)

    @property
    def seed(self) -> int:
        """Return a seed that depends on nothing but the scores and the gate."""
        gate = [self.mode.value, repr(self.options), repr(self.table.rules), str(self.trials)]
        limits = [str(self.limits.limit.tolist()), str(self.limits.relative.tolist())]
        cases = [f"{case.category}\n{case.id}\n{case.baseline}" for case in self.table.cases]
        text = "\n".join([*gate, *limits, *cases])
        return int(hashlib.sha256(text.encode()).hexdigest()[:15], 16)


def stage_of(run: Run) -> Stage:
    """Return the stage of a planned run; BadInputError when its baseline is too thin for one."""
    cases, rules = _recorded_cases(run), rules_of(run)
    threshold = run.gate.mode is Mode.THRESHOLD
    table = tabulate_unpooled(cases, rules) if threshold else tabulate(cases, rules)
    return Stage(
        mode=run.gate.mode,
        options=Options(method=Method.EXACT) if threshold else options_of(run.gate),
        table=table,
        baseline=padded([case.baseline for case in table.cases]),
        limits=_drop_limits(run, table.names if threshold else ()),
        trials=max(case.planned for case in run.cases),
    )


def _recorded_cases(run: Run) -> tuple[CaseTrials, ...]:
    """Return the comparable cases, with their recorded trials on both sides."""
    known = [
        (case, tuple(trial.score for trial in case.baseline.trials))
        for case in run.cases
        if case.baseline is not None and case.standing is Standing.COMPARABLE
    ]
    name = f"the baseline of {run.golden_set.name} with {run.model.name}"
    if not known:
        message = f"{name} has no case in common with the golden set as it is now"
        raise BadInputError(message, hint=MORE_TRIALS)
    if max(len(scores) for _, scores in known) < 2:
        message = f"{name} has one trial a case, too few to tell noise from change"
        raise BadInputError(message, hint=MORE_TRIALS)
    found = [
        CaseTrials(id=case.id, category=case.category, baseline=scores, candidate=scores)
        for case, scores in known
    ]
    return select(found).compared


def _drop_limits(run: Run, names: Sequence[str]) -> DropLimits:
    import numpy as np

    limits = {category.name: category.limits.max_drop for category in run.gate.categories}
    found = [limits[name] for name in names]
    return DropLimits(
        limit=np.asarray(
            [(limit.points or 0.0) if limit.relative is None else limit.relative for limit in found]
        ),
        relative=np.asarray([limit.relative is not None for limit in found], dtype=bool),
    )
