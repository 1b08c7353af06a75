"""One request to GitHub's API through PyGithub, and its failures in our words."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from evalci.core.json_value import Json, JsonObject, value_at
from evalci.core.trial import shortened
from evalci.errors import ApiFault, GitHubError

if TYPE_CHECKING:
    from github.GithubException import GithubException
    from github.Requester import Requester

TIMEOUT_S = 15
PAGE = "100"
MAX_PAGES = 200
CHUNK_BYTES = 1_000_000
MAX_MESSAGE = 300
_NEXT = re.compile(r'<([^<>]+)>\s*;[^,]*\brel="?next"?')
T = TypeVar("T")


class PyGithubApi:
    """Sends requests as they are: no retry, no pause, no waiting for limits.

    PyGithub waits a second between writes and retries on its own unless it is told not to.
    """

    def __init__(self, *, api_url: str, graphql_url: str, token: str) -> None:
        """``api_url`` may have a path, such as `/api/v3` of an Enterprise server."""
        from github import Auth, Github

        self._graphql_url = graphql_url
        github = Github(
            base_url=api_url,
            auth=Auth.Token(token),
            timeout=TIMEOUT_S,
            user_agent="evalci",
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
        )
        self._requester: Requester = github.requester

    def get(self, path: str, **parameters: str) -> Json:
        """Return what stands at a path."""
        return self._ask("GET", path, parameters)[1]

    def items(self, path: str, key: str = "", **parameters: str) -> Iterator[JsonObject]:
        """Yield the entries of a list, following the links from page to page."""
        url: str | None = path
        given = {"per_page": PAGE, **parameters}
        for _ in range(MAX_PAGES):
            headers, data = self._ask("GET", str(url), given)
            found = value_at(data, key) if key else data
            if not isinstance(found, list):
                raise _malformed(path)
            yield from (entry for entry in found if isinstance(entry, Mapping))
            url, given = next_url(headers), {}
            if url is None:
                return

    def send(self, verb: str, path: str, body: JsonObject | None = None) -> Json:
        """Write something and return what GitHub made of it."""
        return self._ask(verb, path, {}, body)[1]

    def download(self, path: str, *, limit: int) -> bytes:
        """Return what the address behind a path holds; that host never sees the token."""
        headers, _ = self._ask("GET", path, {})
        return _translated(lambda: _fetched(headers.get("location", ""), limit=limit))

    def query(self, text: str) -> Json:
        """Return the data of a GraphQL query; errors come with status 200 there."""
        answer = self._ask("POST", self._graphql_url, {}, {"query": text})[1]
        data = value_at(answer, "data")
        if data is None or value_at(answer, "errors"):
            raise GitHubError("GitHub refused a GraphQL query", fault=ApiFault.REJECTED)
        return data

    def _ask(
        self, verb: str, path: str, parameters: Mapping[str, str], body: JsonObject | None = None
    ) -> tuple[Mapping[str, str], Json]:
        return _translated(
            lambda: self._requester.requestJsonAndCheck(
                verb, path, parameters=dict(parameters), input=body
            )
        )


def _fetched(url: str, *, limit: int) -> bytes:
    """Return a file by its address; a larger one, or none, is a GitHubError."""
    import requests

    content = bytearray()
    with requests.get(url, stream=True, timeout=TIMEOUT_S, allow_redirects=False) as answer:
        if answer.status_code != 200:
            fault = ApiFault.SERVER if answer.status_code >= 500 else ApiFault.REJECTED
            raise GitHubError(f"a download failed: {answer.status_code}", fault=fault)
        for chunk in answer.iter_content(CHUNK_BYTES):
            content += chunk
            if len(content) > limit:
                message = f"a download is larger than {limit // 1_000_000} MB"
                raise GitHubError(message, fault=ApiFault.REJECTED)
    return bytes(content)


def next_url(headers: Mapping[str, str]) -> str | None:
    """Return the address of the page after this one, None on the last."""
    found = _NEXT.search(headers.get("link", ""))
    return found.group(1) if found else None


def _malformed(path: str) -> GitHubError:
    return GitHubError(f"GitHub's answer for {path} is malformed", fault=ApiFault.SERVER)


def _translated(action: Callable[[], T]) -> T:
    """Return what an action returns, its exceptions turned into GitHubError."""
    import requests
    from github.GithubException import GithubException

    try:
        return action()
    except GithubException as exc:
        raise _refusal(exc) from None
    except requests.RequestException as exc:
        message = f"GitHub cannot be reached: {type(exc).__name__}"
        raise GitHubError(message, fault=ApiFault.UNREACHABLE) from None
    except (ValueError, AttributeError):
        # AttributeError: PyGithub looks for a message in an error that is no object.
        message = "GitHub's answer is not valid JSON"
        raise GitHubError(message, fault=ApiFault.SERVER) from None
    except (AssertionError, RuntimeError) as exc:
        # How PyGithub refuses a redirect or a link to another host.
        raise GitHubError(f"GitHub: {exc}", fault=ApiFault.REJECTED) from None


def _refusal(exc: "GithubException") -> GitHubError:
    headers: Mapping[str, Any] = exc.headers or {}
    message = _message(exc)
    fault = _fault(exc.status, headers, message)
    text = f"GitHub: {exc.status} {shortened(message, MAX_MESSAGE)}"
    return GitHubError(text, fault=fault, retry_after_s=_retry_after(headers))


def _message(exc: "GithubException") -> str:
    """Return GitHub's own words with the details of a refused field, on one line."""
    said = value_at(exc.data, "message") or "no reason given"
    details = value_at(exc.data, "errors")
    listed = details if isinstance(details, list) else []
    words = [str(said), *(str(value_at(d, "message") or value_at(d, "code") or "") for d in listed)]
    return " ".join(" ".join(word for word in words if word).split())


def _fault(status: int, headers: Mapping[str, Any], message: str) -> ApiFault:
    if status in {403, 429} and (
        status == 429
        or "retry-after" in headers
        or headers.get("x-ratelimit-remaining") == "0"
        or "rate limit" in message.lower()
    ):
        return ApiFault.RATE_LIMITED
    if status >= 500:
        return ApiFault.SERVER
    named = {
        401: ApiFault.UNAUTHORIZED,
        403: ApiFault.FORBIDDEN,
        404: ApiFault.MISSING,
        410: ApiFault.MISSING,
    }
    return named.get(status, ApiFault.REJECTED)


def _retry_after(headers: Mapping[str, Any]) -> float | None:
    """Return how many seconds GitHub asks to wait: its word, or the reset of a used-up limit."""
    try:
        if "retry-after" in headers:
            return max(0.0, float(headers["retry-after"]))
        if headers.get("x-ratelimit-remaining") == "0":
            return max(0.0, float(headers["x-ratelimit-reset"]) - time.time())
    except (KeyError, ValueError):
        pass
    return None
