"""Scorers judge the answer, and not the reasoning that a model put in front of it."""

import pytest

from evalci.core.golden_set import Protocol, ScorerSpec
from evalci.core.json_value import Json
from evalci.scorers.registry import prepare
from tests.calls import make_output
from tests.inputs import make_case

RULES: list[Json] = [{"id": "shouts", "weight": 10, "regex": "NO"}]
DEFECT: list[Json] = [{"id": "sql", "tier": 2, "file": "a.py", "line": 3}]


@pytest.mark.parametrize(
    ("name", "params", "protocol", "thought", "answer", "value"),
    [
        ("exact", {}, Protocol.TEXT, "Or 2?", "yes", 1.0),
        ("exact", {}, Protocol.JSON, "It is JSON.", '"yes"', 1.0),
        ("contains", {"text": "yes"}, Protocol.TEXT, "yes or no?", "no", 0.0),
        ("regex", {"pattern": "^no$"}, Protocol.TEXT, "yes", "no", 1.0),
        ("json_schema", {"schema": {"type": "object"}}, Protocol.JSON, "{", '{"a": 1}', 1.0),
        ("unsolvable", {}, Protocol.TEXT, "Is it impossible?", "It is 4711.", 0.0),
        ("violations", {"rules": RULES}, Protocol.TEXT, "NO", "yes", 1.0),
        ("review", {"defects": DEFECT}, Protocol.TEXT, "- a.py:3 is odd\n", "- fine", 0.0),
        ("search", {"gold": [{"file": "a.py"}]}, Protocol.TEXT, "b.py", "a.py", 1.0),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_reasoning_is_neither_a_hit_nor_a_miss(
    name: str, params: dict[str, Json], protocol: Protocol, thought: str, answer: str, value: float
) -> None:
    spec = ScorerSpec(name=name, params=params, weight=1.0)
    case = make_case(scorers=(spec,), protocol=protocol, expected="yes")

    (score,) = prepare(case).trial(0, make_output(f"<think>\n{thought}</think>\n{answer}")).scores

    assert score.value == value


def test_text_scorers_read_the_code_that_the_gates_run() -> None:
    spec = ScorerSpec(name="regex", params={"pattern": r"^def f"}, weight=1.0)
    case = make_case(scorers=(spec,), protocol=Protocol.CODE)
    answer = f"```python\ndef f(): ...\n```\nRun it:\n```sh\n{'python solution.py ' * 9}\n```"

    (score,) = prepare(case).trial(0, make_output(answer)).scores

    assert score.value == 1.0
