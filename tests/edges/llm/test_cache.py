"""The cache of answers: what is one answer, what is kept, and what is pruned."""

from dataclasses import replace

import pytest

from evalci.core.trial import Finish, Output, Request
from evalci.errors import CallError, CallFault
from tests.calls import make_model, make_output, make_request
from tests.edges.llm.shelf import SECRET, Shelf
from tests.fake_client import FakeClient


def test_an_answer_is_paid_once(shelf: Shelf) -> None:
    shelf.ask(FakeClient(["yes"]))

    found = shelf.ask(FakeClient([]))

    assert (found.text, found.cached, found.live) == ("yes", True, False)


def test_a_hit_keeps_provenance_tokens_and_price_but_no_latency(shelf: Shelf) -> None:
    paid = make_output(
        "yes",
        resolved_model="stand-in-2026",
        fingerprint="fp",
        finish=Finish.TRUNCATED,
        finish_reason="length",
        input_tokens=3,
        output_tokens=4,
        cost_usd=0.25,
        latency_s=1.5,
        retries=2,
    )
    shelf.ask(FakeClient([paid]))

    found = shelf.ask(FakeClient([]))

    assert found == replace(paid, cached=True, latency_s=None, retries=0)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(make_request(trial=1), id="another trial"),
        pytest.param(make_request(hash="request-other"), id="another request"),
        pytest.param(make_request(model=make_model(id="openai/other")), id="another model"),
        pytest.param(make_request(model=make_model(api_base="http://a/v1")), id="another place"),
        pytest.param(make_request(model=make_model(command=("a",))), id="another command"),
    ],
)
def test_what_is_asked_otherwise_is_another_answer(shelf: Shelf, other: Request) -> None:
    shelf.ask(FakeClient(["first"]))

    assert shelf.ask(FakeClient(["second"]), other).text == "second"


@pytest.mark.parametrize(
    "same",
    [
        pytest.param(make_request(case="b-2"), id="another case that asks the same"),
        pytest.param(make_request(model=make_model(name="twin")), id="another name"),
        pytest.param(make_request(model=make_model(api_key_env="TEAM_KEY")), id="another key"),
    ],
)
def test_what_is_asked_equally_is_one_answer(shelf: Shelf, same: Request) -> None:
    shelf.ask(FakeClient(["first"]))

    assert shelf.ask(FakeClient([]), same).text == "first"


def test_an_error_is_never_kept(shelf: Shelf) -> None:
    with pytest.raises(CallError):
        shelf.ask(FakeClient([CallError("boom", fault=CallFault.SERVER)]))

    assert shelf.ask(FakeClient(["yes"])).cached is False


@pytest.mark.parametrize("finish", Finish)
def test_every_outcome_of_the_model_is_kept(shelf: Shelf, finish: Finish) -> None:
    shelf.ask(FakeClient([make_output("", finish=finish)]))

    assert shelf.ask(FakeClient([])).finish is finish


@pytest.mark.parametrize(
    "output",
    [
        pytest.param(make_output(f"the key is {SECRET}"), id="in the text"),
        pytest.param(make_output(resolved_model=f"m-{SECRET}"), id="in the model"),
        pytest.param(make_output("sk-ant-" + "a" * 30), id="what looks like a key"),
    ],
)
def test_an_answer_with_a_secret_is_not_kept(shelf: Shelf, output: Output) -> None:
    shelf.ask(FakeClient([output]))

    assert shelf.ask(FakeClient(["yes"])).cached is False
    assert all(SECRET.encode() not in place.read_bytes() for place in shelf.folder.iterdir())


def test_the_next_process_finds_what_this_one_kept(shelf: Shelf) -> None:
    shelf.keep(0)

    assert Shelf(shelf.folder).kept(0) == [True]


def test_the_first_answer_of_a_key_stays(shelf: Shelf) -> None:
    other = Shelf(shelf.folder)
    shelf.store.put("key", make_output("first"))
    other.store.put("key", make_output("second"))

    found = other.store.get("key")

    assert found is not None
    assert found.text == "first"


def test_what_there_is(shelf: Shelf) -> None:
    shelf.ask(FakeClient([make_output(cost_usd=0.5)]), make_request(trial=0))
    shelf.ask(FakeClient([make_output(cost_usd=None)]), make_request(trial=1))

    stock = shelf.store.stock()

    assert (stock.answers, stock.usd, stock.unknown) == (2, 0.5, 1)
    assert stock.bytes > 100
    assert stock.oldest is not None
    assert stock.newest is not None
    assert stock.oldest <= stock.newest


def test_an_empty_store(shelf: Shelf) -> None:
    stock = shelf.store.stock()

    assert (stock.answers, stock.bytes, stock.oldest) == (0, 0, None)


def aged(shelf: Shelf, days: float, trial: int) -> None:
    """Keep an answer that is so old."""
    shelf.keep(trial)
    shelf.sql(
        "UPDATE answers SET stored = stored - ? WHERE output LIKE ?",
        days * 86_400,
        f"%answer {trial}%",
    )


def test_old_answers_are_pruned(shelf: Shelf) -> None:
    for trial, days in enumerate((40, 20, 0)):
        aged(shelf, days, trial)

    assert shelf.store.prune(max_age_days=30, max_mb=1) == 1
    assert shelf.kept(0, 1, 2) == [False, True, True]


def test_past_a_size_the_oldest_are_pruned(shelf: Shelf) -> None:
    for trial, days in enumerate((3, 2, 1)):
        aged(shelf, days, trial)
    each = shelf.store.stock().bytes / 3

    assert shelf.store.prune(max_age_days=30, max_mb=each * 2.5 / 1e6) == 1
    assert shelf.kept(0, 1, 2) == [False, True, True]
