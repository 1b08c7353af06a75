"""The tables and the JSON of `evalci plan`."""

from dataclasses import replace

import jsonschema
import pytest

from evalci.core.affected import Cause, Why
from evalci.core.forecast import AtWorst, Bounds, Forecast, PlannedCase
from evalci.core.policy import Mode
from evalci.report.forecast import MAX_CASES, forecast_json, forecast_text
from evalci.schemas import load_schema


def case(name: str, *why: Why) -> PlannedCase:
    return PlannedCase(
        id=name,
        category="review",
        trials=1,
        most=16,
        why=why or (Why(cause=Cause.PROMPT, what="prompts/review.md"),),
    )


FORECAST = Forecast(
    golden_set="demo",
    model="openai/stand-in",
    mode=Mode.EVIDENCE,
    selection="affected",
    concurrency=16,
    cases=(case("a-1"), case("a-2", Why(cause=Cause.NEW))),
    carried=7,
    unselected=0,
    calls=Bounds(least=2, usual=4.6, most=32),
    tokens=Bounds(least=2000, usual=4600, most=32000),
    usd=Bounds(least=0.004, usual=0.02, most=12.5),
    seconds=Bounds(least=2.5, usual=65, most=7200),
)


def lines_of(forecast: Forecast) -> list[str]:
    return forecast_text(forecast, width=120, colour=False).splitlines()


def row(forecast: Forecast, start: str) -> list[str]:
    (found,) = [line for line in lines_of(forecast) if line.startswith(start)]
    return found.removeprefix(start).split("  ")


def cells(forecast: Forecast, start: str) -> list[str]:
    return [cell.strip() for cell in row(forecast, start) if cell.strip()]


def test_it_counts_what_runs_and_why() -> None:
    assert lines_of(FORECAST)[1] == (
        "2 of 9 cases would run, 7 carried forward. Why: new case 1, prompt 1"
    )


def test_every_case_says_why_it_runs() -> None:
    assert cells(FORECAST, "a-1 ") == ["review", "prompt prompts/review.md"]
    assert cells(FORECAST, "a-2 ") == ["review", "new case"]


def test_calls_tokens_cost_and_time_have_three_columns() -> None:
    assert cells(FORECAST, "calls") == ["2", "5", "32"]
    assert cells(FORECAST, "tokens") == ["2,000", "4,600", "32,000"]
    assert cells(FORECAST, "cost") == ["< $0.01", "$0.02", "$12.50"]
    assert cells(FORECAST, "wall time") == ["2.5 s", "1 min 5 s", "2.0 h"]


def test_an_unknown_cost_has_a_dagger_and_no_zero() -> None:
    unknown = replace(FORECAST, usd=None)

    assert cells(unknown, "cost") == ["unknown†"] * 3
    assert "† the baseline has no record of cost of this model" in lines_of(unknown)


def test_a_cost_that_is_partly_known_has_a_dagger() -> None:
    partly = replace(FORECAST, unpriced=1)

    assert cells(partly, "cost")[-1] == "$12.50†"
    assert any("no recorded cost of 1 case: counted as" in line for line in lines_of(partly))


def test_what_cannot_be_expected_is_a_dash() -> None:
    thin = replace(FORECAST, calls=Bounds(least=2, usual=None, most=32))

    assert cells(thin, "calls") == ["2", "–", "32"]
    assert any("too thin to simulate" in line for line in lines_of(thin))


def test_a_warning_comes_first() -> None:
    loud = replace(FORECAST, warnings=("no baseline for demo",))

    assert lines_of(loud)[1] == "Warning: no baseline for demo"


def test_a_long_list_is_cut_and_says_so() -> None:
    many = replace(FORECAST, cases=tuple(case(f"c-{n}") for n in range(MAX_CASES + 3)))

    assert "… and 3 more cases; --json lists them all" in lines_of(many)


def test_nothing_due_has_no_tables() -> None:
    idle = replace(FORECAST, cases=(), calls=Bounds(least=0, usual=0, most=0))

    assert lines_of(idle)[1:] == ["0 of 7 cases would run, 7 carried forward"]


def test_names_are_data_and_no_markup() -> None:
    hostile = replace(FORECAST, cases=(case("[red]a[/]\x1b[31m\nb"),))

    text = forecast_text(hostile, width=120, colour=True)

    assert "[red]a[/]" in text
    assert "\x1b[31m" not in text


def test_the_json_fits_its_schema() -> None:
    unknown = replace(FORECAST, tokens=None, usd=None, seconds=None, warnings=("loud",))
    data = {"format": 1, "golden_sets": [forecast_json(FORECAST), forecast_json(unknown)]}

    assert list(jsonschema.Draft202012Validator(load_schema("plan")).iter_errors(data)) == []


def test_every_cause_is_in_the_schema() -> None:
    (one,) = [load_schema("plan")["properties"]["golden_sets"]["items"]]
    causes = one["properties"]["cases"]["items"]["properties"]["why"]["items"]["properties"]

    assert causes["cause"]["enum"] == [cause.value for cause in Cause]


def test_a_judges_calls_have_a_line_of_their_own() -> None:
    judged = replace(FORECAST, judging=Bounds(least=16, usual=24, most=32))

    lines = [" ".join(line.split()) for line in lines_of(judged)]

    assert "judge calls 16 24 32" in lines


@pytest.mark.parametrize(
    ("usd", "words"),
    [
        pytest.param(12.5, "1,000 tokens, $12.50", id="with a price"),
        pytest.param(None, "1,000 tokens, nobody knows the price", id="without one"),
    ],
)
def test_the_worst_case_stands_in_for_what_nobody_recorded(usd: float | None, words: str) -> None:
    found = replace(FORECAST, usd=None, worst=AtWorst(tokens=1000, usd=usd))

    assert lines_of(found)[-1].endswith(words)
    jsonschema.validate({"format": 1, "golden_sets": [forecast_json(found)]}, load_schema("plan"))
