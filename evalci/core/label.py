"""Reads labels, what people say of answers, from CSV or JSON lines."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO

from evalci.core.json_value import Json, parse_json
from evalci.core.problem import Problem, did_you_mean, raise_problems

REQUIRED = ("reviewer", "criterion", "score")
OPTIONAL = ("sample", "item", "case", "trial", "answer", "note")
MAX_LABELS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A person's score for one criterion of one answer; ``score`` None means cannot tell.

    ``score`` is a level of the criterion's scale. The answer is an ``item`` of a ``sample``,
    or a ``case`` with its ``trial``, by default the first; ``answer`` is its text, or the name
    that a kept review gives it, where known. ``source`` and ``line`` say where the label stands.
    """

    source: str
    line: int
    reviewer: str
    criterion: str
    score: int | None
    sample: str = ""
    item: str = ""
    case: str = ""
    trial: int | None = None
    answer: str = ""
    note: str = ""

    def problem(self, message: str, *, hint: str = "") -> Problem:
        """Return a problem with this label."""
        return Problem(source=self.source, line=self.line, message=message, hint=hint)


def parse_labels(text: str, source: str) -> tuple[Label, ...]:
    """Return the labels of a file; BadInputError lists every line that is none.

    CSV has a header and commas or semicolons; further columns are for people. JSON lines hold one
    object each. A row without a score and a note says nothing, and is left out.
    """
    rows = _json_rows(text, source) if text.lstrip().startswith("{") else _csv_rows(text, source)
    labels: list[Label] = []
    problems: list[Problem] = []
    for line, row in rows:
        found = row if isinstance(row, Problem) else _label(row, source, line)
        if isinstance(found, Problem):
            problems.append(found)
        elif found.score is not None or found.note:
            labels.append(found)
        if len(labels) > MAX_LABELS:
            problems.append(Problem(source=source, message=f"more than {MAX_LABELS:,} labels"))
            break
    if not labels and not problems:
        message, hint = "no score in it", "a reviewer fills in the column `score`"
        problems.append(Problem(source=source, message=message, hint=hint))
    raise_problems(problems)
    return tuple(labels)


Row = tuple[int, Mapping[str, Json] | Problem]


def _json_rows(text: str, source: str) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = parse_json(line)
        except ValueError as exc:
            what = getattr(exc, "msg", str(exc))
            yield number, Problem(source=source, line=number, message=f"not valid JSON: {what}")
            continue
        if isinstance(value, Mapping):
            yield number, value
        else:
            yield number, Problem(source=source, line=number, message="not a JSON object")


def _csv_rows(text: str, source: str) -> Iterator[Row]:
    head = text.partition("\n")[0]
    delimiter = ";" if head.count(";") > head.count(",") else ","
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    names: list[str] = []
    begins = 1
    try:
        for cells in reader:
            line, begins = begins, reader.line_num + 1
            if not names:
                names = [cell.strip().casefold() for cell in cells]
                problem = _header_problem(names, source)
                if problem is not None:
                    yield line, problem
                    return
            elif any(cell.strip() for cell in cells):
                yield line, dict(zip(names, cells, strict=False))
    except csv.Error as exc:
        yield begins, Problem(source=source, line=begins, message=f"not valid CSV: {exc}")


def _header_problem(names: list[str], source: str) -> Problem | None:
    missing = [name for name in REQUIRED if name not in names]
    if not missing and not {"item", "case"} & set(names):
        missing = ["item"]
    if not missing:
        return None
    message = f"no column `{missing[0]}`"
    return Problem(source=source, line=1, message=message, hint=did_you_mean(missing[0], names))


def _label(row: Mapping[str, Json], source: str, line: int) -> Label | Problem:
    texts = {name: _text(row.get(name)) for name in (*REQUIRED, *OPTIONAL)}
    score, trial = _whole(texts["score"]), _whole(texts["trial"])
    wrong = ""
    if not texts["item"] and not texts["case"]:
        wrong = "neither `item` nor `case` is given"
    elif isinstance(score, str):
        wrong = f"`score` {score!r} is not a whole number"
    elif isinstance(trial, str):
        wrong = f"`trial` {trial!r} is not a whole number"
    elif score is not None:
        wrong = next((f"`{k}` is empty" for k in ("reviewer", "criterion") if not texts[k]), "")
    if wrong or isinstance(score, str) or isinstance(trial, str):
        return Problem(source=source, line=line, message=wrong)
    return Label(
        source=source,
        line=line,
        reviewer=texts["reviewer"],
        criterion=texts["criterion"],
        score=score,
        sample=texts["sample"],
        item=texts["item"],
        case=texts["case"],
        trial=trial,
        answer=texts["answer"],
        note=texts["note"],
    )


def _text(value: Json) -> str:
    return "" if value is None else str(value).strip()


def _whole(text: str) -> int | str | None:
    """Return a whole number, None for nothing, or the text that is neither; 2.0 is 2."""
    if text in {"", "-"}:
        return None
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else text


def labels_text(labels: Iterable[Label]) -> str:
    """Return labels as JSON lines, sorted; what is empty is left out."""
    names = (*REQUIRED, *OPTIONAL)
    rows = [{name: getattr(label, name) for name in names} for label in labels]
    lines = [
        json.dumps(
            {k: v for k, v in row.items() if v not in {None, ""}},
            sort_keys=True,
            ensure_ascii=False,
        )
        for row in rows
    ]
    return "".join(f"{line}\n" for line in sorted(lines))
