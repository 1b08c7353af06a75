"""Slices: the cases that share a value of a dimension across categories; they never decide."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """The compared cases of one value, such as `language=go`, with how they moved.

    Means and the drop are points of 1, a positive drop is worse. ``p`` is the paired p of a move
    in either direction, ``adjusted`` the same after Benjamini and Hochberg. ``trials`` are those
    of the case with most.
    """

    dimension: str
    value: str
    cases: int
    trials: int
    before: float
    now: float
    drop: float
    z: float
    p: float
    adjusted: float

    @property
    def name(self) -> str:
        """Return the slice as `--match` takes it."""
        return f"{self.dimension}={self.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slices:
    """How many slices were looked at, and those that moved beyond chance: worse, then better."""

    looked_at: int = 0
    found: tuple[Slice, ...] = ()
