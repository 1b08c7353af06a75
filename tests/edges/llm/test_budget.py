"""The budget: no call beyond a cap, whatever flies at once, fails or costs more than thought."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from evalci.core.budget import Amount, Budget, Tariff, Unpriced
from evalci.core.model_config import Price
from evalci.core.trial import Output, Request
from evalci.edges.llm.budget import BudgetedClient, Purse
from evalci.errors import BadInputError, BudgetError, CallError, CallFault, StopRunError
from tests.calls import make_output, make_request
from tests.fake_client import Answer, FakeClient

# A cent for the ten tokens of an answer.
CENT = Tariff(price=Price(input_per_mtok=0.0, output_per_mtok=1000.0))


def answered(usd: float | None = 0.01) -> Output:
    return make_output(input_tokens=20, output_tokens=10, cost_usd=usd)


def client_of(
    inner: FakeClient, budget: Budget, *, tariff: Tariff = CENT, spent: Amount | None = None
) -> BudgetedClient:
    return BudgetedClient(inner, Purse(budget, spent or Amount()), tariff_of=lambda _: tariff)


def ask(client: BudgetedClient, count: int, *, workers: int = 1) -> list[BaseException | None]:
    """Make calls from several threads and return how each of them failed."""
    with ThreadPoolExecutor(workers) as pool:
        requests = [make_request(trial=n, params={"max_tokens": 10}) for n in range(count)]
        calls = [pool.submit(client.complete, request) for request in requests]
        return [call.exception() for call in calls]


@pytest.mark.parametrize("workers", [1, 32])
def test_the_call_that_would_pass_the_cap_is_not_made(workers: int) -> None:
    inner = FakeClient(lambda _: answered())

    failures = ask(client_of(inner, Budget(usd=0.50)), 80, workers=workers)

    assert len(inner.requests) == 50
    assert sum(isinstance(failure, BudgetError) for failure in failures) == 30


@pytest.mark.parametrize(
    ("budget", "made"),
    [
        pytest.param(Budget(calls=7), 7, id="calls"),
        pytest.param(Budget(tokens=10 * 30 + 40), 10, id="tokens"),
    ],
)
def test_every_kind_of_cap_holds(budget: Budget, made: int) -> None:
    inner = FakeClient(lambda _: answered())

    ask(client_of(inner, budget), 40, workers=8)

    assert len(inner.requests) == made


def test_the_error_names_the_cap_and_what_to_do() -> None:
    client = client_of(FakeClient([]), Budget(usd=0.50))
    said = r"the budget of \$0.50 leaves no room .*, which may cost \$4.10; raise `budget`, set a "

    with pytest.raises(BudgetError, match=said):
        client.complete(make_request(params={}))


def test_a_call_that_does_not_fit_yet_waits_for_those_in_flight() -> None:
    def answer(_request: Request) -> Answer:
        time.sleep(0.02)
        return answered(0.001)

    inner = FakeClient(answer)

    failures = ask(client_of(inner, Budget(usd=0.02)), 8, workers=8)

    assert failures == [None] * 8
    assert inner.most_in_flight <= 2


@pytest.mark.parametrize(
    ("fault", "made"),
    [
        pytest.param(CallFault.RATE_LIMITED, 20, id="a 429 is free"),
        pytest.param(CallFault.SERVER, 20, id="a 500 is free"),
        pytest.param(CallFault.TIMEOUT, 5, id="a timeout may be billed"),
        pytest.param(CallFault.DROPPED, 5, id="a dropped answer may be billed"),
        pytest.param(CallFault.MALFORMED, 5, id="a malformed answer may be billed"),
        pytest.param(CallFault.EMPTY, 5, id="an empty answer may be billed"),
    ],
)
def test_what_a_failed_call_counts(fault: CallFault, made: int) -> None:
    inner = FakeClient(lambda _: CallError("as told", fault=fault))

    ask(client_of(inner, Budget(usd=0.05)), 20)

    assert len(inner.requests) == made


def test_a_vendor_that_charges_more_than_the_worst_case_is_believed() -> None:
    inner = FakeClient(lambda _: answered(0.04))

    ask(client_of(inner, Budget(usd=0.50)), 40)

    assert len(inner.requests) == 12


def test_a_cost_that_nobody_knows_counts_as_reserved() -> None:
    inner = FakeClient(lambda _: answered(None))

    ask(client_of(inner, Budget(usd=0.05)), 20)

    assert len(inner.requests) == 5


@pytest.mark.parametrize(
    ("answer", "cents"),
    [
        pytest.param(answered(), 1.0, id="an answer"),
        pytest.param(answered(0.004), 0.4, id="an answer that is cheaper than its worst case"),
        pytest.param(CallError("late", fault=CallFault.TIMEOUT), 1.0, id="a timeout"),
        pytest.param(CallError("slow", fault=CallFault.RATE_LIMITED), 0.0, id="a 429"),
    ],
)
def test_the_book_says_what_was_spent_also_in_the_midst_of_a_call(
    answer: Answer, cents: float
) -> None:
    book: list[Amount] = []
    flying: list[float] = []

    def in_flight(_request: Request) -> Answer:
        flying.append(sum(cost.usd for cost in book))
        return answer

    purse = Purse(Budget(usd=0.50), Amount(), book.append)
    ask(BudgetedClient(FakeClient(in_flight), purse, tariff_of=lambda _: CENT), 1)

    assert (sum(cost.calls for cost in book), flying) == (1, [0.01])
    assert sum(cost.usd for cost in book) * 100 == pytest.approx(cents)


def test_what_a_broken_off_run_has_cost_counts() -> None:
    inner = FakeClient(lambda _: answered())

    ask(client_of(inner, Budget(usd=0.50), spent=Amount(usd=0.45)), 20)

    assert len(inner.requests) == 5


def test_what_a_broken_off_run_has_cost_counts_as_reserved_where_nobody_knows_it() -> None:
    inner = FakeClient(lambda _: answered(None))
    earlier = Amount(usd=0.02, calls=5, unknown=3)

    ask(client_of(inner, Budget(usd=0.10), spent=earlier), 20)

    assert len(inner.requests) == 5


def test_a_model_without_a_price_is_refused_under_a_cap_in_dollars() -> None:
    inner = FakeClient([])

    with pytest.raises(BadInputError, match=r"give `models.main.price`, or .*unpriced: allow"):
        client_of(inner, Budget(usd=1.0), tariff=Tariff()).complete(make_request())

    assert inner.requests == []


@pytest.mark.parametrize(
    "budget",
    [
        pytest.param(Budget(usd=1.0, unpriced=Unpriced.ALLOW), id="allowed"),
        pytest.param(Budget(calls=5), id="no cap in dollars"),
    ],
)
def test_a_model_without_a_price_is_asked(budget: Budget) -> None:
    client = client_of(FakeClient([answered(None)]), budget, tariff=Tariff())

    assert client.complete(make_request()).cost_usd is None


def test_where_nobody_knows_a_price_one_call_finds_out_before_others_fly() -> None:
    def answer(_request: Request) -> Answer:
        time.sleep(0.02)
        return answered(0.1)

    inner = FakeClient(answer)
    budget = Budget(usd=0.5, unpriced=Unpriced.ALLOW)

    ask(client_of(inner, budget, tariff=Tariff()), 40, workers=16)

    assert len(inner.requests) == 5


def test_a_failed_call_finds_out_no_price() -> None:
    def answer(request: Request) -> Answer:
        time.sleep(0.02)
        free = CallError("slow down", fault=CallFault.RATE_LIMITED)
        return free if request is inner.requests[0] else answered(0.1)

    inner = FakeClient(answer)
    budget = Budget(usd=0.5, unpriced=Unpriced.ALLOW)

    ask(client_of(inner, budget, tariff=Tariff()), 40, workers=16)

    assert len(inner.requests) == 6


def test_an_error_that_ends_the_run_gives_the_reserve_back() -> None:
    inner = FakeClient([StopRunError("the key was refused"), answered()])
    client = client_of(inner, Budget(usd=0.01))

    failures = ask(client, 2)

    assert [type(failure) for failure in failures] == [StopRunError, type(None)]
