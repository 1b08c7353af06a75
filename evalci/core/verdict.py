"""What a check ends in: an outcome for each category and must-pass case, one verdict for all."""

from dataclasses import dataclass, field
from enum import StrEnum

from evalci.core.evidence.decision import CategoryDecision, Decision
from evalci.core.finding import Finding
from evalci.core.override_terms import Override
from evalci.core.run import RunCase
from evalci.core.slice import Slices
from evalci.core.summary import Summary
from evalci.errors import ExitCode


class Outcome(StrEnum):
    """What became of a category, a must-pass case, or the whole check."""

    REGRESSION = "regression"
    BELOW_FLOOR = "below floor"
    NOT_MEASURED = "not measured"
    OVERRIDDEN = "overridden"
    INCONCLUSIVE = "inconclusive"
    NOT_COMPARABLE = "not comparable"
    ADVISORY = "advisory"
    UNVERIFIED = "unverified"
    NOT_RUN = "not run"
    NO_BASELINE = "no baseline"
    IMPROVED = "improved"
    UNCHANGED = "unchanged"
    PASS = "pass"  # noqa: S105  # the word of the report


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryResult:
    """One category's outcome with the sentence behind it; ``blocks`` makes the verdict fail.

    ``decision`` has the numbers of a statistical mode, also where a common rule overruled it.
    ``override`` is what lets it through where it would block.
    """

    summary: Summary
    outcome: Outcome
    reason: str
    blocks: bool = False
    decision: CategoryDecision | None = None
    override: Override | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MustPassResult:
    """A must-pass case that failed in some trial; ``confirmed`` failures need an ``override``."""

    case: RunCase
    failed: int
    trials: int
    confirmed: bool
    override: Override | None = None

    @property
    def blocks(self) -> bool:
        """Tell whether it makes the verdict fail."""
        return self.confirmed and self.override is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The outcome of the whole check; ``reason`` is set when it is about the whole run.

    ``decision`` has what a statistical mode says of the run as a whole and of each case.
    ``whole_blocks`` says that the run as a whole regressed, beyond what is overridden, and
    ``whole_override`` is what lets that through. ``findings`` are noticed beside the outcomes, and
    warn unless they block. ``slices`` cut across the categories and never decide.
    """

    outcome: Outcome
    categories: tuple[CategoryResult, ...]
    must_pass: tuple[MustPassResult, ...] = ()
    blocking: bool = False
    reason: str = ""
    decision: Decision | None = None
    whole_blocks: bool = False
    whole_override: Override | None = None
    findings: tuple[Finding, ...] = ()
    slices: Slices = field(default_factory=Slices)

    @property
    def exit_code(self) -> ExitCode:
        """Return what a process ends with after this verdict."""
        if self.blocking:
            return ExitCode.GATE_FAILED
        return ExitCode.NOT_MEASURED if self.outcome is Outcome.NOT_MEASURED else ExitCode.OK
