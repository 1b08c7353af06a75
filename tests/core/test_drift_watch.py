"""When a level fell, since when, and when it was back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalci.core.drift_watch import Alarm, Observation, Watch, watch, watch_both
from evalci.core.stats.drift import drift_of

SIGMA = 0.02
LIMIT = 5.0


def watched(drops: list[float]) -> Watch:
    runs = [Observation(drop=drop, sigma=SIGMA) for drop in drops]
    return watch(runs, baseline_weeks=3.0, limit=LIMIT)


def test_a_level_that_stays_raises_no_alarm() -> None:
    assert watched([0.01, -0.01] * 10).alarm is None


def test_nothing_measured_is_no_alarm() -> None:
    assert watched([]) == Watch(cusum=(), ewma=())


def test_an_alarm_knows_the_week_of_the_change_and_both_levels() -> None:
    alarm = watched([0.0] * 8 + [0.1, 0.1]).alarm

    assert alarm is not None
    assert (alarm.change, alarm.lasts) == (8, True)
    assert (alarm.before, alarm.after) == pytest.approx((0.0, 0.1))


def test_a_week_of_noise_before_a_change_is_not_taken_for_it() -> None:
    alarm = watched([0.0] * 7 + [0.03, 0.2]).alarm

    assert alarm is not None
    assert alarm.change == 8


def test_an_improvement_is_no_alarm() -> None:
    assert watched([0.0] * 8 + [-0.3] * 4).alarm is None


def test_the_way_back_is_told_with_its_week() -> None:
    alarm = watched([0.0] * 8 + [0.1] * 4 + [0.0] * 3).alarm

    assert alarm is not None
    assert (alarm.change, alarm.back, alarm.lasts) == (8, 12, False)


def test_half_of_the_way_back_is_not_back() -> None:
    alarm = watched([0.0] * 8 + [0.1] * 4 + [0.06] * 6).alarm

    assert alarm is not None
    assert alarm.lasts


def test_a_second_fall_is_held_against_the_level_before_the_first() -> None:
    found = watched([0.0] * 8 + [0.1] * 3 + [0.0] * 3 + [0.1] * 3)

    assert [(alarm.change, alarm.back) for alarm in found.alarms] == [(8, 11), (14, None)]
    assert found.alarms[1].before == pytest.approx(0.0)


@given(st.lists(st.floats(-0.03, 0.03), max_size=20))
def test_as_long_as_nothing_falls_the_monitors_are_those_of_the_whole_series(
    drops: list[float],
) -> None:
    found = watched(drops)
    expected = drift_of(drops, [SIGMA] * len(drops), baseline_weeks=3.0)

    assert found.alarms or found.cusum == expected.cusum


@given(st.lists(st.floats(-1, 1), max_size=30))
def test_alarms_are_in_order_whatever_is_measured(drops: list[float]) -> None:
    alarms = watched(drops).alarms

    assert all(_ordered(alarm, len(drops)) for alarm in alarms)
    assert [alarm.lasts for alarm in alarms[:-1]] == [False] * len(alarms[:-1])


def _ordered(alarm: Alarm, runs: int) -> bool:
    ends = () if alarm.back is None or alarm.recovered is None else (alarm.back, alarm.recovered)
    places = [alarm.change, alarm.raised, *ends]
    return places == sorted(places) and places[-1] < runs


@pytest.mark.parametrize(
    ("last", "doubts"),
    [
        pytest.param([0.0], (), id="a quiet week"),
        pytest.param([0.09], (8,), id="past a share of the limit"),
        pytest.param([0.3], (8,), id="past the limit"),
        pytest.param([0.3, 0.3], (8,), id="known to be down"),
        pytest.param([0.3, 0.3, 0.0, 0.0], (8,), id="back"),
    ],
)
def test_a_week_is_in_doubt_until_it_is_known_to_be_down(
    last: list[float], doubts: tuple[int, ...]
) -> None:
    assert watched([0.0] * 8 + last).doubts(LIMIT) == doubts


@pytest.mark.parametrize("move", [0.4, -0.4])
def test_a_move_is_seen_either_way(move: float) -> None:
    runs = [Observation(drop=drop, sigma=SIGMA) for drop in [0.0] * 6 + [move] * 2]

    alarm = watch_both(runs, baseline_weeks=1.0, limit=LIMIT).alarm

    assert alarm is not None
    assert alarm.change == 6
    assert alarm.after - alarm.before == pytest.approx(move)


def test_of_two_alarms_the_one_that_lasts_is_told() -> None:
    runs = [Observation(drop=drop, sigma=SIGMA) for drop in [0.0] * 4 + [-0.4] * 2 + [0.4] * 2]

    found = watch_both(runs, baseline_weeks=1.0, limit=LIMIT)

    assert [alarm.lasts for alarm in found.alarms] == [False, True]
