"""The one comment of a pull request, whoever else writes, deletes, forges or fails."""

from dataclasses import replace

import pytest

from evalci.edges.github.comments import MAX_ROUNDS
from evalci.errors import ApiFault, GitHubError, NotPublishedError
from tests.edges.github.desk import MARKER, at, bodies, make_github, toy
from tests.fake_time import FakeTime
from tests.github_server import TOKEN, Fault, GitHubServer, Received, rate_limited
from tests.github_state import Account

BOT = Account()
ADA = Account(login="ada", bot=False)


def publish(server: GitHubServer, time: FakeTime, *names: str, create: bool = True) -> str | None:
    """Publish lines on pull request 7 and return the address of the comment."""
    comment = make_github(server, time).comment(7).publish(toy(*names, create=create))
    return comment.url if comment else None


def test_the_first_publisher_makes_the_comment(server: GitHubServer, time: FakeTime) -> None:
    url = publish(server, time, "desk")

    assert bodies(server) == [f"{MARKER}\ndesk"]
    assert url == next(iter(server.repository.comments.values()))["html_url"]


def test_the_next_one_updates_it(server: GitHubServer, time: FakeTime) -> None:
    publish(server, time, "desk")

    publish(server, time, "shop")

    assert bodies(server) == [f"{MARKER}\ndesk\nshop"]


def test_nothing_is_written_where_it_is_said_already(server: GitHubServer, time: FakeTime) -> None:
    publish(server, time, "desk")
    before = server.writes()

    publish(server, time, "desk")

    assert server.writes() == before


def test_it_is_found_behind_many_others(server: GitHubServer, time: FakeTime) -> None:
    for number in range(60):
        server.repository.comment(7, f"remark {number}", ADA)
    server.repository.comment(7, f"{MARKER}\ndesk", BOT)
    for number in range(200):
        server.repository.comment(7, f"reply {number}", ADA)

    publish(server, time, "shop")

    assert bodies(server) == [f"{MARKER}\ndesk\nshop"]


@pytest.mark.parametrize(
    "forger",
    [
        pytest.param(ADA, id="somebody"),
        pytest.param(Account(login="github-actions", bot=False), id="a person of our name"),
        pytest.param(Account(login="other[bot]"), id="another bot"),
    ],
)
def test_a_forged_comment_is_left_alone(
    server: GitHubServer, time: FakeTime, forger: Account
) -> None:
    server.repository.comment(7, f"{MARKER}\nforged", forger)

    publish(server, time, "desk")

    assert bodies(server) == [f"{MARKER}\ndesk"]
    assert bodies(server, forger.login) == [f"{MARKER}\nforged"]


def test_our_marker_inside_another_comment_of_ours_means_nothing(
    server: GitHubServer, time: FakeTime
) -> None:
    server.repository.comment(7, f"a workflow that quotes {MARKER}\nforged", BOT)

    publish(server, time, "desk")

    assert bodies(server)[1:] == [f"{MARKER}\ndesk"]


def test_several_of_ours_become_the_oldest_one(server: GitHubServer, time: FakeTime) -> None:
    ids = [server.repository.comment(7, f"{MARKER}\n{n}", BOT)["id"] for n in "abc"]

    publish(server, time, "desk")

    assert list(server.repository.comments) == ids[:1]
    assert bodies(server) == [f"{MARKER}\na\nb\nc\ndesk"]


def test_what_only_a_double_says_is_kept_when_the_oldest_goes(
    server: GitHubServer, time: FakeTime
) -> None:
    oldest = server.repository.comment(7, f"{MARKER}\na", BOT)["id"]
    server.repository.comment(7, f"{MARKER}\nb", BOT)
    server.before = at("PATCH", 1, lambda: server.repository.comments.pop(oldest))

    publish(server, time, "desk")

    assert bodies(server) == [f"{MARKER}\na\nb\ndesk"]


def test_one_deleted_by_hand_is_made_again(server: GitHubServer, time: FakeTime) -> None:
    server.repository.comment(7, f"{MARKER}\nold", BOT)
    server.before = at("PATCH", 1, server.repository.comments.clear)

    publish(server, time, "desk")

    assert bodies(server) == [f"{MARKER}\ndesk\nold"]


def test_one_deleted_by_hand_stays_away_when_there_is_nothing_to_say(
    server: GitHubServer, time: FakeTime
) -> None:
    server.repository.comment(7, f"{MARKER}\nold", BOT)
    server.before = at("PATCH", 1, server.repository.comments.clear)

    url = publish(server, time, "desk", create=False)

    assert (url, bodies(server)) == (None, [])


