"""What a report says of the judge: apart from the model, and with its evidence."""

from dataclasses import replace

import pytest

from evalci.core.criterion import CriterionScore
from evalci.core.gate import decide
from evalci.core.run import Run
from evalci.core.trial import JudgedBy, Score, Spend
from evalci.report.facts import blind_spots, facts, footer
from evalci.report.html import render_html
from evalci.report.judging import judge_json, judge_spend
from evalci.report.markdown import render_markdown
from evalci.report.sections import published_view
from evalci.report.view import build_view, plain_text
from tests.calls import make_output
from tests.runs import make_run, make_run_case, make_trial

SPEND = Spend(calls=4, retries=1, usd=0.5, tokens=100)
BY = JudgedBy(model="gemini/judge", resolved=("judge-2026",), repeats=2, spend=SPEND)
CRITERION = CriterionScore(id="right", value=0.0, reason="It is wrong.", evidence="Rome `it` is")


def judged_run(by: JudgedBy = BY, *, criterion: CriterionScore = CRITERION) -> Run:
    """Return a run with one case that a judge scored lower than the baseline."""
    score = Score(
        scorer="judge", value=criterion.value, reason="right: no", criteria=(criterion,), judge=by
    )
    trial = make_trial(composite=0.0, scores=(score,), output=make_output(cost_usd=0.25))
    return make_run(replace(make_run_case((0.0,)), trials=(trial,)))


def lines(run: Run) -> list[str]:
    return [plain_text(line) for line in (*facts(run), *blind_spots(run, decide(run), 0))]


def test_the_judges_calls_are_no_part_of_the_models() -> None:
    found = lines(judged_run())

    assert "cost: $0.25 for 1 call" in found
    assert "judge gemini/judge (answered as judge-2026): $0.50 for 4 calls, 1 sent again" in found


@pytest.mark.parametrize(
    ("answered", "judge", "said"),
    [
        pytest.param("claude-sonnet-4-6", "anthropic/claude-opus-5", True, id="one family"),
        pytest.param("claude-sonnet-4-6", "gemini-3-pro", False, id="two families"),
        pytest.param("stand-in", "stand-in", False, id="names that tell nothing"),
        pytest.param("openai/llama-4", "gpt-5", False, id="served by, not made by"),
    ],
)
def test_names_that_tell_one_family_are_believed_over_the_config(
    answered: str, judge: str, said: bool
) -> None:
    run = judged_run(replace(BY, resolved=(judge,)))
    provenance = replace(run.provenance, resolved_models=(answered,))

    found = lines(replace(run, provenance=provenance))

    line = "model and judge answered as claude, whatever `family` states: judges rate"
    assert any(one.startswith(line) for one in found) is said


def test_the_footer_names_the_judges_share_of_the_whole() -> None:
    assert "1 live call · $0.75 (judge $0.50, 4 calls)" in plain_text(footer(judged_run()))


@pytest.mark.parametrize(
    ("by", "line"),
    [
        pytest.param(
            replace(BY, unusable=3),
            "replies of the judge without a score, or failed calls: 3",
            id="replies of no use",
        ),
        pytest.param(
            replace(BY, masked=2), "hidden from the judge: 2 names of a model", id="masked names"
        ),
        pytest.param(
            replace(BY, left_out="temperature"),
            "rejected by the judge's vendor, and left out: temperature",
            id="a parameter that was rejected",
        ),
        pytest.param(
            replace(BY, akin=True),
            "judge gemini/judge is of the model's own family: judges rate their own kind higher",
            id="its own family",
        ),
        pytest.param(
            replace(BY, cut=10),
            "1 answer too long for the judge: it saw beginning and end",
            id="an answer too long",
        ),
        pytest.param(
            replace(BY, spend=Spend(calls=1, unknown=1)),
            "† some calls have no known cost: no `price` of the model, or no usage in the answer",
            id="an unknown price",
        ),
    ],
)
def test_what_a_judge_leaves_uncertain_is_said(by: JudgedBy, line: str) -> None:
    assert line in lines(judged_run(by))


def test_a_run_without_a_judge_says_nothing_of_one() -> None:
    run = make_run(make_run_case((0.0,)))

    assert not any("judge" in line for line in [*lines(run), footer(run)])
    assert judge_json(run) is None
    assert judge_spend(run) == Spend()


def test_an_example_shows_what_the_judge_quotes_as_data() -> None:
    run = judged_run(criterion=replace(CRITERION, evidence="```\n<b>@team</b>"))
    view = build_view(run, decide(run))

    markdown, page = render_markdown(view), render_html([run])

    assert 'right 0.00: It is wrong. ("``` <b>@team</b>")' in view.examples[0].judged
    assert "Judge:" in markdown
    assert "<b>@team" not in page


def test_a_private_report_keeps_the_judges_quotes_to_itself() -> None:
    run = judged_run()

    view = published_view(run, decide(run), max_examples=5, private=True)

    assert "Rome" not in render_markdown(view)
    assert "right: no" not in render_markdown(view)


def test_a_short_report_drops_what_the_judge_said_with_the_bodies() -> None:
    run = judged_run()
    view = build_view(run, decide(run))
    whole = render_markdown(view)

    shorter = render_markdown(view, limit=len(whole) - 1)

    assert "Judge:" in whole
    assert "Judge:" not in shorter
