"""Insisting: what is tried again, how long, and when it is hopeless."""

import random
from collections import deque
from collections.abc import Callable

import pytest

from evalci.edges.github.patience import DEADLINE_S, SETTLE_S, BoundedPatience
from evalci.errors import ApiFault, GitHubError
from tests.fake_time import FakeTime

STAYS = [f for f in ApiFault if not GitHubError("", fault=f).transient]


def patient(time: FakeTime) -> BoundedPatience:
    """Return a patience whose time is fake."""
    dice = random.Random(1)  # noqa: S311  # jitter
    return BoundedPatience(clock=time.clock, sleep=time.sleep, dice=dice)


def failing(*errors: GitHubError) -> Callable[[], str]:
    """Return an action that fails so many times and then is done."""
    waiting = deque(errors)

    def action() -> str:
        if waiting:
            raise waiting.popleft()
        return "done"

    return action


def fault(kind: ApiFault = ApiFault.SERVER, after: float | None = None) -> GitHubError:
    """Return a failure."""
    return GitHubError("it failed", fault=kind, retry_after_s=after)


@pytest.mark.parametrize("kind", [f for f in ApiFault if f not in STAYS])
def test_a_fault_that_may_go_away_is_waited_for(time: FakeTime, kind: ApiFault) -> None:
    assert patient(time).insist(failing(fault(kind))) == "done"
    assert len(time.naps) == 1


@pytest.mark.parametrize("kind", STAYS)
def test_a_fault_that_stays_is_raised_at_once(time: FakeTime, kind: ApiFault) -> None:
    with pytest.raises(GitHubError):
        patient(time).insist(failing(fault(kind)))
    assert time.naps == []


def test_it_waits_as_long_as_github_asks(time: FakeTime) -> None:
    patient(time).insist(failing(fault(ApiFault.RATE_LIMITED, after=42.0)))

    assert 42.0 <= time.seconds <= 43.0


def test_a_limit_without_a_time_is_waited_for_a_minute(time: FakeTime) -> None:
    patient(time).insist(failing(fault(ApiFault.RATE_LIMITED)))

    assert time.seconds == 60.0


def test_a_limit_that_lasts_longer_than_the_deadline_is_not_waited_for(time: FakeTime) -> None:
    with pytest.raises(GitHubError):
        patient(time).insist(failing(fault(ApiFault.RATE_LIMITED, after=3600.0)))
    assert time.naps == []


def test_it_gives_up_before_the_deadline(time: FakeTime) -> None:
    with pytest.raises(GitHubError):
        patient(time).insist(failing(*[fault()] * 1000))
    assert DEADLINE_S - 15.0 < time.seconds <= DEADLINE_S


def test_an_outage_is_waited_for_once(time: FakeTime) -> None:
    patience = patient(time)
    with pytest.raises(GitHubError):
        patience.insist(failing(*[fault()] * 1000))
    waited = time.seconds

    with pytest.raises(GitHubError):
        patience.insist(failing(fault()))

    assert time.seconds == waited


def test_after_a_success_it_insists_again(time: FakeTime) -> None:
    patience = patient(time)
    with pytest.raises(GitHubError):
        patience.insist(failing(*[fault()] * 1000))
    patience.insist(failing())

    assert patience.insist(failing(fault())) == "done"


def test_a_pause_is_never_shorter_than_the_time_others_need(time: FakeTime) -> None:
    patience = patient(time)

    for round_ in range(1, 10):
        patience.pause(round_)

    assert min(time.naps) >= SETTLE_S
    assert len(set(time.naps)) == len(time.naps)
