"""Accepting a run: what is refused, what a baseline takes over, and stable bytes."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest

from evalci.core.acceptance import accept, refuse_unfit
from evalci.core.baseline import Baseline
from evalci.core.proposal import Proposal
from evalci.core.run import GoldenSetRef, PromptRef, Run
from evalci.core.run_file import baseline_text, parse_baseline
from evalci.core.trial import Finish, Score
from evalci.edges.yaml_text import parse_yaml
from evalci.errors import BadInputError
from tests.baselines import make_acceptance, make_baseline, make_baseline_case
from tests.calls import make_output
from tests.runs import make_carried, make_run, make_run_case, make_trial

LATER = make_acceptance(by="Grace", reason="again", at="2026-04-01T08:00:00+00:00")


def everything(run: Run) -> set[str]:
    return {case.id for case in run.cases}


def accepted(
    run: Run, previous: Baseline | None = None, *, cases: Collection[str] | None = None
) -> Baseline:
    chosen = everything(run) if cases is None else cases
    return accept(run, previous, acceptance=make_acceptance(), cases=chosen)


def scores_of(baseline: Baseline) -> dict[str, list[float]]:
    return {case.id: [trial.score for trial in case.trials] for case in baseline.cases}


@pytest.mark.parametrize(
    ("run", "message"),
    [
        pytest.param(
            make_run(make_run_case((1.0,) * 3), stopped="the key was refused"),
            "the run is incomplete: the key was refused",
            id="a run that stopped",
        ),
        pytest.param(
            make_run(make_run_case((1.0, None, None))),
            "2 trials are unscored, the first of `a-1`: timeout",
            id="unscored trials",
        ),
        pytest.param(
            make_run(make_run_case((1.0,) * 2)),
            "`a-1` has 2 trials, a baseline needs at least 3",
            id="too few trials",
        ),
        pytest.param(
            make_run(make_run_case((), planned=3)), "`a-1` has 0 trials", id="no trial at all"
        ),
        pytest.param(
            make_run(make_run_case((1.0,) * 3), proposal=Proposal(foreign=True)),
            "what a fork's own job measured proves nothing",
            id="the word of a fork",
        ),
        pytest.param(
            make_run(make_run_case((1.0,) * 3), unverified="replayed from its own recordings"),
            "replayed from its own recordings",
            id="nothing that a model answered",
        ),
    ],
)
def test_an_unfit_run_is_refused(run: Run, message: str) -> None:
    with pytest.raises(BadInputError, match=message) as caught:
        refuse_unfit(run, min_trials=3, cases=everything(run))

    assert caught.value.hint


def test_cases_that_are_not_chosen_or_carried_need_not_be_fit() -> None:
    run = make_run(
        make_run_case((1.0,) * 3),
        make_run_case((None,), id="a-2"),
        make_carried(id="a-3"),
    )

    refuse_unfit(run, min_trials=3, cases={"a-1", "a-3"})

    with pytest.raises(BadInputError, match="`a-2`"):
        refuse_unfit(run, min_trials=3, cases={"a-2"})


def test_a_run_that_measured_none_of_the_chosen_cases_makes_no_baseline() -> None:
    with pytest.raises(BadInputError, match="measured none of the chosen cases"):
        accepted(make_run(make_run_case()), cases=set())


def test_the_first_baseline_holds_every_trial_sorted_by_id() -> None:
    run = make_run(make_run_case((1.0, 0.5, 0.0), id="b"), make_run_case((1.0,) * 3, id="a"))

    baseline = accepted(run)

    assert list(scores_of(baseline).items()) == [("a", [1.0, 1.0, 1.0]), ("b", [1.0, 0.5, 0.0])]
    assert (baseline.golden_set, baseline.model, baseline.model_id) == (
        "demo",
        "main",
        "openai/stand-in",
    )
    assert baseline.prompts == {"prompts/review.md": "template-1"}


def test_a_baseline_keeps_scores_and_notes_but_no_text() -> None:
    trials = (
        make_trial(
            composite=1 / 3,
            passed=None,
            scores=(Score(scorer="exact", value=None), Score(scorer="chrf", value=2 / 3)),
        ),
        make_trial(trial=1, composite=0.0, output=make_output("", finish=Finish.REFUSED)),
        make_trial(trial=2, composite=0.0, zeroed_by="apologises"),
    )

    (case,) = accepted(make_run(make_run_case(trials=trials))).cases

    assert [trial.note for trial in case.trials] == ["", "refused", "fail_if"]
    assert case.trials[0].score == 0.333333
    assert case.trials[0].scores == {"chrf": 0.666667, "exact": None}


def test_includes_and_resolved_models_are_kept() -> None:
    prompt = PromptRef(path="prompts/review.md", hash="1", includes={"style.md": "2"}, cases=1)
    run = make_run(make_run_case(), prompts=(prompt,))
    provenance = replace(run.provenance, resolved_models=("m-1", "m-2"), fingerprints=("fp",))

    baseline = accepted(replace(run, provenance=provenance))

    assert (baseline.resolved_models, baseline.fingerprints) == (("m-1", "m-2"), ("fp",))
    assert baseline.prompts == {"prompts/review.md": "1", "style.md": "2"}


def test_a_prompt_none_of_whose_cases_is_accepted_keeps_its_hash() -> None:
    previous = make_baseline(prompts={"a.md": "old a", "b.md": "old b", "gone.md": "old"})
    run = make_run(
        make_run_case((1.0,) * 3, id="a-1", prompt="a.md"),
        make_run_case((0.0,) * 3, id="b-1", prompt="b.md"),
        prompts=(PromptRef(path="a.md", hash="new a"), PromptRef(path="b.md", hash="new b")),
    )

    baseline = accepted(run, previous, cases={"a-1"})

    assert baseline.prompts == {"a.md": "new a", "b.md": "old b"}


def test_a_partial_acceptance_leaves_the_other_cases_as_they_were() -> None:
    previous = make_baseline(make_baseline_case(id="a-1"), make_baseline_case(id="a-2"))
    run = make_run(make_run_case((0.0,) * 3), make_run_case((0.0,) * 3, id="a-2"))

    baseline = accepted(run, previous, cases={"a-2"})

    assert scores_of(baseline) == {"a-1": [1.0, 1.0, 1.0], "a-2": [0.0, 0.0, 0.0]}


def test_a_new_case_that_is_not_chosen_stays_out() -> None:
    run = make_run(make_run_case((1.0,) * 3), make_run_case((1.0,) * 3, None, id="new"))

    assert set(scores_of(accepted(run, make_baseline(), cases={"a-1"}))) == {"a-1"}


def test_carried_and_unselected_cases_keep_their_trials() -> None:
    previous = make_baseline(
        make_baseline_case((0.25,), id="carried"), make_baseline_case((0.5,), id="unselected")
    )
    run = make_run(
        make_carried((0.25,), id="carried"),
        make_run_case((1.0,) * 3, None, id="new"),
        unselected=("unselected",),
    )

    baseline = accepted(run, previous)

    assert scores_of(baseline) == {
        "carried": [0.25],
        "new": [1.0, 1.0, 1.0],
        "unselected": [0.5],
    }


def test_cases_that_the_golden_set_no_longer_has_are_dropped() -> None:
    previous = make_baseline(make_baseline_case(), make_baseline_case(id="gone"))
    run = make_run(make_run_case((1.0,) * 3), removed=("gone",))

    assert set(scores_of(accepted(run, previous))) == {"a-1"}


def test_resolved_models_stay_when_everything_was_carried() -> None:
    previous = make_baseline(fingerprints=("fp-1",))

    baseline = accepted(make_run(make_carried()), previous)

    assert (baseline.resolved_models, baseline.fingerprints) == (("stand-in-2026",), ("fp-1",))


def stable_run(**changes: Any) -> Run:
    """Return a run with uneven scores, so that rounding has something to do."""
    trials = [
        make_trial(
            trial=n, composite=value, scores=(Score(scorer="chrf", value=value),), passed=None
        )
        for n, value in enumerate((1 / 3, 2 / 3, 0.1 + 0.2))
    ]
    return make_run(make_run_case(trials=tuple(trials)), **changes)


def test_the_same_run_accepted_twice_gives_the_same_bytes() -> None:
    run = stable_run()
    first = baseline_text(accepted(run))
    previous = parse_baseline(parse_yaml(first, "baseline.json"))

    again = accept(run, previous, acceptance=LATER, cases=everything(run))

    assert baseline_text(again) == first
    assert again.accepted.at == "2026-03-01T09:00:00+00:00"


def test_another_commit_alone_does_not_touch_the_baseline() -> None:
    run = stable_run()
    elsewhere = replace(run, provenance=replace(run.provenance, commit="f" * 40, dirty=True))

    again = accept(elsewhere, accepted(run), acceptance=LATER, cases=everything(run))

    assert again == accepted(run)


@pytest.mark.parametrize(
    "run",
    [
        pytest.param(make_run(make_run_case((1.0, 1.0, 0.0))), id="other scores"),
        pytest.param(
            stable_run(prompts=(PromptRef(path="prompts/review.md", hash="template-2"),)),
            id="another prompt",
        ),
        pytest.param(
            stable_run(
                golden_set=GoldenSetRef(
                    name="demo", path="golden_sets/demo", version="1.3.0", hash="golden-set"
                )
            ),
            id="another version of the golden set",
        ),
    ],
)
def test_a_change_is_accepted_by_its_own_person_and_clock(run: Run) -> None:
    before = accepted(stable_run())

    after = accept(run, before, acceptance=LATER, cases=everything(run))

    assert after != before
    assert after.accepted == LATER


def test_copied_answers_do_not_enter_a_baseline() -> None:
    trials = [make_trial(trial=n, output=make_output(copied=n > 0)) for n in range(3)]
    run = make_run(make_run_case((), trials=tuple(trials), planned=3))

    assert scores_of(accepted(run)) == {"a-1": [1.0]}
    with pytest.raises(BadInputError, match="`a-1` has 1 trial,"):
        refuse_unfit(run, min_trials=3, cases={"a-1"})


def test_times_and_prices_alone_do_not_change_a_baseline() -> None:
    def timed(seconds: float) -> Run:
        output = make_output(latency_s=seconds, cost_usd=seconds / 100)
        trials = tuple(make_trial(trial=n, output=output) for n in range(3))
        return make_run(make_run_case((), trials=trials, planned=3))

    first = accepted(timed(1.0))

    assert accepted(timed(2.0), first) is first
    assert first.cases[0].trials[0].latency_s == 1.0
