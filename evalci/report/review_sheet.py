"""A sample as a CSV sheet that a reviewer fills in with a spreadsheet."""

import csv
from io import StringIO

from evalci.core.criterion import Criterion
from evalci.core.review_sample import Candidate, Sample
from evalci.report.escape import visible

# A spreadsheet runs a cell that begins so as a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_HEAD = ("sample", "item", "criterion", "score", "reviewer", "note")
_MATERIAL = ("question", "scale", "task", "reference", "answer")


def render_sheet(sample: Sample) -> str:
    """Return the sheet: a row for each criterion of each answer; `score` is to be filled in."""
    stream = StringIO()
    writer = csv.writer(stream)
    writer.writerow([*_HEAD, *_MATERIAL])
    for candidate in sample.candidates:
        for number, criterion in enumerate(candidate.answered.criteria):
            writer.writerow(_row(sample.id, candidate, criterion, first=number == 0))
    return stream.getvalue()


def _row(sample: str, candidate: Candidate, criterion: Criterion, *, first: bool) -> list[str]:
    """Return one row; what belongs to the whole answer stands in its first one only."""
    material = candidate.material
    levels = sorted(criterion.levels, key=lambda level: level.score)
    scale = " | ".join(f"{level.score}: {level.means}" for level in levels)
    shown = (material.task, material.reference, material.answer) if first else ("", "", "")
    given = [_cell(text) for text in (criterion.text, scale, *shown)]
    return [sample, candidate.answered.item, criterion.id, "", "", "", *given]


def _cell(text: str) -> str:
    """Return data as a cell that no spreadsheet runs."""
    seen = visible(text)
    return f"'{seen}" if seen.startswith(_FORMULA) else seen
