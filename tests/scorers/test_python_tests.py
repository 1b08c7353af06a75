"""What a test file may keep of a star import."""

import pytest

from evalci.core.sandbox import SourceFile
from evalci.scorers.python_tests import named_in_tests


@pytest.mark.parametrize(
    ("text", "named"),
    [
        pytest.param("from solution import answer\n", None, id="no star"),
        pytest.param("from tests.helpers import *\n", None, id="what is hidden, too"),
        pytest.param("from .helpers import *\n", None, id="what is hidden beside it"),
        pytest.param("from solution import *\n", "from import solution", id="an answer"),
        pytest.param(
            "def test_it():\n    x = y\nif x:\n    from solution import *\n",
            "def from if import solution test_it x y",
            id="an answer, somewhere",
        ),
        pytest.param(
            "from tests.helpers import *\nfrom solution import *\n",
            "from helpers import solution tests",
            id="an answer beside what is hidden",
        ),
    ],
)
def test_a_test_file_keeps_what_it_names_of_an_answers_star_import(
    text: str, named: str | None
) -> None:
    files = (
        SourceFile(path="tests/test_it.py", text=text, protected=True),
        SourceFile(path="tests/helpers.py", text="", protected=True),
    )

    found = named_in_tests(files)

    assert found == ({} if named is None else {"tests/test_it.py": named.split()})
