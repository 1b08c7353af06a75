"""What is kept of a trial: no secret, and the digits of `run.json`."""

from evalci.core.clean_trial import clean_trial
from evalci.core.criterion import CriterionScore
from evalci.core.redaction import MASK, Redactor
from evalci.core.run_file import parse_trial, to_json
from evalci.core.trial import JudgedBy, Score, Spend, Trial
from tests.calls import make_output
from tests.runs import make_trial

SECRET = "top-secret-value"  # noqa: S105  # a stand-in


def clean(trial: Trial) -> Trial:
    return clean_trial(trial, Redactor([SECRET]))


def test_a_kept_trial_is_what_the_file_will_say_of_it() -> None:
    scores = (Score(scorer="chrf", value=1 / 7, reason="short"), Score(scorer="exact", value=1.0))
    trial = make_trial(composite=1 / 3, scores=scores, output=make_output(latency_s=0.123456))

    kept = clean(trial)

    assert kept == parse_trial(to_json(trial), "log.jsonl")
    assert kept.composite == 0.333333


def test_a_trial_with_nothing_to_hide_is_the_trial_itself() -> None:
    trial = make_trial(composite=0.5, scores=(Score(scorer="exact", value=0.5, reason="half"),))

    assert clean(trial) is trial


def test_secrets_leave_answer_reason_and_failure() -> None:
    trial = make_trial(
        scores=(Score(scorer="exact", value=0.0, reason=f"got {SECRET}"),),
        output=make_output(text=f"the key is {SECRET}"),
        failure=f"refused {SECRET}",
    )

    kept = clean(trial)

    assert kept.output is not None
    assert kept.output.text == f"the key is {MASK}"
    assert (kept.scores[0].reason, kept.failure) == (f"got {MASK}", f"refused {MASK}")


def test_what_a_judge_says_and_quotes_loses_secrets_and_digits() -> None:
    found = CriterionScore(id="right", value=1 / 3, reason=f"has {SECRET}", evidence="x" * 300)
    by = JudgedBy(model="openai/judge", spend=Spend(usd=0.1 + 0.2))
    score = Score(scorer="judge", value=1.0, criteria=(found,), spread=1 / 3, judge=by)

    (kept,) = clean(make_trial(scores=(score,))).scores

    assert kept.criteria[0].reason == f"has {MASK}"
    assert (kept.criteria[0].value, kept.spread) == (0.333333, 0.333333)
    assert len(kept.criteria[0].evidence) == 200
    assert kept.judge is not None
    assert kept.judge.spend.usd == 0.3
