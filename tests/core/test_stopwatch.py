"""How long calls took, without what this process needed for itself."""

from evalci.core.stopwatch import LEAST_S, Stopwatch


class Hands:
    """The clock and the CPU of a test, which moves them."""

    def __init__(self) -> None:
        """Begin at a moment that is not zero."""
        self.wall, self.cpu = 100.0, 2.0

    def pass_(self, seconds: float, *, busy: bool = False) -> None:
        """Let time go by, waiting or ``busy`` on the CPU."""
        self.wall += seconds
        self.cpu += seconds if busy else 0.0


def stopwatch(hands: Hands) -> Stopwatch:
    return Stopwatch(lambda: hands.wall, lambda: hands.cpu)


def test_what_is_loaded_with_the_first_calls_is_no_latency_of_theirs() -> None:
    hands = Hands()
    watch = stopwatch(hands)
    calls = [watch.begin() for _ in range(3)]
    hands.pass_(0.5, busy=True)
    hands.pass_(1.5)

    assert [seconds() for seconds in calls] == [1.5] * 3


def test_a_first_call_that_lasts_is_not_paid_by_the_work_of_others() -> None:
    hands = Hands()
    watch = stopwatch(hands)
    slow, fast = watch.begin(), watch.begin()
    hands.pass_(1.0)
    fast()
    hands.pass_(8.0, busy=True)

    assert slow() == 9.0


def test_a_later_call_takes_what_the_clock_says() -> None:
    hands = Hands()
    watch = stopwatch(hands)
    watch.begin()()
    later = watch.begin()
    hands.pass_(0.5, busy=True)

    assert later() == 0.5


def test_every_latency_has_a_logarithm() -> None:
    hands = Hands()
    seconds = stopwatch(hands).begin()
    hands.cpu += 3.0

    assert seconds() == LEAST_S
