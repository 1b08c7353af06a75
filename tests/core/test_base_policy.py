"""How two versions of a policy are told apart, place by place."""

import pytest

from evalci.core.base_edits import file_edit
from evalci.core.base_policy import value_changes
from evalci.core.json_value import Json
from evalci.core.run import PolicyChange


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param({"a": 1}, {"a": 1}, [], id="nothing"),
        pytest.param({"a": 1}, {"a": 1.0}, [], id="the same number"),
        pytest.param({"a": 1}, {"a": 2}, [("gate.a", "1", "2")], id="a value"),
        pytest.param({}, {"a": "x"}, [("gate.a", "", "'x'")], id="a new key"),
        pytest.param({"a": True}, {}, [("gate.a", "True", "")], id="a dropped key"),
        pytest.param({"a": 1}, None, [("gate", "{'a': 1}", "")], id="the whole section dropped"),
        pytest.param(
            {"rules": [{"m": 1}, {"m": 2}]},
            {"rules": [{"m": 1}, {"m": 3}]},
            [("gate.rules[1].m", "2", "3")],
            id="inside a list",
        ),
        pytest.param(
            {"rules": [{"m": 1}]},
            {"rules": []},
            [("gate.rules[0]", "{'m': 1}", "")],
            id="a rule less",
        ),
        pytest.param({"a": [1]}, {"a": 1}, [("gate.a", "[1]", "1")], id="another kind"),
        pytest.param(
            {"a": None}, {"a": False}, [("gate.a", "", "False")], id="false is not absent"
        ),
    ],
)
def test_value_changes(old: Json, new: Json, expected: list[tuple[str, str, str]]) -> None:
    found = value_changes(old, new, ("gate",))

    assert [(change.path, change.old, change.new) for change in found] == expected


@pytest.mark.parametrize(
    ("before", "now", "word"),
    [
        pytest.param(None, "x", "added", id="added"),
        pytest.param("x", None, "removed", id="removed"),
        pytest.param("x", "y", "edited", id="edited"),
        pytest.param("x", "", "edited", id="emptied"),
    ],
)
def test_a_file_edit_says_what_was_done(before: str | None, now: str | None, word: str) -> None:
    expected = PolicyChange(path="b.json", new=f"{word} here, not used for this check")

    assert file_edit("b.json", before, now) == (expected,)


@pytest.mark.parametrize("text", [None, "x"])
def test_an_untouched_file_is_not_listed(text: str | None) -> None:
    assert file_edit("b.json", text, text) == ()
