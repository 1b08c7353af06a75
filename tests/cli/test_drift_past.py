"""`evalci drift` and the runs before it: which count, which are kept, and what is gone."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from evalci.cli import run_cli
from evalci.cli.drift_measure import DriftSession
from evalci.cli.drift_run import drift_sets
from evalci.cli.ledger import RunLedger
from evalci.cli.workspace import open_workspace
from evalci.errors import EvalciError
from tests.cli.desk import RUN, amend
from tests.cli.drift_desk import CASES, NEW, PAST, broken, drift_json, vendor
from tests.vendor_replies import BAD_KEY, GOOD, Received, Reply
from tests.vendor_server import VendorServer

__all__ = ["vendor"]


def test_a_golden_set_that_is_not_measured_keeps_no_other_out_of_the_history(
    vendor: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree("golden/desk", "golden/shop")
    amend("evalci.yaml", "[golden/desk]", "[golden/shop, golden/desk]")
    Path(PAST).write_text("", encoding="utf-8")
    assert run_cli(["drift", "--past", PAST]) == 3

    code = run_cli(["history", "add"])

    assert code == 0
    assert "desk with main, run" in capsys.readouterr().out


def test_when_nothing_was_measured_there_is_nothing_to_keep(
    vendor: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    vendor.start_over(lambda _: BAD_KEY)
    Path(PAST).write_text("", encoding="utf-8")
    assert run_cli(["drift", "--past", PAST]) == 4

    assert run_cli(["history", "add"]) == 0
    assert "nothing was measured" in capsys.readouterr().out


def test_a_drift_run_joins_the_history_and_asks_anew(vendor: VendorServer) -> None:
    assert run_cli(["drift"]) == 0
    asked = len(vendor.received)

    assert run_cli(["drift"]) == 0

    assert len(vendor.received) == 2 * asked == 4 * 2 * CASES
    assert drift_json()["runs"] == 2


@pytest.mark.slow
def test_a_history_that_takes_nothing_takes_nothing_back(
    vendor: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Path("history.sqlite")

    def blocking(received: Received) -> Reply:
        store.unlink(missing_ok=True)
        Path("history.sqlite-journal").mkdir(exist_ok=True)
        return broken(received)

    vendor.start_over(blocking)

    code = run_cli(["drift", "--history", f"sqlite:///{store}"])

    assert code == 3
    assert "evalci: desk: history" in capsys.readouterr().err
    assert "shift" in drift_json()["categories"][1]


def test_what_an_attempt_of_another_day_left_is_not_of_this_run(vendor: VendorServer) -> None:
    vendor.start_over(lambda got: Reply(status=401) if got.number >= CASES else NEW)
    workspace = open_workspace(None)
    session = DriftSession(model=workspace.model(None), trials=2, day="2026-01-05")
    with pytest.raises(EvalciError):
        drift_sets(workspace, session, (), RunLedger(workspace.edges.files, drift=True))
    vendor.start_over()

    later = replace(session, day="2026-01-12")
    drift_sets(workspace, later, (), RunLedger(workspace.edges.files, drift=True))

    assert len(vendor.received) == 2 * 2 * CASES


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("{", "past.jsonl:1: not valid JSON", id="no JSON"),
        pytest.param('{"format": 9}', "a record of format 9", id="another format"),
    ],
)
def test_a_past_that_cannot_be_read_is_refused_with_its_line(
    accepted: Path, capsys: pytest.CaptureFixture[str], text: str, line: str
) -> None:
    (accepted / PAST).write_text(text, encoding="utf-8")

    code = run_cli(["drift", "--past", PAST])

    assert code == 3
    assert line in capsys.readouterr().err


def test_a_past_that_is_not_there_says_what_writes_it(
    accepted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run_cli(["drift", "--past", PAST])

    assert code == 3
    assert "`evalci history export --cases` writes it" in capsys.readouterr().err


def test_what_a_refused_drift_run_found_before_is_not_kept_again(
    vendor: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """The run that was accepted still lies in the folder."""
    Path("baselines/desk.main.json").unlink()
    assert run_cli(["drift"]) == 3
    assert Path(RUN, "run.json").exists()
    capsys.readouterr()

    code = run_cli(["history", "add"])

    assert (code, capsys.readouterr().out.splitlines()) == (
        0,
        [
            "desk with main: not kept: it was not measured",
            "nothing was measured that could be kept",
        ],
    )


def test_what_an_earlier_drift_run_found_is_gone_before_anything_is_asked(
    vendor: VendorServer,
) -> None:
    seen: list[bool] = []

    def watching(received: Received) -> Reply:
        del received
        seen.append(Path(RUN, "drift.json").exists())
        return GOOD

    assert run_cli(["drift"]) == 0
    assert Path(RUN, "drift.json").exists()
    vendor.start_over(watching)

    run_cli(["drift"])

    assert set(seen) == {False}
