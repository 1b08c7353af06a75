"""Reports of a drift monitor: a category that fell, why, and how it came back."""

from dataclasses import replace

from evalci.core.drift import CategoryDrift, DriftReport, Shift
from evalci.core.drift_origin import Moved, Origin

URL = "https://github.com/o/r/actions/runs/7"
VENDOR = Origin(
    vendor=(Moved(what="model version", before="m-1", after="m-2"),),
    same=("requests", "scoring", "golden set"),
)
OURS = Origin(ours=(Moved(what="prompts/p.md", before="1111111", after="2222222"),))
SHIFT = Shift(
    since="2026-07-20T06:00:00+00:00",
    raised="2026-07-27T06:00:00+00:00",
    before=0.86,
    after=0.78,
    origin=VENDOR,
)
BACK = replace(SHIFT, back="2026-08-24T06:00:00+00:00", recovered="2026-08-31T06:00:00+00:00")


def make_report(**changes: object) -> DriftReport:
    """Return a report with the category `triage`; ``changes`` are those of the category."""
    fields: dict[str, object] = {
        "name": "triage",
        "now": 0.78,
        "baseline": 0.86,
        "anchor": None,
        "drop": 0.08,
        "judge_shift": None,
        "cusum": 7.3,
        **changes,
    }
    return DriftReport(
        golden_set="desk",
        model="main",
        model_id="openai/stand-in",
        at="2026-07-27T06:00:00+00:00",
        runs=12,
        limit=5.1,
        baseline_at="2026-05-04T06:00:00+00:00",
        categories=(CategoryDrift(**fields),),  # type: ignore[arg-type]  # names of its fields
    )
