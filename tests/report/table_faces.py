"""A face of the report with every table: axes, repeats, refusals, measures."""

from evalci.core.baseline import BaselineTrial
from evalci.core.run import Run, RunCase
from evalci.core.trial import Finish, Score, Trial
from tests.baselines import make_baseline_case
from tests.calls import make_output
from tests.runs import make_run, make_run_case, make_trial

AXES = {"correctness": ("review", "tests"), "quality": ("violations",)}
WEIGHTS = {"tests": 0.6, "violations": 0.4}


def _code(place: int, number: int) -> Trial:
    tests, points = float((place + number) % 3 > 0), 1.0 - 0.3 * ((place * number) % 5)
    violations = Score(
        scorer="violations", value=points, measures={"points": 10 * points, "violations": 1.0}
    )
    return make_trial(
        case=f"code-{place}",
        trial=number,
        composite=max(0.0, 0.6 * tests + 0.4 * points),
        passed=tests == 1.0,
        scores=(Score(scorer="tests", value=tests), violations),
        output=make_output(cost_usd=0.0031),
    )


def _code_case(place: int) -> RunCase:
    before = BaselineTrial(
        score=0.96, passed=True, scores={"tests": 1.0, "violations": 0.9}, cost_usd=0.0024
    )
    id_ = f"code-{place}"
    return make_run_case(
        id=id_,
        category="code",
        trials=tuple(_code(place, number) for number in range(5)),
        weights=WEIGHTS,
        baseline=make_baseline_case(id=id_, trials=(before,) * 5),
    )


def _review(place: int, number: int) -> Trial:
    if number == 4:
        reason = "content_filter" if place % 2 else "refusal"
        output = make_output("", finish=Finish.REFUSED, finish_reason=reason)
        return make_trial(trial=number, composite=0.0, scores=(), output=output)
    measures = {"found": 2.0, "missed": 1.0, "false_alarms": 1.0, "precision": 0.67, "recall": 0.67}
    return make_trial(
        case=f"review-{place}",
        trial=number,
        composite=0.67,
        passed=None,
        scores=(Score(scorer="review", value=0.67, measures=measures),),
        output=make_output(cost_usd=0.001),
    )


def _review_case(place: int) -> RunCase:
    before = BaselineTrial(score=0.67, scores={"review": 0.67}, cost_usd=0.001)
    id_ = f"review-{place}"
    return make_run_case(
        id=id_,
        trials=tuple(_review(place, number) for number in range(5)),
        weights={"review": 1.0},
        baseline=make_baseline_case(id=id_, trials=(before,) * 5),
    )


def every_table() -> Run:
    cases = [make(place) for make in (_code_case, _review_case) for place in range(1, 7)]
    return make_run(*cases, axes=AXES)


FACES = {"every table": every_table}
