"""Overrides that were given by comment: the hidden line of our reply that keeps each of them."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields, replace

from evalci.core.comment_command import Command, Verb, is_command, parse_command
from evalci.core.json_value import as_object, parse_json, unread_by_html
from evalci.core.override_terms import Override
from evalci.errors import BadInputError

# The longest reason in letters that JSON writes as two escapes each, and what stands beside it.
MAX_RECORD = 20_000
_RECORD = re.compile(r"<!-- evalci:override (\{[^<>]*\}) -->")
_LATER = {"refused", "approved_by"}
_NAMES = tuple(field.name for field in fields(Override) if field.name not in _LATER)
_COMMAND = re.compile(r"comment ([1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A comment of a pull request; ``ours`` says that our own account wrote it."""

    id: int
    author: str
    body: str
    edited: bool
    ours: bool = False
    bot: bool = False


def comment_source(number: int) -> str:
    """Return what an override names as its source when a comment asked for it."""
    return f"comment {number}"


def reply_mark(comment: int) -> str:
    """Return the first line of our reply to a comment, which names it."""
    return f"<!-- evalci:reply v=1 to={comment} -->"


def record_text(override: Override, folder: str = "") -> str:
    """Return the hidden line that keeps an override; `read_records` finds it in a reply.

    ``folder`` is that of the project that it is for, empty at the top of the repository.
    """
    kept = {name: value for name, value in asdict(override).items() if name in _NAMES}
    kept |= {"folder": folder} if folder else {}
    text = json.dumps(kept, sort_keys=True, separators=(",", ":"))
    return f"<!-- evalci:override {unread_by_html(text)} -->"


def read_records(remarks: Iterable[Remark], folder: str = "") -> tuple[Override, ...]:
    """Return the overrides that our replies keep for a project, those that prove nothing refused.

    Only replies of our own account that nobody edited are read at all. Each must name the comment
    that asked for it, which must still stand, unedited, from the person that it names. Of several
    for one command, golden set and model the oldest counts: what a command was answered, no later
    words of the same account, which other workflows have, too, can change.
    """
    known = {remark.id: remark for remark in sorted(remarks, key=lambda remark: remark.id)}
    oldest: dict[tuple[str, str, str], Override] = {}
    for remark in known.values():
        if remark.ours and not remark.edited:
            for one in _records(remark.body, folder):
                oldest.setdefault((one.source, one.golden_set, one.model), one)
    return tuple(replace(one, refused=_unproven(one, known, folder)) for one in oldest.values())


def _records(body: str, folder: str) -> Iterator[Override]:
    """Yield a project's records of a reply; those of another command than it answers are none."""
    first, *lines = body.splitlines() or [""]
    for line in lines:
        found = _RECORD.fullmatch(line.strip())
        override = _override(found.group(1), folder) if found and len(line) <= MAX_RECORD else None
        if override is not None and first == _mark_of(override):
            yield override


def _mark_of(one: Override) -> str | None:
    found = _COMMAND.fullmatch(one.source)
    return reply_mark(int(found.group(1))) if found else None


def _override(text: str, folder: str) -> Override | None:
    """Return what a record says of a project, None for all but texts under exactly our names."""
    try:
        data = dict(as_object(parse_json(text)))
    except ValueError:
        return None
    if data.pop("folder", "") != folder or set(data) != set(_NAMES):
        return None
    if not all(isinstance(value, str) for value in data.values()):
        return None
    return Override(**{name: str(data[name]) for name in _NAMES})


def _unproven(one: Override, known: dict[int, Remark], folder: str) -> str:
    """Return why the comment that asked for an override does not bear it out, else nothing."""
    found = _COMMAND.fullmatch(one.source)
    command = known.get(int(found.group(1))) if found else None
    if command is None:
        return "the comment that asked for it is gone"
    if command.edited:
        return "the comment that asked for it was edited"
    if command.bot or command.author != one.by or not _asks(command.body, one, folder):
        return "the comment that it names does not ask for it"
    return ""


def _asks(body: str, one: Override, folder: str) -> bool:
    """Tell whether a comment holds the command for this category, commit and project."""
    try:
        command = parse_command(body) if is_command(body) else None
    except BadInputError:
        return False
    match command:
        case Command(verb=Verb.OVERRIDE, sha=sha, category=category) if command.concerns(folder):
            return (sha, category) == (one.head, one.category)
        case _:
            return False
