"""Every face in a real browser, as comment and as page: nothing off the screen, cut, pale or asked.

`EVALCI_SHOTS=<folder> pytest tests/report/test_browser.py` keeps the screenshots, to be looked at.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from evalci.core.gate import decide
from evalci.core.label import parse_labels
from evalci.core.publication import Failure
from evalci.core.run import Run
from evalci.report.html import render_html
from evalci.report.markdown import render_markdown
from evalci.report.review_page import render_review
from evalci.report.view import build_view
from tests.report.browsing import browser, keep, load, look_at
from tests.report.faces import FACES
from tests.report.github import github_page
from tests.report.reviews import make_sample

__all__ = ["browser"]

pytestmark = pytest.mark.chromium

CRASH = Failure(golden_set="shop", model="main", exit_code=3, error=f"no such file: {'a' * 300}")
EVERY = [pytest.param(name, id=name) for name in FACES]
COMMENT_WIDTHS, PAGE_WIDTHS = (900, 390), (1200, 768, 360)


@pytest.fixture
def problems(browser: Browser, tmp_path: Path) -> Callable[[str, str, Sequence[int]], list[str]]:
    """Return a function that shows a page in every width and scheme and tells what is wrong."""

    def look(html: str, name: str, widths: Sequence[int]) -> list[str]:
        place = tmp_path / "page.html"
        place.write_text(html, encoding="utf-8")
        page = browser.new_page()
        told = load(page, place)
        for opened in ("", "-open"):
            for shot in (f"{name}-{width}{opened}" for width in widths):
                told += look_at(page, shot.replace(" ", "-"))
            page.evaluate("document.querySelectorAll('details').forEach(box => box.open = true)")
        page.close()
        return told

    return look


def comment(run: Run) -> str:
    return github_page(render_markdown(build_view(run, decide(run))))


Look = Callable[[str, str, Sequence[int]], list[str]]


@pytest.mark.slow
@pytest.mark.parametrize("face", EVERY)
def test_a_comment_can_be_read_on_a_desk_and_on_a_phone(problems: Look, face: str) -> None:
    html = comment(FACES[face]())

    assert problems(html, f"comment-{face}", COMMENT_WIDTHS) == []


@pytest.mark.slow
@pytest.mark.parametrize("face", EVERY)
def test_a_page_can_be_read_on_every_screen(problems: Look, face: str) -> None:
    html = render_html([FACES[face]()])

    assert problems(html, f"page-{face}", PAGE_WIDTHS) == []


@pytest.mark.slow
def test_a_page_of_several_runs_can_be_read_on_every_screen(problems: Look) -> None:
    html = render_html([face() for face in FACES.values()], [CRASH])

    assert problems(html, "page-several", PAGE_WIDTHS) == []


@pytest.mark.slow
def test_a_review_can_be_read_on_every_screen(problems: Look) -> None:
    html = render_review(make_sample())

    assert problems(html, "review", PAGE_WIDTHS) == []


def test_a_review_is_filled_in_and_saved_without_a_server(browser: Browser, tmp_path: Path) -> None:
    place, saved = tmp_path / "review.html", tmp_path / "saved.csv"
    place.write_text(render_review(make_sample()), encoding="utf-8")
    page = browser.new_page()
    told = load(page, place)
    page.get_by_label("Your name").fill('Ada "A", =1+1')
    page.locator("[data-item=a2] [data-criterion=complete] input[value='2']").check()
    page.locator("[data-item=a2] [data-criterion=plain] input[value='-']").check()
    page.locator("[data-item=a2] textarea").fill("unclear,\nsorry")
    keep(page, "review-filled")

    with page.expect_download() as download:
        page.get_by_role("button", name="Save the file").click()

    download.value.save_as(saved)
    (label, *notes) = parse_labels(saved.read_text(encoding="utf-8"), "saved.csv")
    assert (label.sample, label.item, label.criterion, label.score) == (
        "0123abcd",
        "a2",
        "complete",
        2,
    )
    assert (label.reviewer, label.note) == ('Ada "A", =1+1', "unclear,\nsorry")
    assert (notes, told) == ([], [])


@pytest.mark.slow
def test_a_review_that_was_left_goes_on_where_it_was(browser: Browser, tmp_path: Path) -> None:
    place = tmp_path / "review.html"
    place.write_text(render_review(make_sample()), encoding="utf-8")
    page = browser.new_page()
    page.goto(place.as_uri())
    for criterion in ("complete", "plain"):
        page.locator(f"[data-item=a1] [data-criterion={criterion}] input").first.check()
    page.wait_for_timeout(500)  # the browser's process keeps what a page stores a little later

    page.reload()

    assert page.get_by_role("status").text_content() == "1 of 3 answers done"


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        pytest.param('<div style="width: 2000px">x</div>', "is 2000 wide", id="too-wide"),
        pytest.param('<p style="color: #999">pale</p>', "contrast 2.85", id="pale"),
        pytest.param(
            '<p style="overflow: hidden; width: 3em; white-space: nowrap">cut cut cut</p>',
            "cut: ",
            id="cut",
        ),
        pytest.param('<img src="http://127.0.0.1:1/a.png">', "request: http", id="request"),
        pytest.param("<script>nothing()</script>", "error: ", id="error"),
    ],
)
def test_the_eye_of_these_tests_sees_what_is_wrong(problems: Look, broken: str, words: str) -> None:
    html = f"<!doctype html><style>body {{ margin: 0 }}</style><body>{broken}</body>"

    found = problems(html, "broken", [360])

    assert words in "\n".join(found)
