"""The page of a history in a real browser, looked at: both schemes, every width, odd histories.

`EVALCI_SHOTS=<folder> pytest tests/report/test_dashboard_browser.py` keeps the screenshots.
"""

import pytest
from playwright.sync_api import Page

from tests.report.browsing import browser, look_at
from tests.report.dashboard_page import Show, fallen, page, show
from tests.report.dashboards import (
    dashboard,
    demo_records,
    hostile_records,
    large_records,
    long_records,
    many_categories,
)

__all__ = ["browser", "fallen", "page", "show"]

pytestmark = pytest.mark.chromium
FOLDED = "() => document.querySelectorAll('details').forEach(box => box.open = true)"


def test_on_a_phone_the_verdict_comes_first(page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 812})

    places = page.evaluate(
        "() => ['h1', '#filters', '#cards'].map(one => "
        "document.querySelector(one).getBoundingClientRect().top)"
    )
    assert places == sorted(places)


def test_of_many_categories_the_worst_are_shown_first(show: Show) -> None:
    page, _ = show(dashboard(many_categories(40)))

    assert page.locator(".card").count() == 11
    assert "kind-27" in page.locator(".card").nth(1).inner_text()
    page.get_by_text("Show all 40 categories").click()
    assert page.locator(".card").count() == 41


def test_paper_is_light(page: Page) -> None:
    page.emulate_media(color_scheme="dark", media="print")

    ink = page.evaluate("() => plots[0].plot.series[1].stroke()")
    paper = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert (ink, paper) == ("#0b62b5", "rgb(246, 247, 249)")


def test_its_colours_follow_the_scheme(page: Page) -> None:
    def ink() -> str:
        return str(page.evaluate("() => plots[0].plot.series[1].stroke()"))

    light = ink()
    page.emulate_media(color_scheme="dark")

    assert (light, ink()) == ("#0b62b5", "#6cb2ff")


@pytest.mark.parametrize("width", [1200, pytest.param(768, marks=pytest.mark.slow), 360])
def test_it_can_be_read_on_every_screen(show: Show, fallen: str, width: int) -> None:
    page, told = show(fallen)

    found = look_at(page, f"dashboard-{width}")
    page.evaluate(FOLDED)
    found += look_at(page, f"dashboard-{width}-open")

    assert found + told == []


def test_charts_fit_when_the_screen_turns(page: Page) -> None:
    page.set_viewport_size({"width": 400, "height": 800})

    page.wait_for_function("() => plots.every(one => one.plot.width === one.place.clientWidth)")


def test_a_single_run_can_be_seen(show: Show) -> None:
    page, told = show(dashboard(demo_records(1)[:1]))

    days = page.evaluate("() => plots[0].plot.scales.x.max - plots[0].plot.scales.x.min") / 86400
    assert (days, told) == (7, [])


def test_hostile_names_are_text(show: Show) -> None:
    page, told = show(dashboard(hostile_records()))

    assert told == []
    assert page.locator("main img").count() == 0
    assert "onerror=alert(1)" in page.locator("#heatmap tbody th").first.inner_text()


@pytest.mark.parametrize("width", [1200, pytest.param(360, marks=pytest.mark.slow)])
def test_very_long_names_fit(show: Show, width: int) -> None:
    page, told = show(dashboard(long_records()))

    assert look_at(page, f"dashboard-long-{width}") + told == []
    box = page.locator(".card").last.bounding_box()
    assert box is not None
    assert box["height"] < 170


def test_an_empty_history_says_how_to_begin(show: Show) -> None:
    page, told = show(dashboard([]))

    assert told == []
    assert "evalci history add" in page.locator("#verdict").inner_text()


@pytest.mark.slow
def test_a_hundred_runs_of_five_thousand_cases_stay_small_and_readable(show: Show) -> None:
    html = dashboard(large_records())

    page, told = show(html)

    assert len(html) < 400_000
    assert "40 of 1,250 cases" in page.locator("#heatmap .note").inner_text()
    assert look_at(page, "dashboard-large-1200") + told == []
