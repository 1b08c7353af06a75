"""Applies the overrides of a run: what they cover stays visible and blocks no more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from evalci.core.evidence.decision import Decision
from evalci.core.evidence.table import CaseTrials
from evalci.core.finding import Finding
from evalci.core.override import counting
from evalci.core.override_terms import WHOLE, Override
from evalci.core.run import Run
from evalci.core.statistical import decision_of
from evalci.core.verdict import CategoryResult, MustPassResult, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a gate found before anything is let through, or what is left of it after that.

    ``whole`` says that the run as a whole regressed.
    """

    results: tuple[CategoryResult, ...]
    must_pass: tuple[MustPassResult, ...]
    findings: tuple[Finding, ...]
    whole: bool = False
    whole_override: Override | None = None

    @property
    def blocking(self) -> bool:
        """Tell whether anything makes the verdict fail."""
        blocks = [
            *(result.blocks for result in self.results),
            *(case.blocks for case in self.must_pass),
            *(finding.blocks for finding in self.findings),
        ]
        return self.whole or any(blocks)

    @property
    def overridden(self) -> bool:
        """Tell whether anything would make the verdict fail without its override."""
        overrides = [
            *(result.override for result in self.results),
            *(case.override for case in self.must_pass),
        ]
        return self.whole_override is not None or any(overrides)


def lifted(run: Run, found: Found, trials: Sequence[CaseTrials]) -> Found:
    """Return what is left of a run's findings once its overrides are applied.

    A regression of the whole run is looked for again in the categories that are not overridden:
    it stands only where it is more than what was let through already.
    """
    known = counting(run.overrides)
    if not known:
        return found
    warned = {finding.category for finding in found.findings if finding.blocks}
    results = tuple(_result(result, known, warned) for result in found.results)
    names = {result.summary.category.name for result in results if result.override}
    # A name that is a category's covers nothing else, and so no must-pass case of that id.
    categories = {result.summary.category.name for result in results}
    named = {name: override for name, override in known.items() if name not in categories}
    whole = found.whole and _still_worse(run, trials, names)
    return Found(
        results=results,
        must_pass=tuple(_must_pass(one, named) for one in found.must_pass),
        findings=tuple(
            replace(one, blocks=one.blocks and one.category not in names) for one in found.findings
        ),
        whole=whole and WHOLE not in known,
        whole_override=known.get(WHOLE) if whole else None,
    )


def _result(
    result: CategoryResult, known: Mapping[str, Override], warned: set[str]
) -> CategoryResult:
    name = result.summary.category.name
    if name not in known or not (result.blocks or name in warned):
        return result
    return replace(result, outcome=Outcome.OVERRIDDEN, blocks=False, override=known[name])


def _must_pass(one: MustPassResult, known: Mapping[str, Override]) -> MustPassResult:
    return replace(one, override=known.get(one.case.id)) if one.confirmed else one


def _still_worse(run: Run, trials: Sequence[CaseTrials], names: set[str]) -> bool:
    rest = [case for case in trials if case.category not in names]
    return regressed(decision_of(run, rest)) if names and rest else not names


def regressed(decision: Decision | None) -> bool:
    """Tell whether the overall rule says that the run as a whole got worse."""
    return decision is not None and decision.whole is not None and decision.whole.regressed
