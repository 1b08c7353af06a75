"""Debian's Chromium for tests: opens a page, listens to what it asks for, looks and keeps shots."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
LOOK = (Path(__file__).parent / "looking.js").read_text(encoding="utf-8")
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return Chromium without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(FLAGS)
        )
        yield browser
        browser.close()


def load(page: Page, place: Path) -> list[str]:
    """Return a list that grows with all that a page complains of or asks for."""
    told: list[str] = []
    page.on("console", lambda message: told.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: told.append(f"error: {error}"))
    page.on("request", lambda request: told.append(f"request: {request.url}"))
    page.goto(place.as_uri())
    told.remove(f"request: {place.as_uri()}")
    return told


def look_at(page: Page, shot: str) -> list[str]:
    """Return what a reader would trip over in both schemes; the end of ``shot`` is the width."""
    page.set_viewport_size({"width": int(shot.removesuffix("-open").split("-")[-1]), "height": 400})
    found: list[str] = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        keep(page, f"{shot}-{scheme}")
        found += [f"{shot}-{scheme}: {line}" for line in page.evaluate(LOOK)]
    return found


def keep(page: Page, shot: str) -> None:
    folder = os.environ.get("EVALCI_SHOTS")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{shot}.png"), full_page=True)
