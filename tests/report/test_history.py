"""The history as text: tables that line up, CSV that no spreadsheet runs, JSON as it was kept."""

import csv
import io

from evalci.core.history import JudgeRecord
from evalci.core.history_file import parse_records
from evalci.core.history_trend import CaseMean, PeriodScore, Span, period_scores
from evalci.report.history import (
    period_lines,
    periods_csv,
    periods_json,
    record_lines,
    run_lines,
    runs_csv,
    runs_json,
)
from tests.records import make_case_record, make_category_record, make_record

HOSTILE = "=cmd|' /C calc'!A0\x1b[31m\u202e\n,"


def quarters() -> tuple[PeriodScore, ...]:
    """Return two quarters of two cases that fell."""
    means = {("a", "2026-09"): 0.9, ("b", "2026-09"): 0.7, ("a", "2026-10"): 0.8}
    means |= {("b", "2026-10"): 0.6}
    return period_scores(
        [
            CaseMean(
                golden_set="demo", model="main", since=since, case=case, mean=mean, runs=1, trials=3
            )
            for (case, since), mean in means.items()
        ],
        Span.QUARTER,
    )


def test_a_change_is_told_in_points_and_relative_with_its_interval() -> None:
    assert period_lines(quarters()) == [
        "demo with main",
        "  period   score  change, 95 % interval                          runs  cases  trials",
        "  2026-Q3  0.80   –                                              1     2      6",
        "  2026-Q4  0.70   -10.0 pp (-12.5 %) on 2 cases, -10.0 to -10.0  1     2      6",
    ]


def test_the_newest_run_is_listed_first() -> None:
    lines = run_lines([make_record("old"), make_record("new", commit="c0ffee123456")])

    assert lines[0].split() == ["began", "(UTC)", "run", "what", "by", "outcome", "score", "commit"]
    assert "new  demo with main  schedule  pass     0.75   c0ffee1" in lines[1]


def test_a_run_is_shown_with_what_answered_and_each_category() -> None:
    record = make_record(
        resolved_models=("stand-in-2026",), judge=JudgeRecord(id="j", resolved=("j-1",))
    )

    text = "\n".join(record_lines(record))

    assert "model openai/stand-in, answered by stand-in-2026" in text
    assert "judge j, j-1" in text
    assert "review    0.75   –    –    –     1      2" in text


def test_names_of_others_stay_on_their_line() -> None:
    record = make_record(categories=(make_category_record(HOSTILE),), outcome=HOSTILE)

    lines = [*record_lines(record), *run_lines([record])]

    assert not any(letter in line for line in lines for letter in "\x1b\u202e\n")


def test_no_cell_is_a_formula() -> None:
    record = make_record(categories=(make_category_record(HOSTILE),))

    _, row = list(csv.reader(io.StringIO(runs_csv([record]))))

    assert [cell for cell in row if cell.startswith(("=", "+", "@"))] == []
    assert "'=cmd|' /C calc'!A0\ufffd ," in row


def test_csv_has_a_row_for_each_category_or_case() -> None:
    record = make_record(cases=(make_case_record(), make_case_record((None,), id="a-2")))

    categories = list(csv.DictReader(io.StringIO(runs_csv([record]))))
    cases = list(csv.DictReader(io.StringIO(runs_csv([record], cases=True))))

    assert [(row["run"], row["category"], row["mean"]) for row in categories] == [
        ("run-1", "review", "0.75")
    ]
    assert [(row["case"], row["mean"]) for row in cases] == [("a-1", "0.75"), ("a-2", "")]


def test_json_can_be_read_as_the_history_it_is() -> None:
    records = (make_record(), make_record("run-2"))

    assert parse_records(runs_json(records), "export") == records


def test_periods_are_csv_and_json_too() -> None:
    rows = list(csv.DictReader(io.StringIO(periods_csv(quarters()))))

    assert [(row["period"], row["change"], row["shared_cases"]) for row in rows] == [
        ("2026-Q3", "", ""),
        ("2026-Q4", "-0.1", "2"),
    ]
    assert periods_json(quarters()).count("\n") == 2
