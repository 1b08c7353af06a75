"""Commands in comments on a pull request: what one says, and whether it is obeyed."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import PurePosixPath

from evalci.core.override_terms import Role
from evalci.core.problem import did_you_mean
from evalci.errors import BadInputError

WORD = "/evalci"
MAX_LINE = 2_000
WHOLE_SHA = 40
READY = "the reply to `/evalci run <sha>` has the whole line to copy"
STRANGER = "commands are for people with write access to this repository"
_SHA = re.compile(r"[0-9a-f]{7,64}")
_PROJECT = re.compile(r"(\S+):\s+")
_QUOTED = re.compile(r"""\s*(?:"([^"]*)"|`([^`]*)`|(\S+))""")


class Verb(StrEnum):
    """What a command asks for."""

    RUN = "run"
    OVERRIDE = "override"
    ACCEPT = "accept"
    RERUN = "rerun"


FORMS = {
    Verb.RUN: f"{WORD} run <sha>",
    Verb.OVERRIDE: f"{WORD} override <{WHOLE_SHA} digits> <category> <reason>",
    Verb.ACCEPT: f"{WORD} accept <{WHOLE_SHA} digits> <reason>",
    Verb.RERUN: f"{WORD} rerun <sha>",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command: ``sha`` is a full commit; where it binds nobody, its first 7 digits or more.

    ``digest`` names the text that a `run` confirms, empty for the first `run`, which lists it;
    ``category`` and ``reason`` are as the person wrote them. ``project`` is the folder of the one
    that is meant, empty for the top of the repository, None where nobody says which.
    """

    verb: Verb
    sha: str
    digest: str = ""
    category: str = ""
    reason: str = ""
    project: str | None = None

    def concerns(self, folder: str) -> bool:
        """Tell whether the project in a folder is meant, as every one is where none is named."""
        return self.project in {None, folder}


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What GitHub says, now, of a comment, of who wrote it, and of where it stands.

    ``head`` (a commit) and ``base`` (a branch) are empty on an issue, which is no ``pull_request``;
    ``written_at`` is the time of the comment (ISO 8601).
    """

    sender: str
    role: Role
    written_at: str
    edited: bool
    pull_request: bool
    open: bool = False
    head: str = ""
    base: str = ""
    default_branch: str = ""

    @property
    def stranger(self) -> bool:
        """Tell whether the sender may not write to the repository."""
        return not self.role.reaches(Role.WRITE)


def is_command(body: str) -> bool:
    """Tell whether a comment begins with the word that is meant for us."""
    return body.split(maxsplit=1)[:1] == [WORD] and body.startswith(WORD)


def parse_command(body: str) -> Command:
    """Return the command on the first line of a comment; BadInputError says what is wrong with it.

    What stands below the first line is for people.
    """
    line = body.splitlines()[0].removeprefix(WORD).strip()
    if len(line) > MAX_LINE:
        raise BadInputError(f"the line has more than {MAX_LINE:,} characters")
    project = _PROJECT.match(line)
    if project is None or project.group(1) in set(Verb):
        return _parse(line)
    folder = str(PurePosixPath(project.group(1).strip("/")))
    return replace(_parse(line[project.end() :]), project="" if folder == "." else folder)


def _parse(line: str) -> Command:
    word, _, rest = line.partition(" ")
    if word not in set(Verb):
        what = f"`{word}` is not a command" if word else "the command is missing"
        raise BadInputError(what, hint=did_you_mean(word, list(Verb)))
    verb = Verb(word)
    sha, _, words = rest.strip().partition(" ")
    if not _SHA.fullmatch(sha):
        raise BadInputError("the commit is missing or is no SHA", hint=_form(verb))
    command = _with_words(Command(verb=verb, sha=sha), words.strip())
    _require_whole(command)
    return command


def _require_whole(command: Command) -> None:
    """Refuse a short commit where a word is given: another commit can be made to begin like it."""
    binds = command.verb in {Verb.OVERRIDE, Verb.ACCEPT} or command.digest
    if binds and len(command.sha) < WHOLE_SHA:
        hint = READY if command.digest else f"name the whole SHA: {_form(command.verb)}"
        raise BadInputError(f"`{command.sha}` is too short to name one commit", hint=hint)


def _with_words(command: Command, words: str) -> Command:
    verb, sha = command.verb, command.sha
    match verb:
        case Verb.RUN:
            return Command(verb=verb, sha=sha, digest=_digest(words))
        case Verb.OVERRIDE:
            category, reason = _category(words)
            return Command(verb=verb, sha=sha, category=category, reason=reason)
        case Verb.ACCEPT:
            if not words:
                raise BadInputError("the reason is missing", hint=_form(verb))
            return Command(verb=verb, sha=sha, reason=words)
        case Verb.RERUN:
            if words:
                raise BadInputError("there is more than a commit", hint=_form(verb))
            return command


def _digest(words: str) -> str:
    if not words:
        return ""
    found = re.fullmatch(r"confirm ([0-9a-f]{32})", words)
    if not found:
        raise BadInputError("what follows the commit is not understood", hint=READY)
    return found.group(1)


def _category(words: str) -> tuple[str, str]:
    """Return a category, in quotes where it has spaces, and the reason after it."""
    found = _QUOTED.match(words)
    category = next((part for part in found.groups() if part), "") if found else ""
    reason = words[found.end() :].strip() if found else ""
    if not category or not reason:
        missing = "reason" if category else "category"
        raise BadInputError(f"the {missing} is missing", hint=_form(Verb.OVERRIDE))
    return category, reason


def _form(verb: Verb) -> str:
    return f"write `{FORMS[verb]}`"


def refusal(command: Command, now: Situation) -> str:
    """Return why a command is not obeyed, as a sentence without its full stop; empty if it is.

    Who may not command is told nothing else.
    """
    only_default = command.verb in {Verb.RUN, Verb.ACCEPT} and now.base != now.default_branch
    elsewhere = (
        f"`{command.verb}` works with config and baseline of `{now.default_branch}`, and this "
        "pull request goes into another branch"
    )
    reasons = (
        (now.stranger, STRANGER),
        (not now.pull_request, "commands work in pull requests; this is an issue"),
        (now.edited, "the comment was edited; write the command in a new one"),
        (not now.open, "the pull request is not open any more"),
        (
            not now.head.startswith(command.sha),
            f"the head is `{now.head}` now, not `{command.sha}`; look at it, then name that",
        ),
        (only_default, elsewhere),
    )
    return next((why for applies, why in reasons if applies), "")
