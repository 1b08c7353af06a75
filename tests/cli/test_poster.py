"""`evalci publish` in a `workflow_run` job: what a fork's artifact may bring onto GitHub."""

import json
from pathlib import Path
from typing import Any

import pytest

from evalci.report.markdown import MARKER
from tests.cli.desk import HARMLESS, RUN, accept_baseline, edit, write_desk
from tests.cli.job import Job
from tests.github_forks import CHECK_RUN, HEAD, archive, propose, pull_request, workflow_run
from tests.github_server import TOKEN, Fault
from tests.github_state import Account
from tests.inputs import make_files
from tests.report.injection import CORPUS

NOT_RUN = {"evalci / desk": "neutral"}
CHECK = {"name": "evalci / desk", "status": "completed", "conclusion": "failure"}


def index(**changes: Any) -> str:
    return json.dumps({"format": 1, "started_at": "2026-01-01T00:00:00+00:00", **changes})


@pytest.fixture(scope="module")
def good_run(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the run.json of a run that passed, as a fork may have written it."""
    folder = tmp_path_factory.mktemp("fork")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        write_desk(folder)
        accept_baseline()
        edit(HARMLESS)
    return (folder / RUN / "run.json").read_text(encoding="utf-8")


@pytest.fixture
def passed(desk: Path, good_run: str) -> dict[str, Any]:
    """Return what that run says, beside the repository that the poster checked out."""
    found: dict[str, Any] = json.loads(good_run)
    return found


def post(job: Job, *artifacts: bytes, **changes: Any) -> int:
    """Upload artifacts of the fork's run and be the job that runs after it."""
    for content in artifacts:
        job.server.repository.upload(CHECK_RUN, content)
    job.begin("workflow_run", run_id=200, payload=workflow_run(**changes))
    return job.publish()


def zipped(run: Any, folder: str = "desk.main") -> bytes:
    return archive({f"{folder}/run.json": run if isinstance(run, str) else json.dumps(run)})


# Whose pull request it is


@pytest.mark.parametrize(
    ("proposed", "changes", "line"),
    [
        pytest.param([], {}, "no open pull requests have the head", id="no pull request"),
        pytest.param([{}, {"number": 8, "base": "next"}], {}, "2 open pull requests", id="two"),
        pytest.param([{"head": "e" * 40}], {}, "no open pull requests", id="the head moved"),
        pytest.param([{"state": "closed"}], {}, "no open pull requests", id="closed"),
        pytest.param(
            [{"home": None}], {"home": None}, "no open pull requests", id="a deleted fork"
        ),
        pytest.param([{}], {"home": "octo/shop"}, "no run of a fork's", id="our own branch"),
        pytest.param(
            [{}],
            {"home": "octo/shop", "actor": {"login": "dependabot[bot]"}},
            "no run of a fork's",
            id="dependabot, whose job may write",
        ),
        pytest.param([{}], {"event": "push"}, "no run of a fork's", id="a push in the fork"),
        pytest.param([{}], {"event": "merge_group"}, "no run of a fork's", id="a merge queue"),
    ],
)
def test_where_no_single_pull_request_is_meant_nothing_is_posted(
    desk: Path,
    job: Job,
    capsys: pytest.CaptureFixture[str],
    proposed: list[dict[str, Any]],
    changes: dict[str, Any],
    line: str,
) -> None:
    for one in proposed:
        propose(job.server.repository, **one)

    code = post(job, **changes)

    said = capsys.readouterr().out
    assert (code, job.server.writes()) == (0, [])
    assert (line in said, len(said.splitlines())) == (True, 1)


def test_a_pull_request_into_another_branch_gets_a_check_that_names_it(
    job: Job, passed: dict[str, Any]
) -> None:
    propose(job.server.repository, base="next")

    post(job, zipped(passed))

    assert job.checks == {"evalci / desk -> next": "neutral"}


@pytest.mark.parametrize("draft", [False, True])
def test_the_one_pull_request_gets_comment_and_check(
    job: Job, passed: dict[str, Any], draft: bool
) -> None:
    propose(job.server.repository, draft=draft)

    code = post(job, zipped(passed))

    assert (code, job.checks) == (0, NOT_RUN)
    (comment,) = job.comments
    assert comment.startswith(MARKER)
    assert "unverified: reported by the fork's own job" in comment
    assert f"/evalci run {HEAD}" in comment


def test_the_check_belongs_to_the_head_of_the_fork(job: Job, passed: dict[str, Any]) -> None:
    propose(job.server.repository)

    post(job, zipped(passed))

    (check,) = job.server.repository.checks.values()
    assert check["head_sha"] == HEAD
    assert check["details_url"] == f"https://github.test/octo/shop/actions/runs/{CHECK_RUN}"


@pytest.mark.parametrize(
    "ref", ["heads/feature", "heads/gh-readonly-queue/main/pr-9-0123"], ids=["branch", "queue"]
)
def test_a_commit_of_our_own_gets_no_word_of_a_fork(
    job: Job, passed: dict[str, Any], ref: str
) -> None:
    propose(job.server.repository)
    job.server.repository.refs[ref] = HEAD

    code = post(job, zipped(passed))

    assert (code, job.server.writes()) == (0, [])


def test_a_verdict_that_somebody_trusted_gave_stays(job: Job, passed: dict[str, Any]) -> None:
    propose(job.server.repository)
    output = {"title": "worse", "summary": "worse"}
    job.server.repository.check({**CHECK, "head_sha": HEAD, "output": output})

    code = post(job, zipped(passed))

    assert (code, job.checks, job.comments) == (0, {"evalci / desk": "failure"}, [])


def test_a_second_report_of_the_fork_replaces_the_first(job: Job, passed: dict[str, Any]) -> None:
    propose(job.server.repository)
    post(job)

    post(job, zipped(passed), run_attempt=2)

    (comment,) = job.comments
    assert "unverified" in comment
    assert len(job.server.repository.checks) == 2


# What is in the artifact


def renamed(run: dict[str, Any]) -> dict[str, Any]:
    return {**run, "golden_set": {**run["golden_set"], "name": "unit tests"}}


def of_another_model(run: dict[str, Any]) -> dict[str, Any]:
    return {**run, "model": {**run["model"], "name": "stronger"}}


def contradictory(run: dict[str, Any]) -> dict[str, Any]:
    return {**run, "gate": {**run["gate"], "categories": []}}


def claiming(run: dict[str, Any]) -> dict[str, Any]:
    """Claim a pass in every way that a run has: its verdict, its gate, its head."""
    proposal = {"head": "0" * 40, "foreign": False, "not_run": ""}
    claims = {"verdict": {"outcome": "pass"}, "unverified": "", "proposal": proposal}
    return {**run, **claims, "overrides": ["all is well"], "certificate": {"runs": 9, "red": 0}}


def set_aside(run: dict[str, Any]) -> dict[str, Any]:
    return {**run, "proposal": {"not_run": "## all is well", "foreign": False}}


@pytest.mark.parametrize(
    ("forge", "said"),
    [
        pytest.param(claiming, "unverified", id="it claims a pass"),
        pytest.param(set_aside, "not run: fork PR", id="a reason of its own"),
        pytest.param(renamed, "not run: fork PR", id="a check of another name"),
        pytest.param(of_another_model, "not run: fork PR", id="another model"),
        pytest.param(contradictory, "not measured", id="fields that contradict each other"),
        pytest.param(lambda run: {**run, "format": 99}, "not run", id="another format"),
        pytest.param(lambda run: {**run, "evil": 1}, "not run", id="an unknown field"),
        pytest.param(lambda _: "{", "not run", id="no JSON"),
        pytest.param(lambda _: "[" * 100_000, "not run", id="too deep"),
    ],
)
def test_a_forged_run_is_never_green(
    job: Job, passed: dict[str, Any], forge: Any, said: str
) -> None:
    propose(job.server.repository)

    code = post(job, zipped(forge(passed)))

    (comment,) = job.comments
    assert code == 0
    assert set(job.checks) == {"evalci / desk"}
    assert set(job.checks.values()) <= {"neutral", "action_required"}
    assert (said in comment, "🟢" in comment, "all is well" in comment) == (True, False, False)
    assert f"/evalci run {HEAD}" in comment or "not measured" in comment


@pytest.mark.parametrize(
    "artifacts",
    [
        pytest.param((), id="none"),
        pytest.param((b"no archive",), id="no archive"),
        pytest.param((archive({"../../run.json": "{}"}),), id="a path that leads outside"),
        pytest.param((archive({}, links={"run.json": "/etc/passwd"}),), id="a symlink"),
        pytest.param((archive({"notes.txt": "hello"}),), id="other files"),
    ],
)
def test_without_a_report_the_check_is_answered_all_the_same(
    desk: Path, job: Job, artifacts: tuple[bytes, ...]
) -> None:
    propose(job.server.repository)

    code = post(job, *artifacts)

    (comment,) = job.comments
    assert (code, job.checks) == (0, NOT_RUN)
    assert "not run: fork PR, a maintainer can start it" in comment


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(index(exit_code=3, error="evalci.yaml:3: unknown key `m`"), id="the whole"),
        pytest.param(
            index(
                exit_code=3,
                entries=[
                    {
                        "golden_set": "desk",
                        "model": "main",
                        "folder": "desk.main",
                        "exit_code": 3,
                        "error": "evalci.yaml:3: unknown key `m`",
                    }
                ],
            ),
            id="one golden set",
        ),
    ],
)
def test_what_is_not_valid_asks_for_action(desk: Path, job: Job, content: str) -> None:
    propose(job.server.repository)

    post(job, archive({"index.json": content}))

    (comment,) = job.comments
    assert job.checks == {"evalci / desk": "action_required"}
    assert "evalci.yaml:3: unknown key `m`" in comment