def test_with_nothing_to_say_none_is_made(server: GitHubServer, time: FakeTime) -> None:
    assert publish(server, time, "desk", create=False) is None
    assert server.writes() == []


def test_with_nothing_to_say_an_old_one_is_still_updated(
    server: GitHubServer, time: FakeTime
) -> None:
    server.repository.comment(7, f"{MARKER}\nold", BOT)

    publish(server, time, "desk", create=False)

    assert bodies(server) == [f"{MARKER}\ndesk\nold"]


def test_words_that_another_publisher_overwrote_are_said_again(
    server: GitHubServer, time: FakeTime
) -> None:
    id_ = server.repository.comment(7, f"{MARKER}\nold", BOT)["id"]
    theirs = f"{MARKER}\nold\ntheirs"
    server.before = at("GET .*comments", 2, lambda: server.repository.edit_comment(id_, theirs))

    publish(server, time, "desk")

    assert bodies(server) == [f"{MARKER}\ndesk\nold\ntheirs"]


def test_somebody_who_always_overwrites_ends_it(server: GitHubServer, time: FakeTime) -> None:
    id_ = server.repository.comment(7, f"{MARKER}\nold", BOT)["id"]

    def spoil(received: Received) -> None:
        if received.line.startswith("GET"):
            server.repository.edit_comment(id_, f"{MARKER}\nspoilt")

    server.before = spoil

    with pytest.raises(NotPublishedError, match="again and again"):
        publish(server, time, "desk")
    assert len(server.lines("PATCH")) == MAX_ROUNDS


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault(match="POST .*comments", status=502), id="lost on the way there"),
        pytest.param(Fault(match="POST .*comments", status=502, effect=True), id="502 after it"),
        pytest.param(Fault(match="POST .*comments", dropped=True), id="dropped before it"),
        pytest.param(Fault(match="POST .*comments", dropped=True, effect=True), id="dropped after"),
        pytest.param(rate_limited(match="POST .*comments"), id="secondary rate limit"),
    ],
)
def test_a_comment_whose_answer_is_lost_is_not_made_twice(
    server: GitHubServer, time: FakeTime, fault: Fault
) -> None:
    server.faults = [fault]
    made: list[int] = []
    server.before = lambda _: made.append(len(server.repository.comments))

    publish(server, time, "desk")

    assert bodies(server) == [f"{MARKER}\ndesk"]
    assert max(made) == 1


def test_an_outage_of_20_seconds_is_survived(server: GitHubServer, time: FakeTime) -> None:
    server.faults = [Fault(status=503, until=20.0)]

    publish(server, time, "desk")

    assert bodies(server) == [f"{MARKER}\ndesk"]
    assert 20.0 <= time.seconds < 45.0


def test_a_longer_outage_is_not(server: GitHubServer, time: FakeTime) -> None:
    server.faults = [Fault(status=503, until=10_000.0)]

    with pytest.raises(GitHubError, match="503") as caught:
        publish(server, time, "desk")

    assert caught.value.exit_code == 5
    assert 50.0 < time.seconds < 75.0


def test_a_token_that_may_only_read_is_refused_at_once(
    server: GitHubServer, time: FakeTime
) -> None:
    server.tokens[TOKEN] = replace(BOT, rights=frozenset())

    with pytest.raises(GitHubError, match="403 Resource not accessible") as caught:
        publish(server, time, "desk")

    assert (caught.value.fault, time.naps) == (ApiFault.FORBIDDEN, [])


@pytest.mark.parametrize(
    ("account", "graphql"),
    [
        pytest.param(Account(), True, id="the token of a job"),
        pytest.param(Account(), False, id="the token of a job without GraphQL"),
        pytest.param(Account(login="evalci-app[bot]"), True, id="an app"),
        pytest.param(Account(login="evalci-app[bot]"), False, id="an app without GraphQL"),
        pytest.param(ADA, True, id="a person"),
        pytest.param(ADA, False, id="a person without GraphQL"),
    ],
)
def test_every_kind_of_token_finds_its_own_comment(
    server: GitHubServer, time: FakeTime, account: Account, graphql: bool
) -> None:
    server.tokens[TOKEN] = account
    server.graphql = graphql

    publish(server, time, "desk")

    assert bodies(server, account.login) == [f"{MARKER}\ndesk"]
    assert server.writes() == ["POST /repos/octo/shop/issues/7/comments"]
