"""A problem as a line, and many problems as one error."""

import pytest

from evalci.core.problem import MAX_SHOWN, Problem, did_you_mean, raise_lines, raise_problems
from evalci.errors import BadInputError, ExitCode


@pytest.mark.parametrize(
    ("problem", "line"),
    [
        pytest.param(
            Problem(source="a.yaml", line=3, message="is empty", hint="add one"),
            "a.yaml:3: is empty; add one",
            id="place, cause and next step",
        ),
        pytest.param(
            Problem(source="a.yaml", line=3, message="is empty"),
            "a.yaml:3: is empty",
            id="without a hint",
        ),
        pytest.param(
            Problem(source="a.yaml", message="is empty"), "a.yaml: is empty", id="the file itself"
        ),
    ],
)
def test_a_problem_reads_as_one_line(problem: Problem, line: str) -> None:
    assert str(problem) == line


def test_no_problems_raise_nothing() -> None:
    raise_problems([])
    raise_lines([])


def test_problems_are_listed_once_by_file_and_line() -> None:
    late = Problem(source="b.yaml", line=1, message="x")
    tenth = Problem(source="a.yaml", line=10, message="x")
    second = Problem(source="a.yaml", line=2, message="x")

    with pytest.raises(BadInputError) as caught:
        raise_problems([late, tenth, second, tenth])

    assert str(caught.value) == "a.yaml:2: x\na.yaml:10: x\nb.yaml:1: x"
    assert caught.value.exit_code is ExitCode.BAD_INPUT


@pytest.mark.parametrize(
    ("count", "shown", "last"),
    [
        pytest.param(MAX_SHOWN, MAX_SHOWN, "line 49", id="as many as are shown"),
        pytest.param(
            MAX_SHOWN + 3, MAX_SHOWN + 1, "… and 3 more problems", id="the rest is counted"
        ),
    ],
)
def test_a_flood_of_problems_is_cut(count: int, shown: int, last: str) -> None:
    with pytest.raises(BadInputError) as caught:
        raise_lines([f"line {number}" for number in range(count)])

    lines = str(caught.value).splitlines()
    assert (len(lines), lines[-1]) == (shown, last)


@pytest.mark.parametrize(
    ("word", "known", "hint"),
    [
        pytest.param("expcted", ["expected", "id"], "did you mean `expected`?", id="a near miss"),
        pytest.param("zzz", ["b", "a"], "known: a, b", id="nothing near lists what there is"),
        pytest.param("zzz", [], "", id="nothing known"),
        pytest.param("zzz", [f"k{n}" for n in range(26)], "", id="too many to list"),
    ],
)
def test_did_you_mean(word: str, known: list[str], hint: str) -> None:
    assert did_you_mean(word, known) == hint
