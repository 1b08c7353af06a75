"""Live progress of a measurement: a bar on a terminal, a line for each look elsewhere."""

import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Self

import click

from evalci.core.trial import Request, Trial, usd_words

LINES = 5


class Progress:
    """Counts finished trials and their dollars; silent when there is nothing to wait for."""

    def __init__(self, total: int, label: str, *, looks: Sequence[int] = ()) -> None:
        """``total`` is the number of planned trials; more may follow between several ``looks``."""
        self._looks = list(looks) if len(looks) > 1 else []
        self._steps = not self._looks and total >= LINES
        self._said = 0
        self._total = total
        self._label = label
        self._done = 0
        self._unscored = 0
        self._usd = 0.0
        self._judge_usd: float | None = None
        self._unknown = False
        self._bar: _Bar | None = None

    def __enter__(self) -> Self:
        """Start the bar when standard error is a terminal."""
        if self._total and sys.stderr.isatty():
            self._bar = _Bar(self._total, self._label)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the bar away, or say where it ended."""
        if self._bar is not None:
            self._bar.stop()
        elif self._looks:
            self._say()

    def __call__(self, trial: Trial, request: Request) -> None:
        """Count one finished trial."""
        del request
        while self._looks[1:] and trial.trial >= self._looks[0]:
            del self._looks[0]
            self._say()
        self._done += 1
        self._unscored += trial.composite is None
        if trial.output is not None and trial.output.live:
            self._usd += trial.output.cost_usd or 0.0
            self._unknown = self._unknown or trial.output.cost_usd is None
        for spend in (score.judge.spend for score in trial.scores if score.judge):
            self._judge_usd = (self._judge_usd or 0.0) + spend.usd
            self._unknown = self._unknown or spend.unknown > 0
        if self._bar is not None:
            self._bar.update(self._done, self._cost())
        elif self._steps and self._done <= self._total and self._at_a_step():
            self._say()

    def _at_a_step(self) -> bool:
        return self._done * LINES // self._total > (self._done - 1) * LINES // self._total

    def _say(self) -> None:
        """Print how far it is off a terminal, once for the same number of trials."""
        if self._bar is not None or self._done == self._said:
            return
        self._said = self._done
        goal = f"/{self._total}" if self._steps else ""
        trials = "trial" if self._done == 1 and not goal else "trials"
        unscored = f", {self._unscored} unscored" if self._unscored else ""
        line = f"{self._done}{goal} {trials}{unscored}, {self._cost()}"
        click.echo(f"{self._label}: {line}", err=True)

    def _cost(self) -> str:
        """Return what was paid so far, and the judge's part of it where somebody judges."""
        judge = self._judge_usd
        usd = self._usd + (judge or 0.0)
        if self._unknown and not usd:
            return "unknown†"
        whole = f"{usd_words(usd)}{'†' if self._unknown else ''}"
        return whole if judge is None else f"{whole} (judge {usd_words(judge)})"


class _Bar:
    """The bar on a terminal, with the time left and the running cost."""

    def __init__(self, total: int, label: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        self._rich = RichProgress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("ETA"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[cost]}"),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._rich.add_task(label, total=total, cost="$0.00")
        self._rich.start()

    def update(self, done: int, cost: str) -> None:
        """Move the bar."""
        self._rich.update(self._task, completed=done, cost=cost)

    def stop(self) -> None:
        """Remove the bar."""
        self._rich.stop()
