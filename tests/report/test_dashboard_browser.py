"""The page of a history in a real browser: filters, hover, keys, both schemes, every width.

`EVALCI_SHOTS=<folder> pytest tests/report/test_dashboard_browser.py` keeps the screenshots.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.report.browsing import chromium, load, look_at
from tests.report.dashboards import (
    dashboard,
    demo_records,
    hostile_records,
    large_records,
    long_records,
    many_categories,
    others,
)

pytestmark = pytest.mark.chromium

FALLEN = 24  # weeks of the invented history after which `extract` is down
FOLDED = "() => document.querySelectorAll('details').forEach(box => box.open = true)"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return Debian's Chromium without a window."""
    with chromium() as browser:
        yield browser


Show = Callable[[str], tuple[Page, list[str]]]


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Show]:
    """Return a function that opens a page and returns it with what it complains of or asks for."""
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


@pytest.fixture
def two(show: Show) -> Page:
    """Return the open page of two golden sets, the second of which drifts."""
    return show(dashboard([*others("aaa", 6), *demo_records(FALLEN)]))[0]


def legend(page: Page) -> str:
    """Return what the legend of the first chart says."""
    return page.locator(".above").first.inner_text().replace("\n", " ")


def hover(page: Page, share: float) -> None:
    """Point at a place of the first chart."""
    box = page.locator(".u-over").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + share * box["width"], box["y"] + 50)


def test_it_opens_on_the_category_that_drifts(page: Page) -> None:
    assert page.locator("h1").inner_text().endswith("drift in extract")
    assert page.locator("#category").input_value() == "extract"


def test_of_two_golden_sets_it_opens_on_the_one_that_drifts(two: Page) -> None:
    assert two.locator("#golden-set").input_value() == "helpdesk"


@pytest.mark.slow
def test_what_drifts_elsewhere_is_one_step_away(two: Page) -> None:
    two.locator("#golden-set").select_option("aaa")

    two.locator(".elsewhere", has_text="drift in extract").click()

    assert two.locator("#golden-set").input_value() == "helpdesk"
    assert two.locator("#category").input_value() == "extract"


def test_a_choice_is_told_to_a_screen_reader(page: Page) -> None:
    page.locator("#category").select_option("triage")

    assert page.locator("[role=status]").inner_text().startswith("helpdesk with main: triage, ")


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


def test_a_category_is_chosen_by_its_card(page: Page) -> None:
    page.locator(".card", has_text="summary").click()

    assert page.locator("#category").input_value() == "summary"
    assert page.locator("#cases tbody tr").first.inner_text().startswith("summary-")


def test_the_model_is_a_filter(page: Page) -> None:
    page.locator("#model").select_option("small")

    assert "5 whole runs" in page.locator(".sentence").inner_text()


def test_a_choice_stands_in_the_address(page: Page) -> None:
    page.locator("#category").select_option("triage")
    page.reload()

    assert page.locator("#category").input_value() == "triage"


def test_pointing_at_a_week_reads_every_chart(page: Page) -> None:
    hover(page, 0.02)

    days = set(page.locator(".when").all_inner_texts())
    assert days == {"2026-04-27"}


def test_pointing_at_a_change_says_what_it_was(page: Page) -> None:
    share = page.evaluate("""() => {
      const { plot, series } = plots[0];
      const change = series.events.find((event) => event.kind === 'model');
      return plot.valToPos(change.time, 'x') / plot.over.clientWidth;
    }""")

    hover(page, share)

    assert page.locator(".seen").inner_text().startswith("model: example-large-20260702")


@pytest.mark.parametrize(
    ("keys", "day"),
    [
        pytest.param(["Home"], "2026-04-27", id="first"),
        pytest.param(["Home", "ArrowRight"], "2026-05-04", id="next"),
        pytest.param(["Home", "End"], "2026-10-05", id="last"),
        pytest.param(["Home", "ArrowLeft"], "2026-04-27", id="no further"),
    ],
)
def test_keys_move_through_the_weeks(page: Page, keys: list[str], day: str) -> None:
    page.locator(".plot").first.focus()

    for key in keys:
        page.keyboard.press(key)

    assert legend(page).startswith(day)


def test_a_screen_reader_hears_the_numbers_of_a_week(page: Page) -> None:
    page.locator(".plot").first.focus()

    page.keyboard.press("Home")

    heard = page.locator(".plot").first.get_attribute("aria-valuetext") or ""
    assert heard.startswith("2026-04-27, mean 0.")


def test_everything_can_be_reached_with_the_tab_key(page: Page) -> None:
    reached = set()
    for _ in range(25):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("() => document.activeElement.closest('[id]')?.id"))

    assert {"golden-set", "category", "cards", "charts", "cases", "heatmap"} <= reached


def test_keys_move_through_the_heatmap(page: Page) -> None:
    page.locator("#heatmap td").first.focus()

    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")

    second = page.locator("#heatmap tbody th").nth(1).inner_text()
    assert page.locator(".readout").inner_text().startswith(f"{second}, 2026-W19 (4 May): ")


def test_keys_reach_the_ends_of_the_heatmap(page: Page) -> None:
    page.locator("#heatmap td").first.focus()

    page.keyboard.press("End")

    assert "2026-W41" in page.locator(".readout").inner_text()


def test_the_numbers_stand_in_a_table_too(page: Page) -> None:
    page.locator("summary").click()

    rows = page.locator("details tbody tr")
    rows.first.wait_for()
    assert rows.count() == page.evaluate("() => plots[0].series.times.length")


def test_its_colours_follow_the_scheme(page: Page) -> None:
    def ink() -> str:
        return str(page.evaluate("() => plots[0].plot.series[1].stroke()"))

    light = ink()
    page.emulate_media(color_scheme="dark")

    assert (light, ink()) == ("#0b62b5", "#6cb2ff")


def test_another_scheme_keeps_what_is_open(page: Page) -> None:
    page.locator("summary").click()
    page.locator("details table").wait_for()

    page.emulate_media(color_scheme="dark")

    assert page.locator("details table").is_visible()


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
