"""A job of GitHub Actions that publishes to the GitHub double: its variables, files and payload."""

import json
import random
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from evalci.cli import run_cli
from evalci.edges.github.patience import BoundedPatience
from tests.fake_time import FakeTime
from tests.github_server import TOKEN, GitHubServer
from tests.github_state import Account

HEAD = "a" * 40
MERGE = "b" * 40
BOT = Account()


def make_payload(event: str, head: str = HEAD) -> dict[str, Any]:
    """Return the parts of a payload that matter, in the shape that GitHub sends."""
    repository = {"full_name": "octo/shop", "default_branch": "main"}
    match event:
        case "pull_request":
            change = {
                "number": 7,
                "head": {"sha": head, "ref": "warmer", "repo": repository},
                "base": {"sha": "c" * 40, "ref": "main", "repo": repository},
            }
            return {
                "action": "synchronize",
                "number": 7,
                "pull_request": change,
                "repository": repository,
            }
        case "merge_group":
            queue = f"refs/heads/gh-readonly-queue/main/pr-7-{'c' * 40}"
            group = {"head_sha": head, "base_sha": "c" * 40, "base_ref": "refs/heads/main"}
            group["head_ref"] = queue
            return {"action": "checks_requested", "merge_group": group, "repository": repository}
        case "push":
            return {"ref": "refs/heads/main", "after": head, "repository": repository}
        case "schedule":
            return {"schedule": "0 6 * * 1"}
        case _:
            return {"ref": "refs/heads/main", "repository": repository}


class Job:
    """One job; a second `begin` makes it another one of the same repository."""

    def __init__(
        self, server: GitHubServer, time: FakeTime, folder: Path, patch: pytest.MonkeyPatch
    ) -> None:
        """``folder`` is for the files of the runner."""
        self.server = server
        self.time = time
        self._folder = folder
        self._patch = patch
        server.repository.shas |= {HEAD, MERGE}

    def begin(
        self,
        event: str = "pull_request",
        *,
        run_id: int = 100,
        head: str = HEAD,
        token: str = TOKEN,
        payload: Mapping[str, Any] | None = None,
        **variables: str,
    ) -> None:
        """Set what a runner sets; ``variables`` come on top, an empty one counts as unset.

        ``payload`` is what GitHub sends with the event, by default an ordinary one.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        for name in ("payload", "output", "summary"):
            (self._folder / name).write_text("", encoding="utf-8")
        sent = json.dumps(make_payload(event, head) if payload is None else payload)
        (self._folder / "payload").write_text(sent, encoding="utf-8")
        self.server.repository.shas.add(head)
        values = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(self._folder / "payload"),
            "GITHUB_REPOSITORY": "octo/shop",
            "GITHUB_SHA": MERGE if event == "pull_request" else head,
            "GITHUB_RUN_ID": str(run_id),
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_SERVER_URL": "https://github.test",
            "GITHUB_API_URL": self.server.api_url,
            "GITHUB_GRAPHQL_URL": self.server.graphql_url,
            "GITHUB_OUTPUT": str(self._folder / "output"),
            "GITHUB_STEP_SUMMARY": str(self._folder / "summary"),
            "GITHUB_TOKEN": token,
        }
        for name, value in {**values, **variables}.items():
            self._patch.setenv(name, value)

    def end(self) -> None:
        """Unset everything, as on somebody's own machine."""
        for name in ("GITHUB_ACTIONS", "GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH", "GITHUB_SHA"):
            self._patch.delenv(name, raising=False)

    def publish(self, *arguments: str) -> int:
        """Run `evalci publish` with a time that passes only in sleep."""
        return self.step("publish", *arguments)

    def step(self, *arguments: str) -> int:
        """Run a command that talks to GitHub, with a time that passes only in sleep."""
        dice = random.Random(1)  # noqa: S311  # jitter
        patience = BoundedPatience(clock=self.time.clock, sleep=self.time.sleep, dice=dice)
        return run_cli(arguments, outside=patience)

    @property
    def outputs(self) -> dict[str, str]:
        """Return the outputs of the step, read like the runner reads them."""
        text = (self._folder / "output").read_text(encoding="utf-8")
        found = re.findall(r"^([\w-]+)<<(\w+)\n(.*?)\n?\2$", text, re.MULTILINE | re.DOTALL)
        return {name: value for name, _, value in found}

    @property
    def summary(self) -> str:
        """Return the summary of the step."""
        return (self._folder / "summary").read_text(encoding="utf-8")

    @property
    def comments(self) -> list[str]:
        """Return the comments of our account."""
        found = self.server.repository.comments.values()
        return [c["body"] for c in found if c["user"]["login"] == "github-actions[bot]"]

    @property
    def checks(self) -> dict[str, str]:
        """Return how each check run ended, by name."""
        return {c["name"]: c["conclusion"] for c in self.server.repository.checks.values()}
