"""What changed since the baseline: prompts, models, the golden set, in lines of text."""

from collections.abc import Sequence

from evalci.core.affected import unknown_dependencies
from evalci.core.document import shown
from evalci.core.hashes import short
from evalci.core.json_value import same_json
from evalci.core.judge_moved import judge_move
from evalci.core.run import FileChange, PolicyChange, Run, Standing
from evalci.report.escape import counted, mark_code

MAX_POLICY = 80
MAX_PARAMS = 120


def changes_title(run: Run) -> str:
    if run.baseline is None or run.baseline.commit is None:
        return "What changed since the baseline"
    now = short(run.provenance.commit or "") or "working tree"
    now = f"{now} with uncommitted changes" if run.provenance.dirty else now
    if now == short(run.baseline.commit):
        return f"What changed since the baseline ({mark_code(now)})"
    return (
        f"What changed since the baseline ({mark_code(short(run.baseline.commit))} → "
        f"{mark_code(now)})"
    )


def changes(run: Run) -> tuple[str, ...]:
    if run.baseline is None:
        return ()
    prompts = {prompt.path for prompt in run.prompts}
    every = None if run.shard else len(run.cases) + len(run.unselected)
    lines = [
        _file_change(change, every, noun="prompt" if change.path in prompts else "include")
        for change in run.changes
    ]
    lines += [*_model_changes(run), *unknown_dependencies(run)]
    edited = sum(case.standing in {Standing.EDITED, Standing.RESCORED} for case in run.cases)
    new = sum(case.standing is Standing.NEW for case in run.cases)
    lines += [f"{counted(edited, 'case')} edited, or scored otherwise: not compared"] * bool(edited)
    lines += [f"{counted(new, 'new case')}: not compared"] * bool(new)
    lines += [
        f"{counted(len(run.removed), 'case')} of the baseline gone from the golden set"
    ] * bool(run.removed)
    if run.baseline.golden_set_version != run.golden_set.version:
        before, now = run.baseline.golden_set_version, run.golden_set.version
        lines.append(f"golden set {mark_code(before)} → {mark_code(now)}")
    return tuple(lines)


def policy_changes(run: Run) -> tuple[str, ...]:
    """Return the edits of the policy, which do not decide their own check, a line each."""
    return tuple(_policy_change(change) for change in run.policy_changes)


def _policy_change(change: PolicyChange) -> str:
    old = mark_code(change.old, MAX_POLICY) if change.old else "absent"
    new = mark_code(change.new, MAX_POLICY) if change.new else "removed"
    return f"{mark_code(change.path)} {old} → {new}"


def _file_change(change: FileChange, cases: int | None, *, noun: str) -> str:
    old = mark_code(short(change.old)) if change.old else "new"
    new = mark_code(short(change.new)) if change.new else "no longer used"
    lines = f" (+{change.added} −{change.removed})" if change.diff else ""
    of = "" if cases is None else f" of {cases}"
    affects = f": affects {change.affects}{of} cases" if change.affects else ""
    return f"{noun} {mark_code(change.path)} {old} → {new}{lines}{affects}"


def _model_changes(run: Run) -> Sequence[str]:
    if run.baseline is None:
        return ()
    lines = []
    if run.baseline.model_id != run.model.id:
        lines.append(
            f"model {mark_code(run.model.name)}: requested {mark_code(run.baseline.model_id)} → "
            f"{mark_code(run.model.id)}"
        )
    old = run.baseline.params
    if old is not None and not same_json(old, run.model.params):
        before, now = shown(old, MAX_PARAMS), shown(run.model.params, MAX_PARAMS)
        lines.append(
            f"model {mark_code(run.model.name)}: parameters {mark_code(before)} → {mark_code(now)}"
        )
    resolved = sorted(run.provenance.resolved_models)
    known = sorted(run.baseline.resolved_models)
    if resolved and known and resolved != known:
        moved = "" if run.baseline.model_id != run.model.id else " (the vendor moved)"
        lines.append(
            f"model {mark_code(run.model.name)}: resolved {mark_code(', '.join(known))} → "
            f"{mark_code(', '.join(resolved))}{moved}"
        )
    return [*lines, *_judge_changes(run)]


def _judge_changes(run: Run) -> Sequence[str]:
    move = judge_move(run)
    if move is None:
        return ()
    before, now = mark_code(", ".join(move.before)), mark_code(", ".join(move.now))
    return (f"judge moved {before} → {now}: what it judged is not held against the baseline",)
