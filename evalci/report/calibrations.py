"""What a judge's calibration says: a table for the terminal, and lines for a report."""

from collections.abc import Collection

from evalci.core.calibration import Calibration, CalibrationRef, age_in_days
from evalci.core.stats.agreement import Agreement
from evalci.core.trial import JudgedBy
from evalci.report.escape import counted, listed, mark_code, one_line

_HEAD = ("criterion", "pairs", "MAD", "Pearson", "Spearman", "kappa", "weighted", "bias (95 %)")
MIN_CASES = 20
HOW = "evalci judge calibrate"


def calibration_lines(
    calibration: Calibration, path: str, kept: Calibration | None = None
) -> list[str]:
    """Return what a calibration says, criterion by criterion, and where it was written.

    ``kept`` is one that rests on more cases and stayed in its place.
    """
    overall = calibration.overall
    size = f"{counted(overall.pairs, 'pair')} in {counted(overall.cases, 'case')}"
    judge = f"judge {calibration.judge.name} ({one_line(calibration.judge.id)})"
    against = one_line(calibration.against)
    rows = [_HEAD, *[_cells(one.id, one.agreement) for one in calibration.criteria]]
    rows += [_cells("all", overall)] * (len(calibration.criteria) > 1)
    return [
        f"{one_line(calibration.golden_set)}: {judge} against {against}, {size}",
        *_table(rows),
        f"  {bias_sentence('the judge', against, overall.bias, overall.low, overall.high)}",
        *[f"  {line}" for line in _weak(calibration)],
        f"  {_fate(path, kept)}",
    ]


def _fate(path: str, kept: Calibration | None) -> str:
    """Return where a calibration was written, or why it was not."""
    if kept is None:
        return f"written to {path}; commit it"
    rests = f"rests on {counted(kept.overall.cases, 'case')}"
    return f"not written: {path} of {kept.measured_on} {rests}; delete it to replace it"


def _weak(found: Calibration | CalibrationRef) -> list[str]:
    """Return why a comparison says less than it seems to."""
    cases = found.cases if isinstance(found, CalibrationRef) else found.overall.cases
    few = f"on {counted(cases, 'case')}, fewer than {MIN_CASES}: its figures say little"
    other = "of a case without its text: another answer may have been meant"
    drawn = "of a sample that takes high, low and doubtful answers alike: figures of all may differ"
    return [
        *[few] * (cases < MIN_CASES),
        *[f"{counted(found.nameless, 'label')} {other}"] * bool(found.nameless),
        *[drawn] * found.stratified,
    ]


def _cells(name: str, found: Agreement) -> tuple[str, ...]:
    figures = (found.pearson, found.spearman, found.kappa, found.weighted_kappa)
    return (
        one_line(name, 40),
        str(found.pairs),
        f"{found.mad:.2f}",
        *["–" if figure is None else _signed(figure) for figure in figures],
        _bias(found.bias, found.low, found.high),
    )


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    """Return rows in columns: the first to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  "
        + "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


def bias_sentence(
    judge: str, against: str, bias: float, low: float | None, high: float | None
) -> str:
    """Say whether a judge is stricter or milder than the others; nothing corrects it."""
    if low is not None and high is not None and not low <= 0.0 <= high:
        word = "stricter" if bias < 0 else "milder"
        found = f"{judge} is {abs(bias):.2f} {word} than {against}"
        return f"{found}: {_bias(bias, low, high)}; scores are not corrected for it"
    return f"no systematic difference of {judge} from {against} shows: {_bias(bias, low, high)}"


def _bias(bias: float, low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return f"{_signed(bias)} (one case)"
    return f"{_signed(bias)} ({_signed(low)} to {_signed(high)})"


def _signed(value: float) -> str:
    """Return a figure with two digits and a real minus sign; there is no negative zero."""
    text = f"{value:.2f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")


def calibration_limits(
    found: CalibrationRef | None, judged: Collection[JudgedBy], now: str
) -> list[str]:
    """Return what a judge's calibration leaves unknown, for the list of what a check cannot see.

    ``judged`` are the judge's scores, ``now`` is an ISO 8601 moment.
    """
    judges = {by.model for by in judged}
    names = listed([mark_code(name) for name in sorted(judges)])
    if not judges:
        return []
    if found is None or found.judge not in judges:
        never = "was never compared with people or another judge here"
        return [f"judge {names} {never}: {mark_code(HOW)}"]
    judge, against = f"judge {mark_code(found.judge)}", mark_code(found.against)
    weak = _weak(found)
    lines = [f"the calibration of {judge}: {line}" for line in weak] + _moved(found, judged)
    days = age_in_days(found.measured_on, now)
    if days is None or days > found.max_age_days:
        age = "of an unknown age" if days is None else f"{days} days old"
        lines.append(
            f"the calibration of {judge} is {age}, more than {found.max_age_days}: "
            f"{mark_code(HOW)} renews it"
        )
    if found.worst_mad > found.max_mad:
        lines.append(
            f"{judge} and {against} differ by {found.worst_mad:.2f} on average on "
            f"{mark_code(found.worst)}, more than {found.max_mad:.2f}"
        )
    if found.low is not None and found.high is not None and not found.low <= 0 <= found.high:
        lines.append(bias_sentence(judge, against, found.bias, found.low, found.high))
    return lines


def _moved(found: CalibrationRef, judged: Collection[JudgedBy]) -> list[str]:
    """Return what is no longer as it was when a judge was calibrated: rubric and version."""
    own = [by for by in judged if by.model == found.judge]
    calibration = f"the calibration of judge {mark_code(found.judge)}"
    rubrics = {by.rubric for by in own} - set(found.rubrics)
    now = sorted({name for by in own for name in by.resolved} - set(found.resolved))
    then = listed([mark_code(name) for name in found.resolved]) or "an unknown version"
    other = f"{calibration} is of {then}, {listed([mark_code(name) for name in now])} answered now"
    renew = f"{mark_code(HOW)} renews it"
    lines = [f"{calibration} is of other rubrics than this run's: {renew}"] * bool(rubrics)
    return lines + [f"{other}: {renew}"] * bool(now)
