"""Why a case is measured: what of its request or its scoring differs from the baseline's."""

from dataclasses import dataclass
from enum import StrEnum

from evalci.core.baseline import Baseline, BaselineCase
from evalci.core.run import Run, RunCase, Standing


class Cause(StrEnum):
    """What makes a case run; ``UNRECORDED`` is a difference that no file we know explains."""

    NO_BASELINE = "no baseline"
    NEW = "new case"
    EDITED = "golden set"
    SCORING = "scoring"
    PROMPT = "prompt"
    MODEL = "model"
    PARAMS = "params"
    UNRECORDED = "unrecorded"
    SELECTED = "selected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """One cause; ``what`` names the file or the model, empty where the cause says it all."""

    cause: Cause
    what: str = ""


def causes_of(case: RunCase, run: Run, baseline: Baseline | None) -> tuple[Why, ...]:
    """Return why a planned case is measured; nothing for one that is carried forward."""
    if case.carried:
        return ()
    if baseline is None:
        return (Why(cause=Cause.NO_BASELINE),)
    if case.baseline is None:
        return (Why(cause=Cause.NEW),)
    found = [*_scored_otherwise(case), *_asked_otherwise(case, case.baseline, run, baseline)]
    return tuple(found) or (Why(cause=Cause.SELECTED, what=run.selection),)


def _scored_otherwise(case: RunCase) -> list[Why]:
    if case.standing is Standing.EDITED:
        return [Why(cause=Cause.EDITED, what=case.source)]
    return [Why(cause=Cause.SCORING)] if case.standing is Standing.RESCORED else []


def _asked_otherwise(
    case: RunCase, before: BaselineCase, run: Run, baseline: Baseline
) -> list[Why]:
    """Return what explains another request hash; an edited case explains it, too."""
    if before.hashes.request == case.hashes.request:
        return []
    found = [Why(cause=Cause.PROMPT, what=path) for path in _new_files(case, before, run, baseline)]
    if baseline.model_id != run.model.id:
        found.append(Why(cause=Cause.MODEL, what=f"{baseline.model_id} → {run.model.id}"))
    if baseline.params != run.model.params:
        found.append(Why(cause=Cause.PARAMS))
    known = found or case.standing is Standing.EDITED
    return found if known else [Why(cause=Cause.UNRECORDED)]


def _new_files(case: RunCase, before: BaselineCase, run: Run, baseline: Baseline) -> list[str]:
    """Return the prompt of a case and its includes, as far as the baseline had other ones."""
    files = {
        path: hash_
        for ref in run.prompts
        if ref.path == case.prompt
        for path, hash_ in ref.files.items()
    }
    changed = [path for path, hash_ in files.items() if baseline.prompts.get(path) != hash_]
    return changed or ([case.prompt] if before.prompt != case.prompt else [])
