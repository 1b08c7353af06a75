"""Whatever a fork changes: nothing of it meets a key, and nothing of it ends green."""

import shutil
from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.desk import run_json
from tests.cli.forked import (
    ATTACKS,
    CONFIG,
    KEY,
    KEY_NAME,
    SCHEMA,
    STOLEN,
    WORSE,
    Attack,
    artifact_of,
    attack,
    shop,
)
from tests.cli.history import check_out_merge, commit, git
from tests.cli.job import Job
from tests.github_forks import CHECK_RUN, FORK, propose, pull_request, workflow_run

__all__ = ["attack", "shop"]

RUNS = Path(".evalci/runs")


@pytest.fixture
def desk(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy, which is the working directory; the key is set, as nowhere in a fork."""
    folder = tmp_path / "desk"
    shutil.copytree(shop, folder, symlinks=True)
    monkeypatch.chdir(folder)
    monkeypatch.setenv(KEY_NAME, KEY)
    return folder


def run_of_fork(
    attack: Attack, desk: Path, monkeypatch: pytest.MonkeyPatch, *, home: str = FORK
) -> tuple[int, str]:
    """Commit an attack on a branch, run the check of its pull request; return code and head."""
    base = git("rev-parse", "HEAD")
    git("switch", "--quiet", "--create", "feature")
    for path, text in attack.files.items():
        place = desk / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    attack.before(desk)
    head = commit("trust me")
    check_out_merge(monkeypatch, desk.parent / "event.json", base=base, head=head, home=home)
    attack.after(desk)
    return run_cli(["run", "--no-gate"]), head


def outcome() -> str:
    """Return what the job found, empty where it left no run."""
    return (
        str(run_json()["verdict"]["outcome"])
        if RUNS.joinpath("desk.main/run.json").exists()
        else ""
    )


@pytest.mark.slow
def test_no_attack_meets_the_key_or_ends_green(
    attack: Attack, desk: Path, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, head = run_of_fork(attack, desk, monkeypatch)
    found = outcome()
    left = {place: place.read_bytes() for place in RUNS.rglob("*") if place.is_file()}
    artifact = artifact_of(RUNS)
    git("checkout", "--quiet", "--force", "main")
    git("clean", "--quiet", "-ffdx")
    propose(job.server.repository, head=head)
    job.server.repository.upload(CHECK_RUN, artifact)
    job.begin("workflow_run", payload=workflow_run(head=head))
    posted = job.publish()

    assert (code, found, posted) == (0 if attack.outcome else 3, attack.outcome, 0)
    assert not Path(STOLEN).exists()
    assert [place for place, content in left.items() if KEY.encode() in content] == []
    expected = "neutral" if attack.outcome else "action_required"
    assert job.checks == {"evalci / desk": expected}
    assert [word for word in ("🟢", "no regression") if word in "".join(job.comments)] == []


def test_the_answers_are_those_of_the_base(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_of_fork(ATTACKS["a modified scorer file"], desk, monkeypatch)

    outputs = [trial["output"] for case in run_json()["cases"] for trial in case.get("trials", [])]
    found = sorted((output["text"], output["recorded"]) for output in outputs)
    assert found == [(text, True) for text in "1234"]


def test_a_fork_is_told_who_can_have_it_run(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, head = run_of_fork(Attack(files={"prompts/triage.md": WORSE}), desk, monkeypatch)

    said = capsys.readouterr().out
    assert "not run: fork PR, a maintainer can start it" in said
    assert f"/evalci run {head}" in said
    assert "4 of 4 cases would be asked" in said


def test_the_job_of_a_fork_writes_nothing_on_github(
    desk: Path, job: Job, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, head = run_of_fork(Attack(files={"prompts/triage.md": WORSE}), desk, monkeypatch)
    job.begin(payload=pull_request(head=head))

    code = job.publish()

    assert (code, job.server.received) == (0, [])
    assert "not run: fork PR" in job.summary
    assert "the workflow that runs after this one posts" in capsys.readouterr().out


# Own branches without a key


OWN = "octo/shop"
EDIT = Attack(files={"prompts/triage.md": WORSE})


def test_a_missing_key_is_neutral_and_named(
    desk: Path, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(KEY_NAME)

    code, head = run_of_fork(EDIT, desk, monkeypatch, home=OWN)
    job.begin(head=head)
    job.publish()

    assert (code, outcome()) == (0, "not run")
    assert job.checks == {"evalci / desk": "neutral"}
    (comment,) = job.comments
    assert f"not run: `{KEY_NAME} is not set`" in comment
    assert "Dependabot has secrets of its own" in comment


def test_a_missing_key_is_made_up_for_by_recordings_of_the_base(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(KEY_NAME)

    run_of_fork(Attack(files={SCHEMA: "{}\n"}), desk, monkeypatch, home=OWN)

    assert outcome() == "not comparable"


def test_a_change_that_asks_for_another_key_is_measured_with_that_of_the_base(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"prompts/triage.md": WORSE, "evalci.yaml": CONFIG.replace(KEY_NAME, "OTHER_API_KEY")}

    run_of_fork(Attack(files=files), desk, monkeypatch, home=OWN)

    assert outcome() == "regression"


def test_a_change_that_asks_another_model_cannot_step_around_the_check(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(KEY_NAME)

    files = {**EDIT.files, "evalci.yaml": CONFIG.replace("command/shop", "command/other")}
    code, _ = run_of_fork(Attack(files=files), desk, monkeypatch, home=OWN)

    assert code == 3


def test_elsewhere_a_missing_key_is_an_error(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_NAME)
    (desk / "prompts/triage.md").write_text(WORSE, encoding="utf-8")

    assert run_cli(["run"]) != 0


def test_trials_in_a_commit_are_refused_to_everybody(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _ = run_of_fork(ATTACKS["trials of its own"], desk, monkeypatch, home=OWN)

    assert code == 3
    assert "git tracks the log of trials in `.evalci/runs/desk.main`" in capsys.readouterr().err
