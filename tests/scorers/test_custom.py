"""Scorers of the user's own: what they see, what they may return, and how they fail."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from evalci.core.golden_set import ScorerSpec
from evalci.core.json_value import Json, JsonObject
from evalci.core.sandbox import CheckResult, Ending
from evalci.core.trial import Trial
from evalci.errors import SandboxError
from evalci.scorers.custom import GIVEN, MARK
from evalci.scorers.registry import images_of, is_graded, prepare
from tests.calls import make_output
from tests.cases import make_case
from tests.fake_sandbox import FakeSandbox

FILE = ScorerSpec(
    name="polite",
    params={
        "name": "polite",
        "binary": False,
        "params": {"words": ["please"]},
        "file": {"path": "scorers/polite.py", "text": "def score(given): ..."},
    },
    weight=1.0,
    runs_as="file_scorer",
)
PLUGIN = ScorerSpec(
    name="tone",
    params={"name": "tone", "binary": True, "params": {}, "entry_point": "acme", "version": "1"},
    weight=1.0,
    runs_as="entry_point",
)


class FakePlugins:
    """One function behind every entry point."""

    def __init__(self, function: Callable[[JsonObject], Json]) -> None:
        self._function = function

    def version(self, entry_point: str) -> str:
        return f"{entry_point} 1"

    def load(self, entry_point: str) -> Callable[[JsonObject], Json]:
        del entry_point
        return self._function


def printed(output: str, *, code: int = 0, ending: Ending = Ending.EXITED) -> FakeSandbox:
    return FakeSandbox(CheckResult(ending=ending, code=code, output=output, limit_s=30.0))


def by_file(sandbox: FakeSandbox) -> Trial:
    return prepare(make_case(scorers=(FILE,)), sandbox).trial(0, make_output("yes"))


def by_plugin(function: Callable[[JsonObject], Json]) -> Trial:
    case = make_case(scorers=(PLUGIN,))
    return prepare(case, plugins=FakePlugins(function)).trial(0, make_output("yes"))


def test_a_file_gets_the_answer_and_the_case_in_the_sandbox() -> None:
    sandbox = printed(f'hello\n{MARK}{{"value": 0.5, "reason": "curt"}}\n')

    trial = by_file(sandbox)

    assert (trial.composite, trial.scores[0].reason) == (0.5, "curt")
    (check,) = sandbox.checks
    given = json.loads(next(file.text for file in check.files if file.path == GIVEN))
    assert (given["text"], given["expected"]) == ("yes", "yes")
    assert given["params"] == {"words": ["please"]}
    assert all(file.protected for file in check.files)


@pytest.mark.parametrize(
    ("sandbox", "reason"),
    [
        pytest.param(
            printed("Traceback\nKeyError: 'x'\n", code=1),
            "the scorer failed: KeyError: 'x'",
            id="it raises",
        ),
        pytest.param(printed("done\n"), "the scorer failed: done", id="it prints no result"),
        pytest.param(
            printed("", ending=Ending.TIMEOUT, code=-9),
            "the scorer failed: timed out after 30 s",
            id="it hangs",
        ),
        pytest.param(
            printed(f"{MARK}NaN\n"), "not a result: NaN is not JSON", id="its result is no JSON"
        ),
        pytest.param(
            printed(f'{MARK}{{"value": 7}}\n'),
            "not a result: `$.value`: 7 is greater than the maximum of 1",
            id="its value is out of range",
        ),
    ],
)
def test_a_file_that_fails_leaves_the_answer_unscored(sandbox: FakeSandbox, reason: str) -> None:
    trial = by_file(sandbox)

    assert (trial.composite, trial.failure) == (None, f"polite: {reason}")


def test_a_file_without_a_sandbox_does_not_run() -> None:
    scorer = prepare(make_case(scorers=(FILE,)))

    with pytest.raises(SandboxError, match="`polite` of `a-1` needs a sandbox"):
        scorer.trial(0, make_output("yes"))


def test_a_case_with_a_file_needs_the_default_image() -> None:
    assert images_of(make_case(scorers=(FILE,))) == {"default"}


def test_an_entry_point_scores() -> None:
    trial = by_plugin(lambda given: {"value": float(given["answer"] == "yes")})

    assert (trial.composite, trial.passed) == (1.0, True)


def test_an_entry_point_that_raises_leaves_the_answer_unscored() -> None:
    def broken(given: JsonObject) -> Json:
        raise KeyError(str(given["case"]))

    trial = by_plugin(broken)

    assert (trial.composite, trial.failure) == (None, "tone: the scorer failed: KeyError: 'a-1'")


def test_an_entry_point_that_exits_leaves_the_answer_unscored() -> None:
    def leaving(given: JsonObject) -> Json:
        raise SystemExit(f"no {given['case']}")

    trial = by_plugin(leaving)

    assert (trial.composite, trial.failure) == (None, "tone: the scorer failed: SystemExit: no a-1")


def test_an_entry_point_cannot_change_the_case() -> None:
    case = make_case(scorers=(PLUGIN,), inputs={"q": ["one"]})

    def greedy(given: JsonObject) -> Json:
        inputs: Any = given["inputs"]
        inputs["q"].append("two")
        return {"value": float(len(inputs["q"]) == 2)}

    scorer = prepare(case, plugins=FakePlugins(greedy))

    assert [scorer.trial(n, make_output("yes")).composite for n in range(2)] == [1.0, 1.0]
    assert case.inputs == {"q": ["one"]}


def test_only_a_scorer_that_says_so_passes_or_fails() -> None:
    assert (is_graded([FILE]), is_graded([PLUGIN])) == (True, False)
