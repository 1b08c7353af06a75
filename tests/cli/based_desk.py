"""A desk under git, and what a run of it lists as changes of its policy."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.desk import GATELESS
from tests.cli.history import start_history

LOOSE = GATELESS + "gate: {mode: threshold, max_drop: {pp: 100}}\n"
HALF = "Reply with exactly: {{ 'wrong' if q == 'shipping' else q }}\n"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory of a desk under git, on its default branch."""
    folder = tmp_path / "desk"
    folder.mkdir()
    monkeypatch.chdir(folder)
    start_history(folder)
    return folder


def listed(run: Any) -> dict[str, tuple[str, str]]:
    """Return the policy changes of a run: the old and the new text of each, by path."""
    return {
        entry["path"]: (entry.get("old", ""), entry.get("new", ""))
        for entry in run["policy_changes"]
    }
