"""The JSON forms of runs and baselines: stable bytes out, checked values in."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

from cattrs import Converter
from cattrs.gen import make_dict_unstructure_fn, override

from evalci.core.baseline import Baseline
from evalci.core.document import Document
from evalci.core.json_value import Json, JsonObject, as_object
from evalci.core.problem import Problem, raise_problems
from evalci.core.redaction import Redactor
from evalci.core.run import Run, RunCase
from evalci.core.run_index import RunIndex
from evalci.core.trial import SCORE_DIGITS, Output, Spend, Trial, rounded_usd
from evalci.errors import BadInputError

T = TypeVar("T")
_LINE = json.JSONEncoder(sort_keys=True, ensure_ascii=False, allow_nan=False)


def _converter() -> Converter:
    """Return a converter for our frozen dataclasses; values of type Json pass as they are."""
    converter = Converter(omit_if_default=True, forbid_extra_keys=True)
    converter.register_structure_hook_func(
        lambda kind: kind is Json or kind is JsonObject, lambda value, _: value
    )
    converter.register_unstructure_hook_func(
        lambda kind: kind is Json or kind is JsonObject, lambda value: value
    )
    converter.register_unstructure_hook(float, lambda value: round(value, SCORE_DIGITS))
    dollars = override(unstruct_hook=rounded_usd)
    converter.register_unstructure_hook(
        Output,
        make_dict_unstructure_fn(Output, converter, _cattrs_omit_if_default=True, cost_usd=dollars),
    )
    converter.register_unstructure_hook(
        Spend,
        make_dict_unstructure_fn(Spend, converter, _cattrs_omit_if_default=True, usd=dollars),
    )
    return converter


_CONVERTER = _converter()


def to_json(value: Run | RunCase | RunIndex | Baseline | Trial | Output) -> dict[str, Any]:
    """Return the JSON form; keys with default values are left out.

    Floats have six digits, dollars nine. What users wrote, such as parameters, stays as it is.
    """
    return cast("dict[str, Any]", _CONVERTER.unstructure(value))


def _from_json(data: Json, kind: type[T], source: str) -> T:
    try:
        json.dumps(data, allow_nan=False)
        return _CONVERTER.structure(data, kind)
    except Exception as exc:
        message = f"{source}: not a {kind.__name__.lower()} file of this version"
        raise BadInputError(message, hint="write it again with this version of evalci") from exc


def redacted(run: Run, redactor: Redactor) -> Run:
    """Return a run without secrets, so that whatever cuts or escapes its texts comes after."""
    return clean_run(run, redactor).run


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanRun:
    """A run without secrets, with its JSON form: ``head``, and a line for each case."""

    run: Run
    head: JsonObject
    lines: tuple[str, ...]

    def pieces(self, verdict: JsonObject) -> Iterator[str]:
        """Yield `run.json` piece by piece: sorted keys, one line a case."""
        head = {"format": self.run.format, **self.head, "verdict": verdict}
        return _with_lines_of_cases(head, self.lines)


def clean_run(run: Run, redactor: Redactor) -> CleanRun:
    """Return a run without secrets; one that holds none is not taken apart and built again."""
    # Case by case: the JSON form of all of them at once would take more memory than the run.
    head, lines = _split({**to_json(replace(run, cases=())), "cases": map(to_json, run.cases)})
    if not (all(map(redactor.harmless, lines)) and redactor.json(head) is head):
        data = redactor.json(to_json(run))
        run, (head, lines) = _from_json(data, Run, "run"), _split(as_object(data))
    return CleanRun(run=run, head=head, lines=lines)


def run_text(data: JsonObject) -> str:
    """Return the JSON form of a run as text: sorted keys, one line a case."""
    return "".join(_with_lines_of_cases(*_split(data)))


def baseline_text(baseline: Baseline) -> str:
    """Return a baseline file as text: the same bytes on every machine, one line a case."""
    return run_text({"format": baseline.format, **to_json(baseline)})


def _split(data: Mapping[str, Any]) -> tuple[dict[str, Json], tuple[str, ...]]:
    """Return all but the cases of a run or baseline, and a line for each case."""
    head = {key: value for key, value in data.items() if key != "cases"}
    return head, tuple(_line(case) for case in data["cases"])


def _with_lines_of_cases(head: JsonObject, lines: Sequence[str]) -> Iterator[str]:
    top = json.dumps(head, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    yield top.removesuffix("\n}") + ',\n "cases": ['
    for place, line in enumerate(lines):
        yield f",\n  {line}" if place else f"\n  {line}"
    yield "\n ]\n}\n"


def _line(case: Json) -> str:
    return _LINE.encode(case)


def parse_run(document: Document) -> Run:
    """Return the run in a file; BadInputError for anything else.

    The verdict in the file is for other programs: evalci decides anew from the trials.
    """
    raise_problems([*document.check("run"), *_doubled(document)])
    data = {key: value for key, value in as_object(document.data).items() if key != "verdict"}
    return _from_json(data, Run, document.source)


def parse_baseline(document: Document) -> Baseline:
    """Return the baseline in a file; BadInputError for anything else."""
    raise_problems([*document.check("baseline"), *_doubled(document)])
    return _from_json(document.data, Baseline, document.source)


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
