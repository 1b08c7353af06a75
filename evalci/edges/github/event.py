"""What started this workflow: the variables of GitHub Actions and the payload of the event."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from evalci.core.json_value import Json, value_at
from evalci.core.proposal import is_foreign, same_repository
from evalci.core.publication import Origin
from evalci.errors import BadInputError

MAX_PAYLOAD_BYTES = 50_000_000
_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
_QUEUED = re.compile(r"/pr-([1-9][0-9]{0,15})-[0-9a-f]+$")
_NEEDED = ("GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH", "GITHUB_REPOSITORY", "GITHUB_SHA")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The workflow run that a `workflow_run` event is about: who ran what, and for which commit.

    ``repository`` (`owner/name`) and ``branch`` are those of its head, and anybody may have named
    them; ``repository`` is empty for a fork that was deleted.
    """

    run_id: int
    attempt: int
    event: str
    head: str
    repository: str
    branch: str
    foreign: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Where a publisher speaks from, and to what.

    ``origin.head`` is what the checks are about, ``sha`` the commit that the workflow has checked
    out; ``default_branch`` is None unless the event is a push to it. ``foreign`` tells that a fork
    proposes something, ``checked`` is the run that a `workflow_run` event is about, ``queued`` the
    pull request that a merge queue tests. ``trunk`` is the default branch, ``base`` the branch that
    a pull request or merge group goes into, empty where the payload knows none.
    """

    origin: Origin
    repository: str
    sha: str
    api_url: str
    graphql_url: str
    pull_request: int | None = None
    queued: int | None = None
    default_branch: str | None = None
    foreign: bool = False
    checked: Checked | None = None
    trunk: str = ""
    base: str = ""

    @property
    def aside(self) -> str:
        """Return the branch that is proposed to, empty when it is the default branch."""
        return "" if self.base == self.trunk else self.base


def read_event(variables: Mapping[str, str] = os.environ, *, head: str = "") -> Event:
    """Return the event of this workflow; BadInputError outside of one.

    ``head`` is the commit that a comment named: its event knows the default branch only.
    """
    missing = [name for name in _NEEDED if not variables.get(name)]
    if missing:
        message = f"`evalci publish` works in a GitHub Actions job; not set: {', '.join(missing)}"
        raise BadInputError(message, hint="`evalci report` shows the report anywhere")
    name, sha = variables["GITHUB_EVENT_NAME"], variables["GITHUB_SHA"]
    if name == "pull_request_target":
        message = "`evalci publish` does not speak for pull_request_target"
        raise BadInputError(message, hint="let the workflow run on pull_request")
    payload = _payload(Path(variables["GITHUB_EVENT_PATH"]), name)
    checked = _checked_run(payload) if name == "workflow_run" else None
    api_url = variables.get("GITHUB_API_URL") or "https://api.github.com"
    return Event(
        origin=_origin(variables, payload, checked, head),
        repository=_checked(variables["GITHUB_REPOSITORY"], _REPOSITORY, "GITHUB_REPOSITORY"),
        sha=_checked(sha, _SHA, "GITHUB_SHA"),
        api_url=api_url.rstrip("/"),
        graphql_url=variables.get("GITHUB_GRAPHQL_URL") or _graphql_url(api_url),
        pull_request=_number(name, payload),
        queued=_queued(payload) if name == "merge_group" else None,
        default_branch=_default_branch(name, payload),
        foreign=name == "pull_request" and is_foreign(payload),
        checked=checked,
        trunk=_word(value_at(payload, "repository", "default_branch")),
        base=_base(name, payload),
    )


def _origin(
    variables: Mapping[str, str], payload: Json, checked: Checked | None, head: str
) -> Origin:
    """Return who speaks; for the run of somebody else, that run."""
    name, sha = variables["GITHUB_EVENT_NAME"], variables["GITHUB_SHA"]
    if checked is not None:
        run_id = str(checked.run_id)
        return Origin(
            head=checked.head,
            run_id=checked.run_id,
            attempt=checked.attempt,
            run_url=_run_url({**variables, "GITHUB_RUN_ID": run_id}),
            event=name,
        )
    return Origin(
        head=_checked(head, _SHA, "the head") if head else _head(name, payload, sha),
        run_id=_count(variables, "GITHUB_RUN_ID"),
        attempt=_count(variables, "GITHUB_RUN_ATTEMPT"),
        run_url=_run_url(variables),
        event=name,
    )


def _checked_run(payload: Json) -> Checked:
    """Return the run that ended; its `pull_requests` are not asked, for a fork they are empty."""
    run = value_at(payload, "workflow_run")
    head = value_at(run, "head_sha")
    home = value_at(run, "head_repository", "full_name")
    own = value_at(payload, "repository", "full_name")
    repository = home if isinstance(home, str) and _REPOSITORY.fullmatch(home) else ""
    return Checked(
        run_id=_positive(run, "id"),
        attempt=_positive(run, "run_attempt"),
        event=_word(value_at(run, "event")),
        head=_checked(head, _SHA, "the payload of workflow_run: `workflow_run.head_sha`"),
        repository=repository,
        branch=_word(value_at(run, "head_branch")),
        foreign=not (isinstance(own, str) and same_repository(repository, own)),
    )


def _positive(run: Json, name: str) -> int:
    number = value_at(run, name)
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise BadInputError(f"the payload of workflow_run: `workflow_run.{name}` is missing")
    return number


def _word(value: Json) -> str:
    return value if isinstance(value, str) else ""


def _payload(place: Path, name: str) -> Json:
    """Return the payload in a file; it comes from GitHub, but parts of it from anybody."""
    try:
        if place.stat().st_size > MAX_PAYLOAD_BYTES:
            raise BadInputError(f"the payload of {name} is too large: {place}")
        payload: Json = json.loads(place.read_bytes())
    except OSError as exc:
        raise BadInputError(f"cannot read the payload of {name}: {exc.strerror}") from None
    except (ValueError, RecursionError):
        raise BadInputError(f"the payload of {name} is not valid JSON: {place}") from None
    if not isinstance(payload, Mapping):
        raise BadInputError(f"the payload of {name} is not a JSON object: {place}")
    return payload


def _head(name: str, payload: Json, sha: str) -> str:
    """Return the commit that a check belongs to: never the merge commit of a pull request."""
    match name:
        case "pull_request":
            path: tuple[str, ...] = ("pull_request", "head", "sha")
        case "merge_group":
            path = ("merge_group", "head_sha")
        case _:
            return sha
    return _checked(value_at(payload, *path), _SHA, f"the payload of {name}: `{'.'.join(path)}`")


def _number(name: str, payload: Json) -> int | None:
    """Return the number of the pull request, None where the event is about none."""
    place = {"pull_request": "pull_request", "issue_comment": "issue"}.get(name)
    if place is None:
        return None
    number = value_at(payload, place, "number")
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise BadInputError(f"the payload of {name}: `{place}.number` is missing")
    return number


def _base(name: str, payload: Json) -> str:
    if name == "merge_group":
        return _word(value_at(payload, name, "base_ref")).removeprefix("refs/heads/")
    return _word(value_at(payload, name, "base", "ref"))


def _queued(payload: Json) -> int | None:
    """Return the pull request at the end of a merge group, which only its branch names."""
    found = _QUEUED.search(str(value_at(payload, "merge_group", "head_ref")))
    return int(found.group(1)) if found else None


def _default_branch(name: str, payload: Json) -> str | None:
    branch = value_at(payload, "repository", "default_branch")
    if name != "push" or not isinstance(branch, str):
        return None
    return branch if value_at(payload, "ref") == f"refs/heads/{branch}" else None


def _checked(value: Json, form: re.Pattern[str], what: str) -> str:
    if not isinstance(value, str) or not form.fullmatch(value):
        raise BadInputError(f"{what} is missing or malformed")
    return value


def _count(variables: Mapping[str, str], name: str) -> int:
    """Return a number of a run, which decides who is newer; 1 where there is none."""
    value = variables.get(name) or "1"
    if not (value.isascii() and value.isdigit()):
        raise BadInputError(f"{name} is not a number")
    return int(value)


def _run_url(variables: Mapping[str, str]) -> str:
    server = (variables.get("GITHUB_SERVER_URL") or "https://github.com").rstrip("/")
    run = variables.get("GITHUB_RUN_ID")
    return f"{server}/{variables['GITHUB_REPOSITORY']}/actions/runs/{run}" if run else ""


def _graphql_url(api_url: str) -> str:
    return f"{api_url.rstrip('/').removesuffix('/v3')}/graphql"
