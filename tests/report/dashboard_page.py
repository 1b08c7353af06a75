"""The page of a history, open in a real browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.report.browsing import load
from tests.report.dashboards import dashboard, demo_records

FALLEN = 24  # weeks of the invented history after which `extract` is down
# Opens a page; returns it with what it complains of or asks for.
Show = Callable[[str], tuple[Page, list[str]]]


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Show]:
    """Return a function that opens a page."""
    pages: list[Page] = []

    def shown(html: str) -> tuple[Page, list[str]]:
        place = tmp_path / "index.html"
        place.write_text(html, encoding="utf-8")
        pages.append(browser.new_page(viewport={"width": 1200, "height": 900}))
        return pages[-1], load(pages[-1], place)

    yield shown
    for page in pages:
        page.close()


@pytest.fixture(scope="module")
def fallen() -> str:
    """Return the page of the invented history while a score is down."""
    return dashboard(demo_records(FALLEN))


@pytest.fixture
def page(show: Show, fallen: str) -> Page:
    """Return that page, open."""
    return show(fallen)[0]
