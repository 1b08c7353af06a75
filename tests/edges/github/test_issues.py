"""Issues against the double: made once, brought up to date, closed, whatever people do to them."""

import pytest

from evalci.edges.github import GitHub
from evalci.edges.github.issues import IssueText
from evalci.errors import ApiFault, GitHubError
from tests.edges.github.desk import make_github, run_race
from tests.fake_time import FakeTime
from tests.github_server import TOKEN, Fault, GitHubServer
from tests.github_state import Account

LABEL = "evalci-drift"
MARKER = "<!-- drift 1 -->"


def make_text(body: str = "it fell", *, title: str = "drift", marker: str = MARKER) -> IssueText:
    return IssueText(marker=marker, title=title, body=f"{marker}\n{body}")


def make_last_word(body: str = "it is back") -> IssueText:
    return IssueText(marker=MARKER, title="no drift", body=body)


def close_by_hand(server: GitHubServer, reason: str) -> None:
    (issue,) = server.repository.issues.values()
    issue |= {"state": "closed", "state_reason": reason}


def states(server: GitHubServer) -> list[str]:
    return [issue["state"] for issue in server.repository.issues.values()]


def bodies(server: GitHubServer, state: str = "open") -> list[str]:
    found = server.repository.issues_like(state, set())
    return [issue["body"].removeprefix(f"{MARKER}\n") for issue in found]


def test_an_issue_is_made_with_its_label(server: GitHubServer, time: FakeTime) -> None:
    address = make_github(server, time).issues(LABEL).show(make_text())

    (issue,) = server.repository.issues.values()
    assert (issue["title"], issue["labels"]) == ("drift", [{"name": LABEL}])
    assert address == issue["html_url"]


def test_the_next_word_goes_into_the_same_issue(server: GitHubServer, time: FakeTime) -> None:
    issues = make_github(server, time).issues(LABEL)
    issues.show(make_text())

    issues.show(make_text("it fell further"))

    assert bodies(server, "all") == ["it fell further"]


def test_the_same_word_again_writes_nothing(server: GitHubServer, time: FakeTime) -> None:
    issues = make_github(server, time).issues(LABEL)
    issues.show(make_text())

    issues.show(make_text())

    assert len(server.writes()) == 1


def test_two_subjects_have_an_issue_each(server: GitHubServer, time: FakeTime) -> None:
    issues = make_github(server, time).issues(LABEL)

    issues.show(make_text("one"))
    issues.show(make_text("other", marker="<!-- drift 2 -->"))

    assert sorted(bodies(server)) == ["<!-- drift 2 -->\nother", "one"]


def test_it_closes_with_its_last_word_and_its_old_title(
    server: GitHubServer, time: FakeTime
) -> None:
    issues = make_github(server, time).issues(LABEL)
    issues.show(make_text())

    issues.close(make_last_word())

    (issue,) = server.repository.issues.values()
    assert (issue["state"], issue["state_reason"], issue["title"]) == (
        "closed",
        "completed",
        "drift",
    )
    assert bodies(server, "closed") == ["it is back"]


def test_without_an_open_issue_there_is_nothing_to_close(
    server: GitHubServer, time: FakeTime
) -> None:
    assert make_github(server, time).issues(LABEL).close(make_last_word()) == ""
    assert server.writes() == []


def test_after_it_was_closed_a_new_fall_is_a_new_issue(
    server: GitHubServer, time: FakeTime
) -> None:
    issues = make_github(server, time).issues(LABEL)
    issues.show(make_text("first"))
    issues.close(make_last_word("back"))

    issues.show(make_text("second"))

    assert (bodies(server), bodies(server, "closed")) == (["second"], ["back"])


def test_somebody_elses_issue_with_our_marker_is_left_alone(
    server: GitHubServer, time: FakeTime
) -> None:
    copied = {"title": "mine", "body": f"{MARKER}\ncopied", "labels": [LABEL]}
    server.repository.issue(copied, Account(login="ada", bot=False))

    make_github(server, time).issues(LABEL).show(make_text())

    assert sorted(bodies(server)) == ["copied", "it fell"]


def test_a_pull_request_in_the_list_is_no_issue(server: GitHubServer, time: FakeTime) -> None:
    copied = {"title": "mine", "body": f"{MARKER}\na change", "labels": [LABEL]}
    server.repository.issue(copied, Account())["pull_request"] = {"url": "https://github.test"}

    make_github(server, time).issues(LABEL).show(make_text())

    assert sorted(bodies(server)) == ["a change", "it fell"]


