"""Publishers at once: whatever the order of their requests, one comment says what all said."""

import random
from collections.abc import Callable

import pytest

from evalci.edges.github import open_github
from evalci.edges.github.patience import SETTLE_S, BoundedPatience
from tests.edges.github.desk import MARKER, bodies, make_event, toy
from tests.edges.github.race import Race
from tests.github_server import Fault, GitHubServer
from tests.github_state import Account

# From reading the comments to writing one are two requests.
LONGEST_S = SETTLE_S * 0.9


def race(server: GitHubServer, seed: int, names: list[str]) -> None:
    """Let a publisher for each name write at once; all of them speak for the same account."""
    clockwork = Race(seed, longest_s=LONGEST_S)
    server.tokens = {name: Account() for name in names}
    server.before = lambda received: clockwork.travel(received.token)

    def publisher(name: str) -> Callable[[], object]:
        patience = BoundedPatience(
            clock=clockwork.clock,
            sleep=lambda seconds: clockwork.sleep(name, seconds),
            dice=random.Random(f"{seed}{name}"),  # noqa: S311  # jitter
        )
        github = open_github(make_event(server), token=name, patience=patience)
        return lambda: github.comment(7).publish(toy(name))

    assert clockwork.run({name: publisher(name) for name in names}) == []


@pytest.mark.parametrize("seed", range(40))
def test_two_first_publishers_end_with_one_comment(server: GitHubServer, seed: int) -> None:
    race(server, seed, ["desk", "shop"])

    assert bodies(server) == [f"{MARKER}\ndesk\nshop"]


@pytest.mark.parametrize("seed", range(40))
def test_two_updates_end_with_the_words_of_both(server: GitHubServer, seed: int) -> None:
    server.repository.comment(7, f"{MARKER}\nold", Account())

    race(server, seed, ["desk", "shop"])

    assert bodies(server) == [f"{MARKER}\ndesk\nold\nshop"]


@pytest.mark.parametrize("seed", range(10))
def test_eight_legs_of_a_matrix_end_with_one_comment(server: GitHubServer, seed: int) -> None:
    names = [f"leg-{number}" for number in range(8)]

    race(server, seed, names)

    assert bodies(server) == ["\n".join([MARKER, *names])]


@pytest.mark.parametrize("seed", range(20))
def test_a_write_that_fails_is_not_repeated_with_old_words(server: GitHubServer, seed: int) -> None:
    server.repository.comment(7, f"{MARKER}\nold", Account())
    server.faults = [
        Fault(match="PATCH", status=502, times=2),
        Fault(match="PATCH", status=502, times=1, effect=True),
        Fault(match="GET", dropped=True, times=2),
    ]

    race(server, seed, ["desk", "shop"])

    assert bodies(server) == [f"{MARKER}\ndesk\nold\nshop"]
