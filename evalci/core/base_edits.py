"""How a run stands on its base: flags and baseline of the base in force, edits of them listed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from evalci.core.base_policy import MAX_CHANGES, Policy
from evalci.core.case_set import CaseSet
from evalci.core.hashes import template_hash
from evalci.core.ports import BaseFiles
from evalci.core.run import PolicyChange, Run, Standing

OWN_RECORDINGS = "replayed from recordings that this change added or changed"


def on_base(
    run: Run,
    policy: Policy,
    *,
    flags: Iterable[PolicyChange],
    baseline: str,
    recordings: str,
    own: Callable[[str], str | None],
) -> Run:
    """Return a planned run that says what it stands on, and which edits do not count.

    ``baseline`` is the path of the baseline, ``recordings`` that of what a replay answers from,
    empty for a live run; ``own`` gives the text of a file as the change has it.
    """
    base, files = policy.base, policy.files
    if base is None or files is None:
        return run
    edits = (*policy.changes, *flags, *file_edit(baseline, files.text(baseline), own(baseline)))
    fresh = bool(recordings) and files.text(recordings) != own(recordings)
    return replace(
        run,
        base=base,
        policy_changes=edits[:MAX_CHANGES],
        baseline=run.baseline
        and replace(run.baseline, path=baseline, predates=_predates(run, files)),
        unverified=OWN_RECORDINGS if fresh else "",
    )


def uncompared(run: Run) -> str:
    """Return why a good verdict about somebody else's golden set proves nothing, empty if it does.

    Who takes a case out, or edits what it asks for, takes it out of the comparison, too.
    """
    edited = [c for c in run.cases if c.standing in {Standing.EDITED, Standing.RESCORED}]
    lost = len(run.removed) + len(edited)
    if not lost:
        return ""
    return f"{lost} of the base's cases are edited or gone here, so nothing compares them"


def _predates(run: Run, files: BaseFiles) -> str | None:
    """Return the commit by which the base moved on from what its baseline measured, or None."""
    for change in run.changes:
        text = files.text(change.path) if change.old else None
        if text is not None and template_hash(text) != change.old:
            return files.last_change(change.path)
    return None


def flag_changes(found: CaseSet, flags: Mapping[str, bool]) -> tuple[PolicyChange, ...]:
    """Return where a golden set marks a known case otherwise than the base, or dropped it."""
    now = {case.id: case.must_pass for case in found.cases}
    edited = [(i, before, now[i]) for i, before in flags.items() if i in now and now[i] != before]
    changes = [
        PolicyChange(path=f"must_pass of {id_}", old=_word(before), new=_word(after))
        for id_, before, after in edited
    ]
    changes += [
        PolicyChange(path=f"must_pass of {id_}", old="true", new="case removed")
        for id_, before in flags.items()
        if before and id_ not in now
    ]
    return tuple(changes[:MAX_CHANGES])


def _word(flag: bool) -> str:
    return "true" if flag else "false"


NOT_USED = "not used for this check"


def file_edit(
    path: str, before: str | None, now: str | None, *, effect: str = NOT_USED
) -> tuple[PolicyChange, ...]:
    """Return the line that calls out an edit of a file which is read from the base."""
    if before == now:
        return ()
    what = "added" if before is None else "removed" if now is None else "edited"
    old = "" if before is None else "in the base"
    return (PolicyChange(path=path, old=old, new=f"{what} here, {effect}"),)
