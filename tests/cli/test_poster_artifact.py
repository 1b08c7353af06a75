"""What the artifact of a fork says when a `workflow_run` job publishes it: it is never green."""

from pathlib import Path
from typing import Any

import pytest

from evalci.report.markdown import MARKER
from tests.cli.fork_posts import NOT_RUN, good_run, index, passed, post, zipped
from tests.cli.job import Job
from tests.github_forks import HEAD, archive, propose
from tests.report.hostile_texts import CORPUS

__all__ = ["good_run", "passed"]


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
