"""Holds that whoever silences a linter says why, on the same line."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
# A suppression that ends its line without a second comment. One inside a text has a quote behind.
UNEXPLAINED = re.compile(r"""# ?(?:noqa|type: ?ignore)[^#"'\n]*$""", re.MULTILINE)


def test_every_suppression_carries_its_reason() -> None:
    files = [file for folder in ("evalci", "tests") for file in (ROOT / folder).rglob("*.py")]

    found = {file: UNEXPLAINED.findall(file.read_text(encoding="utf-8")) for file in files}

    assert {str(file.relative_to(ROOT)): lines for file, lines in found.items() if lines} == {}
    assert len(files) > 100
