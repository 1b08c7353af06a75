"""Makers of clients for the GitHub double, and a toy comment that merges like the real one."""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import count

from evalci.core.publication import Origin
from evalci.edges.github import GitHub, open_github
from evalci.edges.github.comments import Wanted
from evalci.edges.github.event import Event
from evalci.edges.github.patience import SETTLE_S, BoundedPatience
from tests.edges.github.race import Race
from tests.fake_time import FakeTime
from tests.github_server import TOKEN, GitHubServer, Received
from tests.github_state import Account

HEAD = "a" * 40
MARKER = "<!-- toy -->"


def make_event(server: GitHubServer, **changes: object) -> Event:
    """Return a pull request event of the double's repository."""
    server.repository.shas.add(HEAD)
    fields: dict[str, object] = {
        "origin": Origin(head=HEAD, run_id=1, run_url="https://github.test/runs/1"),
        "repository": server.repository.name,
        "sha": HEAD,
        "api_url": server.api_url,
        "graphql_url": server.graphql_url,
        "pull_request": 7,
        **changes,
    }
    return Event(**fields)  # type: ignore[arg-type]  # names of its fields


def make_github(
    server: GitHubServer, time: FakeTime, *, token: str = TOKEN, **changes: object
) -> GitHub:
    """Return the double as seen with a token, by somebody whose time is fake."""
    patience = BoundedPatience(clock=time.clock, sleep=time.sleep, dice=random.Random(1))  # noqa: S311  # jitter
    return open_github(make_event(server, **changes), token=token, patience=patience)


def run_race(
    server: GitHubServer, seed: int, publishers: Mapping[str, Callable[[GitHub], object]]
) -> None:
    """Let publishers run at once, all of them for the same account.

    A request takes almost as long as the pause in which everybody trusts the others to be done. A
    publisher's name is its token, so it is one word.
    """
    clockwork = Race(seed, longest_s=SETTLE_S * 0.9)
    server.tokens = {name: Account() for name in publishers}
    server.before = lambda received: clockwork.travel(received.token)

    def runner(name: str) -> Callable[[], object]:
        patience = BoundedPatience(
            clock=clockwork.clock,
            sleep=lambda seconds: clockwork.sleep(name, seconds),
            dice=clockwork.dice(name),
        )
        github = open_github(make_event(server), token=name, patience=patience)
        return lambda: publishers[name](github)

    assert clockwork.run({name: runner(name) for name in publishers}) == []


def toy(*names: str, create: bool = True) -> Wanted:
    """Return a publisher's wish: a comment with a line for each of these names, and all others."""

    def merge(bodies: Sequence[str]) -> str:
        lines = {line for body in bodies for line in body.splitlines()[1:]}
        return "\n".join([MARKER, *sorted(lines | set(names))])

    def holds(body: str, seen: Sequence[str]) -> bool:
        return merge([body]) == body == merge([body, *seen])

    return Wanted(marker=MARKER, merge=merge, holds=holds, create=create)


def bodies(server: GitHubServer, login: str = "github-actions[bot]") -> list[str]:
    """Return the comments of an account, the oldest first."""
    found = server.repository.comments.values()
    return [comment["body"] for comment in found if comment["user"]["login"] == login]


def at(pattern: str, number: int, action: Callable[[], object]) -> Callable[[Received], None]:
    """Return a hook that acts right before the n-th request that matches takes effect."""
    seen = count(1)

    def hook(received: Received) -> None:
        if re.match(pattern, received.line) and next(seen) == number:
            action()

    return hook
