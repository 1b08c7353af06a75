"""Check runs against the double, which refuses what GitHub refuses."""

from dataclasses import replace

import pytest

from evalci.core.annotation import Annotation, AnnotationLevel
from evalci.core.publication import CheckReport, Conclusion
from evalci.errors import ApiFault, GitHubError
from tests.edges.github.desk import HEAD, make_github
from tests.fake_time import FakeTime
from tests.github_server import TOKEN, Fault, GitHubServer
from tests.github_state import Account


def make_check(annotations: int = 0, **changes: object) -> CheckReport:
    """Return a check run with so many annotations."""
    remarks = tuple(
        Annotation(
            path="prompts/triage.md",
            start_line=line,
            end_line=line,
            level=AnnotationLevel.FAILURE,
            title="triage got worse",
            message="0.90 to 0.50",
        )
        for line in range(1, annotations + 1)
    )
    report = CheckReport(
        name="evalci / desk",
        conclusion=Conclusion.FAILURE,
        title="triage got worse",
        summary="**1 category regressed.**",
        annotations=remarks,
    )
    return replace(report, **changes)  # type: ignore[arg-type]  # names of its fields


@pytest.mark.parametrize("conclusion", Conclusion)
def test_it_is_finished_with_each_conclusion(
    server: GitHubServer, time: FakeTime, conclusion: Conclusion
) -> None:
    make_github(server, time).checks.write(make_check(conclusion=conclusion))

    (check,) = server.repository.checks.values()
    assert (check["status"], check["conclusion"]) == ("completed", conclusion)
    assert (check["name"], check["head_sha"]) == ("evalci / desk", HEAD)
    assert check["details_url"] == "https://github.test/runs/1"


@pytest.mark.parametrize("count", [0, 1, 50, 51, 120])
def test_all_annotations_arrive_in_order(server: GitHubServer, time: FakeTime, count: int) -> None:
    make_github(server, time).checks.write(make_check(count))

    (check,) = server.repository.checks.values()
    lines = [annotation["start_line"] for annotation in check["annotations"]]
    assert lines == list(range(1, count + 1))


@pytest.mark.parametrize("verb", ["POST", "PATCH"])
@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault(status=500), id="lost before it"),
        pytest.param(Fault(status=500, effect=True), id="500 after it"),
        pytest.param(Fault(dropped=True, effect=True), id="dropped after it"),
    ],
)
def test_nothing_arrives_twice(
    server: GitHubServer, time: FakeTime, verb: str, fault: Fault
) -> None:
    server.faults = [replace(fault, match=f"{verb} .*check-runs")]

    make_github(server, time).checks.write(make_check(120))

    (check,) = server.repository.checks.values()
    lines = [annotation["start_line"] for annotation in check["annotations"]]
    assert lines == list(range(1, 121))


def test_a_second_attempt_of_the_workflow_makes_its_own(
    server: GitHubServer, time: FakeTime
) -> None:
    for _ in range(2):
        make_github(server, time).checks.write(make_check())

    assert len(server.repository.checks) == 2


def test_a_token_without_the_right_is_refused_at_once(server: GitHubServer, time: FakeTime) -> None:
    server.tokens[TOKEN] = Account(rights=frozenset({"comments"}))

    with pytest.raises(GitHubError) as caught:
        make_github(server, time).checks.write(make_check())

    assert (caught.value.fault, time.naps) == (ApiFault.FORBIDDEN, [])


GREEN = Conclusion.SUCCESS
RED = Conclusion.FAILURE


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        pytest.param([(7, RED)], (8, GREEN), RED, id="another pull request does not wash it out"),
        pytest.param([(7, RED)], (8, Conclusion.NEUTRAL), RED, id="nor does a neutral one"),
        pytest.param([(7, RED)], (7, GREEN), GREEN, id="the same one may get better"),
        pytest.param([(7, RED), (7, GREEN)], (8, GREEN), GREEN, id="mended where it failed"),
        pytest.param([(7, GREEN), (7, RED)], (8, GREEN), RED, id="its newest counts"),
        pytest.param([(None, RED)], (8, GREEN), GREEN, id="a failure of no pull request"),
        pytest.param([(7, RED)], (None, GREEN), GREEN, id="after the merge the branch is judged"),
        pytest.param(
            [(7, RED)],
            (8, Conclusion.ACTION_REQUIRED),
            Conclusion.ACTION_REQUIRED,
            id="what blocks anyway says why",
        ),
    ],
)
def test_a_failure_of_the_same_commit_is_kept(
    server: GitHubServer,
    time: FakeTime,
    before: list[tuple[int | None, Conclusion]],
    now: tuple[int | None, Conclusion],
    expected: Conclusion,
) -> None:
    for number, conclusion in [*before, now]:
        github = make_github(server, time, pull_request=number)
        github.checks.write(make_check(conclusion=conclusion))

    assert list(server.repository.checks.values())[-1]["conclusion"] == expected


def test_a_kept_failure_says_where_it_is_mended(server: GitHubServer, time: FakeTime) -> None:
    make_github(server, time).checks.write(make_check())

    good = make_check(conclusion=GREEN, title="no regression", summary="All well.")
    make_github(server, time, pull_request=8).checks.write(good)

    output = list(server.repository.checks.values())[-1]["output"]
    assert output["title"] == "this commit failed in #7"
    assert output["summary"].startswith("This commit failed in #7, and the check of a commit is")
    assert "Measured here: no regression.\n\nAll well." in output["summary"]
