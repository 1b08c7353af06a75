"""A missing engine skips a test on a laptop and fails it where it is required."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engines import ENGINES, missing, require

SKIPPED, FAILED = pytest.skip.Exception, pytest.fail.Exception


@pytest.fixture(autouse=True)
def _no_programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("PATH", str(tmp_path))
    missing.cache_clear()
    yield
    missing.cache_clear()


@pytest.fixture
def marked(request: pytest.FixtureRequest) -> Callable[[str], pytest.Item]:
    """Return this very test, marked as one that needs an engine."""

    def mark(engine: str) -> pytest.Item:
        item: pytest.Item = request.node
        item.add_marker(engine)
        return item

    return mark


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_on_a_laptop_it_is_skipped_with_the_reason(
    engine: str, marked: Callable[[str], pytest.Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EVALCI_REQUIRE", raising=False)

    with pytest.raises(SKIPPED, match=f"{engine}: no "):
        require(marked(engine))


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_where_it_is_required_it_fails(
    engine: str, marked: Callable[[str], pytest.Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVALCI_REQUIRE", f"docker, {engine}")

    with pytest.raises(FAILED, match="EVALCI_REQUIRE names it"):
        require(marked(engine))
