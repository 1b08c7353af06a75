"""Never lets the sum of calls pass a budget."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable

from evalci.core.budget import Amount, Budget, Tariff, Unpriced, settled, worst_case
from evalci.core.model_config import ModelConfig
from evalci.core.ports import ModelClient
from evalci.core.trial import Output, Request
from evalci.errors import BadInputError, BudgetError, CallError, CallFault

# Faults after which the vendor may have worked, and billed, all the same.
_MAYBE_BILLED = {CallFault.TIMEOUT, CallFault.MALFORMED, CallFault.EMPTY, CallFault.DROPPED}


class Purse:
    """What a run may spend, has spent and has reserved; a model and its judge share one.

    The worst case of a call is reserved before it is sent and settled after it, so that calls in
    flight cannot overshoot. A call that does not fit waits for those in flight, which mostly cost
    less than reserved; when there are none, BudgetError ends the run. No reserve is smaller than
    the dearest call so far to the same model: a vendor that counts otherwise than the worst case
    is believed. Where nobody knows a price beforehand, one call finds out before others fly.
    """

    def __init__(
        self, budget: Budget, spent: Amount, book: Callable[[Amount], None] = lambda _: None
    ) -> None:
        """``spent`` is what a broken-off attempt of the same run has cost already.

        ``book`` is told of each worst case before the call is sent, and then of what it did not
        cost, below zero: their sum holds also for a run that is killed.
        """
        self.budget = budget
        self._book = book
        self._spent = spent
        self._dearest: defaultdict[str, Amount] = defaultdict(Amount)
        self._answered: set[str] = set()
        self._reserved: dict[int, tuple[str, Amount]] = {}
        self._next = 0
        self._changed = threading.Condition()

    def reserve(self, model: str, cost: Amount, *, priced: bool = True) -> int:
        """Take the worst case of a call out, as soon as it fits, and return the ticket for it."""
        with self._changed:
            # Those of a broken-off attempt were reserved like this one, and nobody took it back.
            self._spent = self._spent.guessed(cost)
            while not priced and self._finding_out(model):
                self._changed.wait()
            while cap := self.budget.exceeded_by(self._with(model, cost)):
                if not self._reserved:
                    raise _no_room(cap, cost.at_least(self._dearest[model]))
                self._changed.wait()
            self._book(cost)
            self._next += 1
            self._reserved[self._next] = (model, cost)
            return self._next

    def _finding_out(self, model: str) -> bool:
        """Tell whether the first call to a model is still in flight, and dollars are capped."""
        asked = any(name == model for name, _ in self._reserved.values())
        return asked and model not in self._answered and self.budget.usd is not None

    def _with(self, model: str, cost: Amount) -> Amount:
        """Return what will have been spent at worst, all in flight and one more call."""
        total = self._spent
        for name, reserve in (*self._reserved.values(), (model, cost)):
            total = total.plus(reserve.at_least(self._dearest[name]))
        return total

    def settle(self, ticket: int, paid: Amount, *, answered: bool = True) -> None:
        """Put back what a call did not cost; one that was not ``answered`` tells no price."""
        with self._changed:
            model, reserve = self._reserved.pop(ticket)
            self._answered |= {model} if answered else set()
            self._spent = self._spent.plus(paid)
            self._dearest[model] = self._dearest[model].at_least(paid)
            self._changed.notify_all()
        if paid != reserve:
            self._book(paid.minus(reserve))


def _no_room(cap: str, call: Amount) -> BudgetError:
    message = f"the budget of {cap} leaves no room for another call"
    if not cap.startswith("$"):
        return BudgetError(message, hint="raise `budget`, or measure less")
    message += f", which may cost ${call.usd:.2f}"
    return BudgetError(message, hint="raise `budget`, set a lower `max_tokens`, or measure less")


def require_prices(
    models: Iterable[ModelConfig], budget: Budget, tariff_of: Callable[[ModelConfig], Tariff]
) -> None:
    """Raise BadInputError for a model without a known price under a cap in dollars."""
    if budget.usd is None or budget.unpriced is Unpriced.ALLOW:
        return
    for model in models:
        if model.price is None and tariff_of(model).price is None:
            raise BadInputError(
                f"nobody knows the price of `{model.id}`, so `budget.usd` cannot be kept",
                hint=f"give `models.{model.name}.price`, or allow it with `budget.unpriced: allow`",
            )


class BudgetedClient:
    """Wraps a client of single attempts; a retry is one more call to pay out of the purse."""

    def __init__(
        self, inner: ModelClient, purse: Purse, *, tariff_of: Callable[[ModelConfig], Tariff]
    ) -> None:
        """``tariff_of`` tells what is known of a model's price."""
        self._inner = inner
        self._purse = purse
        self._tariff_of = tariff_of
        self._tariffs: dict[str, Tariff] = {}
        self._lock = threading.Lock()

    def complete(self, request: Request) -> Output:
        """Ask, as soon as the worst case of this call fits."""
        tariff = self._tariff(request.model)
        cost = worst_case(request, tariff)
        name, priced = request.model.name, tariff.price is not None
        ticket = self._purse.reserve(name, cost, priced=priced)
        paid, answered = Amount(calls=1), False
        try:
            output = self._inner.complete(request)
            paid, answered = settled(output, cost), True
        except CallError as exc:
            paid = cost if exc.fault in _MAYBE_BILLED else paid
            raise
        else:
            return output
        finally:
            self._purse.settle(ticket, paid, answered=answered)

    def _tariff(self, model: ModelConfig) -> Tariff:
        with self._lock:
            if model.name not in self._tariffs:
                self._tariffs[model.name] = self._known(model)
            return self._tariffs[model.name]

    def _known(self, model: ModelConfig) -> Tariff:
        require_prices([model], self._purse.budget, self._tariff_of)
        return self._tariff_of(model)
