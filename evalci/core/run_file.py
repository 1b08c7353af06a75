"""The JSON forms of runs and baselines: stable bytes out, checked values in."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any, TypeVar, cast

from cattrs import Converter

from evalci.core.baseline import Baseline
from evalci.core.document import Document
from evalci.core.json_value import Json, JsonObject, as_object
from evalci.core.problem import Problem, raise_problems
from evalci.core.redaction import Redactor
from evalci.core.run import Run
from evalci.core.run_index import RunIndex
from evalci.core.trial import Output, Trial
from evalci.errors import BadInputError

DIGITS = 6
# What users wrote is kept as they wrote it; only what evalci computed is rounded.
_VERBATIM = {"params", "expected"}
T = TypeVar("T")


def _converter() -> Converter:
    """Return a converter for our frozen dataclasses; values of type Json pass as they are."""
    converter = Converter(omit_if_default=True, forbid_extra_keys=True)
    converter.register_structure_hook_func(
        lambda kind: kind is Json or kind is JsonObject, lambda value, _: value
    )
    converter.register_unstructure_hook_func(
        lambda kind: kind is Json or kind is JsonObject, lambda value: value
    )
    return converter


_CONVERTER = _converter()


def to_json(value: Run | RunIndex | Baseline | Trial | Output) -> dict[str, Any]:
    """Return the JSON form; keys with default values are left out, floats have six digits."""
    return cast("dict[str, Any]", _rounded(_CONVERTER.unstructure(value)))


def _from_json(data: Json, kind: type[T], source: str) -> T:
    try:
        json.dumps(data, allow_nan=False)
        return _CONVERTER.structure(data, kind)
    except Exception as exc:
        message = f"{source}: not a {kind.__name__.lower()} file of this version"
        raise BadInputError(message, hint="write it again with this version of evalci") from exc


def _rounded(value: Json) -> Json:
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, dict):
        # Most of what there is are texts: they are spared the call.
        return {
            key: item if type(item) is str or key in _VERBATIM else _rounded(item)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_rounded(item) for item in value]
    return value


def redacted(run: Run, redactor: Redactor) -> Run:
    """Return a run without secrets, so that whatever cuts or escapes its texts comes after."""
    return redacted_json(run, redactor)[0]


def redacted_json(run: Run, redactor: Redactor) -> tuple[Run, JsonObject]:
    """Return a run without secrets, and its JSON form, which takes a while to make."""
    data = redactor.json(to_json(run))
    return _from_json(data, Run, "run"), as_object(data)


def run_text(data: JsonObject) -> str:
    """Return `run.json` as text: sorted keys, one line a case."""
    return _with_lines_of_cases(data)


def baseline_text(baseline: Baseline) -> str:
    """Return a baseline file as text: the same bytes on every machine, one line a case."""
    return _with_lines_of_cases({"format": baseline.format, **to_json(baseline)})


def _with_lines_of_cases(data: JsonObject) -> str:
    cases = data["cases"]
    head = {key: value for key, value in data.items() if key != "cases"}
    lines = [_line(case) for case in cast("list[Json]", cases)]
    top = json.dumps(head, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    body = ",\n".join(f"  {line}" for line in lines)
    opening = top.removesuffix("\n}")
    return f'{opening},\n "cases": [\n{body}\n ]\n}}\n'


def _line(case: Json) -> str:
    return json.dumps(case, sort_keys=True, ensure_ascii=False, allow_nan=False)


def parse_run(document: Document) -> Run:
    """Return the run in a file; BadInputError for anything else.

    The verdict in the file is for other programs: evalci decides anew from the trials.
    """
    raise_problems([*document.check("run"), *_doubled(document)])
    data = {key: value for key, value in as_object(document.data).items() if key != "verdict"}
    return _from_json(data, Run, document.source)


def parse_baseline(document: Document) -> Baseline:
    """Return the baseline in a file; BadInputError for anything else."""
    thinned = replace(document, data=_with_distinct_trials(document.data))
    problems = document.check("baseline") if thinned.check("baseline") else []
    raise_problems([*problems, *_doubled(document)])
    return _from_json(document.data, Baseline, document.source)


def _with_distinct_trials(data: Json) -> Json:
    """Return a baseline in which equal trials stand once; a schema says the same of all of them."""
    cases = data.get("cases") if isinstance(data, Mapping) else None
    if not isinstance(data, Mapping) or not isinstance(cases, list):
        return data
    seen: set[str] = set()
    return {**data, "cases": [_thinned(case, seen) for case in cases]}


def _thinned(case: Json, seen: set[str]) -> Json:
    trials = case.get("trials") if isinstance(case, Mapping) else None
    if not isinstance(case, Mapping) or not isinstance(trials, list) or not trials:
        return case
    fresh = [trial for trial in trials[1:] if repr(trial) not in seen]
    seen.update(map(repr, trials))
    return {**case, "trials": [trials[0], *fresh]}


def _doubled(document: Document) -> list[Problem]:
    """Return a problem for every case id that stands in a file twice, after a merge say."""
    data = document.data
    cases = data.get("cases") if isinstance(data, Mapping) else None
    entries = cases if isinstance(cases, (list, tuple)) else ()
    ids = Counter(str(case.get("id")) for case in entries if isinstance(case, Mapping))
    twice = [id_ for id_, count in ids.items() if count > 1]
    return [document.problem(("cases",), f"case `{id_}` stands here twice") for id_ in twice]


def index_text(index: RunIndex) -> str:
    """Return `index.json` as text."""
    data = {"format": index.format, **to_json(index)}
    return json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def parse_index(document: Document) -> RunIndex:
    """Return the index in a file; BadInputError for anything else."""
    raise_problems(document.check("index"))
    return _from_json(document.data, RunIndex, document.source)


def parse_trial(data: Json, source: str) -> Trial:
    """Return one trial of a log line."""
    return _from_json(data, Trial, source)


def parse_output(data: Json, source: str) -> Output:
    """Return one answer of a log line."""
    return _from_json(data, Output, source)
