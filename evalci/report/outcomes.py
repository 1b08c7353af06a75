"""The outcomes in the words of the report: icon, order, alert and participle of each."""

from evalci.core.verdict import Outcome

# The worst first.
ICONS = {
    Outcome.REGRESSION: "🔴",
    Outcome.BELOW_FLOOR: "🔴",
    Outcome.NOT_MEASURED: "⚫",
    Outcome.OVERRIDDEN: "👁",
    Outcome.INCONCLUSIVE: "🟡",
    Outcome.NOT_COMPARABLE: "🟡",
    Outcome.UNVERIFIED: "⚪",
    Outcome.NOT_RUN: "⚪",
    Outcome.ADVISORY: "🟣",
    Outcome.NO_BASELINE: "🔵",
    Outcome.IMPROVED: "🟢",
    Outcome.UNCHANGED: "🟢",
    Outcome.PASS: "🟢",
}
BLOCKING = "🔴"
ALERTS = {
    "🔴": "CAUTION",
    "⚫": "WARNING",
    "👁": "WARNING",
    "🟡": "WARNING",
    "⚪": "NOTE",
    "🟣": "NOTE",
    "🔵": "NOTE",
    "🟢": "NOTE",
}
ORDER = list(ICONS)
PARTICIPLES = {
    Outcome.REGRESSION: "regressed",
    Outcome.BELOW_FLOOR: "below the floor",
    Outcome.NOT_MEASURED: "not measured",
    Outcome.OVERRIDDEN: "overridden",
    Outcome.INCONCLUSIVE: "not settled",
    Outcome.NOT_COMPARABLE: "not comparable",
    Outcome.UNVERIFIED: "unverified",
    Outcome.NOT_RUN: "not run",
    Outcome.ADVISORY: "too small to decide",
    Outcome.NO_BASELINE: "without a baseline",
    Outcome.IMPROVED: "improved",
    Outcome.UNCHANGED: "unchanged",
    Outcome.PASS: "passed",
}


def outcome_words(outcome: Outcome) -> str:
    """Return an outcome in the words of the report; its value is the word of files."""
    return "not settled" if outcome is Outcome.INCONCLUSIVE else outcome.value
