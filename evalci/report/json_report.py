"""The report as JSON, for programs; its schema is `report.json`."""

import json
from dataclasses import asdict
from typing import Any

from evalci.core.gate import decide
from evalci.core.gate_rates import gate_rates
from evalci.core.json_value import encodable
from evalci.core.run import Run
from evalci.core.slice import Slice
from evalci.core.verdict import CategoryResult, Verdict
from evalci.report.code_gates import gates_json
from evalci.report.explain import explained_json, rounded
from evalci.report.facts import run_spend
from evalci.report.judging import judge_json
from evalci.report.reviews import queue_json
from evalci.report.tables import tables_json

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
        "baseline": _number(summary.baseline),
        "mean": _number(summary.mean),
        "low": _number(summary.interval.low if summary.interval else None),
        "high": _number(summary.interval.high if summary.interval else None),
        "drop": _number(summary.drop),
        "relative_drop": _number(summary.relative),
    }


def _slice(one: Slice) -> dict[str, Any]:
    return {
        "dimension": one.dimension,
        "value": one.value,
        "cases": one.cases,
        "trials": one.trials,
        "baseline": _number(one.before),
        "mean": _number(one.now),
        "drop": _number(one.drop),
        "z": _number(one.z),
        "p": rounded(one.p),
        "adjusted_p": rounded(one.adjusted),
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
        "overrides": [asdict(override) for override in run.overrides],
        "verdict": verdict_json(verdict),
        "explain": explained_json(run, verdict),
        "gates": gates_json(gate_rates(run)),
        **tables_json(run),
        "changes": [
            {"path": c.path, "old": c.old, "new": c.new, "affects": c.affects} for c in run.changes
        ],
        "calls": spend.calls,
        "retries": spend.retries,
        "cached": spend.cached,
        "cost_usd": None if spend.unknown else _number(spend.usd),
        "unpriced_calls": spend.unknown,
        "judge": judge_json(run),
        "needs_review": queue_json(run),
    }
    return encodable(json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False)) + "\n"
