"""The report as JSON, for programs; its schema is `report.json`."""

import json
from typing import Any

from evalci.core.gate import decide
from evalci.core.run import Run
from evalci.core.trial import encodable
from evalci.core.verdict import CategoryResult, Verdict
from evalci.report.explain import explained_json
from evalci.report.facts import run_spend

DIGITS = 6


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """Return the verdict with the numbers behind each category's outcome."""
    return {
        "outcome": verdict.outcome.value,
        "blocking": verdict.blocking,
        "exit_code": int(verdict.exit_code),
        "reason": verdict.reason,
        "categories": [_category(result) for result in verdict.categories],
        "must_pass": [
            {"case": m.case.id, "failed": m.failed, "trials": m.trials, "confirmed": m.confirmed}
            for m in verdict.must_pass
        ],
        "findings": [
            {"kind": f.kind.value, "category": f.category, "text": f.text, "blocks": f.blocks}
            for f in verdict.findings
        ],
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
        "baseline": _number(summary.baseline),
        "mean": _number(summary.mean),
        "low": _number(summary.interval.low if summary.interval else None),
        "high": _number(summary.interval.high if summary.interval else None),
        "drop": _number(summary.drop),
        "relative_drop": _number(summary.relative),
    }


def _number(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)


def render_json(run: Run) -> str:
    """Return the report of a run as JSON text."""
    spend, verdict = run_spend(run), decide(run)
    data = {
        "format": 1,
        "run": run.id,
        "golden_set": {
            "name": run.golden_set.name,
            "version": run.golden_set.version,
            "hash": run.golden_set.hash,
        },
        "model": {"name": run.model.name, "id": run.model.id},
        "commit": run.provenance.commit,
        "verdict": verdict_json(verdict),
        "explain": explained_json(run, verdict),
        "changes": [
            {"path": c.path, "old": c.old, "new": c.new, "affects": c.affects} for c in run.changes
        ],
        "calls": spend.calls,
        "retries": spend.retries,
        "cached": spend.cached,
        "cost_usd": None if spend.unknown else _number(spend.usd),
        "unpriced_calls": spend.unknown,
    }
    return encodable(json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False)) + "\n"
