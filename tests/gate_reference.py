"""Reads the reference cases of the gate's statistics: inputs, expected values, tolerances."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

FILE = Path(__file__).parent / "data" / "gate_reference.json"


@cache
def _cases() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))["cases"]
    return found


def reference(function: str) -> list[Any]:
    """Return the cases of a function as parameters: input, expected, tolerance."""
    return [
        pytest.param(case["input"], case["expected"], case["tolerance"], id=case["name"])
        for case in _cases()
        if case["function"] == function
    ]


def functions() -> set[str]:
    """Return the names of all functions that the file has cases for."""
    return {case["function"] for case in _cases()}


def near(expected: Any, tolerance: float) -> Any:
    """Return a value that equals what is within the tolerance, relative to max(1, |expected|)."""
    if expected is None:
        return None
    return pytest.approx(expected, rel=tolerance, abs=tolerance)
