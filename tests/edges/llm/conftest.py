"""The cache that most tests of it begin with."""

from pathlib import Path

import pytest

from tests.edges.llm.shelf import Shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """Return an empty cache."""
    return Shelf(tmp_path / "cache")
