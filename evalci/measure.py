"""Runs draws: asks the model, scores the output; the only place that runs things concurrently."""

import threading
from collections.abc import Callable, Iterator, Sequence, Sized
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from evalci.core.judgement import UNREACHED, judge_answered, judge_unreached
from evalci.core.ports import ModelClient
from evalci.core.trial import Request, Trial
from evalci.errors import BudgetError, CallError, StopRunError
from evalci.scorers.registry import CaseScorer

# So many failures in a row at the start, and no success, mean that no call will succeed. So do as
# many answers in a row whose judge could not be asked: what is measured on is paid for in vain.
HOPELESS_AFTER = 20
LEAST_ROUND = 5  # a single answer may be one that the vendor fails on
TICK_S = 0.02
AT_HAND_S = 0.001  # what an answer out of the cache takes at most, with its scores


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One draw to run: what to ask, and how to score the answer."""

    request: Request
    scorer: CaseScorer


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The trials that ran, in the order of the work; ``stopped`` says why the rest did not.

    ``exhausted`` tells that it was the budget; ``lost`` counts requests that left no trial.
    """

    trials: tuple[Trial, ...]
    stopped: str = ""
    exhausted: bool = False
    lost: int = 0


def measure(
    work: Sequence[Work],
    *,
    client: ModelClient,
    concurrency: int,
    clean: Callable[[Trial], Trial],
    on_trial: Callable[[Trial, Request], None],
) -> Measured:
    """Run every draw with at most ``concurrency`` calls in flight.

    A failed call leaves an unscored trial; StopRunError, nothing but failures at the start or for
    two rounds later, or a judge that cannot be asked any more ends the measurement. ``clean`` takes
    secrets out of a scored trial before anybody keeps it. ``on_trial`` is called for each finished
    trial, by one thread at a time.
    """
    workers = min(concurrency, len(work))
    pool = _Pool(work, client, clean, on_trial, patience=max(HOPELESS_AFTER, 2 * workers))
    if workers == 0:
        return Measured(trials=())
    executor = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="measure")
    try:
        futures = [executor.submit(pool.drain)]
        if _leaves_some(futures[0], pool.done):
            futures += [executor.submit(pool.drain) for _ in range(workers - 1)]
        for future in futures:
            future.result()
    except BaseException:
        pool.stop("interrupted")
        raise
    finally:
        # Workers that are still at it, after ^C say, are not waited for.
        executor.shutdown(wait=False, cancel_futures=True)
    return Measured(
        trials=tuple(pool.done[index] for index in sorted(pool.done)),
        stopped=pool.stopped,
        exhausted=pool.exhausted,
        lost=pool.lost,
    )


def _leaves_some(worker: "Future[None]", done: Sized) -> bool:
    """Tell whether a first worker leaves work to others, as soon as that is known.

    It does when what it has ``done`` grows slower than answers that are at hand would. For those
    one worker is fastest: further ones would fight for the interpreter.
    """
    while True:
        before = len(done)
        if not wait([worker], timeout=TICK_S).not_done:
            return False
        if len(done) - before < TICK_S / AT_HAND_S:
            return True


class _Pool:
    """The shared state of the workers: one iterator of work, guarded by one lock."""

    def __init__(
        self,
        work: Sequence[Work],
        client: ModelClient,
        clean: Callable[[Trial], Trial],
        on_trial: Callable[[Trial, Request], None],
        *,
        patience: int,
    ) -> None:
        self.done: dict[int, Trial] = {}
        self.stopped = ""
        self.exhausted = False
        self.lost = 0
        self._client = client
        self._clean = clean
        self._on_trial = on_trial
        self._lock = threading.Lock()
        self._work: Iterator[tuple[int, Work]] = iter(enumerate(work))
        self._failures = 0
        self._patience = patience
        self._unjudged = 0
        self._judges_patience = max(LEAST_ROUND, min(HOPELESS_AFTER, len(work)))
        self._succeeded = False

    def stop(self, reason: str, exc: StopRunError | None = None) -> None:
        """Let no further work begin; the first reason stays."""
        with self._lock:
            self.exhausted = self.exhausted or (not self.stopped and isinstance(exc, BudgetError))
            self.stopped = self.stopped or reason
            self.lost += exc.sent if exc else 0

    def drain(self) -> None:
        """Take work until there is none, as one worker."""
        while (item := self._next()) is not None:
            index, work = item
            try:
                self._finish(index, work, self._clean(self._run(work)))
            except StopRunError as exc:
                self.stop(str(exc), exc)
                return
            except BaseException:
                self.stop("unexpected failure")
                raise

    def _next(self) -> tuple[int, Work] | None:
        with self._lock:
            return None if self.stopped else next(self._work, None)

    def _run(self, work: Work) -> Trial:
        request = work.request
        try:
            output = self._client.complete(request)
        except CallError as exc:
            self._failed(exc, request)
            return Trial(
                case=request.case,
                trial=request.trial,
                composite=None,
                failure=str(exc),
                sent=exc.sent,
            )
        try:
            return work.scorer.trial(request.trial, output)
        except StopRunError as exc:
            # The answer leaves no trial, either.
            exc.sent += 1 + output.retries if output.live else 0
            raise

    def _finish(self, index: int, work: Work, trial: Trial) -> None:
        with self._lock:
            self.done[index] = trial
            self._on_trial(trial, work.request)
            if trial.output is not None and trial.output.live:
                self._succeeded, self._failures = True, 0
            self._watch_judge(trial)

    def _failed(self, exc: CallError, request: Request) -> None:
        """Stop when nothing succeeds any more.

        Once something has, a rejected request and a failing pipeline may be the case's own doing.
        """
        outage = exc.transient and not request.model.commanded
        with self._lock:
            self._failures += outage or not self._succeeded
            count, patience = self._failures, self._patience if self._succeeded else HOPELESS_AFTER
            if count >= patience and not self.stopped:
                which = f"{count} calls in a row" if self._succeeded else f"the first {count} calls"
                self.stopped = f"{which} all failed: {exc}"

    def _watch_judge(self, trial: Trial) -> None:
        """Stop when no answer is judged any more, of few a whole round of them."""
        if judge_answered(trial):
            self._unjudged = 0
        self._unjudged += judge_unreached(trial)
        if self._unjudged >= self._judges_patience and not self.stopped:
            why = f"{UNREACHED}{trial.failure.partition(UNREACHED)[2]}"
            self.stopped = f"{self._unjudged} answers in a row have no score: {why}"
