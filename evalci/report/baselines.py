"""Baselines as text: one line a category, for `baseline show` and `baseline diff`."""

from collections import defaultdict
from collections.abc import Mapping
from statistics import fmean

from evalci.core.baseline import Baseline, BaselineCase
from evalci.core.gate_rates import baseline_gate_rates
from evalci.core.hashes import short
from evalci.report.code_gates import gate_words
from evalci.report.escape import counted, one_line, unmarked

GONE = "(no longer in the golden set)"


def baseline_lines(baseline: Baseline, categories: Mapping[str, str]) -> list[str]:
    """Return who accepted a baseline and when, then each category's mean."""
    accepted = baseline.accepted
    commit = one_line(short(baseline.commit)) if baseline.commit else "no commit"
    who = one_line(accepted.by) or "unknown"
    lines = [
        f"{_set_name(baseline)} {one_line(baseline.golden_set_version)} with {_model(baseline)}",
        f"accepted {one_line(accepted.at)} by {who} at {commit}: {one_line(accepted.reason)}",
    ]
    for name, cases in sorted(_by_category(baseline, categories).items()):
        trials = [len(case.trials) for case in cases]
        mean = fmean(case.mean for case in cases)
        low, high = min(trials), max(trials)
        span = counted(low, "trial") if low == high else f"{low}-{high} trials"
        lines.append(f"  {one_line(name)}: {mean:.2f}, {counted(len(cases), 'case')} × {span}")
    return lines + _gates(baseline)


def _gates(baseline: Baseline) -> list[str]:
    """Return the share of answers that pass each code gate, where there is any."""
    found = baseline_gate_rates(baseline)
    if found is None:
        return []
    return [f"  code gates: {', '.join(unmarked(gate_words(rate)) for rate in found.rates)}"]


def baseline_diff_lines(
    before: Baseline | None, after: Baseline, categories: Mapping[str, str], *, ref: str
) -> list[str]:
    """Return how each category moved between two baselines, and which cases moved most."""
    if before is None:
        name = f"{_set_name(after)} with {_model(after)}"
        return [f"{name}: only in the working tree, {one_line(ref)} has no baseline"]
    old, new = before.by_id(), after.by_id()
    changed = {i for i in old.keys() & new.keys() if old[i] != new[i]}
    counts = f"{len(changed)} cases changed, {len(new.keys() - old.keys())} new"
    gone = f"{len(old.keys() - new.keys())} gone since {ref}"
    lines = [f"{_set_name(after)} with {_model(after)}: {counts}, {gone}"]
    groups_old, groups_new = _by_category(before, categories), _by_category(after, categories)
    for name in sorted(groups_old.keys() | groups_new.keys()):
        left, right = _mean(groups_old.get(name)), _mean(groups_new.get(name))
        lines.append(f"  {one_line(name)}: {left} → {right}")
    moved = sorted(changed, key=lambda i: (-abs(old[i].mean - new[i].mean), i))
    lines += [f"    {one_line(i)}: {old[i].mean:.2f} → {new[i].mean:.2f}" for i in moved[:10]]
    return lines


def _set_name(baseline: Baseline) -> str:
    return one_line(baseline.golden_set)


def _model(baseline: Baseline) -> str:
    return one_line(baseline.model_id)


def _by_category(
    baseline: Baseline, categories: Mapping[str, str]
) -> dict[str, list[BaselineCase]]:
    groups: dict[str, list[BaselineCase]] = defaultdict(list)
    for case in baseline.cases:
        groups[categories.get(case.id, GONE)].append(case)
    return groups


def _mean(cases: list[BaselineCase] | None) -> str:
    return f"{fmean(case.mean for case in cases):.2f}" if cases else "–"
