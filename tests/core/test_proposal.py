"""Whose branch a pull request is of, and what a fork's own report is worth."""

from dataclasses import replace
from typing import Any

import pytest

from evalci.core.foreign import disarmed
from evalci.core.gate import decide
from evalci.core.proposal import FORK, FROM_FORK, Proposal, is_foreign
from evalci.core.shard import Part, ShardFile, join, shard_of, was_measured
from evalci.core.verdict import Outcome
from evalci.errors import ExitCode
from tests.github_forks import OWN, pull_request
from tests.report.faces import FACES

HEAD = "a" * 40


@pytest.mark.parametrize(
    ("payload", "foreign"),
    [
        pytest.param(pull_request(home=OWN), False, id="a branch of our own"),
        pytest.param(pull_request(home="Octo/Shop"), False, id="written otherwise"),
        pytest.param(pull_request(), True, id="a fork"),
        pytest.param(pull_request(home=None), True, id="a fork that was deleted"),
        pytest.param({}, True, id="nothing is known"),
        pytest.param({"pull_request": None, "repository": []}, True, id="malformed"),
    ],
)
def test_what_is_not_known_to_be_ours_is_a_forks(payload: Any, foreign: bool) -> None:
    assert is_foreign(payload) is foreign


@pytest.mark.parametrize(
    "face",
    [
        *("regression", "must-pass only", "below floor", "not settled", "not measured", "pass"),
        *("no baseline", "improved", "evidence worse", "evidence pooled small", "code gates"),
    ],
)
def test_nothing_that_a_fork_reports_passes_or_blocks(face: str) -> None:
    run = replace(FACES[face](), proposal=Proposal(head=HEAD, foreign=True))

    verdict = decide(run)

    assert verdict.outcome in {Outcome.UNVERIFIED, Outcome.NOT_MEASURED}
    assert verdict.exit_code in {ExitCode.OK, ExitCode.NOT_MEASURED}
    assert [r for r in verdict.categories if r.blocks] == []


def test_the_reason_says_whose_word_it_is() -> None:
    assert disarmed(decide(FACES["pass"]())).reason == FROM_FORK


@pytest.mark.parametrize("foreign", [True, False])
def test_a_run_in_which_nobody_was_asked_has_no_verdict(foreign: bool) -> None:
    run = replace(FACES["regression"](), proposal=Proposal(foreign=foreign, not_run=FORK))

    verdict = decide(run)

    assert (verdict.outcome, verdict.reason) == (Outcome.NOT_RUN, FORK)
    assert {result.outcome for result in verdict.categories} == {Outcome.NOT_RUN}
    assert verdict.exit_code is ExitCode.OK


def test_where_one_shard_asked_nobody_the_whole_has_no_verdict() -> None:
    run = replace(FACES["pass"](), proposal=Proposal(head=HEAD))
    shards = [shard_of(run, Part(index=n, total=2)) for n in (1, 2)]
    aside = replace(shards[1], proposal=Proposal(head=HEAD, not_run="X_API_KEY is not set"))
    files = [ShardFile(source=str(n), run=each) for n, each in enumerate([shards[0], aside])]

    joined = join(files, version=run.provenance.evalci)

    assert was_measured(aside)
    assert decide(joined).outcome is Outcome.NOT_RUN
