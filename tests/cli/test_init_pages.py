"""The workflow of `evalci init --pages` where the history is a PostgreSQL server."""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from evalci.cli import run_cli
from evalci.core.starter import PAGES
from evalci.edges.history.sql import SqlHistory
from tests.cli.init_desk import workflow
from tests.postgres import postgres
from tests.records import make_record

NAMED = "${{ secrets.EVALCI_HISTORY }}"


@pytest.fixture
def steps(repository: Path) -> list[Mapping[str, Any]]:
    """Return the steps that draw the page of a project in `bot`, in the working directory."""
    run_cli(["init", "bot", "--pages"])
    found: list[Mapping[str, Any]] = workflow(repository, PAGES)["jobs"]["draw"]["steps"]
    return found


def drawing(steps: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the step that draws."""
    return next(step for step in steps if "evalci dashboard" in step.get("run", ""))


def test_the_address_of_the_history_is_a_secret_and_stands_in_no_command(
    steps: list[Mapping[str, Any]],
) -> None:
    commands = [step.get("run", "") for step in steps]

    assert drawing(steps)["env"]["EVALCI_HISTORY"] == NAMED
    assert [command for command in commands if "secrets." in command] == []


def test_the_driver_of_a_server_is_installed(steps: list[Mapping[str, Any]]) -> None:
    assert any('pip install "evalci[postgres]' in step.get("run", "") for step in steps)


def test_without_the_secret_the_history_is_where_it_always_was(
    steps: list[Mapping[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """GitHub sets an empty variable for a secret that is not there."""
    monkeypatch.setenv("EVALCI_HISTORY", "")

    assert draw(drawing(steps), monkeypatch) == 0
    assert '{"series":[]}' in page()


@pytest.mark.postgres
@pytest.mark.slow
def test_the_page_is_drawn_from_the_server_that_the_secret_names(
    steps: list[Mapping[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgres() as url:
        store = SqlHistory(url)
        store.add(make_record(golden_set="kept-in-a-server"))
        store.close()
        monkeypatch.setenv("EVALCI_HISTORY", url)

        code = draw(drawing(steps), monkeypatch)

    assert code == 0
    assert "kept-in-a-server" in page()


def draw(step: Mapping[str, Any], patch: pytest.MonkeyPatch) -> int:
    """Do what the step does, as the runner would."""
    patch.setenv("RUNNER_TEMP", str(Path.cwd() / "runner"))
    patch.chdir(step["working-directory"])
    _, *arguments = shlex.split(os.path.expandvars(step["run"]))
    return run_cli(arguments)


def page() -> str:
    """Return what the next step publishes."""
    return Path(os.environ["RUNNER_TEMP"], "site", "index.html").read_text(encoding="utf-8")
