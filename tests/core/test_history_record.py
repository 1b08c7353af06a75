"""What the history keeps of a finished run."""

from dataclasses import replace
from typing import Any

import pytest

from evalci.core.gate import decide
from evalci.core.history import CaseRecord, CategoryRecord, ReferenceRecord, RunRecord, Trigger
from evalci.core.history_file import record_line
from evalci.core.history_record import quantile, record_of
from evalci.core.override_terms import Override
from evalci.core.run import AnchorRef, Run, RunCase
from evalci.core.trial import Finish, Score, Trial
from tests.calls import make_output
from tests.cases import make_hashes
from tests.fake_repository import COMMIT
from tests.runs import make_carried, make_run, make_run_case, make_trial


def kept(run: Run) -> RunRecord:
    return record_of(run, decide(run), trigger=Trigger.SCHEDULE)


def category_of(*cases: RunCase, **changes: Any) -> CategoryRecord:
    (category,) = kept(make_run(*cases, **changes)).categories
    return category


def case_of(*trials: Trial) -> CaseRecord:
    (case,) = kept(make_run(make_run_case(trials=trials))).cases
    return case


def test_it_tells_where_a_run_came_from() -> None:
    found = kept(make_run(make_run_case()))

    assert (found.id, found.golden_set, found.model) == ("0123456789abcdef", "demo", "main")
    assert (found.at, found.commit) == ("2026-03-02T12:00:00+00:00", COMMIT)
    assert found.prompts == {"prompts/review.md": "template-1"}
    assert found.baseline == ReferenceRecord(
        accepted_at="2026-03-01T09:00:00+00:00", commit=COMMIT, trials=3
    )
    assert (found.trigger, found.complete) == (Trigger.SCHEDULE, True)


def test_no_text_of_a_model_and_none_of_a_prompt_is_kept() -> None:
    trial = make_trial(
        scores=(Score(scorer="exact", value=1.0, reason="because SECRET"),),
        output=make_output("SECRET answer"),
        failure="SECRET failure",
        zeroed_by="SECRET rule",
    )

    found = kept(make_run(make_run_case(trials=(trial,), expected="SECRET expectation")))

    assert "SECRET" not in record_line(found)


def test_the_drop_is_over_the_cases_of_both_sides() -> None:
    found = category_of(
        make_run_case((0.5,), (1.0,)), make_run_case((0.9,), None, id="a-2"), make_carried(id="a-3")
    )

    assert [found.cases, found.mean] == pytest.approx([2, 0.7])
    assert [found.baseline, found.drop] == pytest.approx([1.0, 0.5])


def test_the_slide_is_over_the_cases_that_the_anchor_knows() -> None:
    anchor = AnchorRef(
        path="baselines/a.json", commit=None, accepted_at="2026-01-01T00:00:00+00:00"
    )

    found = category_of(
        make_run_case((0.5,), anchor=0.75), make_run_case((1.0,), id="a-2"), anchor=anchor
    )

    assert [found.anchor, found.slide] == pytest.approx([0.75, 0.25])


def test_carried_cases_are_counted_and_not_kept() -> None:
    found = kept(make_run(make_run_case(), make_carried(id="a-2")))

    assert (found.carried, [case.id for case in found.cases]) == (1, ["a-1"])


def test_what_an_override_let_through_is_named() -> None:
    run = make_run(make_run_case((0.0,)))
    verdict = decide(run)
    result = replace(verdict.categories[0], override=an_override("review"))
    let_through = replace(verdict, categories=(result,), whole_override=an_override("*"))

    assert record_of(run, let_through, trigger=Trigger.PUSH).overrides == ("*", "review")


def an_override(category: str) -> Override:
    """Return an override without anything that matters here but what it covers."""
    texts = dict.fromkeys(
        ("golden_set", "model", "reason", "by", "granted_at", "until", "head", "digest", "source"),
        "x",
    )
    return Override(category=category, **texts)


def test_a_run_that_broke_off_is_not_complete() -> None:
    assert kept(make_run(make_run_case(), stopped="the budget")).complete is False


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        pytest.param({"request": "other"}, ("scoring",), id="a request"),
        pytest.param({"harness": "other"}, ("requests",), id="a harness"),
        pytest.param({"content": "other"}, ("requests", "scoring"), id="neither"),
    ],
)
def test_the_digests_tell_what_of_ours_changed(
    changed: dict[str, str], same: tuple[str, ...]
) -> None:
    before = kept(make_run(make_run_case()))
    after = kept(make_run(make_run_case(hashes=make_hashes("a-1", **changed))))

    assert [n for n in ("requests", "scoring") if getattr(before, n) == getattr(after, n)] == list(
        same
    )


@pytest.mark.parametrize(
    ("trial", "counts"),
    [
        pytest.param(make_trial(), (0, 0, 0), id="an answer"),
        pytest.param(
            make_trial(composite=0.0, output=make_output("", finish=Finish.REFUSED)),
            (1, 0, 0),
            id="a refusal",
        ),
        pytest.param(
            make_trial(output=make_output("a", finish=Finish.TRUNCATED)), (0, 1, 0), id="cut off"
        ),
        pytest.param(
            make_trial(
                composite=0.0,
                scores=(Score(scorer="exact", value=0.0, reason="no answer found in the output"),),
            ),
            (0, 0, 1),
            id="no answer found",
        ),
        pytest.param(
            make_trial(composite=0.0, scores=(Score(scorer="json_schema", value=0.0),)),
            (0, 0, 1),
            id="against its schema",
        ),
        pytest.param(
            make_trial(composite=0.0, scores=(Score(scorer="exact", value=0.0, reason="other"),)),
            (0, 0, 0),
            id="a wrong answer in the right form",
        ),
    ],
)
def test_refusals_and_broken_forms_are_counted(trial: Trial, counts: tuple[int, int, int]) -> None:
    found = case_of(trial)

    assert (found.refused, found.truncated, found.malformed) == counts


def test_an_unscored_trial_has_no_score() -> None:
    assert case_of(make_trial(), make_trial(trial=1, composite=None)).scores == (1.0, None)


def test_latency_cost_and_length_are_of_an_answer() -> None:
    outputs = [make_output("abcd", latency_s=1.0, cost_usd=0.1), make_output("ab", latency_s=3.0)]
    trials = [make_trial(trial=n, output=output) for n, output in enumerate(outputs)]

    known = case_of(*trials[:1], replace(trials[1], output=replace(outputs[1], cost_usd=0.3)))
    unknown = case_of(*trials)

    assert [known.latency_s, known.cost_usd, known.length] == pytest.approx([2.0, 0.2, 3.0])
    assert unknown.cost_usd is None


def test_a_category_of_answers_without_times_has_no_latency() -> None:
    found = category_of(make_run_case())

    assert (found.latency_p50_s, found.latency_p95_s) == (None, None)


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        pytest.param((), 50, None, id="nothing"),
        pytest.param((0.3,), 90, 0.3, id="one value"),
        pytest.param((0.0, 1.0), 10, 0.1, id="between two"),
        pytest.param((0.0, 0.5, 1.0), 50, 0.5, id="the middle"),
    ],
)
def test_quantiles_interpolate(
    values: tuple[float, ...], percent: int, expected: float | None
) -> None:
    assert quantile(values, percent) == (None if expected is None else pytest.approx(expected))
