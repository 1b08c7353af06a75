"""The action in a workflow on issue_comment: which step does what, and who holds which secret."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.action.conftest import Job, Kit, job_in
from tests.action.harness import Played
from tests.action.repository import PULL_REQUEST, WORSE, Event, git
from tests.github_forks import CHECK_RUN, OWN, archive, pull, workflow_run
from tests.github_git import GitObjects
from tests.github_server import TOKEN
from tests.github_state import Account

pytestmark = pytest.mark.node
KEY = "sk-model-key-0123456789abcdef"
SECRETS = {"OPENAI_API_KEY": KEY, "GH_TOKEN": "gho_ofSomebody"}
MEASURING = ("sandbox", "run", "Upload what a command measured", "publish")


def propose(job: Job, files: Mapping[str, str]) -> str:
    """Open a fork's pull request, of which nothing is checked out."""
    folder, github = job.checkout.folder, job.github
    git(folder, "switch", "--quiet", "--force-create", "proposal", "main")
    head = job.checkout.commit(files, "A proposal")
    git(folder, "switch", "--quiet", "main")
    github.pulls[PULL_REQUEST] = pull(head=head)
    github.roles = {"ada": "write"}
    github.objects = GitObjects(folder)
    github.shas.add(head)
    return head


def comment(job: Job, body: str, *, by: str = "ada") -> Event:
    """Write a comment and return the event that it causes."""
    account = Account(login=by, bot=False)
    kept = job.github.comment(PULL_REQUEST, body, account)
    payload: dict[str, Any] = {
        "action": "created",
        "issue": {"number": PULL_REQUEST, "pull_request": {}},
        "comment": {"id": kept["id"], "body": body, "user": account.user},
        "sender": account.user,
    }
    tip = git(job.checkout.folder, "rev-parse", "main")
    return Event(
        name="issue_comment", sha=tip, api=job.checkout.server.api_url, comment=payload, run_id="90"
    )


@pytest.fixture(scope="module")
def obeyed(kit: Kit, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Job, Played, str]]:
    """Return the job of a confirmed `/evalci run` for a fork that makes a category worse."""
    with job_in(tmp_path_factory.mktemp("obeyed"), kit) as job:
        head = propose(job, WORSE)
        job.play(comment(job, f"/evalci run {head}"), env=SECRETS)
        line = next(
            line for line in job.comments()[-1].splitlines() if line.startswith("/evalci run ")
        )
        yield job, job.play(comment(job, line), env=SECRETS), head


@pytest.mark.slow
def test_a_confirmed_run_is_measured_and_published_for_the_head(
    obeyed: tuple[Job, Played, str],
) -> None:
    job, played, head = obeyed
    (check,) = job.github.checks.values()

    assert played.status == "success", played.steps
    assert (check["head_sha"], check["conclusion"]) == (head, "failure")
    assert any("this change makes `triage` worse" in body for body in job.comments())


def test_who_obeys_has_the_token_and_no_key(obeyed: tuple[Job, Played, str]) -> None:
    seen = obeyed[1].of("obey").env

    assert seen["GITHUB_TOKEN"] == TOKEN
    assert KEY not in seen.values()


def test_who_measures_has_the_key_and_no_token(obeyed: tuple[Job, Played, str]) -> None:
    seen = obeyed[1].of("run").env

    assert seen["OPENAI_API_KEY"] == KEY
    assert {TOKEN, SECRETS["GH_TOKEN"]} & set(seen.values()) == set()


def test_who_publishes_has_the_token_and_no_key(obeyed: tuple[Job, Played, str]) -> None:
    seen = obeyed[1].of("publish").env

    assert seen["GITHUB_TOKEN"] == TOKEN
    assert KEY not in seen.values()


def test_nothing_is_restored_or_kept(obeyed: tuple[Job, Played, str]) -> None:
    ran = [step.uses for step in obeyed[1].steps.values() if step.outcome != "skipped"]

    assert [use for use in ran if use.startswith("actions/cache")] == []


def test_the_artifact_is_found_by_the_head_later(obeyed: tuple[Job, Played, str]) -> None:
    _, played, head = obeyed

    assert played.steps["Upload what a command measured"].inputs["name"] == f"evalci-command-{head}"


@pytest.mark.parametrize(
    ("body", "by"),
    [
        pytest.param("/evalci run {head}", "ada", id="a list"),
        pytest.param("/evalci run {head}", "mallory", id="a stranger", marks=pytest.mark.slow),
        pytest.param("looks good", "ada", id="no command", marks=pytest.mark.slow),
    ],
)
def test_without_a_confirmed_run_no_step_follows(job: Job, body: str, by: str) -> None:
    head = propose(job, WORSE)

    played = job.play(comment(job, body.format(head=head), by=by), env=SECRETS)

    assert played.status == "success", played.steps
    assert played.outcomes(*MEASURING, "gate") == ["skipped"] * 5
    assert [seen.argv[0] for seen in played.seen] == ["obey"]


@pytest.mark.slow
def test_an_override_is_published_without_measuring_again(job: Job) -> None:
    event = job.checkout.pull_request(WORSE)
    job.play(event)
    runs = job.checkout.folder / ".evalci" / "runs"
    places = ("desk.main/run.json", "index.json")
    uploaded = archive({place: (runs / place).read_text(encoding="utf-8") for place in places})
    git(job.checkout.folder, "switch", "--quiet", "main")
    job.github.runs.append(workflow_run(home=OWN, head=event.pull_head)["workflow_run"])
    job.github.upload(CHECK_RUN, uploaded)
    job.github.pulls[PULL_REQUEST] = pull(home=OWN, head=event.pull_head)
    job.github.roles = {"ada": "write"}
    job.github.objects = GitObjects(job.checkout.folder)

    played = job.play(
        comment(
            job, f"/evalci override {event.pull_head} triage known, it is fixed in the next one"
        ),
        env=SECRETS,
    )

    assert played.outcomes("command", "run", "publish", "gate") == [
        "success",
        "skipped",
        "success",
        "skipped",
    ]
    assert job.checks() == {"evalci / desk": "neutral"}
    assert "👁" in "".join(job.comments())
