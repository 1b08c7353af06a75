"""`--last-failed`: narrows a selection to what failed in the last run of each golden set."""

from collections.abc import Sequence
from dataclasses import replace

from evalci.cli.workspace import Workspace, read_run
from evalci.core.case_set import CaseSet
from evalci.core.failing import failing_cases
from evalci.core.model_config import ModelConfig
from evalci.core.plan import Selection
from evalci.errors import NothingFailedError


def last_failed(
    workspace: Workspace, sets: Sequence[CaseSet], model: ModelConfig, selection: Selection
) -> dict[str, Selection]:
    """Return a selection for each golden set, by its path, in which a selected case failed.

    A golden set without a last run has nothing to offer; NothingFailedError when all have nothing.
    """
    failed: dict[str, Selection] = {}
    never: list[str] = []
    for found in sets:
        place = workspace.run_folder(found.name, model) / "run.json"
        if not place.is_file():
            never.append(found.name)
            continue
        chosen = replace(selection, affected=False, cases=failing_cases(read_run(place)))
        if any(map(chosen.includes, found.cases)):
            failed[found.path] = chosen
    if not failed:
        raise _nothing_failed(model, [found.name for found in sets], never)
    return failed


def _nothing_failed(
    model: ModelConfig, names: Sequence[str], never: Sequence[str]
) -> NothingFailedError:
    if len(never) == len(names):
        what = f"no last run of {_listed(names)} with model `{model.name}`"
        return NothingFailedError(what, hint="use `evalci run` without --last-failed first")
    ran = [name for name in names if name not in never]
    what = f"nothing failed in the last run of {_listed(ran)} with model `{model.name}`"
    return NothingFailedError(what, hint="leave out --last-failed")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
