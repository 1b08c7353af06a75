"""Why a case is measured: what of its request or its scoring differs from the baseline's."""

from dataclasses import dataclass
from enum import StrEnum

from evalci.core.json_value import same_json
from evalci.core.run import BaselineRef, Run, RunCase, Standing


class Cause(StrEnum):
    """What makes a case run.

    ``UNRECORDED`` is a difference that no file we know explains; ``UNTRACED`` says that a program
    of the user's own may depend on anything.
    """

    NO_BASELINE = "no baseline"
    NEW = "new case"
    EDITED = "golden set"
    SCORING = "scoring"
    PROMPT = "prompt"
    MODEL = "model"
    PARAMS = "params"
    UNRECORDED = "unrecorded"
    UNTRACED = "untraced"
    SELECTED = "selected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """One cause; ``what`` names the file or the model, empty where the cause says it all."""

    cause: Cause
    what: str = ""


def causes_of(case: RunCase, run: Run) -> tuple[Why, ...]:
    """Return why a case is measured; nothing for one that is carried forward."""
    if case.carried:
        return ()
    if run.baseline is None:
        return (Why(cause=Cause.NO_BASELINE),)
    if case.baseline is None:
        return (Why(cause=Cause.NEW),)
    found = [*_scored_otherwise(case), *_asked_otherwise(case, run, run.baseline)]
    return tuple(found) or (_chosen(run),)


def unknown_dependencies(run: Run) -> tuple[str, ...]:
    """Return a line for each reason to measure all cases because nobody knows which to leave out.

    Nothing where there is no baseline: then there is nothing to leave out.
    """
    found = [why.cause for case in run.cases for why in causes_of(case, run)]
    lines = []
    if unrecorded := found.count(Cause.UNRECORDED):
        lines.append(
            "no prompt, model or case explains why requests differ from the baseline's (a file of "
            f"inputs_hashed, or another evalci): all those cases run ({unrecorded})"
        )
    if untraced := found.count(Cause.UNTRACED):
        lines.append(
            "nobody knows what a program of your own depends on: cases run that are as in the "
            f"baseline ({untraced}); name its files in inputs_hashed"
        )
    return tuple(lines)


def _chosen(run: Run) -> Why:
    """Return why a case with the baseline's hashes is measured."""
    if run.untraced:
        return Why(cause=Cause.UNTRACED)
    return Why(cause=Cause.SELECTED, what=run.selection)


def _scored_otherwise(case: RunCase) -> list[Why]:
    if case.standing is Standing.EDITED:
        return [Why(cause=Cause.EDITED, what=case.source)]
    return [Why(cause=Cause.SCORING)] if case.standing is Standing.RESCORED else []


def _asked_otherwise(case: RunCase, run: Run, baseline: BaselineRef) -> list[Why]:
    """Return what explains another request hash; an edited case explains it, too."""
    before = case.baseline
    if before is None or before.hashes.request == case.hashes.request:
        return []
    found = [Why(cause=Cause.PROMPT, what=path) for path in _new_files(case, before.prompt, run)]
    if baseline.model_id != run.model.id:
        found.append(Why(cause=Cause.MODEL, what=f"{baseline.model_id} → {run.model.id}"))
    if baseline.params is not None and not same_json(baseline.params, run.model.params):
        found.append(Why(cause=Cause.PARAMS))
    known = found or case.standing is Standing.EDITED
    return found if known else [Why(cause=Cause.UNRECORDED)]


def _new_files(case: RunCase, before: str, run: Run) -> list[str]:
    """Return the prompt of a case and its includes, as far as the baseline had other ones."""
    other = {change.path for change in run.changes}
    files = [path for ref in run.prompts if ref.path == case.prompt for path in ref.files]
    changed = [path for path in files if path in other]
    return changed or ([case.prompt] if before != case.prompt else [])
