"""An answer is on disk before it is scored, and is not asked again."""

from evalci.core.trial import Output, Request
from evalci.edges.llm.logged import LoggedClient, by_hash
from tests.calls import make_output, make_request
from tests.fake_client import FakeClient


def test_an_answer_is_kept_before_anybody_sees_it() -> None:
    kept: list[tuple[str, str]] = []

    def keep(request: Request, output: Output) -> None:
        kept.append((request.case, output.text))

    output = LoggedClient(FakeClient(["yes"]), known={}, keep=keep).complete(make_request())

    assert kept == [("a-1", "yes")]
    assert output.text == "yes"


def test_the_answer_of_a_broken_off_run_is_not_asked_again() -> None:
    known = {("a-1", 0): make_output("paid before")}
    client = LoggedClient(FakeClient(["new"]), known=known, keep=lambda *_: None)

    answers = [client.complete(make_request(trial=trial)).text for trial in (0, 1)]

    assert answers == ["paid before", "new"]


def test_what_is_recorded_is_not_kept_twice() -> None:
    kept: list[Request] = []
    inner = FakeClient([make_output(recorded=True)])
    client = LoggedClient(inner, known={}, keep=lambda request, _: kept.append(request))

    client.complete(make_request())

    assert kept == []


def test_a_judges_reply_belongs_to_its_question() -> None:
    known = {("question-1", 3): make_output("paid before")}
    inner = FakeClient(["new"])
    client = LoggedClient(inner, known=known, keep=lambda *_: None, place=by_hash)

    asked = [make_request(hash=name, trial=3) for name in ("question-1", "question-2")]
    answers = [client.complete(request).text for request in asked]

    assert answers == ["paid before", "new"]
