"""The tables behind folds: when each appears, what it says in one line, and hostile names."""

from typing import Any

import pytest

from evalci.core.baseline import BaselineTrial
from evalci.core.gate import decide
from evalci.core.run import Run, RunCase
from evalci.core.trial import Finish, Score, Trial
from evalci.report.escape import unmarked
from evalci.report.markdown import render_markdown
from evalci.report.tables import Table, tables, tables_json
from evalci.report.terminal import render_terminal
from evalci.report.view import build_view
from tests.baselines import make_baseline_case
from tests.calls import make_output
from tests.runs import make_run, make_run_case, make_trial

AXES = {"correctness": ("tests",), "quality": ("types",)}
WEIGHTS = {"tests": 0.6, "types": 0.4}


def code_trial(number: int, tests: float, types: float) -> Trial:
    return make_trial(
        trial=number,
        composite=0.6 * tests + 0.4 * types,
        scores=(Score(scorer="tests", value=tests), Score(scorer="types", value=types)),
        output=make_output(cost_usd=0.002),
    )


def code_case(**changes: Any) -> RunCase:
    before = BaselineTrial(score=1.0, scores={"tests": 1.0, "types": 1.0}, cost_usd=0.001)
    return make_run_case(
        trials=(code_trial(0, 1.0, 0.0), code_trial(1, 0.5, 1.0)),
        baseline=make_baseline_case(trials=(before,)),
        weights=WEIGHTS,
        **changes,
    )


def flaky_case() -> RunCase:
    trials = tuple(make_trial(trial=n, composite=float(n == 0)) for n in range(5))
    return make_run_case(trials=trials, before=None)


def refused_case() -> RunCase:
    outputs = [
        make_output("", finish=Finish.REFUSED, finish_reason=reason)
        for reason in ("refusal", "content_filter", "content_filter")
    ]
    trials = tuple(make_trial(trial=n, composite=0.0, output=o) for n, o in enumerate(outputs))
    return make_run_case(trials=trials, before=None)


def measured_case(**measures: float) -> RunCase:
    score = Score(scorer="review", value=1.0, measures=measures)
    return make_run_case(trials=(make_trial(scores=(score,)),), before=None)


def only(run: Run) -> Table:
    (table,) = tables(run)
    return table


def plain(cells: tuple[str, ...]) -> list[str]:
    return [unmarked(cell) for cell in cells]


def test_a_plain_run_has_no_table() -> None:
    assert tables(make_run(make_run_case(), axes={"correctness": ("exact",)})) == ()


def test_the_axes_stand_beside_the_composite() -> None:
    table = only(make_run(code_case(), axes=AXES))

    assert table.summary == (
        "correctness 1.00 → 0.75, quality 1.00 → 0.50, $0.0010 → $0.0020 an answer"
    )
    assert [plain(row) for row in table.rows] == [
        ["review", "1.00 → 0.65", "1.00 → 0.75", "1.00 → 0.50", "$0.0010 → $0.0020"]
    ]


def test_pass_at_k_appears_where_asking_again_would_have_helped() -> None:
    table = only(make_run(flaky_case()))

    assert unmarked(table.summary) == (
        "widest in review: one answer passes 20 %, the best of five 100 %"
    )
    assert [plain(row) for row in table.rows] == [["review", "20 %", "100 %", "80 %", "0 %", "1"]]


def test_steady_answers_need_no_pass_at_k() -> None:
    assert tables(make_run(make_run_case((1.0,) * 5, None))) == ()


def test_refusals_and_filters_are_counted_apart() -> None:
    table = only(make_run(refused_case()))

    assert table.summary == "1 answer refused, 2 stopped by a content filter"
    assert [plain(row) for row in table.rows] == [["review", "1 of 3", "2 of 3"]]


def test_measures_are_means_over_the_answers() -> None:
    table = only(make_run(measured_case(found=2.0, false_alarms=0.5)))

    assert [plain(row) for row in table.rows] == [
        ["review", "review", "found 2.00, false alarms 0.50"]
    ]


@pytest.mark.parametrize("name", ["<img src=x>", "a|b", "@everyone", "[x](http://e.vil)"])
def test_the_name_of_a_measure_is_data(name: str) -> None:
    run = make_run(measured_case(**{name: 1.0}))

    text = render_markdown(build_view(run, decide(run)))

    assert f"<code>{name}" not in text
    assert "<img" not in text.replace("`<img src=x>`", "")
    assert "](http" not in text.replace("`[x](http://e.vil)`", "")


def test_every_table_is_on_the_terminal_and_in_the_comment() -> None:
    run = make_run(code_case(), axes=AXES)
    view = build_view(run, decide(run))

    terminal = render_terminal(view, width=200, colour=False)
    comment = render_markdown(view)

    assert "Axes: correctness 1.00 → 0.75" in terminal
    assert "Correctness 1.00 → 0.75, Quality 1.00 → 0.50" in terminal
    assert "<details><summary>Axes: correctness 1.00 → 0.75" in comment
    assert "| `review` | 1.00 → 0.65 | 1.00 → 0.75 | 1.00 → 0.50 |" in comment


def test_programs_get_all_of_it_as_numbers() -> None:
    data = tables_json(make_run(code_case(), axes=AXES))

    assert data["axes"] == [
        {
            "category": "review",
            "cases": 1,
            "composite": {"before": 1.0, "now": 0.65},
            "correctness": {"before": 1.0, "now": 0.75},
            "quality": {"before": 1.0, "now": 0.5},
            "cost": {"before": 0.001, "now": 0.002},
        }
    ]
    assert (data["pass_rates"], data["refusals"], data["measures"]) == ([], [], [])
