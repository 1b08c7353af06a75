"""Cells of a history's tables that are read many at once."""

import pytest

from evalci.core.history_rows import objects_in


def test_cells_read_at_once_are_what_they_are_one_by_one() -> None:
    assert objects_in(['{"a": 1}', '{"b": [2]}']) == [{"a": 1}, {"b": [2]}]


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param(["{}, {}"], id="two objects in one cell"),
        pytest.param(['{"a": 1', '"b": 2}'], id="one object in two cells"),
        pytest.param(["1"], id="no object"),
        pytest.param(["{"], id="no JSON"),
    ],
)
def test_a_cell_that_holds_anything_else_is_refused(cells: list[str]) -> None:
    with pytest.raises(ValueError, match=r"JSON|Expecting|object"):
        objects_in(cells)
