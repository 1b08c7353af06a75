"""One independent draw for a case: what was asked, what came back, how it was scored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from evalci.core.json_value import JsonObject
from evalci.core.model_config import ModelConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn of a conversation."""

    role: str
    content: str

    def as_json(self) -> dict[str, str]:
        """Return the form that vendors and hashes read."""
        return {"role": self.role, "content": self.content}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What one trial asks; ``hash`` is the request hash, equal for all trials of a case."""

    case: str
    trial: int
    model: ModelConfig
    messages: tuple[Message, ...]
    params: JsonObject
    hash: str


REFUSAL = "the model refused"


class Finish(StrEnum):
    """Why the model stopped, in the words of evalci."""

    STOP = "stop"
    TRUNCATED = "truncated"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """The text that came back with its provenance.

    ``cost_usd`` and the token counts are None when unknown, never zero for unknown.
    ``latency_s`` is the time of the successful call alone, in seconds, without retries and
    waiting; None for a recorded answer. ``retries`` counts re-sent calls before it. ``cached``
    says that a cache answered, the vendor's or ours: a copy is no further draw.
    """

    text: str
    requested_model: str
    resolved_model: str | None = None
    fingerprint: str | None = None
    finish: Finish = Finish.STOP
    finish_reason: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None
    latency_s: float | None = None
    retries: int = 0
    recorded: bool = False
    cached: bool = False

    @property
    def tokens(self) -> int | None:
        """Return the tokens in and out, None when one of them is unknown."""
        if self.input_tokens is None or self.output_tokens is None:
            return None
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A scorer's opinion of one output, ``value`` from 0 to 1.

    ``details`` are further lines, such as every failing test. ``value`` is None when the scorer
    could not form one. That is not a zero: an unscored trial
    never counts for or against the prompt.
    """

    scorer: str
    value: float | None
    reason: str = ""
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One draw for a case; ``composite`` None means unscored, with the cause in ``failure``.

    ``passed`` is True when every pass/fail scorer gave 1 and no `fail_if` matched; None when the
    case has no pass/fail scorer or the trial is unscored.
    """

    case: str
    trial: int
    composite: float | None
    passed: bool | None = None
    scores: tuple[Score, ...] = ()
    output: Output | None = None
    failure: str = ""
    zeroed_by: str = ""


def independent(trials: Iterable[Trial]) -> tuple[Trial, ...]:
    """Return the trials of one case that are draws of their own, by replicate.

    What a cache answered counts once, and only where nothing else was scored before it. Equal
    text alone is no sign of a copy.
    """
    kept: list[Trial] = []
    for trial in sorted(trials, key=lambda trial: trial.trial):
        copied = trial.output is not None and trial.output.cached
        if not (copied and any(before.composite is not None for before in kept)):
            kept.append(trial)
    return tuple(kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spend:
    """What a set of trials cost; ``unknown`` counts calls whose price nobody knows."""

    calls: int = 0
    retries: int = 0
    usd: float = 0.0
    unknown: int = 0


def shortened(text: str, limit: int) -> str:
    """Return a text of at most ``limit`` characters, with an ellipsis where it was cut."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def encodable(text: str) -> str:
    """Return a text that any file can hold: half a surrogate pair becomes a question mark."""
    return text.encode("utf-8", "replace").decode()


def spend_of(trials: Mapping[str, tuple[Trial, ...]]) -> Spend:
    """Add up the calls and the known dollars; recorded answers cost nothing now."""
    outputs = [t.output for ts in trials.values() for t in ts if t.output is not None]
    live = [output for output in outputs if not output.recorded]
    return Spend(
        calls=len(live),
        retries=sum(output.retries for output in live),
        usd=sum(output.cost_usd or 0.0 for output in live),
        unknown=sum(output.cost_usd is None for output in live),
    )
