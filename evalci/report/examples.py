"""The failing examples of a report: which cases fell, what flipped, and why."""

import json
from collections import Counter
from dataclasses import dataclass
from statistics import fmean

from evalci.core.json_value import Json
from evalci.core.run import Run, RunCase
from evalci.core.trial import FILTERED, REFUSAL, Trial
from evalci.core.verdict import Verdict
from evalci.report.asked import Rubrics, judged_lines, judged_reason
from evalci.report.escape import mark_code, visible
from evalci.report.moved import SMALL_MOVE, Moved, counts_of, means_of

MAX_BODY = 2_000
MAX_UNSURE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One failing case: a row of the table, and the bodies behind it.

    ``blocks`` tells whether it is to blame for a verdict that blocks; ``sure`` is False for a
    fall that could be noise. ``judged`` is what a judge said of the output, a line a criterion.
    """

    case: str
    star: bool
    category: str
    flipped: str
    why: str
    output: str
    expected: str
    blocks: bool = True
    sure: bool = True
    judged: str = ""

    @property
    def name(self) -> str:
        """Return the marked id, with a star for a must-pass case."""
        return f"{mark_code(self.case)}{' ★ must pass' if self.star else ''}"


def build_examples(run: Run, verdict: Verdict, moved: Moved) -> tuple[Example, ...]:
    """Return the failing cases: must-pass first, then the surest and largest falls, then by id.

    A case is failing when it surely got worse, or is a confirmed must-pass failure. Where there is
    none, the falls of the categories that block are returned as not sure; and where the baseline
    cannot tell noise from change, all of these are failing.
    """
    confirmed = {m.case.id for m in verdict.must_pass if m.confirmed}
    excused = {m.case.id for m in verdict.must_pass if m.override}
    by_id = {case.id: case for case in run.cases}
    blamed = _to_blame(verdict)
    worse = [by_id[change.id] for change in moved.worse if change.id not in confirmed]
    words = {change.id: change.change.value for change in moved.worse}
    sure = [by_id[i] for i in sorted(confirmed, key=lambda i: (-_fall(by_id[i]), i))] + worse
    if not moved.known or not sure:
        sure += _fallen(run, blamed, confirmed)[: MAX_UNSURE if moved.known else None]
    return tuple(
        _example(
            case,
            word=words.get(case.id, ""),
            blocks=case.id in confirmed - excused or case.category in blamed,
            sure=not moved.known or case.id in confirmed or case.id in words,
            rubrics=run.rubrics,
        )
        for case in sure
    )


def _to_blame(verdict: Verdict) -> set[str]:
    """Return the categories that block, all of them where the run as a whole does."""
    return {
        r.summary.category.name
        for r in verdict.categories
        if r.blocks or (verdict.whole_blocks and r.override is None)
    }


def _fallen(run: Run, blamed: set[str], confirmed: set[str]) -> list[RunCase]:
    fallen = [
        case
        for case in run.cases
        if case.id not in confirmed and case.category in blamed and _fall(case) > SMALL_MOVE
    ]
    return sorted(fallen, key=lambda case: (-_fall(case), case.id))


def examples_title(examples: tuple[Example, ...]) -> str:
    """Return the heading of the examples: falls that could be noise are not called failing."""
    sure = all(example.sure for example in examples)
    return "Top failing examples" if sure else "Largest falls, each could be noise"


def fallen_below(run: Run, verdict: Verdict) -> int:
    """Return how many cases fell in categories that do not block: they could be noise."""
    blamed = _to_blame(verdict) | {m.case.id for m in verdict.must_pass if m.confirmed}
    return sum(
        case.category not in blamed and case.id not in blamed and _fall(case) > SMALL_MOVE
        for case in run.cases
    )


def _fall(case: RunCase) -> float:
    if not case.compared or case.baseline is None:
        return 0.0
    return case.baseline.mean - fmean(case.values)


def _example(case: RunCase, *, word: str, blocks: bool, sure: bool, rubrics: Rubrics) -> Example:
    worst = min(
        (trial for trial in case.trials if trial.composite is not None),
        key=lambda trial: (trial.composite or 0.0, trial.trial),
    )
    return Example(
        case=case.id,
        star=case.must_pass,
        category=case.category,
        flipped=_flipped(case, word),
        why=_why(case, worst, rubrics),
        output=_body(worst.output.text if worst.output else ""),
        expected=_body(_text(case.expected)),
        blocks=blocks,
        sure=sure,
        judged=_body(judged_lines(worst, rubrics)),
    )


def _flipped(case: RunCase, word: str) -> str:
    """Return passes before and now for pass/fail cases, else the two mean scores."""
    counts = counts_of(case)
    if word:
        return f"{word}: {counts or means_of(case)}"
    return f"passed {counts}" if counts else f"score {means_of(case)}"


def _why(case: RunCase, worst: Trial, rubrics: Rubrics) -> str:
    """Return the most frequent cause over the trials, worst trial first on a tie."""
    reasons = Counter[str]()
    for trial in (worst, *case.trials):
        reasons.update(_reasons(trial, rubrics))
    if not reasons:
        return ""
    scorer, _, reason = reasons.most_common(1)[0][0].partition("\n")
    return f"{mark_code(scorer)}: {mark_code(reason, 160)}" if reason else mark_code(scorer)


def _reasons(trial: Trial, rubrics: Rubrics) -> list[str]:
    if trial.zeroed_by in {REFUSAL, FILTERED}:
        return [f"{trial.zeroed_by}\n"]
    if trial.zeroed_by and not any(score.zeroes for score in trial.scores):
        return [f"fail_if\n{trial.zeroed_by}"]
    low = [s for s in trial.scores if s.value is not None and s.value < 1.0 and s.reason]
    worst = sorted(low, key=lambda score: score.value or 0)[:1]
    return [f"{score.scorer}\n{judged_reason(score, rubrics)}" for score in worst]


def _text(value: Json) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False, indent=1)


def _body(text: str) -> str:
    clean = visible(text)
    cut = len(clean) - MAX_BODY
    return clean if cut <= 0 else f"{clean[:MAX_BODY]}\n… ({cut:,} more characters)"
