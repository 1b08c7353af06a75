"""The judge among the scorers of a case: what it needs, and how much depends on it."""

import pytest

from evalci.core.golden_set import ScorerSpec
from evalci.core.json_value import Json
from evalci.scorers.judge import build_judge, questions_of
from evalci.scorers.judge_seat import judge_share, judged_alone, with_judge
from tests.cases import make_case
from tests.judge_desk import make_judge


def test_pairwise_needs_a_reference() -> None:
    case = make_case(expected=None, criteria=[{"id": "a", "text": "x"}])

    with pytest.raises(ValueError, match="`mode: pairwise` compares with `expected`"):
        build_judge({"mode": "pairwise"}, case)


@pytest.mark.parametrize(
    ("params", "count"), [({}, 2), ({"mode": "pairwise"}, 4)], ids=["scale", "pairwise"]
)
def test_the_questions_of_a_case_are_known_beforehand(params: dict[str, str], count: int) -> None:
    spec = ScorerSpec(name="judge", params=params, weight=1.0)
    case = make_case(criteria=[{"id": n, "text": n} for n in "ab"], scorers=(spec,))

    assert questions_of(case) == count


def test_the_judge_is_part_of_how_a_case_is_scored() -> None:
    spec = ScorerSpec(name="judge", params={"mode": "scale"}, weight=1.0)

    (seated,) = with_judge(make_case(scorers=(spec,)), make_judge()).scorers

    assert seated.params["judge"] == make_judge().as_json()


@pytest.mark.parametrize(
    ("weights", "alone"),
    [
        pytest.param({"judge": 1.0}, True, id="the judge and nothing else"),
        pytest.param({"judge": 1.0, "chrf": 0.0}, True, id="another is shown only"),
        pytest.param({"judge": 0.1, "tests": 0.9}, False, id="another decides, too"),
        pytest.param({"judge": 0.0, "tests": 1.0}, False, id="the judge is shown only"),
    ],
)
def test_a_judge_alone_is_the_only_one_with_weight(
    weights: dict[str, float], *, alone: bool
) -> None:
    specs = [ScorerSpec(name=name, params={}, weight=weight) for name, weight in weights.items()]

    assert judged_alone(specs) is alone


def ruled(*scorers: str) -> ScorerSpec:
    """Return `violations` with a rule of two points of ten for each scorer, a pattern for none."""
    rules: list[Json] = [
        {"id": f"r{n}", "weight": 2, "scorer": name} for n, name in enumerate(scorers) if name
    ]
    rules += [{"id": "p", "weight": 2, "regex": "x"}] * scorers.count("")
    return ScorerSpec(name="violations", params={"rules": rules}, weight=1.0)


@pytest.mark.parametrize(
    ("specs", "alone", "share"),
    [
        pytest.param([ruled("judge")], True, 0.2, id="a rule looks at the judge"),
        pytest.param([ruled("judge", "")], False, 0.2, id="a pattern deducts as well"),
        pytest.param([ruled("tests")], False, 0.0, id="a rule looks at another scorer"),
        pytest.param(
            [ScorerSpec(name="judge", params={}, weight=3.0), ruled("")],
            *(False, 0.75),
            id="the judge with another scorer",
        ),
    ],
)
def test_a_rule_on_the_judge_counts_as_the_judge(
    specs: list[ScorerSpec], *, alone: bool, share: float
) -> None:
    specs = [ScorerSpec(name="judge", params={}, weight=0.0), *specs]

    assert judged_alone(specs) is alone
    assert judge_share(specs) == pytest.approx(share)
