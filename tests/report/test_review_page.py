"""What a reviewer gets: everything that is needed to judge, and nothing that tells who wrote it."""

import csv
from collections.abc import Callable
from dataclasses import replace
from io import StringIO

import pytest

from evalci.core.criterion import Criterion
from evalci.core.review_sample import Sample, Stratum
from evalci.core.trial import Score
from evalci.report.escape import unmarked
from evalci.report.review_page import render_review
from evalci.report.review_queue import queue_facts, queue_json
from evalci.report.review_sheet import render_sheet
from evalci.report.reviews import sample_line
from tests.report.reviews import make_candidate, make_sample
from tests.runs import make_run, make_run_case, make_trial

EVIL = "</pre><script>alert(1)</script><img src=x onerror=alert(1)>\u202e\x1b[31m"


@pytest.mark.parametrize("render", [render_review, render_sheet], ids=["page", "sheet"])
@pytest.mark.parametrize(
    "told", ["secret-a1", "hash-a1", "middle", "90.0"], ids=["case", "text", "stratum", "seconds"]
)
def test_a_reviewer_is_not_told_where_an_answer_comes_from(
    render: Callable[[Sample], str], told: str
) -> None:
    assert told not in render(make_sample())


def test_a_page_brings_everything_along() -> None:
    page = render_review(make_sample())

    assert "http://" not in page
    assert "https://" not in page
    assert "default-src &#39;none&#39;" in page


def test_what_a_model_wrote_stays_text() -> None:
    criterion = Criterion(id="c", text=EVIL)
    candidate = make_candidate(answer=EVIL, task=EVIL, reference=EVIL)
    asked = make_candidate(answered=replace(candidate.answered, criteria=(criterion,), item="i"))

    page = render_review(make_sample(candidate, asked))

    assert page.count("<script>") == 1
    assert "<img" not in page
    assert "\u202e" not in page
    assert "\x1b" not in page


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text, newline="")))


def test_a_sheet_has_a_row_for_each_criterion_and_the_answer_once() -> None:
    found = rows(render_sheet(make_sample(make_candidate("a1"))))

    assert [row["criterion"] for row in found] == ["complete", "plain"]
    assert [bool(row["answer"]) for row in found] == [True, False]
    assert found[1]["scale"] == "0: not met | 1: met in part | 2: fully met"


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_a_spreadsheet_runs_no_answer(start: str) -> None:
    (row, _) = rows(render_sheet(make_sample(make_candidate(answer=start))))

    assert row["answer"] == f"'{start}"


def test_the_queue_is_a_line_of_the_report_and_a_list_for_programs() -> None:
    doubtful = make_trial(
        case="odd", composite=0.0, passed=False, scores=(Score(scorer="chrf", value=0.9),)
    )
    run = make_run(make_run_case(id="odd", trials=(doubtful,)), make_run_case(id="clear"))
    why = "the answer fails, yet chrf gives 0.90"

    assert [unmarked(line) for line in queue_facts(run)] == [
        f"1 case to review, evalci review sample draws them: odd ({why})"
    ]
    assert queue_json(run) == [{"case": "odd", "trial": 0, "why": why}]


def test_a_clear_run_has_no_queue() -> None:
    assert queue_facts(make_run(make_run_case())) == []


def test_a_sample_says_what_was_drawn() -> None:
    sample = make_sample(make_candidate("a1"), make_candidate("a2", stratum=Stratum.LOW))

    assert sample_line(sample, "x.html") == (
        "x.html: 2 of 9 answers (1 low, 1 middle), about 3 minutes"
    )
