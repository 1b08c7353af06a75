"""What a run may spend, and what one call may cost at worst."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from evalci.core.json_value import Json, JsonObject
from evalci.core.model_config import Price
from evalci.core.trial import Output, Request

# Framing that a vendor adds to a message, in tokens; far more than any is known to add.
OVERHEAD_TOKENS = 16
ASSUMED_OUTPUT_TOKENS = 4096
_OUTPUT_LIMITS = ("max_tokens", "max_completion_tokens", "max_output_tokens")


class Unpriced(StrEnum):
    """What to do about a model without a known price under a cap in dollars."""

    REFUSE = "refuse"
    ALLOW = "allow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The caps of one run; None means no cap."""

    usd: float | None = None
    calls: int | None = None
    tokens: int | None = None
    unpriced: Unpriced = Unpriced.REFUSE

    @property
    def capped(self) -> bool:
        """Tell whether there is any cap."""
        return not self.usd is self.calls is self.tokens is None

    def kept_to(self, caps: "BudgetRef | None") -> "Budget":
        """Return the budget with the caps that are in force for a run, or for a shard of it."""
        if caps is None:
            return self
        return replace(self, usd=caps.usd, calls=caps.calls, tokens=caps.tokens)

    def exceeded_by(self, amount: "Amount") -> str:
        """Name the first cap that an amount would pass, empty when it fits."""
        if self.calls is not None and amount.calls > self.calls:
            return f"{self.calls} calls"
        if self.tokens is not None and amount.tokens > self.tokens:
            return f"{self.tokens:,} tokens"
        # A millionth of a cent: sums of floats are not exact.
        if self.usd is not None and amount.usd > self.usd + 1e-8:
            return f"${self.usd:.2f}"
        return ""


NO_BUDGET = Budget()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """What is known of a model before it is asked; None means that nobody knows."""

    price: Price | None = None
    max_output_tokens: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """Dollars, calls and tokens; ``unknown`` counts the calls whose cost is not among them."""

    usd: float = 0.0
    calls: int = 0
    tokens: int = 0
    unknown: int = 0

    def plus(self, other: Self) -> "Amount":
        """Return the sum."""
        return Amount(
            usd=self.usd + other.usd,
            calls=self.calls + other.calls,
            tokens=self.tokens + other.tokens,
            unknown=self.unknown + other.unknown,
        )

    def minus(self, other: Self) -> "Amount":
        """Return the difference in dollars, calls and tokens."""
        return Amount(
            usd=self.usd - other.usd,
            calls=self.calls - other.calls,
            tokens=self.tokens - other.tokens,
        )

    def guessed(self, call: Self) -> "Amount":
        """Return the sum when each call of unknown cost has cost as much as another one."""
        return replace(
            self,
            usd=self.usd + self.unknown * call.usd,
            tokens=self.tokens + self.unknown * call.tokens,
            unknown=0,
        )

    def at_least(self, floor: Self) -> "Amount":
        """Return the larger of both, each kind by itself."""
        return Amount(
            usd=max(self.usd, floor.usd),
            calls=max(self.calls, floor.calls),
            tokens=max(self.tokens, floor.tokens),
        )


def worst_case(request: Request, tariff: Tariff) -> Amount:
    """Return what a call costs at worst: every byte a token, and as long an answer as allowed.

    No tokenizer of today makes more than one token of a byte.
    """
    texts = [text for message in request.messages for text in (message.role, message.content)]
    tokens_in = sum(len(text.encode()) for text in texts)
    tokens_in += OVERHEAD_TOKENS * (len(request.messages) + 1)
    tokens_out = _output_limit(request.params, tariff) * max(1, *_counts(request.params, "n"))
    price = tariff.price
    usd = price.cost_usd(input_tokens=tokens_in, output_tokens=tokens_out) if price else 0.0
    return Amount(usd=usd, calls=1, tokens=tokens_in + tokens_out)


def _output_limit(params: JsonObject, tariff: Tariff) -> int:
    limit = max(_counts(params, *_OUTPUT_LIMITS))
    return limit or tariff.max_output_tokens or ASSUMED_OUTPUT_TOKENS


def _counts(params: JsonObject, *names: str) -> list[int]:
    """Return the numbers above zero that parameters give, also in `extra_body`, and a 0.

    Some servers read -1 as no limit at all.
    """
    extra = params.get("extra_body")
    bodies = [params, extra] if isinstance(extra, Mapping) else [params]
    return [
        0,
        *(max(0, value) for body in bodies for name in names if (value := _whole(body.get(name)))),
    ]


def _whole(value: Json) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def settled(output: Output, reserved: Amount) -> Amount:
    """Return what an answered call did cost; what the vendor did not say stays as reserved."""
    known = output.input_tokens is not None and output.output_tokens is not None
    tokens = (output.input_tokens or 0) + (output.output_tokens or 0) if known else reserved.tokens
    usd = reserved.usd if output.cost_usd is None else output.cost_usd
    return Amount(usd=usd, calls=1, tokens=tokens)


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetRef:
    """The caps in force, None for no cap; ``reached`` means that one of them ended the run."""

    usd: float | None = None
    calls: int | None = None
    tokens: int | None = None
    reached: bool = False
