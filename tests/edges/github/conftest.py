"""A GitHub of its own and a time that passes only in sleep, for each test."""

from collections.abc import Iterator

import pytest

from tests.fake_time import FakeTime
from tests.github_server import GitHubServer, serving


@pytest.fixture
def time() -> FakeTime:
    """Return a time that begins at zero."""
    return FakeTime()


@pytest.fixture
def server(time: FakeTime) -> Iterator[GitHubServer]:
    """Return a server with a repository `octo/shop` and a pull request 7."""
    with serving(clock=time.clock) as running:
        yield running