@pytest.mark.parametrize("name", ["our section", "our marker", "mention", "every line end"])
def test_a_hostile_text_of_an_index_stays_text(desk: Path, job: Job, name: str) -> None:
    propose(job.server.repository)

    post(job, archive({"index.json": index(exit_code=3, error=CORPUS[name])}))

    (comment,) = job.comments
    assert (comment.count(MARKER), "🟢" in comment.split("\n")[1]) == (1, False)


def test_a_private_config_keeps_the_words_of_the_fork_out(
    job: Job, desk: Path, passed: dict[str, Any]
) -> None:
    config = desk / "evalci.yaml"
    config.write_text(f"{config.read_text(encoding='utf-8')}report: {{private: true}}\n", "utf-8")
    propose(job.server.repository)

    post(job, zipped(passed))

    (comment,) = job.comments
    assert "Take your time" not in comment


# What the poster itself lacks


def test_without_the_right_to_read_artifacts_it_says_so(
    desk: Path, job: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    propose(job.server.repository)
    job.server.faults = [Fault(match="artifacts", status=403, message="no integration", times=9)]

    code = post(job)

    assert (code, job.server.writes()) == (5, [])
    assert "no integration" in capsys.readouterr().err


def test_a_token_that_may_only_read_ends_in_exit_5(
    desk: Path, job: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    propose(job.server.repository)
    job.server.tokens[TOKEN] = Account(rights=frozenset())

    assert post(job) == 5


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param({}, id="no run"),
        pytest.param({"workflow_run": {"id": 1, "run_attempt": 1}}, id="no head"),
        pytest.param({"workflow_run": {"id": "1", "head_sha": HEAD}}, id="no number"),
    ],
)
def test_a_malformed_payload_is_bad_input(desk: Path, job: Job, payload: Any) -> None:
    job.begin("workflow_run", payload=payload)

    assert (job.publish(), job.server.received) == (3, [])


