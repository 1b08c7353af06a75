"""Which secrets of a careless workflow the processes of a job see."""

import pytest

from tests.action.conftest import KEY, SECRETS, Job
from tests.action.harness import Played
from tests.github_server import TOKEN

pytestmark = pytest.mark.node


def test_run_sees_the_keys_and_no_token(worse: tuple[Job, Played]) -> None:
    _, played = worse
    given = {name: value for name, value in SECRETS.items() if value == KEY}

    seen = played.of("run").env

    assert {name: seen.get(name) for name in SECRETS if name in seen} == given
    assert TOKEN not in seen.values()


def test_publish_sees_the_token_of_the_input_and_no_other_secret(
    worse: tuple[Job, Played],
) -> None:
    _, played = worse

    seen = played.of("publish").env

    assert {name: seen[name] for name in SECRETS if name in seen} == {"GITHUB_TOKEN": TOKEN}
    assert KEY not in seen.values()


@pytest.mark.parametrize("step", ["sandbox", "gate"])
def test_what_needs_no_secret_sees_none(pushed: tuple[Job, Played], step: str) -> None:
    _, played = pushed

    seen = played.of(step).env

    assert [name for name in SECRETS if name in seen] == []
    assert {KEY, TOKEN} & set(seen.values()) == set()


def test_every_process_knows_the_runner(pushed: tuple[Job, Played]) -> None:
    _, played = pushed
    needed = {"GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_EVENT_PATH", "RUNNER_TEMP", "PATH"}

    assert [needed - set(seen.env) for seen in played.seen] == [set()] * 5
