"""The tables and the JSON of `evalci stats power`."""

import json
from dataclasses import replace

import pytest

from evalci.core.planning import plans_of
from evalci.core.policy import Mode
from evalci.core.rehearsal import Found, Rehearsed, Simulated
from evalci.core.stage import stage_of
from evalci.report.power import PowerReport, power_json, power_text
from tests.core.stages import mixed, planned, recorded

CASES = [*mixed("review", 30), *recorded("docs", 4, (0, 0, 0, 1))]
REPORT = PowerReport(
    golden_set="demo",
    model="openai/stand-in",
    mode=Mode.EVIDENCE,
    plans=plans_of(stage_of(planned(*CASES))),
)
SIMULATED = Simulated(
    unchanged=Rehearsed(runs=1000, red=8, undecided=20, calls_per_case=2.51),
    found=tuple(
        Found(category="review", drop=drop, runs=500, red=red)
        for drop, red in ((0.03, 50), (0.05, 200), (0.10, 450), (0.20, 500))
    ),
)


def text_of(report: PowerReport, *, width: int = 120) -> list[str]:
    return power_text(report, width=width, colour=False).splitlines()


def test_each_category_has_its_smallest_drops_for_one_to_ten_trials() -> None:
    (row, *_) = [line for line in text_of(REPORT) if line.startswith("review")]

    drops = [tuple(map(int, pair.split("/"))) for pair in row.split()[-10:]]
    assert all(at_80 <= at_90 for at_80, at_90 in drops)
    assert drops[0][1] > drops[-1][1]


def test_what_more_would_buy_is_said_in_calls() -> None:
    (row,) = [line for line in text_of(REPORT) if "45 cases" in line]

    assert row.split()[-2:] == ["150", "120"]


def test_a_known_price_is_said_in_dollars() -> None:
    (row,) = [line for line in text_of(replace(REPORT, price=0.02)) if "45 cases" in line]

    assert row.split()[-4:] == ["150", "($3.00)", "120", "($2.40)"]


def test_a_category_that_cannot_fail_and_a_drop_that_cannot_be_seen_are_explained() -> None:
    lines = text_of(REPORT)

    assert any(line.startswith("docs *") and "–/–" in line for line in lines)
    assert "* fewer than five cases: shown, but it cannot fail a check alone" in lines
    assert "–: not even losing everything would be seen" in lines


def test_a_simulation_shows_false_alarms_power_and_calls() -> None:
    lines = text_of(replace(REPORT, simulated=SIMULATED))

    assert lines[-3] == (
        "nothing changed, given this very baseline: 0.8 % (0.4–1.6) red, 2.0 % undecided, "
        "2.5 calls a case"
    )
    assert lines[-1].split()[:4] == ["review", "10.0", "%", "(7.7–12.9)"]


@pytest.mark.parametrize(
    ("report", "words"),
    [
        pytest.param(
            REPORT,
            "gate mode evidence, planned for a fixed number of trials, no early pass; "
            "the gate itself: --simulate",
            id="planned",
        ),
        pytest.param(
            replace(REPORT, mode=Mode.EXACT, simulated=SIMULATED),
            "gate mode exact, planned for a fixed number of trials, no early pass; "
            "the gate itself: below",
            id="simulated",
        ),
    ],
)
def test_the_table_names_its_mode_and_where_the_gate_itself_is_played(
    report: PowerReport, words: str
) -> None:
    assert words in text_of(report)


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        pytest.param(Mode.EVIDENCE, "below its margin nothing fails", id="a test"),
        pytest.param(Mode.THRESHOLD, "planned with the limit alone", id="a plain limit"),
    ],
)
def test_the_table_says_what_it_was_planned_with(mode: Mode, words: str) -> None:
    assert any(words in line for line in text_of(replace(REPORT, mode=mode)))


def test_nothing_wraps_on_a_narrow_terminal() -> None:
    assert text_of(REPORT, width=40) == text_of(REPORT, width=112)


def test_escape_sequences_of_a_name_stay_out_of_the_terminal() -> None:
    evil = replace(REPORT.plans[0], name="re\x1b[31mview")

    assert "\x1b" not in power_text(replace(REPORT, plans=(evil,)), width=120, colour=False)


def test_json_holds_every_figure() -> None:
    data = json.loads(json.dumps(power_json(replace(REPORT, simulated=SIMULATED))))

    (docs, review) = data["categories"]
    assert (docs["decides"], review["decides"]) == (False, True)
    assert sorted(review["smallest_drop_by_trials"], key=int) == [str(n) for n in range(1, 11)]
    assert data["simulated"]["unchanged"]["red"] == 8
