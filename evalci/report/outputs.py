"""The outputs of the GitHub step, by name."""

import json
from collections.abc import Sequence

from evalci.core.gate import decide
from evalci.core.publication import Failure
from evalci.core.run import Run
from evalci.core.run_index import joined_code
from evalci.core.summary import overall
from evalci.core.trial import total_of
from evalci.core.verdict import Outcome, Verdict
from evalci.errors import ExitCode
from evalci.report.facts import run_spend
from evalci.report.judging import judge_spend
from evalci.report.outcomes import ICONS

# What ends so cannot have asked a model: its cost is known to be nothing.
_FREE = {ExitCode.USAGE, ExitCode.BAD_INPUT}
_WORST_FIRST = list(ICONS)


def step_outputs(runs: Sequence[Run], failures: Sequence[Failure]) -> dict[str, str]:
    """Return verdict, exit code, scores and cost of a publication; unknown is an empty text."""
    verdicts = [decide(run) for run in runs]
    codes = [verdict.exit_code for verdict in verdicts]
    ends = [ExitCode.NOT_MEASURED if f.exit_code is None else f.exit_code for f in failures]
    return {
        "verdict": _worst(verdicts, failures),
        "exit-code": str(int(joined_code([*codes, *ends] or [ExitCode.NOT_MEASURED]))),
        "regressed-categories": json.dumps(_regressed(runs, verdicts), ensure_ascii=False),
        **_scores(verdicts),
        "cost-usd": _cost(runs, failures),
        "calls": str(sum(run_spend(run).calls for run in runs)),
    }


def _worst(verdicts: Sequence[Verdict], failures: Sequence[Failure]) -> str:
    found = {verdict.outcome for verdict in verdicts}
    if failures or not found:
        found.add(Outcome.NOT_MEASURED)
    return min(found, key=_WORST_FIRST.index).value


def _regressed(runs: Sequence[Run], verdicts: Sequence[Verdict]) -> list[str]:
    """Return the categories that block, with their golden set where there are several."""
    several = len({run.golden_set.name for run in runs}) > 1
    names = [
        f"{run.golden_set.name}: {result.summary.category.name}"
        if several
        else result.summary.category.name
        for run, verdict in zip(runs, verdicts, strict=True)
        for result in verdict.categories
        if result.blocks
    ]
    return list(dict.fromkeys(names))


def _scores(verdicts: Sequence[Verdict]) -> dict[str, str]:
    """Return the means that the headline calls overall; a run without a verdict has none."""
    whole = overall(
        result.summary
        for verdict in verdicts
        if verdict.outcome not in {Outcome.NOT_MEASURED, Outcome.NOT_RUN}
        for result in verdict.categories
    )
    if whole is None:
        return {"score": "", "baseline-score": ""}
    return {"score": f"{whole.now:.4f}", "baseline-score": f"{whole.before:.4f}"}


def _cost(runs: Sequence[Run], failures: Sequence[Failure]) -> str:
    spends = [total_of((run_spend(run), judge_spend(run))) for run in runs]
    unknown = any(spend.unknown for spend in spends)
    if unknown or any(failure.exit_code not in _FREE for failure in failures):
        return ""
    return f"{sum(spend.usd for spend in spends):.4f}"
