"""What text of a stranger may have run: nothing that no case of the base runs."""

import pytest

from evalci.core.golden_set import Case, ScorerSpec
from evalci.core.json_value import JsonObject
from evalci.project import foreign_code
from tests.inputs import make_case


def case_with(name: str, params: JsonObject, *, runs_as: str = "", id_: str = "a") -> Case:
    spec = ScorerSpec(name=name, params=params, weight=1.0, runs_as=runs_as)
    return make_case(id=id_, scorers=(spec,))


PLUGIN: JsonObject = {"name": "tone", "entry_point": "acme-tone", "params": {"at": "a.txt"}}


@pytest.mark.parametrize(
    ("name", "runs_as", "before", "now", "expected"),
    [
        pytest.param("tests", "", {"command": "x"}, {"command": "x"}, None, id="the same command"),
        pytest.param("tests", "", {"command": "x"}, {"command": "y"}, "tests", id="another one"),
        pytest.param("tone", "entry_point", PLUGIN, PLUGIN, None, id="the same entry point"),
        pytest.param(
            "tone",
            "entry_point",
            PLUGIN,
            {**PLUGIN, "params": {"at": "/proc/self/environ"}},
            "tone",
            id="an entry point that is told something else",
        ),
        pytest.param(
            "tone",
            "file_scorer",
            {"file": {"path": "a.py", "text": "1"}},
            {"file": {"path": "a.py", "text": "2"}},
            "tone",
            id="another file",
        ),
        pytest.param("exact", "", {}, {"strip": True}, None, id="what runs nothing"),
    ],
)
def test_what_no_known_case_runs_is_foreign(
    name: str, runs_as: str, before: JsonObject, now: JsonObject, expected: str | None
) -> None:
    known = case_with(name, before, runs_as=runs_as)
    case = case_with(name, now, runs_as=runs_as, id_="mine")

    found = foreign_code([case], known=[known])

    assert found == (None if expected is None else (expected, "mine"))
