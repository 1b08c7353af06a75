"""What a scorer is: a kind that checks parameters at load time, and an instance that scores."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol as Interface

from evalci.core.answer import fenced_blocks, read_answer, without_reasoning
from evalci.core.golden_set import Case, Protocol
from evalci.core.json_value import Json, JsonObject
from evalci.core.submission import code_in
from evalci.core.trial import Output, Score


class Tier(IntEnum):
    """The steps of scoring, cheap to dear."""

    TEXT = 10
    STRUCTURE = 20
    EXTRACTS = 30
    APPLIES = 31
    COMPILES = 32
    CONSTRAINTS = 33
    TESTS = 34
    TYPES = 35
    LINT = 36
    SECURITY = 37
    COMPLEXITY = 38
    SIMILARITY = 50
    CUSTOM = 55
    JUDGE = 60
    DEDUCTION = 90

    @property
    def gate(self) -> bool:
        """Tell whether a failure here stops the gates that come after it."""
        return Tier.EXTRACTS <= self <= Tier.COMPLEXITY


class Scorer(Interface):
    """Judges one output; a bad answer is a low score with a reason, never an exception."""

    def score(self, case: Case, output: Output) -> Score:
        """Return the score; ``value`` None when none could be formed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorerKind:
    """An entry of the registry.

    ``binary`` scorers pass at 1 and fail below; ``has_shares`` tells whether values in between come
    up under some parameters. ``version`` is part of the harness hash: raise it when the same output
    could get another value. ``build`` raises ValueError for parameters that do
    not fit the case; ``schema`` has checked their shape before.
    """

    name: str
    tier: Tier
    version: int
    binary: bool
    schema: JsonObject
    build: Callable[[JsonObject, Case], Scorer]
    has_shares: Callable[[JsonObject], bool] = lambda _params: False


def parameters(required: tuple[str, ...] = (), **properties: Json) -> JsonObject:
    """Return the JSON Schema of a scorer's parameters; every scorer also takes a weight."""
    weight: Json = {"type": "number", "minimum": 0, "description": "share of the composite"}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": {"weight": weight, **properties},
    }


def answer_of(case: Case, output: Output) -> str | None:
    """Return the answer inside an output, by the case's protocol.

    Of several blocks of code it is what the gates run: not a longer one of another language, say.
    """
    if case.protocol is Protocol.CODE and fenced_blocks(without_reasoning(output.text)):
        return code_in(case, output.text)
    return read_answer(case.protocol, output.text)
