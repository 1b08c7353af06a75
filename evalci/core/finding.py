"""Findings: what a check noticed beside the scores' means; each is one line of a report."""

from dataclasses import dataclass
from enum import StrEnum


class FindingKind(StrEnum):
    """What a finding is about."""

    TAIL = "tail"
    STABILITY = "stability"
    LATENCY = "latency"
    COST = "cost"
    ANCHOR = "anchor"
    BOTH_DIRECTIONS = "both_directions"
    JUDGE = "judge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line beside the outcomes; ``category`` is empty where it is about the whole run.

    ``text`` is a sentence with its numbers and without data from models; ``blocks`` makes the
    verdict fail.
    """

    kind: FindingKind
    category: str = ""
    text: str
    blocks: bool = False
