"""pass@k of categories: cases count the same, and five trials are needed."""

import pytest

from evalci.core.pass_rates import PassRate, pass_rates
from evalci.core.run import RunCase
from tests.baselines import make_baseline_case
from tests.runs import make_run, make_run_case, make_trial


def case_of(id: str, passed: str, before: str = "") -> RunCase:
    """Return a case from its verdicts, `+` passed, `-` failed, `?` without a verdict."""
    verdicts = {"+": True, "-": False, "?": None}
    trials = tuple(
        make_trial(case=id, trial=n, composite=float(sign == "+"), passed=verdicts[sign])
        for n, sign in enumerate(passed)
    )
    scores = [float(sign == "+") for sign in before]
    baseline = make_baseline_case(scores, id=id) if before else None
    return make_run_case(before=None if baseline is None else scores, id=id, trials=trials)


def rate_of(*cases: RunCase) -> PassRate:
    (found,) = pass_rates(make_run(*cases))
    assert found.now is not None
    return found.now


def test_the_gap_is_what_asking_again_would_gain() -> None:
    rate = rate_of(case_of("a", "+----"), case_of("b", "+++++"))

    assert (rate.one, rate.best, rate.every) == pytest.approx((0.6, 1.0, 0.5))
    assert rate.gap == pytest.approx(0.4)


def test_it_is_unbiased_where_there_are_more_than_five_trials() -> None:
    rate = rate_of(case_of("a", "+-------"))

    assert (rate.one, rate.best) == pytest.approx((1 / 8, 5 / 8))


def test_cases_with_fewer_than_five_trials_are_left_out() -> None:
    rate = rate_of(case_of("a", "+++++"), case_of("b", "----"))

    assert (rate.cases, rate.one) == (1, 1.0)


@pytest.mark.parametrize("passed", ["++++", "?????", ""])
def test_a_category_without_five_verdicts_has_no_rate(passed: str) -> None:
    assert pass_rates(make_run(case_of("a", passed))) == ()


def test_the_baseline_has_its_own_rate() -> None:
    (found,) = pass_rates(make_run(case_of("a", "+----", before="+++++")))

    assert found.before == PassRate(cases=1, one=1.0, best=1.0, every=1.0)
