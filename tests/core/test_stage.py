"""The stage of a rehearsal: which cases and rules it takes, and which baselines it refuses."""

import pytest

from evalci.core.policy import Mode
from evalci.core.run import Run, Standing
from evalci.core.stage import stage_of
from evalci.errors import BadInputError
from tests.core.stages import planned, recorded


def test_a_stage_holds_the_recorded_scores_in_the_order_of_its_categories() -> None:
    run = planned(*recorded("review", 5, (1, 0)), *recorded("docs", 6, (1, 1, 0)))

    stage = stage_of(run)

    assert stage.table.names == ("docs", "review")
    assert stage.layout.sizes == (6, 5)
    assert stage.baseline[0].tolist() == [1, 1, 0]


def test_cases_that_may_not_be_compared_are_left_out() -> None:
    edited = recorded("review", 2, (1, 0), start=5, standing=Standing.EDITED)
    new = recorded("docs", 3, (1, 0), baseline=None, standing=Standing.NEW)

    stage = stage_of(planned(*recorded("review", 5, (1, 0)), *edited, *new))

    assert stage.layout.sizes == (5,)


@pytest.mark.parametrize(
    ("mode", "names"),
    [
        pytest.param(Mode.EVIDENCE, ("docs", "small"), id="pooled by the statistics"),
        pytest.param(Mode.THRESHOLD, ("docs", "review", "triage"), id="alone by the plain rule"),
    ],
)
def test_small_categories_stand_as_the_mode_takes_them(mode: Mode, names: tuple[str, ...]) -> None:
    cases = [
        *recorded("docs", 6, (1, 1)),
        *recorded("review", 3, (1, 0)),
        *recorded("triage", 2, (1, 0)),
    ]

    assert stage_of(planned(*cases, mode=mode)).table.names == names


@pytest.mark.parametrize(
    ("run", "words"),
    [
        pytest.param(planned(*recorded("a", 5, (1,))), "one trial a case", id="one trial"),
        pytest.param(
            planned(*recorded("a", 5, (1, 1), standing=Standing.EDITED)),
            "no case in common",
            id="all edited",
        ),
    ],
)
def test_a_thin_baseline_is_refused_with_the_way_out(run: Run, words: str) -> None:
    with pytest.raises(BadInputError, match=f"demo with main.*{words}.*--top-up"):
        stage_of(run)


def test_the_seed_follows_the_scores_and_the_gate() -> None:
    run = planned(*recorded("a", 5, (1, 0)))

    seeds = {
        stage_of(run).seed,
        stage_of(planned(*recorded("a", 5, (1, 1)))).seed,
        stage_of(planned(*recorded("a", 5, (1, 0)), mode=Mode.EXACT)).seed,
    }

    assert len(seeds) == 3
    assert stage_of(run).seed in seeds
