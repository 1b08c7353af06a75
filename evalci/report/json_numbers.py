"""Numbers as a report for programs holds them: short enough that files stay small and stable."""

DIGITS = 6


def fixed(value: float | None) -> float | None:
    """Return a score, share or price with six digits after the point; None stays None."""
    return None if value is None else round(value, DIGITS)


def significant(value: float | None) -> float | None:
    """Return a number of any size, such as a p-value, with eight significant digits."""
    return None if value is None else float(f"{value:.8g}")
