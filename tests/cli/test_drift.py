"""`evalci drift` against a model on loopback: what it compares, what it says, how it ends."""

from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.desk import amend
from tests.cli.drift_desk import CASES, broken, drift_json, vendor, write_drift_desk
from tests.vendor_replies import Received, Reply
from tests.vendor_server import VendorServer

__all__ = ["vendor"]


def test_drift_exits_1_only_when_asked_to(
    vendor: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    vendor.start_over(broken)

    codes = run_cli(["drift"]), run_cli(["drift", "--fail"])

    assert codes == (0, 1)
    assert "the model moved in week" in capsys.readouterr().out


def test_what_cannot_be_compared_is_no_clean_bill(
    vendor: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    amend("golden/desk/cases.yaml", "{q: ", "{q: edited ")

    code = run_cli(["drift"])

    assert code == 4
    assert "reply: not compared: no case is asked and scored as it was" in capsys.readouterr().err
    assert "error" in drift_json()


def test_a_golden_set_without_a_case_to_match_is_refused_before_anything_is_asked(
    vendor: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    amend("evalci.yaml", "{trials: 2}", "{trials: 2, match: {task_type: repli}}")

    code = run_cli(["drift"])

    assert (code, vendor.received) == (3, [])
    assert "no case of desk is what `drift.match` asks for" in capsys.readouterr().err


def test_an_alarm_that_cannot_be_confirmed_says_so_and_is_kept(
    vendor: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    write_drift_desk(Path(), vendor, more=f"budget: {{calls: {2 * 2 * CASES}}}")
    vendor.start_over(broken)

    code = run_cli(["drift"])

    printed = capsys.readouterr().out
    assert (code, len(vendor.received)) == (0, 4 * CASES)
    assert "desk with main drifted: triage" in printed
    assert "not measured twice to be sure: the budget of 20 calls leaves no room" in printed
    assert "kept" in printed


@pytest.mark.slow
def test_an_outage_of_one_category_in_the_second_pass_leaves_what_the_first_one_said(
    vendor: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    def ailing(received: Received) -> Reply:
        late = received.number >= 2 * 2 * CASES and "reply" in received.prompt.split(":")[1]
        return Reply(status=400) if late else broken(received)

    vendor.start_over(ailing)

    code = run_cli(["drift"])

    assert code == 0
    assert "too many trials without a score in reply" in capsys.readouterr().out
    assert [one["now"] for one in drift_json()["categories"]] == [1.0, 0.4]


def test_without_a_baseline_nothing_is_asked(
    vendor: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("baselines/desk.main.json").unlink()

    code = run_cli(["drift"])

    assert (code, vendor.received) == (3, [])
    assert "evalci baseline accept --reason" in capsys.readouterr().err
