"""The JSON form of a drift report: stable bytes out, checked values in."""

import json
from datetime import date

from cattrs import Converter

from evalci.core.document import Document
from evalci.core.drift import DriftReport
from evalci.core.problem import raise_problems
from evalci.errors import BadInputError

FILE = "drift.json"  # beside run.json
SCORE_DIGITS = 6


def _converter() -> Converter:
    converter = Converter(omit_if_default=True, forbid_extra_keys=True)
    converter.register_unstructure_hook(float, lambda value: round(value, SCORE_DIGITS))
    return converter


_CONVERTER = _converter()


def drift_text(report: DriftReport) -> str:
    """Return a drift report as text; keys with default values are left out."""
    data = {**_CONVERTER.unstructure(report), "format": report.format}
    return json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def parse_drift(document: Document) -> DriftReport:
    """Return the drift report in a file; BadInputError for anything else."""
    raise_problems(document.check("drift"))
    try:
        report = _CONVERTER.structure(document.data, DriftReport)
        for shift in report.shifts:
            date.fromisoformat(shift.since[:10])
            date.fromisoformat((shift.back or shift.since)[:10])
    except Exception as exc:
        message = f"{document.source}: not a drift report of this version"
        raise BadInputError(message, hint="write it again with this version of evalci") from exc
    return report
