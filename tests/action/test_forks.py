"""The action in the job of a fork, and in the one that posts what it found."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.action.conftest import Job, Kit, job_in
from tests.action.harness import Played
from tests.action.repository import SAME
from tests.cli.forked import artifact_of
from tests.github_forks import CHECK_RUN
from tests.github_server import TOKEN

pytestmark = [pytest.mark.node, pytest.mark.slow]
KEY = "sk-model-key-0123456789abcdef"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The job of a fork, and the one that posted what it found."""

    job: Job
    measured: Played
    posted: Played


@pytest.fixture(scope="module")
def story(kit: Kit, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Return both jobs after they ended; the scripted model of the fork needs no key."""
    with job_in(tmp_path_factory.mktemp("story"), kit) as job:
        event = job.checkout.fork(SAME)
        measured = job.play(event)
        job.github.upload(CHECK_RUN, artifact_of(job.checkout.folder / ".evalci" / "runs"))
        posted = job.play(job.checkout.after(event), env={"OPENAI_API_KEY": KEY})
        yield Story(job=job, measured=measured, posted=posted)


def test_the_job_of_a_fork_says_what_it_found_and_that_it_proves_nothing(story: Story) -> None:
    played = story.measured

    assert (played.status, played.outputs["verdict"]) == ("success", "unverified")
    assert played.outputs["comment-url"] == ""
    assert "reported by the fork's own job" in played.summary


def test_what_a_fork_found_is_posted_and_never_green(story: Story) -> None:
    (comment,) = story.job.comments()

    assert (story.posted.status, story.job.checks()) == ("success", {"evalci / desk": "neutral"})
    assert "reported by the fork's own job" in comment


def test_the_poster_measures_nothing_and_restores_nothing(story: Story) -> None:
    played = story.posted

    assert [seen.argv[0] for seen in played.seen] == ["publish"]
    used = [s.uses.partition("@")[0] for s in played.steps.values() if s.outcome != "skipped"]
    assert [name for name in used if name.startswith(("actions/cache", "actions/upload"))] == []


def test_the_poster_sees_the_token_and_no_key(story: Story) -> None:
    played = story.posted

    seen = played.of("publish").env

    assert (seen["GITHUB_TOKEN"], KEY in seen.values()) == (TOKEN, False)
