"""What a report says of the judge: its calls and cost apart from the model's, and its failures."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from evalci.core.families import families_in
from evalci.core.json_value import JsonObject
from evalci.core.run import Run
from evalci.core.trial import JudgedBy, Spend, total_of
from evalci.report.calibrations import calibration_limits
from evalci.report.escape import counted, listed, mark_code


def judge_spend(run: Run) -> Spend:
    """Return what judging cost; it is no part of what the model's calls cost."""
    return total_of(by.spend for by in _judged(run))


def judge_json(run: Run) -> JsonObject | None:
    """Return the judge's part of a run for programs, None where nobody judged."""
    found = list(_judged(run))
    if not found:
        return None
    spend = total_of(by.spend for by in found)
    return {
        "models": sorted({by.model for by in found}),
        "resolved_models": sorted({name for by in found for name in by.resolved}),
        "unusable_replies": sum(by.unusable for by in found),
        "unscored": _unscored(run),
        "masked": sum(by.masked for by in found),
        "spend": asdict(spend),
    }


def judge_facts(run: Run, dollars: str) -> list[str]:
    """Return who judged, what that cost, and what could not be used; ``dollars`` are the judge's.

    Nothing where nobody judged.
    """
    found = list(_judged(run))
    if not found:
        return []
    spend, unusable = judge_spend(run), sum(by.unusable for by in found)
    masked = sum(by.masked for by in found)
    models = listed([mark_code(name) for name in sorted({by.model for by in found})])
    resolved = sorted({name for by in found for name in by.resolved if name != by.model})
    who = (
        f"{models} (answered as {listed([mark_code(n) for n in resolved])})" if resolved else models
    )
    parts = [f"{dollars} for {counted(spend.calls, 'call')}"]
    parts += [f"{spend.cached} cached"] * bool(spend.cached)
    parts += [f"{spend.retries} sent again"] * bool(spend.retries)
    lines = [f"judge {who}: {', '.join(parts)}"]
    unscored = f"; {counted(_unscored(run), 'answer')} unscored for it" * bool(_unscored(run))
    failed = f"replies of the judge without a score, or failed calls: {unusable}{unscored}"
    lines += [failed] * bool(unusable)
    lines += [f"hidden from the judge: {counted(masked, 'name')} of a model"] * bool(masked)
    left_out = sorted({by.left_out for by in found if by.left_out})
    lines += [f"rejected by the judge's vendor, and left out: {', '.join(left_out)}"] * bool(
        left_out
    )
    return lines


def judge_limits(run: Run) -> list[str]:
    """Return what a judge makes uncertain, for the list of what a check cannot see."""
    found = list(_judged(run))
    akin = sorted({by.model for by in found if by.akin})
    cut = sum(by.cut > 0 for by in found)
    family = f"judge {listed([mark_code(name) for name in akin])} is of the model's own family"
    lines = [f"{family}: judges rate their own kind higher"] * bool(akin)
    lines += _told_akin(run, found) * (not akin)
    long = f"{counted(cut, 'answer')} too long for the judge: it saw beginning and end"
    lines += calibration_limits(run.calibration, found, run.provenance.started_at)
    return lines + [long] * bool(cut)


def _told_akin(run: Run, found: Sequence[JudgedBy]) -> list[str]:
    """Say that the names of those who answered tell one family, whatever the config states."""
    judges = {name for by in found for name in (by.resolved or (by.model,))}
    shared = families_in(judges) & families_in(run.provenance.resolved_models)
    said = f"model and judge answered as {listed([mark_code(name) for name in sorted(shared)])}"
    return [f"{said}, whatever `family` states: judges rate their own kind higher"] * bool(shared)


def _judged(run: Run) -> Iterator[JudgedBy]:
    """Yield who judged each score of the cases that were measured now."""
    for case in run.cases:
        if not case.carried:
            for trial in case.trials:
                yield from (score.judge for score in trial.scores if score.judge is not None)


def _unscored(run: Run) -> int:
    return sum(
        score.judge is not None and score.value is None
        for case in run.cases
        for trial in case.trials
        for score in trial.scores
    )
