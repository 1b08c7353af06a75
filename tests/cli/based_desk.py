"""A desk under git, a pull request that changes it, and what its run lists of its policy."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cli.desk import GATELESS
from tests.cli.history import change, check_out_merge, git, start_history

LOOSE = GATELESS + "gate: {mode: threshold, max_drop: {pp: 100}}\n"
HALF = "Reply with exactly: {{ 'wrong' if q == 'shipping' else q }}\n"
Propose = Callable[[Mapping[str, str | None]], str]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory of a desk under git, on its default branch."""
    folder = tmp_path / "desk"
    folder.mkdir()
    monkeypatch.chdir(folder)
    start_history(folder)
    return folder


@pytest.fixture
def propose(desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Propose:
    """Return a function that makes this the job of a pull request, and that returns its base.

    It is given what the pull request changes; None removes a file.
    """

    def proposed(files: Mapping[str, str | None]) -> str:
        base = git("rev-parse", "HEAD")
        head = change(desk, files)
        check_out_merge(monkeypatch, tmp_path / "event.json", base=base, head=head)
        return base

    return proposed


def listed(run: Any) -> dict[str, tuple[str, str]]:
    """Return the policy changes of a run: the old and the new text of each, by path."""
    return {
        entry["path"]: (entry.get("old", ""), entry.get("new", ""))
        for entry in run["policy_changes"]
    }
