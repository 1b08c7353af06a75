"""The verdict as JSON, for `run.json` and for the report that programs read."""

from typing import Any

from evalci.core.slice import Slice
from evalci.core.verdict import CategoryResult, Verdict
from evalci.report.json_numbers import fixed, significant


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """Return the verdict with the numbers behind each category's outcome."""
    return {
        "outcome": verdict.outcome.value,
        "blocking": verdict.blocking,
        "exit_code": int(verdict.exit_code),
        "reason": verdict.reason,
        "categories": [_category(result) for result in verdict.categories],
        "must_pass": [
            {
                "case": m.case.id,
                "failed": m.failed,
                "trials": m.trials,
                "confirmed": m.confirmed,
                "overridden": m.override is not None,
            }
            for m in verdict.must_pass
        ],
        "findings": [
            {"kind": f.kind.value, "category": f.category, "text": f.text, "blocks": f.blocks}
            for f in verdict.findings
        ],
        "slices": {
            "looked_at": verdict.slices.looked_at,
            "found": [_slice(one) for one in verdict.slices.found],
        },
    }


def _category(result: CategoryResult) -> dict[str, Any]:
    summary = result.summary
    return {
        "name": summary.category.name,
        "outcome": result.outcome.value,
        "reason": result.reason,
        "blocks": result.blocks,
        "cases": summary.cases,
        "measured": summary.measured,
        "carried": summary.carried,
        "compared": summary.compared,
        "trials": summary.trials,
        "unscored": summary.unscored,
        "baseline": fixed(summary.baseline),
        "mean": fixed(summary.mean),
        "low": fixed(summary.interval.low if summary.interval else None),
        "high": fixed(summary.interval.high if summary.interval else None),
        "drop": fixed(summary.drop),
        "relative_drop": fixed(summary.relative),
    }


def _slice(one: Slice) -> dict[str, Any]:
    return {
        "dimension": one.dimension,
        "value": one.value,
        "cases": one.cases,
        "trials": one.trials,
        "baseline": fixed(one.before),
        "mean": fixed(one.now),
        "drop": fixed(one.drop),
        "z": fixed(one.z),
        "p": significant(one.p),
        "adjusted_p": significant(one.adjusted),
    }
