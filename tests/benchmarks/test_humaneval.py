"""The gate on real answers with known verdicts: 60 HumanEval problems, 20 answers each.

Set EVALCI_HUMANEVAL to a folder with `problems.jsonl` (task_id, complexity) and
`completions_*.jsonl` (task_id, run, outcome); the answers are not part of this repository.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean

import numpy as np
import pytest

from evalci.core.evidence.decision import Decision
from evalci.core.evidence.options import CategoryRule, Options
from evalci.core.evidence.table import CaseTrials
from tests.core.evidence.looks import Ended, run_looks

FOLDER = os.environ.get("EVALCI_HUMANEVAL", "")
SPLITS = 200
BASELINE_TRIALS, CANDIDATE_TRIALS = 10, 8
LOSS = 0.20
OPTIONS = Options(looks=(1, 2, 4, CANDIDATE_TRIALS))

Labels = dict[str, list[bool]]

if not FOLDER:
    pytest.skip("EVALCI_HUMANEVAL names no folder with the answers", allow_module_level=True)


def _rows(pattern: str) -> Iterator[dict[str, str]]:
    for file in sorted(Path(FOLDER).glob(pattern)):
        for line in file.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def read_labels() -> tuple[Labels, dict[str, str]]:
    """Return which answers of each problem passed, and each problem's category."""
    home = {row["task_id"]: row["complexity"] for row in _rows("problems.jsonl")}
    labels: Labels = {task: [] for task in home}
    for row in _rows("completions_*.jsonl"):
        labels[row["task_id"]].append(row["outcome"] == "passed")
    return labels, home


LABELS, HOME = read_labels()


def split(seed: int, *, losing: str = "") -> Ended:
    """Decide one random split; in the losing category passes become failures, 20 points of them."""
    rng = np.random.default_rng(seed)
    mean = fmean([fmean(LABELS[task]) for task, name in HOME.items() if name == losing] or [1.0])
    cases, answers = [], {}
    for task, name in sorted(HOME.items()):
        order = rng.permutation(LABELS[task]).astype(float)
        now = order[BASELINE_TRIALS : BASELINE_TRIALS + CANDIDATE_TRIALS]
        spoiled = rng.random(len(now)) < LOSS / mean
        answers[task] = np.where(spoiled, 0.0, now) if name == losing else now
        before = tuple(order[:BASELINE_TRIALS].tolist())
        cases.append(CaseTrials(id=task, category=name, baseline=before, candidate=()))
    rules = {name: CategoryRule() for name in HOME.values()}
    return run_looks(cases, rules, OPTIONS, lambda case, n: float(answers[case][n]))


def red(decision: Decision) -> set[str]:
    """Return the categories that regressed, and `all` where the whole run did."""
    whole = {"all"} if decision.whole is not None and decision.whole.regressed else set[str]()
    return whole | {c.name for c in decision.categories if c.status == "regression"}


def test_splits_of_the_same_answers_are_rarely_red() -> None:
    ended = [split(seed) for seed in range(SPLITS)]

    share = sum(bool(red(one.decision)) for one in ended) / SPLITS
    calls = sum(one.calls for one in ended) / SPLITS / len(HOME)
    print(f"\nunchanged: {share:.1%} of {SPLITS} splits red, {calls:.2f} calls a case")  # noqa: T201  # the figure
    assert share <= 0.05


@pytest.mark.parametrize("category", ["low", "medium"])
def test_a_loss_of_twenty_points_is_found(category: str) -> None:
    found = [red(split(seed, losing=category).decision) for seed in range(SPLITS)]

    share = sum(category in names for names in found) / SPLITS
    others = sum(bool(names - {category, "all"}) for names in found) / SPLITS
    print(f"\n{category} loses 20 points: red in {share:.1%} of splits, others {others:.1%}")  # noqa: T201  # the figure
    assert share >= 0.95
