"""Never lets the sum of calls pass a budget."""

import threading
from collections.abc import Callable

from evalci.core.budget import Amount, Budget, Tariff, Unpriced, settled, worst_case
from evalci.core.model_config import ModelConfig
from evalci.core.ports import ModelClient
from evalci.core.trial import Output, Request
from evalci.errors import BadInputError, BudgetError, CallError, CallFault

# Faults after which the vendor may have worked, and billed, all the same.
_MAYBE_BILLED = {CallFault.TIMEOUT, CallFault.MALFORMED, CallFault.EMPTY, CallFault.DROPPED}


class BudgetedClient:
    """Wraps a client of single attempts; a retry is one more call to pay.

    The worst case of a call is reserved before it is sent and settled after it, so that calls in
    flight cannot overshoot. A call that does not fit waits for those in flight, which mostly cost
    less than reserved; when there are none, BudgetError ends the run. No reserve is smaller than
    the dearest call so far: a vendor that counts otherwise than the worst case is believed.
    """

    def __init__(
        self,
        inner: ModelClient,
        budget: Budget,
        *,
        tariff_of: Callable[[ModelConfig], Tariff],
        spent: Amount,
    ) -> None:
        """``spent`` is what a broken-off attempt of the same run has cost already."""
        self._inner = inner
        self._budget = budget
        self._tariff_of = tariff_of
        self._tariffs: dict[str, Tariff] = {}
        self._spent = spent
        self._dearest = Amount()
        self._reserved: dict[int, Amount] = {}
        self._next = 0
        self._changed = threading.Condition()

    def complete(self, request: Request) -> Output:
        """Ask, as soon as the worst case of this call fits."""
        cost = worst_case(request, self._tariff(request.model))
        ticket = self._reserve(cost)
        paid = Amount(calls=1)
        try:
            output = self._inner.complete(request)
            paid = settled(output, cost)
        except CallError as exc:
            paid = cost if exc.fault in _MAYBE_BILLED else paid
            raise
        else:
            return output
        finally:
            self._settle(ticket, paid)

    def _tariff(self, model: ModelConfig) -> Tariff:
        with self._changed:
            if model.name not in self._tariffs:
                self._tariffs[model.name] = self._known(model)
            return self._tariffs[model.name]

    def _known(self, model: ModelConfig) -> Tariff:
        tariff = self._tariff_of(model)
        refuses = self._budget.unpriced is Unpriced.REFUSE
        if tariff.price is None and self._budget.usd is not None and refuses:
            raise BadInputError(
                f"nobody knows the price of `{model.id}`, so `budget.usd` cannot be kept",
                hint=f"give `models.{model.name}.price`, or allow it with `budget.unpriced: allow`",
            )
        return tariff

    def _reserve(self, cost: Amount) -> int:
        with self._changed:
            while cap := self._budget.exceeded_by(self._with(cost)):
                if not self._reserved:
                    message = f"the budget of {cap} leaves no room for another call"
                    raise BudgetError(message, hint="raise `budget`, or measure less")
                self._changed.wait()
            self._next += 1
            self._reserved[self._next] = cost
            return self._next

    def _with(self, cost: Amount) -> Amount:
        """Return what will have been spent at worst, all in flight and one more call."""
        total = self._spent
        for reserve in (*self._reserved.values(), cost):
            total = total.plus(reserve.at_least(self._dearest))
        return total

    def _settle(self, ticket: int, paid: Amount) -> None:
        with self._changed:
            del self._reserved[ticket]
            self._spent = self._spent.plus(paid)
            self._dearest = self._dearest.at_least(paid)
            self._changed.notify_all()
