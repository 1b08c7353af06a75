"""The page of a history: alone with itself, and deaf to what its data would like to be."""

import base64
import hashlib
import json
import re
from importlib.resources import files

import pytest

from evalci.core.redaction import MASK, Redactor
from tests.records import make_record
from tests.report.dashboards import HOSTILE, dashboard, demo_records, hostile_records
from tests.report.page import Node, page_of

UPLOT = files("evalci.report").joinpath("vendor/uplot")


@pytest.fixture(scope="module")
def html() -> str:
    """Return the page of the invented history."""
    return dashboard(demo_records())


def data_of(html: str) -> str:
    """Return the text of the block of data."""
    (block,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', html)
    return str(block)


def sha256(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def policy(html: str) -> str:
    (found,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', html)
    return str(found).replace("&#39;", "'")


def test_the_policy_lets_run_what_stands_in_the_page_and_nothing_else(html: str) -> None:
    scripts = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    styles = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)

    assert policy(html) == (
        f"default-src 'none'; style-src {' '.join(map(sha256, styles))}; "
        f"script-src {' '.join(map(sha256, scripts))}; base-uri 'none'; form-action 'none'"
    )


def test_nothing_in_it_points_outside(html: str) -> None:
    nodes = page_of(html).walk()

    links = [
        node.attributes[name]
        for node in nodes
        for name in ("src", "href")
        if name in node.attributes
    ]
    assert links == ["#charts"]


def test_it_is_the_same_page_for_the_same_history(html: str) -> None:
    assert dashboard(demo_records()) == html


def test_hostile_names_add_no_element() -> None:
    def shape(node: Node) -> list[str]:
        return [found.tag for found in node.walk()]

    hostile = page_of(dashboard(hostile_records()))

    assert shape(hostile) == shape(page_of(dashboard(demo_records())))


def test_hostile_names_are_kept_as_text_without_what_nobody_sees() -> None:
    data = json.loads(data_of(dashboard(hostile_records())))

    shown = HOSTILE.replace("\x1b[31m", "").replace("\u202e", "\ufffd")
    assert data["series"][0]["golden_set"] == shown


def test_the_data_holds_no_sign_that_html_reads() -> None:
    assert re.search("[<>&]", data_of(dashboard(hostile_records()))) is None


def test_a_secret_in_a_name_is_masked() -> None:
    html = dashboard(
        [make_record(model_id="openai/hunter2hunter2")], Redactor(["hunter2hunter2"]).text
    )

    assert "hunter2hunter2" not in html
    assert f"openai/{MASK}" in html


def test_it_holds_no_hash_of_a_case(html: str) -> None:
    assert demo_records()[0].cases[0].request not in html


def test_an_empty_history_is_a_page_too() -> None:
    assert json.loads(data_of(dashboard([]))) == {"series": []}


@pytest.mark.parametrize("name", ["LICENSE", "uPlot.iife.min.js", "uPlot.min.css"])
def test_the_charts_library_is_the_one_that_its_note_names(name: str) -> None:
    note = UPLOT.joinpath("README.md").read_text("utf-8")

    digest = hashlib.sha256(UPLOT.joinpath(name).read_bytes()).hexdigest()

    assert f"| `{name}` | `{digest}` |" in note
