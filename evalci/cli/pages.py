"""The files that `evalci run --html --junit` writes beside its report, whatever it ends in."""

from pathlib import Path
from types import TracebackType
from typing import Self

import click

from evalci.cli.show import say
from evalci.edges.files import check_writable, write_text
from evalci.errors import BadInputError, ExitCode, UsageError


class Pages:
    """Writes the wanted files when its block ends, from what the index of the runs then tells.

    ``codes`` holds an exit code when a file could not be written at the end: the verdict is known
    by then, and a failed gate must not hide behind a full disk.
    """

    def __init__(self, runs: Path, *, html: Path | None, junit: Path | None) -> None:
        """``runs`` is the folder of the index; None leaves a file out."""
        self._runs = runs
        self._wanted = [
            (kind, place) for kind, place in (("html", html), ("junit", junit)) if place
        ]
        self._checked = False
        self.codes: list[int] = []

    def check(self) -> None:
        """Refuse a file that cannot be written, before anything is paid for."""
        places = {place.resolve() for _, place in self._wanted}
        if len(places) < len(self._wanted):
            raise UsageError("--html and --junit name the same file")
        for _, place in self._wanted:
            check_writable(place)
        self._checked = True

    def __enter__(self) -> Self:
        """Wait for the end."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Write the files, also after a failure."""
        if not (self._checked and self._wanted):
            return
        from evalci.cli.last_run import last_run
        from evalci.report.formats import render_all

        found = last_run(self._runs)
        for form, place in self._wanted:
            self._write(place, render_all(found.runs, form, found.failures))

    def _write(self, place: Path, text: str) -> None:
        try:
            write_text(place, text)
            say(f"wrote {place}")
        except BadInputError as exc:
            click.echo(f"evalci: {exc}", err=True)
            self.codes.append(ExitCode.BAD_INPUT)
