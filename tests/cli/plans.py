"""What `evalci plan` forecasts of the desk, read from its JSON."""

import json
from typing import Any

import jsonschema
import pytest

from evalci.cli import run_cli
from evalci.schemas import load_schema


def planned(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """Return the forecast of the only golden set, as JSON that fits its schema."""
    capsys.readouterr()
    assert run_cli(["plan", *arguments, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    jsonschema.validate(data, load_schema("plan"))
    (found,) = data["golden_sets"]
    return found


def causes(found: Any) -> dict[str, list[str]]:
    """Return why each case would run."""
    return {case["case"]: [why["cause"] for why in case["why"]] for case in found["cases"]}


def every(cause: str) -> dict[str, list[str]]:
    """Return what `causes` says where every case would run for one cause."""
    return {name: [cause] for name in ("triage-1", "triage-2", "reply-1", "reply-2")}
