"""Publishers at once with real reports: one comment that says what the newest of each found."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from evalci.cli.telling import tell
from evalci.core.config import CommentPolicy
from evalci.core.publication import Origin
from evalci.edges.github import GitHub
from evalci.report.comment import Section, build_sections
from evalci.report.delimiters import read_sections
from evalci.report.markdown import LIMIT
from tests.edges.github.desk import HEAD, bodies, run_race
from tests.github_server import GitHubServer, serving
from tests.runs import make_run, make_run_case


@pytest.fixture
def server() -> Iterator[GitHubServer]:
    """Return a GitHub of its own."""
    with serving() as running:
        yield running


def make_section(name: str, *, run_id: int = 1, head: str = HEAD, size: int = 0) -> Section:
    """Return what is said of a golden set that got worse, at such a length."""
    run = make_run(make_run_case((0.0, 0.0), (1.0, 1.0)))
    run = replace(run, golden_set=replace(run.golden_set, name=name))
    (section,) = build_sections([run], [], Origin(head=head, run_id=run_id), max_examples=5)
    return replace(section, text=section.text + "\nword" * size)


def teller(section: Section) -> Callable[[GitHub], object]:
    """Return what publishes one section."""
    return lambda github: tell(github, (), (section,), CommentPolicy.CHANGED)


def told(server: GitHubServer) -> dict[str, int]:
    """Return which workflow run each section of the one comment comes from."""
    (body,) = bodies(server)
    assert len(body) <= LIMIT
    return {section.key: section.run_id for section in read_sections(body)}


@pytest.mark.parametrize(
    ("seed", "size"), [(1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 20_000), (7, 20_000)]
)
def test_three_legs_of_a_matrix(server: GitHubServer, seed: int, size: int) -> None:
    names = ["desk", "shop", "till"]

    run_race(server, seed, {name: teller(make_section(name, size=size)) for name in names})

    assert told(server) == {"desk.main": 1, "shop.main": 1, "till.main": 1}


@pytest.mark.parametrize("seed", range(5))
def test_two_quick_pushes(server: GitHubServer, seed: int) -> None:
    pushes = {
        "first-push": teller(make_section("desk", run_id=1, head="1" * 40)),
        "second-push": teller(make_section("desk", run_id=2, head="2" * 40)),
    }

    run_race(server, seed, pushes)

    assert told(server) == {"desk.main": 2}


@pytest.mark.parametrize("seed", range(5))
def test_two_quick_pushes_of_two_legs(server: GitHubServer, seed: int) -> None:
    pushes = {
        f"{name}-{run_id}": teller(make_section(name, run_id=run_id, head=str(run_id) * 40))
        for name in ("desk", "shop")
        for run_id in (1, 2)
    }

    run_race(server, seed, pushes)

    assert told(server) == {"desk.main": 2, "shop.main": 2}
