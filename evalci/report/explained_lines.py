"""The numbers behind an outcome, mode by mode: those that decide, in the order of deciding."""

from dataclasses import dataclass

from evalci.core.evidence.explained import Adjusted, Explained, Explanation, Span
from evalci.core.stats.entropy import EntropyRule
from evalci.core.summary import Summary

Number = float | int | str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One number: its name in the formulas, its value, and what it is."""

    name: str
    value: Number
    meaning: str


def evidence_whole(found: Explanation) -> tuple[Line, ...]:
    """Return the run as a whole under the evidence gate."""
    whole, spread = found.whole, found.spread
    within, between = float(spread.within), float(spread.between)
    watched = "watched statistic: .2 E_all + .8 of the weighted E_k"
    return (
        *_whole(found),
        Line(name="mu", value=whole.prior_mean, meaning="mean of the baseline's case means"),
        Line(name="W0", value=within, meaning="variance of trials in a case"),
        Line(name="T0", value=between, meaning="variance between cases"),
        Line(name="E_all", value=whole.evidence, meaning="evidence of a loss in the whole run"),
        Line(name="A", value=whole.statistic, meaning=watched),
        Line(name="limit", value=whole.limit, meaning="what A and E must reach to fail"),
        Line(name="losses", value=whole.losses, meaning="sparse evidence of losses"),
        Line(name="gains", value=whole.gains, meaning="the same of gains"),
    )


def exact_whole(found: Explanation, controller: EntropyRule | None) -> tuple[Line, ...]:
    """Return the run as a whole where categories decide alone; what ends the trials, if it does."""
    family = len([one for one in found.categories if one.adjusted.counts])
    lines = (
        *_whole(found),
        Line(name="K", value=family, meaning="categories that share alpha, by Holm's method"),
        Line(
            name="alpha",
            value=found.options.alpha,
            meaning="what p_holm may be at most to fail",
        ),
    )
    if controller is None:
        return lines
    sd, sure, most = controller.max_sd, controller.min_confidence, controller.max_runs
    return (
        *lines,
        Line(name="max_sd", value=sd, meaning="a case is repeated while its sd is above it"),
        Line(name="min_confidence", value=sure, meaning="or 1 - sd / mean is below it"),
        Line(name="max_runs", value=most, meaning="the most trials a case gets"),
    )


def _whole(found: Explanation) -> tuple[Line, ...]:
    whole = found.whole
    return (
        Line(name="d_all", value=whole.drop, meaning="drop over all cases, of 1"),
        Line(name="se_all", value=whole.se, meaning="its permutation standard error"),
        Line(name="z_all", value=whole.z, meaning="d_all / se_all"),
    )


def evidence_lines(item: Explained, found: Explanation) -> tuple[Line, ...]:
    """Return a category under the evidence gate."""
    closing = item.critical_z if found.options.closing else None
    at_cap = "what z must reach at the trial cap to fail"
    return (
        *_movement(item, z="d / se; a failure needs 2"),
        *_prior(item),
        *_evidence(item, found),
        *_bounds(item, found),
        Line(name="z_closing", value=closing, meaning=at_cap),
    )


def exact_lines(item: Explained, found: Explanation) -> tuple[Line, ...]:
    """Return a category that the exact permutation test decides."""
    return (
        *_movement(item, z="d / se"),
        *_adjusted(item.adjusted),
        Line(name="alpha", value=found.options.alpha, meaning="what p_holm may be at most to fail"),
        *_bounds(item, found),
    )


def _adjusted(found: Adjusted) -> tuple[Line, ...]:
    holm = "adjusted over the categories by Holm's method"
    return (
        Line(name="p_holm", value=found.fell, meaning=f"p_exact, or p where there is none, {holm}"),
        Line(name="p_rise_holm", value=found.rose, meaning="the same of a rise, for `improved`"),
    )


def threshold_lines(summary: Summary) -> tuple[Line, ...]:
    """Return a category that is held to a plain limit."""
    limits = summary.category.limits
    relative = limits.max_drop.relative
    limit = (limits.max_drop.points or 0.0) if relative is None else relative
    measure = "d" if relative is None else "d_relative"
    before, interval = summary.compared_baseline, summary.now_interval
    floor = (
        Line(name="mean_now", value=summary.now, meaning="mean of all cases measured now"),
        Line(name="high", value=interval.high if interval else None, meaning="its 95 % bound"),
        Line(name="floor", value=limits.min_score, meaning="fails where the bound is below it"),
    )
    return (
        Line(name="n", value=summary.compared, meaning="cases compared"),
        Line(name="m", value=summary.trials, meaning="trials of this change a case, at most"),
        Line(name="before", value=before, meaning="mean of those cases in the baseline"),
        Line(name="now", value=summary.compared_mean, meaning="their mean now"),
        Line(name="d", value=summary.drop, meaning="drop of the mean, of 1; below 0 is better"),
        Line(name="d_relative", value=summary.relative, meaning="d / before"),
        Line(name="limit", value=limit, meaning=f"{measure} above it fails; exactly it passes"),
        *(floor if limits.min_score is not None else ()),
    )


def _movement(item: Explained, *, z: str) -> tuple[Line, ...]:
    one = item.decision
    return (
        Line(name="n", value=one.cases, meaning="cases compared"),
        Line(name="b", value=_span(item.before), meaning="baseline trials a case"),
        Line(name="m", value=_span(item.after), meaning="trials of this change a case"),
        Line(name="d", value=one.drop, meaning="drop of the mean, of 1; below 0 is better"),
        Line(name="se", value=one.se, meaning="its standard error, trials shuffled inside cases"),
        Line(name="z", value=one.z, meaning=z),
        Line(name="p", value=one.p, meaning="normal tail of z"),
        Line(name="p_exact", value=one.p_exact, meaning="exact mid-p of pass/fail scores"),
    )


def _prior(item: Explained) -> tuple[Line, ...]:
    one = item.decision
    return (
        Line(name="kappa", value=one.kappa, meaning="pseudo-trials that the category is worth"),
        Line(name="mu_k", value=one.prior_mean, meaning="the score they have"),
    )


def _evidence(item: Explained, found: Explanation) -> tuple[Line, ...]:
    one, whole = item.decision, found.whole
    return (
        Line(name="E_uniform", value=item.even, meaning="evidence of a loss spread over the cases"),
        Line(name="E_sparse", value=item.sparse, meaning="evidence of few, large losses"),
        Line(name="E_k", value=one.evidence, meaning="their mean: the evidence of the report"),
        Line(name="E_all", value=whole.evidence, meaning="evidence over the whole run"),
        Line(name="share", value=item.weight, meaning="of the category in A"),
        Line(name="A", value=whole.statistic, meaning="watched statistic of the run"),
        Line(name="limit", value=whole.limit, meaning="what A and E_k must reach to fail"),
    )


def _bounds(item: Explained, found: Explanation) -> tuple[Line, ...]:
    one = item.decision
    sure = f"{found.options.confidence * 100:g} % upper bound of the drop"
    upper = min(one.upper, 1.0)
    return (
        Line(name="margin", value=one.margin, meaning="the smallest drop that may fail"),
        Line(name="detect", value=one.detect, meaning="the drop that must be ruled out to pass"),
        Line(name="u", value=upper, meaning=f"{sure}; passes below detect"),
    )


def _span(span: Span) -> Number:
    return span.least if span.least == span.most else f"{span.least}-{span.most}"
