"""What every run of the action starts from: GitHub's parsers, an installed evalci, a checkout."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.action.harness import Played, Scene, make_environment, play, prepared_node
from tests.action.repository import Checkout, Event


@pytest.fixture(scope="session")
def node() -> Path:
    """Return the folder of the Node programs."""
    return prepared_node()


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a Python environment with evalci, in place of what the install step would make."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    make_environment(folder)
    return folder


@pytest.fixture(scope="session")
def accepted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository with an accepted baseline, to be copied."""
    folder = tmp_path_factory.mktemp("accepted") / "shop"
    folder.mkdir()
    checkout = Checkout(folder=folder)
    checkout.git("init", "--quiet", "--initial-branch", "main")
    checkout.commit({}, "Start")
    for command in (["run", "--all"], ["baseline", "accept", "--reason", "first"]):
        evalci = [sys.executable, "-m", "evalci", *command]
        subprocess.run(evalci, cwd=folder, check=True, capture_output=True)
    checkout.git("add", "--all")
    checkout.git("commit", "--quiet", "--message", "Accept")
    checkout.git("update-ref", "refs/remotes/origin/main", "HEAD")
    return folder


@pytest.fixture
def checkout(accepted: Path, tmp_path: Path) -> Checkout:
    """Return a clone that a test may change."""
    folder = tmp_path / "shop"
    shutil.copytree(accepted, folder)
    shutil.rmtree(folder / ".evalci", ignore_errors=True)
    return Checkout(folder=folder)


@pytest.fixture
def played(
    node: Path, environment: Path, checkout: Checkout, tmp_path: Path
) -> Callable[..., Played]:
    """Return how to run the action in the checkout, with evalci already installed."""

    def run(
        event: Event, stand_ins: dict[str, dict[str, Any]] | None = None, **more: Any
    ) -> Played:
        temp = tmp_path / "runner"
        (temp / "evalci").mkdir(parents=True)
        (temp / "evalci" / "venv").symlink_to(environment)
        installed = {"install": {"script": "true"}, **(stand_ins or {})}
        scene = Scene(
            event=event, workspace=checkout.folder, temp=temp, stand_ins=installed, **more
        )
        return play(scene, node)

    return run
