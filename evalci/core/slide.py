"""The slow slide: how far a category lies below its anchor after many accepted small drops."""

import math
from collections.abc import Iterator
from statistics import fmean, stdev

from evalci.core.category import Category
from evalci.core.finding import Finding, FindingKind
from evalci.core.run import Run
from evalci.core.statistical_words import in_points
from evalci.core.stats.scores import TOLERANCE
from evalci.core.stats.sequential import LEAST_CASES
from evalci.core.summary import shown_mean

SURE_Z = 1.645


def slides(run: Run) -> Iterator[Finding]:
    """Yield the categories that lie below their anchor by their margin or more, beyond chance.

    Only cases count that the anchor knows unedited; carried-forward ones have their baseline's
    mean. The chance is that of the cases: mean over standard error of 1.645 or more.
    """
    if run.anchor is None:
        return
    groups = run.by_category()
    for category in run.gate.categories:
        pairs = [
            (case.anchor, now)
            for case in groups.get(category.name, ())
            if case.anchor is not None and (now := shown_mean(case)) is not None
        ]
        falls = [before - now for before, now in pairs]
        if len(falls) >= LEAST_CASES and _beyond_chance(falls, category):
            then, now = fmean(before for before, _ in pairs), fmean(now for _, now in pairs)
            text = (
                f"{in_points(then - now)} below the anchor of {run.anchor.accepted_at[:10]}: "
                f"{then:.2f} -> {now:.2f} over {len(pairs)} cases"
            )
            yield Finding(kind=FindingKind.ANCHOR, category=category.name, text=text)


def _beyond_chance(falls: list[float], category: Category) -> bool:
    fall, se = fmean(falls), stdev(falls) / math.sqrt(len(falls))
    return fall >= category.limits.margin - TOLERANCE and fall >= SURE_Z * se
