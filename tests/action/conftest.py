"""What runs of the action start from: parsers, evalci, a checkout; and two jobs that ended."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.action.harness import Played, Scene, make_environment, play, prepared_node
from tests.action.repository import WORSE, Checkout, Event, make_accepted
from tests.github_server import serving
from tests.github_state import Repository

KEY = "sk-model-key-0123456789abcdef"
# What a careless workflow gives to every step of the job.
SECRETS = {
    "OPENAI_API_KEY": KEY,
    "AWS_SECRET_ACCESS_KEY": KEY,
    "EVALCI_GATEWAY_KEY": KEY,
    "my-model": KEY,
    "GITHUB_TOKEN": "ghs_ofTheJob",
    "GH_TOKEN": "gho_ofSomebody",
    "GITHUB_PAT": "classic",
    "RELEASES": "github_pat_ofSomebody",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """What all jobs share: the Node programs, an environment with evalci, a repository to copy."""

    node: Path
    environment: Path
    accepted: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Runs the action in a checkout, each time on a new machine where evalci is installed."""

    kit: Kit
    checkout: Checkout
    machines: Path

    @property
    def github(self) -> Repository:
        """Return what GitHub has."""
        return self.checkout.server.repository

    def play(
        self,
        event: Event,
        *,
        inputs: dict[str, str] | None = None,
        env: dict[str, str] | None = None,
        stand_ins: dict[str, dict[str, Any]] | None = None,
        at: datetime | None = None,
    ) -> Played:
        """Run the action where evalci is installed, at a moment, and return what it did."""
        machine = self.new_machine()
        if at is not None:
            (machine / "now").write_text(at.isoformat(), encoding="utf-8")
        (machine / "evalci" / "venv").symlink_to(self.kit.environment)
        scene = Scene(
            event=event,
            workspace=self.checkout.folder,
            temp=machine,
            inputs=inputs or {},
            env=env or {},
            stand_ins={"install": {"script": "true"}, **(stand_ins or {})},
        )
        return play(scene, self.kit.node)

    def new_machine(self) -> Path:
        """Return the temporary folder of a machine on which no run has left anything."""
        machine = self.machines / f"{len(list(self.machines.iterdir()))}"
        (machine / "evalci").mkdir(parents=True)
        shutil.rmtree(self.checkout.folder / ".evalci", ignore_errors=True)
        return machine

    def comments(self) -> list[str]:
        """Return the bodies of the comments that GitHub has."""
        return [comment["body"] for comment in self.github.comments.values()]

    def checks(self) -> dict[str, str]:
        """Return the conclusion of each check run by name."""
        return {check["name"]: check["conclusion"] for check in self.github.checks.values()}


@pytest.fixture(scope="session")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Kit:
    """Return what takes a while to make."""
    folder = tmp_path_factory.mktemp("kit")
    kit = Kit(node=prepared_node(), environment=folder / "venv", accepted=folder / "shop")
    make_environment(kit.environment)
    make_accepted(kit.accepted)
    return kit


@contextmanager
def job_in(folder: Path, kit: Kit) -> Iterator[Job]:
    """Make a checkout in a folder, a GitHub on loopback that it came from, and a job."""
    shop, machines = folder / "shop", folder / "machines"
    shutil.copytree(kit.accepted, shop, ignore=shutil.ignore_patterns(".evalci"))
    machines.mkdir()
    with serving() as server:
        yield Job(kit=kit, checkout=Checkout(folder=shop, server=server), machines=machines)


@pytest.fixture
def job(kit: Kit, tmp_path: Path) -> Iterator[Job]:
    """Return a job that has not run yet."""
    with job_in(tmp_path, kit) as job:
        yield job


@pytest.fixture(scope="session")
def worse(kit: Kit, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Job, Played]]:
    """Return a pull request that makes a category worse, after its job ended; only to be read."""
    with job_in(tmp_path_factory.mktemp("worse"), kit) as job:
        yield job, job.play(job.checkout.pull_request(WORSE), env=SECRETS)


@pytest.fixture(scope="session")
def pushed(kit: Kit, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Job, Played]]:
    """Return a push that makes a category worse, after its job ended; only to be read."""
    with job_in(tmp_path_factory.mktemp("pushed"), kit) as job:
        yield job, job.play(job.checkout.on_main("push", WORSE), env=SECRETS)
