"""What an override covers: a category, a must-pass case, or the run as a whole."""

import pytest

from evalci.core.gate import decide
from evalci.core.policy import OnInconclusive
from evalci.core.run import Run
from evalci.core.verdict import Outcome
from evalci.errors import ExitCode
from tests.core.overrides import (
    BAD,
    GOOD,
    granted,
    in_evidence,
    several,
    with_overrides,
    worse_run,
)
from tests.runs import make_category, make_limits, make_run, make_run_case
from tests.verdicts import outcomes


@pytest.fixture
def must_pass() -> Run:
    """Return a run whose category passes but for a must-pass case."""
    cases = several("review", GOOD, count=30)
    return make_run(make_run_case((0.0,) * 5, GOOD, id="key", must_pass=True), *cases)


def test_a_must_pass_case_is_overridden_by_its_own_name(must_pass: Run) -> None:
    verdict = decide(with_overrides(must_pass, granted(must_pass, category="key")))

    assert (verdict.outcome, verdict.exit_code) == (Outcome.OVERRIDDEN, ExitCode.OK)
    assert verdict.must_pass[0].override is not None


def test_an_override_of_a_category_does_not_cover_the_must_pass_case_of_its_name() -> None:
    key = make_run_case((0.0,) * 5, GOOD, id="review", category="docs", must_pass=True)
    run = make_run(*several("review", BAD), key, *several("docs", GOOD, 20))

    verdict = decide(with_overrides(run, granted(run, category="review")))

    assert (verdict.must_pass[0].override, verdict.blocking) == (None, True)


def test_an_override_of_its_category_does_not_cover_a_must_pass_case() -> None:
    run = make_run(
        *several("review", BAD), make_run_case((0.0,) * 5, GOOD, id="key", must_pass=True)
    )

    verdict = decide(with_overrides(run, granted(run)))

    assert outcomes(verdict) == {"review": Outcome.OVERRIDDEN}
    assert verdict.blocking


def test_a_category_whose_policy_blocks_what_is_open_can_be_overridden() -> None:
    limits = make_limits(min_score=0.8, on_inconclusive=OnInconclusive.FAIL)
    half = several("review", (1.0, 0.0, 1.0), count=3) + several(
        "extra", GOOD, 3, category="review"
    )
    run = make_run(*half, categories=[make_category(limits=limits)])
    assert decide(run).blocking

    verdict = decide(with_overrides(run, granted(run)))

    assert verdict.outcome is Outcome.OVERRIDDEN


def test_the_whole_run_does_not_block_for_what_is_overridden_already() -> None:
    run = in_evidence(worse_run("review", others=("docs", "search")))
    assert decide(run).whole_blocks

    verdict = decide(with_overrides(run, granted(run)))

    assert (verdict.whole_blocks, verdict.blocking) == (False, False)


def test_the_whole_run_still_blocks_for_the_rest() -> None:
    run = in_evidence(worse_run("review", "docs", others=("search",)))

    verdict = decide(with_overrides(run, granted(run)))

    assert verdict.whole_blocks


def test_the_whole_run_has_a_name_of_its_own() -> None:
    run = in_evidence(worse_run("review"))

    verdict = decide(with_overrides(run, granted(run), granted(run, category="*")))

    assert verdict.outcome is Outcome.OVERRIDDEN


def test_an_override_of_the_whole_covers_no_category() -> None:
    run = in_evidence(worse_run("review"))

    verdict = decide(with_overrides(run, granted(run, category="*")))

    assert verdict.whole_override is not None
    assert verdict.blocking
