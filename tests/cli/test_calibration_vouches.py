"""The calibration that is kept: what stands in it, what replaces it, for which judge it vouches."""

import json
import re
from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.calibrate_desk import FILE, HEAD, measured, people, server, write_labels
from tests.cli.history import change, check_out_merge, commit, git
from tests.vendor_server import VendorServer

__all__ = ["measured", "server"]


def test_a_smaller_calibration_does_not_replace_a_larger_one(
    server: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(["judge", "calibrate", "--labels", write_labels(people())]) == 0
    large = FILE.read_text(encoding="utf-8")
    one = write_labels(f"{HEAD}case-0,right,6,Ada\n")
    capsys.readouterr()

    assert run_cli(["judge", "calibrate", "--labels", one]) == 0

    assert FILE.read_text(encoding="utf-8") == large
    assert f"not written: {FILE} of " in capsys.readouterr().out


def test_a_calibration_by_another_rubric_no_longer_vouches(
    server: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(["judge", "calibrate", "--labels", write_labels(people())]) == 0
    rubric = Path("golden/desk/rubrics/desk.yaml")
    rubric.write_text(rubric.read_text(encoding="utf-8").replace("right.", "right now."), "utf-8")
    capsys.readouterr()

    assert run_cli(["run", "--all"]) == 0

    assert "is of other rubrics than this run's" in capsys.readouterr().out


def test_the_file_holds_the_figures_and_the_day(server: VendorServer) -> None:
    assert run_cli(["judge", "calibrate", "--labels", write_labels(people())]) == 0

    found = json.loads(FILE.read_text(encoding="utf-8"))

    assert found["criteria"]["right"] == {
        "pairs": 8,
        "cases": 8,
        "mad": 0.4,
        "bias": -0.4,
        "low": -0.463197,
        "high": -0.336803,
        "pearson": pytest.approx(0.969087, abs=1e-6),
        "spearman": pytest.approx(0.969512, abs=1e-6),
        "kappa": pytest.approx(-3 / 61, abs=1e-6),
        "weighted_kappa": pytest.approx(1 - 16.5 / 25.5, abs=1e-6),
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", found["measured_on"])


def test_the_next_report_says_what_the_calibration_found(
    server: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(["report"]) == 0
    assert "judge openai/judge-1 was never compared" in capsys.readouterr().out
    assert run_cli(["judge", "calibrate", "--labels", write_labels(people())]) == 0
    capsys.readouterr()

    assert run_cli(["run", "--all"]) == 0

    out = capsys.readouterr().out
    assert "openai/judge-1 is 0.40 stricter than 1 reviewer" in out
    assert "differ by 0.40 on average on right, more than 0.15" in out
    assert "never compared" not in out
    assert run_cli(["report"]) == 0


@pytest.mark.parametrize(
    ("merged", "line"),
    [(False, "was never compared"), (True, "is 0.40 stricter than 1 reviewer")],
    ids=["brought along", "in the base"],
)
def test_only_a_merged_calibration_vouches_for_a_judge(  # a repository and its job
    *,
    merged: bool,
    line: str,
    server: VendorServer,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path(".gitignore").write_text(".evalci/\n", encoding="utf-8")
    git("init", "--quiet", "--initial-branch", "main")
    before = commit("the desk")
    assert run_cli(["judge", "calibrate", "--labels", write_labels(people())]) == 0
    after = commit("a calibration")
    base, head = (after, change(Path(), {})) if merged else (before, after)
    event = tmp_path_factory.mktemp("event") / "event.json"
    check_out_merge(monkeypatch, event, base=base, head=head)
    capsys.readouterr()

    assert run_cli(["run", "--all"]) == 0

    assert line in capsys.readouterr().out


@pytest.mark.parametrize("text", ["{", "{}"], ids=["not JSON", "another file"])
def test_a_calibration_that_cannot_be_read_stops_nothing(
    text: str, server: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    FILE.parent.mkdir()
    FILE.write_text(text, encoding="utf-8")

    assert run_cli(["run", "--all"]) == 0

    assert "judge openai/judge-1 was never compared" in capsys.readouterr().out
