"""Takes secrets out of a trial before anybody keeps it."""

from dataclasses import replace

from evalci.core.redaction import Redactor
from evalci.core.trial import Trial, shortened


def clean_trial(trial: Trial, redactor: Redactor) -> Trial:
    """Return a trial without secrets: redacted whole, and only then cut to length.

    An answer loses known values only, until it is scored and written.
    """
    output = trial.output
    text = redactor.known(output.text) if output else ""
    scores = tuple(
        replace(score, reason=shortened(redactor.text(score.reason), 200))
        if score.reason
        else score
        for score in trial.scores
    )
    return replace(
        trial,
        output=replace(output, text=text) if output and text != output.text else output,
        scores=scores,
        failure=shortened(redactor.text(trial.failure), 300),
    )
