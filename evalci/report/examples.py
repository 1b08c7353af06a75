"""The failing examples of a report: which cases fell, what flipped, and why."""

import json
from collections import Counter
from dataclasses import dataclass
from statistics import fmean

from evalci.core.json_value import Json
from evalci.core.run import Run, RunCase
from evalci.core.trial import REFUSAL, Trial
from evalci.core.verdict import Verdict
from evalci.report.escape import mark_code, visible

MAX_BODY = 2_000
SMALL_FALL = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One failing case: a row of the table, and the bodies behind it."""

    case: str
    star: bool
    category: str
    flipped: str
    why: str
    output: str
    expected: str

    @property
    def name(self) -> str:
        """Return the marked id, with a star for a must-pass case."""
        return f"{mark_code(self.case)}{' ★ must pass' if self.star else ''}"


def build_examples(run: Run, verdict: Verdict) -> tuple[Example, ...]:
    """Return the failing cases: must-pass first, then by how far they fell, then by id.

    A case is failing when it fell in a category that blocks, or is a confirmed must-pass failure.
    """
    blocking = {r.summary.category.name for r in verdict.categories if r.blocks}
    confirmed = {m.case.id for m in verdict.must_pass if m.confirmed}
    failing = [
        case
        for case in run.cases
        if case.id in confirmed or (case.category in blocking and _fall(case) > SMALL_FALL)
    ]
    failing.sort(key=lambda case: (case.id not in confirmed, -_fall(case), case.id))
    return tuple(_example(case) for case in failing)


def fallen_below(run: Run, verdict: Verdict) -> int:
    """Return how many cases fell in categories that do not block: they could be noise."""
    blocking = {r.summary.category.name for r in verdict.categories if r.blocks}
    blamed = {m.case.id for m in verdict.must_pass if m.confirmed}
    return sum(
        case.category not in blocking and case.id not in blamed and _fall(case) > SMALL_FALL
        for case in run.cases
    )


def _fall(case: RunCase) -> float:
    if not case.compared or case.baseline is None:
        return 0.0
    return case.baseline.mean - fmean(case.values)


def _example(case: RunCase) -> Example:
    worst = min(
        (trial for trial in case.trials if trial.composite is not None),
        key=lambda trial: (trial.composite or 0.0, trial.trial),
    )
    return Example(
        case=case.id,
        star=case.must_pass,
        category=case.category,
        flipped=_flipped(case),
        why=_why(case, worst),
        output=_body(worst.output.text if worst.output else ""),
        expected=_body(_text(case.expected)),
    )


def _flipped(case: RunCase) -> str:
    """Return passes before and now for pass/fail cases, else the two mean scores."""
    baseline = case.baseline
    before = [trial.passed for trial in baseline.trials] if baseline else []
    now = [trial.passed for trial in case.trials if trial.composite is not None]
    graded = any(passed is None for passed in (*before, *now))
    moved = before.count(True) * len(now) != now.count(True) * len(before)
    if before and now and not graded and moved:
        return f"passed {before.count(True)}/{len(before)} → {now.count(True)}/{len(now)}"
    mean = f"{baseline.mean:.2f}" if baseline else "–"
    return f"score {mean} → {fmean(case.values):.2f}"


def _why(case: RunCase, worst: Trial) -> str:
    """Return the most frequent cause over the trials, worst trial first on a tie."""
    reasons = Counter[str]()
    for trial in (worst, *case.trials):
        reasons.update(_reasons(trial))
    if not reasons:
        return ""
    scorer, _, reason = reasons.most_common(1)[0][0].partition("\n")
    return f"{mark_code(scorer)}: {mark_code(reason, 160)}" if reason else mark_code(scorer)


def _reasons(trial: Trial) -> list[str]:
    if trial.zeroed_by:
        refused = trial.zeroed_by == REFUSAL
        return [f"{REFUSAL}\n" if refused else f"fail_if\n{trial.zeroed_by}"]
    low = [s for s in trial.scores if s.value is not None and s.value < 1.0 and s.reason]
    return [f"{score.scorer}\n{score.reason}" for score in sorted(low, key=lambda s: s.value or 0)][
        :1
    ]


def _text(value: Json) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False, indent=1)


def _body(text: str) -> str:
    clean = visible(text)
    cut = len(clean) - MAX_BODY
    return clean if cut <= 0 else f"{clean[:MAX_BODY]}\n… ({cut:,} more characters)"
