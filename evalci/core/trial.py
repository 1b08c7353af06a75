"""One independent draw for a case: what was asked, what came back, how it was scored."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from evalci.core.criterion import CriterionScore
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
    """What one trial asks; ``hash`` is the request hash, equal for all trials of a case.

    ``inputs`` are the variables behind the messages, for a pipeline that does its own prompting.
    ``reply_schema`` is the JSON Schema of the wanted answer, for vendors who hold a model to it.
    ``fresh`` asks anew, because the answer that the cache holds was of no use.
    """

    case: str
    trial: int
    model: ModelConfig
    messages: tuple[Message, ...]
    params: JsonObject
    hash: str
    inputs: JsonObject = field(default_factory=dict)
    reply_schema: JsonObject = field(default_factory=dict)
    fresh: bool = False


REFUSAL = "the model refused"
FILTERED = "the content filter stopped the answer"
SCORE_DIGITS = 6  # of every score that is kept
USD_DIGITS = 9  # of what a call cost


def rounded_usd(dollars: float | None) -> float | None:
    """Return what a call cost with the digits that are kept of it; None stays unknown."""
    return None if dollars is None else round(dollars, USD_DIGITS)


def usd_words(dollars: float) -> str:
    """Return known dollars as people read them: less than a cent is not nothing."""
    return "< $0.01" if 0 < dollars < 0.01 else f"${dollars:,.2f}"


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
    waiting; None for a recorded or cached answer. ``retries`` counts re-sent calls before it.
    ``cached`` means that an earlier run paid for it: ``cost_usd`` is what it paid. Our cache
    keeps an answer for each trial, so that one is a draw like any other. ``copied`` means that the
    answer was made for another trial, as when a vendor's cache repeats one: it is no further draw.
    ``left_out`` names parameters that the vendor rejected, and that were not sent.
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
    copied: bool = False
    left_out: str = ""

    @property
    def live(self) -> bool:
        """Tell whether this answer was asked for, and paid, now."""
        return not (self.recorded or self.cached)

    @property
    def tokens(self) -> int | None:
        """Return the tokens in and out, None when one of them is unknown."""
        if self.input_tokens is None or self.output_tokens is None:
            return None
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Spend:
    """What a set of trials cost; ``unknown`` counts calls whose price nobody knows.

    ``calls`` plus ``retries`` are the requests that were sent; ``cached`` answers cost nothing now.
    """

    calls: int = 0
    retries: int = 0
    usd: float = 0.0
    unknown: int = 0
    tokens: int = 0
    cached: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedBy:
    """Who judged one output, by what, and what that took.

    ``model`` is the requested id, ``resolved`` what the vendor says answered, ``rubric`` the hash
    of the rubric. ``masked`` counts the places where a name of a model was hidden from the judge,
    ``cut`` the characters left out for length. ``akin`` says that judge and model are of one
    family, ``left_out`` names parameters that the judge's vendor rejects. ``unusable`` counts the
    replies that gave no score, and calls that failed. ``spend`` is the judge's, not the model's.
    ``pairwise``: it said which is better, the output or the reference answer.
    """

    model: str
    resolved: tuple[str, ...] = ()
    rubric: str = ""
    repeats: int = 1
    masked: int = 0
    cut: int = 0
    akin: bool = False
    left_out: str = ""
    unusable: int = 0
    spend: Spend = field(default_factory=Spend)
    pairwise: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A scorer's opinion of one output, ``value`` from 0 to 1; below 0 where points are deducted.

    ``details`` are further lines, such as every failing test. ``value`` is None when the scorer
    could not form one. That is not a zero: an unscored trial
    never counts for or against the prompt. ``measures`` are numbers behind the value, by name;
    ``zeroes`` says that the whole trial is zero, whatever else is in it. A judge gives a score
    for each of the ``criteria``; ``spread`` is the standard deviation of its repeats, None where
    there are not two.
    """

    scorer: str
    value: float | None
    reason: str = ""
    details: tuple[str, ...] = ()
    measures: Mapping[str, float] = field(default_factory=dict)
    zeroes: bool = False
    criteria: tuple[CriterionScore, ...] = ()
    spread: float | None = None
    judge: JudgedBy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One draw for a case; ``composite`` None means unscored, with the cause in ``failure``.

    ``passed`` is True when every pass/fail scorer gave 1 and no `fail_if` matched; None when the
    case has no pass/fail scorer or the trial is unscored. ``sent`` counts the requests of a trial
    that got no output; those of an output are 1 + its retries.
    """

    case: str
    trial: int
    composite: float | None
    passed: bool | None = None
    scores: tuple[Score, ...] = ()
    output: Output | None = None
    failure: str = ""
    zeroed_by: str = ""
    sent: int = 0

    @property
    def judges(self) -> tuple[str, ...]:
        """Return which judges answered, as their vendors name them."""
        judged = [score.judge.resolved for score in self.scores if score.judge is not None]
        return tuple(sorted({name for names in judged for name in names}))


def independent(trials: Iterable[Trial]) -> tuple[Trial, ...]:
    """Return the trials of one case that are draws of their own, by replicate.

    A copied answer counts once, and only where nothing else was scored before it. An answer of
    our own cache is a draw of its own, so that a run that is answered from there decides like the
    run that paid. Equal text alone is no sign of a copy.
    """
    kept: list[Trial] = []
    for trial in sorted(trials, key=lambda trial: trial.trial):
        copied = trial.output is not None and trial.output.copied
        if not (copied and any(before.composite is not None for before in kept)):
            kept.append(trial)
    return tuple(kept)


def shortened(text: str, limit: int) -> str:
    """Return a text of at most ``limit`` characters, with an ellipsis where it was cut."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def spend_of(trials: Mapping[str, tuple[Trial, ...]]) -> Spend:
    """Add up the calls and the known dollars; recorded and cached answers cost nothing now."""
    every = [trial for ts in trials.values() for trial in ts]
    outputs = [trial.output for trial in every if trial.output is not None]
    return spend_on(outputs, vain=[t.sent for t in every if t.output is None and t.sent])


def spend_on(outputs: Sequence[Output], *, vain: Sequence[int] = ()) -> Spend:
    """Add up answers; ``vain`` are the requests of each call that got none."""
    live = [output for output in outputs if output.live]
    return Spend(
        calls=len(live) + len(vain),
        retries=sum(output.retries for output in live) + sum(sent - 1 for sent in vain),
        usd=sum(output.cost_usd or 0.0 for output in live),
        unknown=sum(output.cost_usd is None for output in live),
        tokens=sum((o.input_tokens or 0) + (o.output_tokens or 0) for o in live),
        cached=sum(output.cached for output in outputs),
    )


def total_of(spends: Iterable[Spend]) -> Spend:
    """Return the sum of several spends."""
    found = tuple(spends)
    return Spend(
        calls=sum(spend.calls for spend in found),
        retries=sum(spend.retries for spend in found),
        usd=sum(spend.usd for spend in found),
        unknown=sum(spend.unknown for spend in found),
        tokens=sum(spend.tokens for spend in found),
        cached=sum(spend.cached for spend in found),
    )
