"""Small mistakes in a reference."""

import pytest

from evalci.core.mutation import MAX_MUTANTS, mutants


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        pytest.param("x = a < b\n", "x = a >= b\n", id="a comparison"),
        pytest.param("x = 1\n", "x = 2\n", id="a number"),
        pytest.param("x = True\n", "x = False\n", id="a truth"),
        pytest.param("x = 'a'\n", "x = 'ax'\n", id="a text"),
        pytest.param("def f():\n    return x\n", "def f():\n    return\n", id="a return"),
    ],
)
def test_one_place_is_changed(text: str, changed: str) -> None:
    assert [mutant.text for mutant in mutants(text)] == [changed]


@pytest.mark.parametrize("text", ['"""Docs."""\n', "def f(:\n", "x = y\n", ""])
def test_where_nothing_can_be_changed_there_is_no_mutant(text: str) -> None:
    assert mutants(text) == []


def test_a_long_text_gets_mistakes_all_over() -> None:
    found = mutants("".join(f"x{n} = {n}\n" for n in range(100)))

    assert len(found) <= MAX_MUTANTS
    assert found[-1].change == "line 100: constant 99 changed"
