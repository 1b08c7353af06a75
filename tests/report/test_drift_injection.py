"""Foreign text in a drift report: nothing of it gets out of its place."""

from dataclasses import replace

import pytest

from evalci.core.drift import DriftReport
from evalci.core.drift_origin import Moved, Origin
from evalci.report.drift import closing_body, drift_words, issue_body
from tests.report.drift_reports import SHIFT, URL, make_report
from tests.report.injection import HARMLESS
from tests.report.test_injection import EVERY, HOSTILE, SHARP, structure


def tainted(text: str) -> DriftReport:
    moved = (Moved(what=text, before=text, after=text),)
    shift = replace(SHIFT, origin=Origin(vendor=moved, ours=moved, commit=text))
    report = make_report(name=text, shift=shift, judge=replace(SHIFT, origin=Origin(vendor=moved)))
    return replace(report, golden_set=text, model=text, unconfirmed=text)


@pytest.mark.parametrize("text", EVERY)
def test_no_text_leaves_its_place_in_an_issue(text: str) -> None:
    report, calm = tainted(text), tainted(HARMLESS)

    assert structure(issue_body(report, URL)) == structure(issue_body(calm, URL))
    assert structure(closing_body(report, URL)) == structure(closing_body(calm, URL))


@pytest.mark.parametrize("name", SHARP)
def test_no_error_leaves_its_place_in_an_issue(name: str) -> None:
    texts = (HOSTILE[name], HARMLESS)

    report, calm = (replace(make_report(), error=text) for text in texts)

    assert structure(issue_body(report, URL)) == structure(issue_body(calm, URL))


@pytest.mark.parametrize("name", SHARP)
def test_the_terminal_shows_text_and_nothing_else(name: str) -> None:
    words = drift_words(tainted(HOSTILE[name]))

    assert "\x1b" not in words
    assert len(words.splitlines()) == len(drift_words(tainted(HARMLESS)).splitlines())
