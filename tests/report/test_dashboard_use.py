"""The page of a history in a real browser, used: filters, pointing, keys, a screen reader."""

import pytest
from playwright.sync_api import Page

from tests.report.browsing import browser
from tests.report.dashboard_page import FALLEN, Show, fallen, page, show
from tests.report.dashboards import dashboard, demo_records, others

__all__ = ["browser", "fallen", "page", "show"]

pytestmark = pytest.mark.chromium


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


def test_another_scheme_keeps_what_is_open(page: Page) -> None:
    page.locator("summary").click()
    page.locator("details table").wait_for()

    page.emulate_media(color_scheme="dark")

    assert page.locator("details table").is_visible()
