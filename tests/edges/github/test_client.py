"""Requests through PyGithub: addresses, pages, and failures in our words."""

import pytest

from evalci.edges.github.client import PyGithubApi, next_url
from evalci.errors import ApiFault, GitHubError
from tests.fake_time import FakeTime
from tests.github_server import TOKEN, Fault, GitHubServer, rate_limited, serving
from tests.github_state import Account

PULLS = "/repos/octo/shop/pulls"
COMMENTS = "/repos/octo/shop/issues/7/comments"


def make_api(server: GitHubServer, token: str = TOKEN) -> PyGithubApi:
    """Return a client of the double."""
    return PyGithubApi(api_url=server.api_url, graphql_url=server.graphql_url, token=token)


def failure(server: GitHubServer, fault: Fault) -> GitHubError:
    """Return what a request that meets a fault ends in."""
    server.faults = [fault]
    with pytest.raises(GitHubError) as caught:
        make_api(server).get(PULLS)
    return caught.value


@pytest.mark.parametrize("count", [0, 1, 100, 101, 250])
def test_a_list_is_read_to_its_end(server: GitHubServer, count: int) -> None:
    for number in range(count):
        server.repository.comment(7, str(number), Account())

    found = list(make_api(server).items(COMMENTS))

    assert [entry["body"] for entry in found] == [str(number) for number in range(count)]
    assert len(server.lines("GET")) == max(1, -(-count // 100))


@pytest.mark.parametrize("prefix", ["", "/api/v3"])
def test_an_enterprise_server_is_asked_under_its_path(prefix: str) -> None:
    with serving(prefix=prefix) as server:
        for number in range(150):
            server.repository.comment(7, str(number), Account())
        api = make_api(server)

        comments = list(api.items(COMMENTS))
        viewer = api.query("query { viewer { login } }")

    assert len(comments) == 150
    assert viewer == {"viewer": {"login": "github-actions[bot]"}}


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        pytest.param(Fault(status=500), ApiFault.SERVER, id="500"),
        pytest.param(Fault(status=502), ApiFault.SERVER, id="502"),
        pytest.param(Fault(dropped=True), ApiFault.UNREACHABLE, id="dropped"),
        pytest.param(Fault(status=403, message="no"), ApiFault.FORBIDDEN, id="403"),
        pytest.param(rate_limited(), ApiFault.RATE_LIMITED, id="secondary limit"),
        pytest.param(rate_limited(None), ApiFault.RATE_LIMITED, id="secondary, no time"),
        pytest.param(rate_limited(status=429), ApiFault.RATE_LIMITED, id="secondary, 429"),
        pytest.param(
            Fault(status=403, message="no", headers={"x-ratelimit-remaining": "0"}),
            ApiFault.RATE_LIMITED,
            id="primary limit",
        ),
        pytest.param(Fault(status=401, message="Bad credentials"), ApiFault.UNAUTHORIZED, id="401"),
        pytest.param(Fault(status=404, message="Not Found"), ApiFault.MISSING, id="404"),
        pytest.param(Fault(status=410, message="Gone"), ApiFault.MISSING, id="410"),
        pytest.param(Fault(status=422, message="no"), ApiFault.REJECTED, id="422"),
    ],
)
def test_each_failure_has_its_name(server: GitHubServer, fault: Fault, expected: ApiFault) -> None:
    assert failure(server, fault).fault is expected


def test_it_sends_every_request_once(server: GitHubServer) -> None:
    failure(server, Fault(status=503, times=100))

    assert server.lines() == [f"GET {PULLS}"]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param({"Retry-After": "7"}, 7.0, id="seconds"),
        pytest.param({"Retry-After": "soon"}, None, id="not a number"),
        pytest.param({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1"}, 0.0, id="past"),
        pytest.param({"x-ratelimit-remaining": "0"}, None, id="no reset"),
        pytest.param({}, None, id="nothing"),
    ],
)
def test_it_reads_how_long_to_wait(
    server: GitHubServer, headers: dict[str, str], expected: float | None
) -> None:
    assert failure(server, Fault(status=429, headers=headers)).retry_after_s == expected


def test_a_refused_field_is_named(server: GitHubServer) -> None:
    with pytest.raises(GitHubError) as caught:
        make_api(server).send("POST", COMMENTS, {"body": ""})

    assert str(caught.value) == "GitHub: 422 Validation Failed Body can't be blank"


def test_a_server_that_is_not_there_is_unreachable(time: FakeTime) -> None:
    with serving(clock=time.clock) as server:
        api = make_api(server)

    with pytest.raises(GitHubError, match="cannot be reached") as caught:
        api.get(PULLS)
    assert caught.value.fault is ApiFault.UNREACHABLE


def test_a_link_to_another_host_is_not_followed(server: GitHubServer) -> None:
    with pytest.raises(GitHubError) as caught:
        make_api(server).get("https://elsewhere.test/repos")

    assert caught.value.fault is ApiFault.REJECTED


def test_a_failure_does_not_hold_the_token(server: GitHubServer) -> None:
    with pytest.raises(GitHubError) as caught:
        make_api(server, "ghp_notAToken0123456789abcdef").get(PULLS)

    assert str(caught.value) == "GitHub: 401 Bad credentials"


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("", None),
        (
            '<https://x/a?page=2>; rel="next", <https://x/a?page=9>; rel="last"',
            "https://x/a?page=2",
        ),
        (
            '<https://x/a?page=1>; rel="prev", <https://x/a?page=3>; rel="next"',
            "https://x/a?page=3",
        ),
        ('<https://x/a?page=1>; rel="first", <https://x/a?page=1>; rel="prev"', None),
    ],
    ids=["none", "first page", "middle page", "last page"],
)
def test_the_link_to_the_next_page(link: str, expected: str | None) -> None:
    assert next_url({"link": link}) == expected
