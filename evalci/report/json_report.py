"""The report as JSON, for programs; its schema is `report.json`."""

import json
from dataclasses import asdict

from evalci.core.gate import decide
from evalci.core.gate_rates import gate_rates
from evalci.core.json_value import encodable
from evalci.core.run import Run
from evalci.report.code_gates import gates_json
from evalci.report.explain import explained_json
from evalci.report.facts import run_spend
from evalci.report.json_numbers import fixed
from evalci.report.judging import judge_json
from evalci.report.review_queue import queue_json
from evalci.report.tables import tables_json
from evalci.report.verdict_json import verdict_json


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
        "cost_usd": None if spend.unknown else fixed(spend.usd),
        "unpriced_calls": spend.unknown,
        "judge": judge_json(run),
        "needs_review": queue_json(run),
    }
    return encodable(json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False)) + "\n"
