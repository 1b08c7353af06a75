"""Names that a pull request chooses stay text in everything the evidence gate says."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from evalci.core.gate import decide
from evalci.core.run import Run, RunCase
from evalci.report.explain import render_explained
from evalci.report.html import render_html
from evalci.report.markdown import render_markdown
from evalci.report.view import build_view
from tests.report.evidence_faces import ALWAYS, NEVER, cases, evidence_run
from tests.report.injection import HARMLESS
from tests.report.page import page_of
from tests.report.test_injection import EVERY, html_shape, live, structure

Kind = tuple[int, Sequence[float | None], Sequence[float]]


def tainted(text: str) -> Run:
    """Return a run with a bad category, a pool, gains, noise and a slice, so named."""
    four, lost, won = (1.0,) * 4, (0.0,) * 4, (1.0, 0.0, 1.0, 1.0)
    return evidence_run(
        *_tagged(
            text,
            f"{text}1",
            (6, lost, ALWAYS),
            (6, four, NEVER),
            (6, won, ALWAYS),
            (9, four, ALWAYS),
        ),
        *cases(f"{text}2", (3, lost, ALWAYS)),
        *cases(f"{text}3", (3, four, ALWAYS)),
    )


def _tagged(tag: str, category: str, *kinds: Kind) -> list[RunCase]:
    """Return cases of which those that moved have a tag."""
    found = cases(category, *kinds)
    return [replace(c, dimensions={"tags": (tag,) if n < 6 else ()}) for n, c in enumerate(found)]


def comment(run: Run) -> str:
    return render_markdown(build_view(run, decide(run)))


def explained(run: Run) -> str:
    return render_explained(run, decide(run), as_markdown=True)


CALM = tainted(HARMLESS)
CALM_COMMENT, CALM_EXPLAINED, CALM_PAGE = comment(CALM), explained(CALM), render_html([CALM])


def test_the_calm_report_shows_every_place() -> None:
    view = build_view(CALM, decide(CALM))

    assert view.gains
    assert view.noise
    assert view.examples
    assert "worse" in view.slice_counts
    assert any("small" in row.category for row in view.rows)


@pytest.mark.slow
@pytest.mark.parametrize("text", EVERY)
def test_a_comment_keeps_its_structure(text: str) -> None:
    found = comment(tainted(text))

    assert structure(found) == structure(CALM_COMMENT)
    assert live(found) == live(CALM_COMMENT)


@pytest.mark.slow
@pytest.mark.parametrize("text", EVERY)
def test_the_explanation_keeps_its_structure(text: str) -> None:
    found = explained(tainted(text))

    assert sorted(structure(found)) == sorted(structure(CALM_EXPLAINED))
    assert live(found) == live(CALM_EXPLAINED)


@pytest.mark.slow
@pytest.mark.parametrize("text", EVERY)
def test_a_page_keeps_its_elements(text: str) -> None:
    found = render_html([tainted(text)])

    assert html_shape(page_of(found)) == html_shape(page_of(CALM_PAGE))
