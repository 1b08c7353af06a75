"""No row of the reference file is left out: every function has a test that takes all its rows."""

import json
import re
from pathlib import Path

from tests.gate_reference import FILE, functions, reference

TESTS = Path(__file__).parent.parent


def taken_functions() -> list[str]:
    """Return the functions whose rows the tests of the core take as parameters."""
    files = sorted(TESTS.rglob("test_*.py"))
    texts = [file.read_text(encoding="utf-8") for file in files if file != Path(__file__)]
    return [name for text in texts for name in re.findall(r'reference\("(\w+)"\)', text)]


def test_every_function_of_the_reference_is_tested() -> None:
    assert set(taken_functions()) == functions()


def test_every_row_is_a_parameter_of_a_test() -> None:
    rows = json.loads(FILE.read_text(encoding="utf-8"))["cases"]

    taken = [parameter.id for name in functions() for parameter in reference(name)]

    assert len(taken) == len(rows) == 94
    assert sorted(str(name) for name in taken) == sorted(row["name"] for row in rows)
