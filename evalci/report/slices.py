"""What a report says of slices: those that moved beyond chance, and how many were looked at."""

from evalci.core.slice import Slice, Slices
from evalci.core.statistical_words import p_text
from evalci.report.escape import counted, mark_code
from evalci.report.numbers import Movement

MOST_EACH = 5
HELP = (
    "A slice is all compared cases with one value, across categories: a category that moved takes "
    "its slices along. Shown is what passes Benjamini-Hochberg at 10 % (paired p, either "
    "direction), so that of ten found one may be chance. Slices never block."
)


def slice_counts(slices: Slices) -> str:
    """Return how many slices moved, of how many."""
    worse, better = _worse(slices), _better(slices)
    moved = [f"{len(worse)} worse"] * bool(worse) + [f"{len(better)} better"] * bool(better)
    return f"{', '.join(moved) or 'none moved'} beyond chance, {slices.looked_at} looked at"


def slice_lines(slices: Slices) -> tuple[str, ...]:
    """Return the slices that moved most in each direction, then how to read them."""
    if not slices.looked_at:
        return ()
    worse, better = _worse(slices), _better(slices)
    shown = (*worse[:MOST_EACH], *better[:MOST_EACH])
    more = len(slices.found) - len(shown)
    command = mark_code("evalci report --format json")
    rest = [f"{counted(more, 'more slice')}: {command} has all"] * bool(more)
    return (*map(_line, shown), *rest, HELP)


def _worse(slices: Slices) -> tuple[Slice, ...]:
    return tuple(one for one in slices.found if one.drop > 0)


def _better(slices: Slices) -> tuple[Slice, ...]:
    return tuple(one for one in reversed(slices.found) if one.drop <= 0)


def _line(one: Slice) -> str:
    moved = Movement(before=one.before, now=one.now, cases=one.cases, trials=one.trials)
    word = "worse" if one.drop > 0 else "better"
    return f"{mark_code(one.name)} {word}: {moved.words}, {p_text(one.p)}, {moved.size}"
