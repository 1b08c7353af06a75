"""Which names a history knows, and the first of a question that it does not."""

from collections.abc import Iterable, Iterator, Mapping

from evalci.core.history import Query, RunRecord
from evalci.core.problem import did_you_mean
from evalci.errors import UsageError

Names = Mapping[str, Iterable[str]]


def finds(records: Iterable[RunRecord], query: Query) -> bool:
    """Tell whether anything that a question asks for is among the runs that it found."""
    if query.match:
        return any(record.cases for record in records)
    if query.category:
        return any(record.categories or record.cases for record in records)
    return any(True for _ in records)


def unknown_name(query: Query, records: Iterable[RunRecord], others: Names) -> UsageError | None:
    """Return what to say of the first name in a question that nobody has, None without one.

    ``records`` are all of a history, with their cases where the question matches cases; an empty
    one is only not begun. ``others`` are names that it may yet come to know, by what they name.
    """
    known: dict[str, set[str]] = {}
    for record in records:
        for what, name in _names(record):
            known.setdefault(what, set()).add(name)
    for what, name in _asked(query) if known else ():
        names = known.get(what, set()) | set(others.get(what, ()))
        if name not in names:
            hint = did_you_mean(name, sorted(names))
            return UsageError(f"the history knows no {what} `{name}`", hint=hint)
    return None


def _asked(query: Query) -> Iterator[tuple[str, str]]:
    """Yield each name in a question after what it names."""
    own = {"golden set": query.golden_set, "model": query.model, "category": query.category}
    yield from ((what, name) for what, name in own.items() if name)
    yield from ((_word(what), name) for what, names in query.match.items() for name in names)


def _names(record: RunRecord) -> Iterator[tuple[str, str]]:
    yield "golden set", record.golden_set
    yield "model", record.model
    yield from (("category", category.name) for category in record.categories)
    for case in record.cases:
        yield "category", case.category
        for what, names in case.dimensions.items():
            yield from ((_word(what), name) for name in names)


def _word(dimension: str) -> str:
    return "tag" if dimension == "tags" else dimension
