"""Goes through a history run by run and keeps what a page shows of each series."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from sys import intern

from evalci.core.history import RunRecord, Trigger
from evalci.core.history_points import RunPoint, drawn_of, is_whole, point_of
from evalci.core.history_watch import Watching


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What is kept of the runs of one golden set with one model; ``newest`` is the last of them.

    ``points`` are those of the default branch, ``drawn`` those of them that lie on one line,
    watched by ``watching``. ``homes`` are the categories of the cases that the last drawn run
    asked, ``runs`` how many there are in all.
    """

    newest: RunRecord
    points: tuple[RunPoint, ...]
    drawn: tuple[RunPoint, ...]
    watching: Watching
    homes: dict[str, str]
    runs: int


def gathered(records: Iterable[RunRecord]) -> tuple[Gathered, ...]:
    """Return what is kept of runs with their cases, oldest first, series by series.

    Each run is let go before the next one is taken, so that a long history fits into memory.
    """
    found: dict[tuple[str, str], _Series] = {}
    for record in records:
        found.setdefault(record.series, _Series()).take(record)
    return tuple(series.gathered() for _, series in sorted(found.items()))


class _Series:
    """The runs of one series so far; those of each selection are watched apart."""

    def __init__(self) -> None:
        self._runs: list[RunRecord] = []
        self._points: list[RunPoint] = []
        self._requests: dict[str, str] = {}
        self._watching: dict[str, Watching] = {}
        self._homes: dict[str, dict[str, str]] = {}

    def take(self, record: RunRecord) -> None:
        self._runs.append(replace(record, cases=()))
        if record.trigger is Trigger.PULL_REQUEST:
            return
        point = point_of(record, anew=self._anew(record))
        self._points.append(point)
        if is_whole(record) and point.means:
            self._watching.setdefault(record.selection, Watching()).take(record)
            self._homes[record.selection] = {case.id: case.category for case in record.cases}

    def _anew(self, record: RunRecord) -> tuple[str, ...]:
        """Return the categories whose cases are asked otherwise than before."""
        known, anew = self._requests, set()
        for case in record.cases:
            if known.get(case.id, case.request) != case.request:
                anew.add(case.category)
            known[intern(case.id)] = case.request
        return tuple(sorted(anew))

    def gathered(self) -> Gathered:
        drawn = drawn_of(self._points)
        usual = drawn[-1].record.selection if drawn else ""
        ours = [point.record for point in self._points]
        return Gathered(
            newest=(ours or self._runs)[-1],
            points=tuple(self._points),
            drawn=drawn,
            watching=self._watching.get(usual, Watching()),
            homes=self._homes.get(usual, {}),
            runs=len(self._runs),
        )
