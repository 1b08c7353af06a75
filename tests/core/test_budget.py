"""What a call may cost at worst, and which cap it passes."""

import pytest

from evalci.core.budget import Amount, Budget, Tariff, settled, worst_case
from evalci.core.json_value import Json
from evalci.core.model_config import Price
from evalci.core.trial import Message
from tests.calls import make_output, make_request

PRICE = Price(input_per_mtok=1.0, output_per_mtok=100.0)


def test_every_byte_may_be_a_token() -> None:
    short = make_request(messages=(Message(role="user", content="a"),), params={"max_tokens": 1})
    long = make_request(messages=(Message(role="user", content="aé"),), params={"max_tokens": 1})

    grown = worst_case(long, Tariff()).tokens - worst_case(short, Tariff()).tokens

    assert grown == 2


@pytest.mark.parametrize(
    ("params", "tariff", "tokens"),
    [
        pytest.param({"max_tokens": 50}, Tariff(max_output_tokens=900), 50, id="max_tokens"),
        pytest.param({"max_completion_tokens": 60}, Tariff(), 60, id="max_completion_tokens"),
        pytest.param({"max_tokens": 50, "n": 3}, Tariff(), 150, id="several answers"),
        pytest.param({}, Tariff(max_output_tokens=900), 900, id="the model's own limit"),
        pytest.param({}, Tariff(), 4096, id="an assumed limit"),
        pytest.param({"max_tokens": True}, Tariff(), 4096, id="no number"),
        pytest.param({"max_tokens": -1}, Tariff(), 4096, id="no limit, as some servers spell it"),
        pytest.param({"max_tokens": 50, "n": -3}, Tariff(), 50, id="less than one answer"),
        pytest.param(
            {"max_tokens": 50, "extra_body": {"max_tokens": 70, "n": 2}},
            Tariff(),
            140,
            id="an extra body",
        ),
    ],
)
def test_the_longest_answer(params: dict[str, Json], tariff: Tariff, tokens: int) -> None:
    without = worst_case(make_request(params={"max_tokens": 1}), Tariff()).tokens - 1

    assert worst_case(make_request(params=params), tariff).tokens - without == tokens


def test_the_worst_case_in_dollars() -> None:
    request = make_request(params={"max_tokens": 10_000})

    assert worst_case(request, Tariff(price=PRICE)).usd == pytest.approx(1.0, abs=0.001)


def test_an_unknown_price_is_no_dollars_but_calls_and_tokens() -> None:
    cost = worst_case(make_request(params={"max_tokens": 10}), Tariff())

    assert (cost.usd, cost.calls) == (0.0, 1)
    assert cost.tokens > 10


@pytest.mark.parametrize(
    ("budget", "cap"),
    [
        pytest.param(Budget(), "", id="no cap"),
        pytest.param(Budget(usd=0.5, calls=10, tokens=100), "", id="exactly all of them"),
        pytest.param(Budget(usd=0.49), "$0.49", id="dollars"),
        pytest.param(Budget(calls=9), "9 calls", id="calls"),
        pytest.param(Budget(tokens=99), "99 tokens", id="tokens"),
        pytest.param(Budget(usd=0.0), "$0.00", id="nothing at all"),
    ],
)
def test_which_cap_an_amount_passes(budget: Budget, cap: str) -> None:
    assert budget.exceeded_by(Amount(usd=0.5, calls=10, tokens=100)) == cap


def test_a_sum_of_many_cents_is_exact_enough() -> None:
    total = Amount()
    for _ in range(50):
        total = total.plus(Amount(usd=0.01, calls=1))

    assert Budget(usd=0.50).exceeded_by(total) == ""


@pytest.mark.parametrize(
    ("output", "paid"),
    [
        pytest.param(
            make_output(input_tokens=3, output_tokens=4, cost_usd=0.2),
            Amount(usd=0.2, calls=1, tokens=7),
            id="as the vendor says",
        ),
        pytest.param(
            make_output(input_tokens=3), Amount(usd=0.9, calls=1, tokens=500), id="as reserved"
        ),
    ],
)
def test_what_an_answer_did_cost(output: object, paid: Amount) -> None:
    reserved = Amount(usd=0.9, calls=1, tokens=500)

    assert settled(output, reserved) == paid  # type: ignore[arg-type]  # the table's outputs
