"""What an attempt has paid, as its log tells it: the book of a cap, and the replies of a judge."""

from pathlib import Path

from evalci.core.budget import Amount
from tests.edges.log_desk import open_log, place

__all__ = ["place"]


def test_the_book_of_a_broken_off_attempt_adds_up(place: Path) -> None:
    log = open_log(place)
    for usd, calls in ((0.5, 1), (-0.25, 0), (0.5, 1)):
        log.book(Amount(usd=usd, calls=calls, tokens=10 * calls))
    log.close()

    again = open_log(place)
    again.close()

    assert again.booked == Amount(usd=0.75, calls=2, tokens=20)


def test_the_book_of_a_finished_attempt_is_closed(place: Path) -> None:
    log = open_log(place, adds_up=True)
    log.book(Amount(usd=0.5, calls=1))
    log.close(finished=True)

    again = open_log(place, adds_up=True)
    again.close()

    assert again.booked == Amount()


def test_the_replies_of_a_judge_outlive_a_kill(place: Path) -> None:
    log = open_log(place)
    log.reply("question-1", 0, {"text": "2"})
    log.reply("question-1", 1, {"text": "top-secret-value"})
    log.close()

    again = open_log(place)
    again.reply("question-2", 0, {"text": "1"})

    assert again.judged == {("question-1", 0): {"text": "2"}}
    assert again.fresh == [{"text": "2"}]
    assert list(again.replies()) == [("question-1", 0), ("question-2", 0)]
    again.close()


def test_what_a_finished_attempt_paid_its_judge_is_settled(place: Path) -> None:
    log = open_log(place, adds_up=True)
    log.reply("question-1", 0, {"text": "2"})
    log.close(finished=True)

    again = open_log(place, adds_up=True)
    replies = again.replies()
    again.close()

    assert again.fresh == []
    assert again.judged == {}
    assert ("question-1", 0) in replies
