"""How two versions of a policy are told apart, place by place."""

import pytest

from evalci.core.base_edits import file_edit
from evalci.core.base_policy import policy_of, value_changes
from evalci.core.config import parse_config
from evalci.core.document import Document
from evalci.core.json_value import Json
from evalci.core.run import BaseRef, PolicyChange
from tests.fake_repository import COMMIT
from tests.inputs import document


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
    old = "" if before is None else "in the base"
    expected = PolicyChange(path="b.json", old=old, new=f"{word} here, not used for this check")

    assert file_edit("b.json", before, now) == (expected,)


@pytest.mark.parametrize("text", [None, "x"])
def test_an_untouched_file_is_not_listed(text: str | None) -> None:
    assert file_edit("b.json", text, text) == ()


JUDGED = """\
version: 1
golden_sets: [golden/desk]
models: {main: {id: anthropic/claude-4}, judge: {id: gemini/strict}}
run: {model: main}
judge: {model: judge}
"""


class Base:
    """A base revision that holds one file."""

    def __init__(self, text: str) -> None:
        """``text`` is that of the config."""
        self._document = document(text, "evalci.yaml")

    def text(self, path: str) -> str | None:
        """Return nothing."""
        del path
        return None

    def paths(self, folder: str) -> tuple[str, ...]:
        """Return nothing."""
        del folder
        return ()

    def document(self, path: str) -> Document | None:
        """Return the config."""
        del path
        return self._document

    def last_change(self, path: str) -> str | None:
        """Return nothing."""
        del path
        return None


def judge_in_force(base: str, now: str) -> tuple[str, dict[str, tuple[str, str]]]:
    """Return the id of the judge that judges a change, and the edits that wait."""
    found = document(now, "evalci.yaml")
    policy = policy_of(
        parse_config(found),
        found,
        BaseRef(commit=COMMIT, source="merge base"),
        Base(base),
        places=("evalci.yaml",),
    )
    assert policy.config.judge is not None
    listed = {change.path: (change.old, change.new) for change in policy.changes}
    return policy.config.judge.default.model.id, listed


def test_a_milder_judge_does_not_judge_its_own_change() -> None:
    judge, listed = judge_in_force(JUDGED, JUDGED.replace("gemini/strict", "gemini/mild"))

    assert judge == "gemini/strict"
    assert listed == {"models.judge (judge)": ("gemini/strict", "gemini/mild, another config")}


def test_fewer_repeats_do_not_judge_their_own_change() -> None:
    _, listed = judge_in_force(
        JUDGED, JUDGED.replace("{model: judge}", "{model: judge, repeats: 1}")
    )

    assert listed == {"judge.repeats": ("", "1")}


def test_the_first_judge_judges_the_change_that_brings_it() -> None:
    judge, listed = judge_in_force(JUDGED.replace("judge: {model: judge}", ""), JUDGED)

    assert (judge, listed) == ("gemini/strict", {})


def test_a_change_does_not_choose_the_family_that_it_is_judged_as() -> None:
    base = JUDGED.replace("main: {id: ", "main: {family: gemini, id: ")
    found = document(base.replace("family: gemini", "family: gpt"), "evalci.yaml")

    policy = policy_of(
        parse_config(found),
        found,
        BaseRef(commit=COMMIT, source="merge base"),
        Base(base),
        places=("evalci.yaml",),
    )

    assert policy.config.models["main"].family == "gemini"
    assert PolicyChange(path="models.main.family", old="gemini", new="gpt") in policy.changes
