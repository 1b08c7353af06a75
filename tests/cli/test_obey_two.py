"""Commands for two projects of one repository, whose golden sets and models have the same names."""

from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.commands import NUMBER, PROMPT, Talk, make_talk
from tests.cli.desk import BROKEN
from tests.cli.history import commit, git, start_history
from tests.cli.job import Job
from tests.github_forks import OWN
from tests.inputs import make_files

pytestmark = pytest.mark.slow
PROJECTS = ("one", "services/two")
Both = tuple[Talk, ...]
REASON = "the vendor changed its tone, accepted in #12"


@pytest.fixture
def talks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, job: Job) -> tuple[Both, str]:
    """Return the conversation as each project's job leads it, and a head at which both fail."""
    top = tmp_path / "shop"
    for project in PROJECTS:
        folder = top / project
        folder.mkdir(parents=True)
        monkeypatch.chdir(folder)
        start_history(folder, top=top)
    monkeypatch.chdir(top)
    tip = git("rev-parse", "HEAD")
    git("switch", "--quiet", "--create", "proposal")
    make_files(top, {f"{project}/{PROMPT}": BROKEN for project in PROJECTS})
    head = commit("worse")
    for number, project in enumerate(PROJECTS):
        monkeypatch.chdir(top / project)
        run_cli(["run", "--no-gate"])
        Path(".evalci/runs").rename(tmp_path / f"worse-{number}")
    monkeypatch.chdir(top)
    talks = tuple(
        make_talk(top / project, job, tip, tmp_path / f"worse-{number}")
        for number, project in enumerate(PROJECTS)
    )
    talks[0].propose_commit(head, home=OWN)
    for number, talk in enumerate(talks):
        talk.finished(head, run_id=500 + number, path=f".github/workflows/{number}.yml")
    job.server.repository.push("main", {"README.md": "shop\n"}, sha=tip)
    return talks, head


def ask(both: Both, words: str, patch: pytest.MonkeyPatch) -> str:
    """Write a comment, which the jobs of both projects obey; return all replies to it."""
    talk, *_ = both
    before = len(talk.replies)
    talk.comment(f"/evalci {words}")
    for each in both:
        patch.chdir(each.folder)
        assert talk.job.step("obey") == 0
        if talk.steps:
            talk.job.publish("--head", talk.job.outputs["head"])
    return "\n".join(talk.replies[before:])


def test_an_override_for_one_project_is_none_for_the_other(
    talks: tuple[Both, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    both, head = talks
    for name in ("triage", "triage-1"):
        ask(both, f"services/two: override {head} {name} {REASON}", monkeypatch)
    checks = dict(both[0].job.checks)

    ask(both, f"override {head} triage {REASON}", monkeypatch)
    reply = ask(both, f"override {head} triage-1 {REASON}", monkeypatch)

    assert checks == {"evalci / services/two/desk": "neutral"}
    assert both[0].job.checks["evalci / one/desk"] == "neutral"
    assert ("`one/desk`" in reply, "`services/two/desk`" in reply) == (True, True)


def test_what_is_accepted_for_one_project_stays_beside_the_other_s(
    talks: tuple[Both, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    both, head = talks

    ask(both, f"accept {head} {REASON}", monkeypatch)

    github = both[0].job.server.repository
    branches = [p["head"] for number, p in github.pulls.items() if number != NUMBER]
    files = {path for branch in branches for path in github.files(branch)}
    assert files >= {f"{project}/baselines/desk.main.json" for project in PROJECTS}


def test_each_project_has_its_own_check_run_again(
    talks: tuple[Both, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    both, head = talks

    ask(both, f"rerun {head}", monkeypatch)

    lines = both[0].job.server.lines("POST .*/rerun")
    assert [f"/{run_id}/rerun" in line for run_id, line in zip((500, 501), lines, strict=True)]