# The fork's own job, and other events of a pull request


@pytest.fixture
def measured(desk: Path, good_run: str) -> None:
    """Leave a run that passed where the job of a pull request leaves it."""
    entry = {"golden_set": "desk", "model": "main", "folder": "desk.main", "exit_code": 0}
    done = index(exit_code=0, entries=[entry])
    make_files(desk, {f"{RUN}/run.json": good_run, ".evalci/runs/index.json": done})


@pytest.mark.parametrize(
    ("changes", "writes"),
    [
        pytest.param({"action": "synchronize"}, True, id="a push to our own branch"),
        pytest.param({"action": "reopened"}, True, id="reopened"),
        pytest.param({"draft": True}, True, id="a draft"),
        pytest.param({"home": "mallory/shop"}, False, id="a fork"),
        pytest.param({"home": None}, False, id="a fork that was deleted"),
    ],
)
def test_only_a_branch_of_our_own_is_written_about_at_once(
    job: Job, measured: None, changes: dict[str, Any], writes: bool
) -> None:
    job.begin(payload=pull_request(**{"home": "octo/shop", "head": "a" * 40} | changes))

    code = job.publish()

    assert (code, bool(job.server.writes())) == (0, writes)


def test_a_merge_queue_is_judged_like_a_branch_of_our_own(job: Job, measured: None) -> None:
    job.begin("merge_group")

    job.publish()

    assert job.checks == {"evalci / desk": "success"}