def test_doubles_of_a_race_are_closed(server: GitHubServer, time: FakeTime) -> None:
    for body in ("first", "second"):
        words = {"title": "drift", "body": f"{MARKER}\n{body}", "labels": [LABEL]}
        server.repository.issue(words, Account())

    make_github(server, time).issues(LABEL).show(make_text())

    assert bodies(server) == ["it fell"]
    assert bodies(server, "closed") == ["The same as #1001, made by another run at the same time."]


@pytest.mark.parametrize("seed", range(5))
def test_two_runs_at_once_leave_one_issue(server: GitHubServer, seed: int) -> None:
    def show(github: GitHub) -> None:
        github.issues(LABEL).show(make_text())

    run_race(server, seed, {"one": show, "other": show})

    assert bodies(server) == ["it fell"]


def test_a_token_that_may_set_no_label_finds_its_issue_again(
    server: GitHubServer, time: FakeTime
) -> None:
    server.tokens[TOKEN] = Account(rights=frozenset({"issues"}))
    issues = make_github(server, time).issues(LABEL)
    issues.show(make_text())

    issues.show(make_text("further"))

    assert bodies(server, "all") == ["further"]


def test_an_issue_is_found_among_many_of_the_same_account(
    server: GitHubServer, time: FakeTime
) -> None:
    issues = make_github(server, time).issues(LABEL)
    issues.show(make_text())
    for number in range(250):
        server.repository.issue({"title": f"other {number}", "body": "else"}, Account())

    issues.show(make_text("further"))

    assert bodies(server).count("further") == 1
    assert len(server.repository.issues) == 251


def test_a_note_above_the_marker_does_not_hide_an_issue(
    server: GitHubServer, time: FakeTime
) -> None:
    issues = make_github(server, time).issues(LABEL)
    issues.show(make_text())
    (issue,) = server.repository.issues.values()
    issue["body"] = f"Ada looks at this.\r\n{MARKER}\r\nit fell"

    issues.show(make_text("further"))

    assert bodies(server, "all") == ["further"]


def test_an_issue_that_somebody_closed_too_early_opens_again(
    server: GitHubServer, time: FakeTime
) -> None:
    issues = make_github(server, time).issues(LABEL)
    issues.show(make_text())
    close_by_hand(server, "completed")

    issues.show(make_text("further"))

    assert (states(server), bodies(server)) == (["open"], ["further"])


@pytest.mark.parametrize(("news", "state"), [(False, "closed"), (True, "open")])
def test_an_issue_that_nobody_wants_to_hear_of_opens_again_with_news_only(
    server: GitHubServer, time: FakeTime, *, news: bool, state: str
) -> None:
    issues = make_github(server, time).issues(LABEL)
    issues.show(make_text())
    close_by_hand(server, "not_planned")

    issues.show(make_text("further"), news=news)

    assert (states(server), bodies(server, "all")) == ([state], ["further"])


def test_the_last_word_reaches_an_issue_that_is_closed_already(
    server: GitHubServer, time: FakeTime
) -> None:
    issues = make_github(server, time).issues(LABEL)
    issues.show(make_text())
    close_by_hand(server, "not_planned")

    issues.close(make_last_word())

    assert bodies(server, "closed") == ["it is back"]


def test_issues_that_are_switched_off_are_said_so(server: GitHubServer, time: FakeTime) -> None:
    message = "Issues has been disabled in this repository."
    server.faults = [Fault(match="issues", status=410, message=message, times=9)]

    with pytest.raises(GitHubError, match="410 Issues has been disabled"):
        make_github(server, time).issues(LABEL).show(make_text())


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault(match="^POST .*issues$", status=500), id="lost before it"),
        pytest.param(Fault(match="^POST .*issues$", status=500, effect=True), id="500 after it"),
        pytest.param(Fault(match="^POST .*issues$", dropped=True, effect=True), id="no answer"),
    ],
)
def test_a_lost_answer_makes_no_second_issue(
    server: GitHubServer, time: FakeTime, fault: Fault
) -> None:
    server.faults = [fault]

    make_github(server, time).issues(LABEL).show(make_text())

    assert bodies(server, "all") == ["it fell"]


def test_a_token_without_the_right_is_told_so(server: GitHubServer, time: FakeTime) -> None:
    server.tokens[TOKEN] = Account(rights=frozenset({"checks"}))

    with pytest.raises(GitHubError) as caught:
        make_github(server, time).issues(LABEL).show(make_text())

    assert caught.value.fault is ApiFault.FORBIDDEN
