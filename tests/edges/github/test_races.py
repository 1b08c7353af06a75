"""Publishers at once: whatever the order of their requests, one comment says what all said."""

from collections.abc import Callable

import pytest

from evalci.edges.github import GitHub
from tests.edges.github.desk import MARKER, bodies, run_race, toy
from tests.github_server import Fault, GitHubServer
from tests.github_state import Account


def race(server: GitHubServer, seed: int, names: list[str]) -> None:
    """Let a publisher for each name write at once."""
    run_race(server, seed, {name: publisher(name) for name in names})


def publisher(name: str) -> Callable[[GitHub], object]:
    """Return what publishes one line on pull request 7."""
    return lambda github: github.comment(7).publish(toy(name))


@pytest.mark.parametrize("seed", range(6))
def test_two_first_publishers_end_with_one_comment(server: GitHubServer, seed: int) -> None:
    race(server, seed, ["desk", "shop"])

    assert bodies(server) == [f"{MARKER}\ndesk\nshop"]


@pytest.mark.parametrize("seed", range(6))
def test_two_updates_end_with_the_words_of_both(server: GitHubServer, seed: int) -> None:
    server.repository.comment(7, f"{MARKER}\nold", Account())

    race(server, seed, ["desk", "shop"])

    assert bodies(server) == [f"{MARKER}\ndesk\nold\nshop"]


@pytest.mark.parametrize("seed", range(6))
def test_eight_legs_of_a_matrix_end_with_one_comment(server: GitHubServer, seed: int) -> None:
    names = [f"leg-{number}" for number in range(8)]

    race(server, seed, names)

    assert bodies(server) == ["\n".join([MARKER, *names])]


@pytest.mark.parametrize("seed", range(6))
def test_a_write_that_fails_is_not_repeated_with_old_words(server: GitHubServer, seed: int) -> None:
    server.repository.comment(7, f"{MARKER}\nold", Account())
    server.faults = [
        Fault(match="PATCH", status=502, times=2),
        Fault(match="PATCH", status=502, times=1, effect=True),
        Fault(match="GET", dropped=True, times=2),
    ]

    race(server, seed, ["desk", "shop"])

    assert bodies(server) == [f"{MARKER}\ndesk\nold\nshop"]
