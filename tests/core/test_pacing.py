"""The pace of calls: additive increase, halved by a 429, a gate that stays shut as asked."""

import pytest

from evalci.core.pacing import LONGEST_PAUSE_S, Pace


def pace(window: float = 8.0, **changes: float) -> Pace:
    return Pace(most=16, window=window, **changes)  # type: ignore[arg-type]  # counts are whole


def refused(before: Pace, *, retry_after_s: float | None = None, epoch: int = 0) -> Pace:
    return before.refused(epoch=epoch, now=100.0, retry_after_s=retry_after_s, jitter=0.5)


def test_a_round_of_good_answers_lets_one_more_call_fly() -> None:
    now = pace()
    for _ in range(8):
        now = now.answered()

    assert now.window == pytest.approx(9.0, abs=0.1)


def test_the_window_never_grows_past_its_cap() -> None:
    assert pace(16.0).answered().window == 16.0


@pytest.mark.parametrize(("before", "after"), [(8.0, 4.0), (3.0, 1.5), (1.0, 1.0)])
def test_a_429_halves_the_window_but_leaves_one(before: float, after: float) -> None:
    assert refused(pace(before)).window == after


def test_only_the_first_429_of_calls_that_flew_together_halves() -> None:
    once = refused(pace())

    twice = refused(once, epoch=0)

    assert (twice.window, twice.epoch) == (4.0, 1)


def test_the_gate_stays_shut_a_little_longer_than_asked() -> None:
    assert 107.0 <= refused(pace(), retry_after_s=7.0).closed_until <= 107.5


def test_the_longest_wait_that_was_asked_for_holds() -> None:
    now = refused(refused(pace(), retry_after_s=30.0), retry_after_s=2.0)

    assert now.closed_until > 130.0


def test_without_a_word_from_the_vendor_each_pause_is_twice_the_last() -> None:
    first = refused(pace())
    second = refused(first, epoch=1)

    assert second.closed_until - 100.0 == pytest.approx(2 * (first.closed_until - 100.0))


def test_a_good_answer_makes_the_next_pause_short_again() -> None:
    now = refused(refused(pace()), epoch=1).answered()

    again = now.refused(epoch=2, now=200.0, retry_after_s=None, jitter=0.5)

    assert again.closed_until == pytest.approx(200.5)


def test_a_pause_has_an_end() -> None:
    assert refused(pace(refusals=50)).closed_until <= 100.0 + LONGEST_PAUSE_S * 1.25
