"""`evalci judge calibrate`: the judge of the last run against people, and against another judge."""

import json
import shutil
from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.calibrate_desk import FILE, HEAD, measured, people, server, write_labels
from tests.cli.judge_desk import write_judge_desk
from tests.vendor_replies import BAD_KEY
from tests.vendor_server import VendorServer

__all__ = ["measured", "server"]


def test_a_strict_judge_is_reported_with_its_interval(
    server: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(["judge", "calibrate", "--labels", write_labels(people())]) == 0

    out = capsys.readouterr().out
    assert "the judge is 0.40 stricter than 1 reviewer: −0.40 (−0.46 to −0.34)" in out
    assert server.received == []


def test_labels_that_do_not_name_the_text_are_told(
    server: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(["judge", "calibrate", "--labels", write_labels(people())]) == 0

    assert "8 labels of a case without its text" in capsys.readouterr().out


def test_another_judge_is_asked_about_some_cases(
    server: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(["judge", "calibrate", "--against", "other", "--cases", "5"]) == 0

    asked = [one for one in server.received if one.model == "judge-other"]
    captured = capsys.readouterr()
    assert len(asked) == 5 * 2
    assert "against openai/judge-other, 5 pairs in 5 cases" in captured.out
    assert "asked about 5 answers: $0.10 for 10 calls, 0 cached" in captured.err


def test_asking_again_costs_nothing(
    server: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(["judge", "calibrate", "--against", "other"]) == 0
    capsys.readouterr()

    assert run_cli(["judge", "calibrate", "--against", "other", "--json"]) == 0

    captured = capsys.readouterr()
    assert "$0.00 for 0 calls, 16 cached" in captured.err
    assert json.loads(captured.out)["golden_sets"][0]["overall"]["bias"] == -0.4


@pytest.mark.parametrize(
    ("options", "code", "line"),
    [
        pytest.param([], 2, "give either --labels or --against", id="neither"),
        pytest.param(["--labels", "x", "--against", "y"], 2, "give either --labels or", id="both"),
        pytest.param(["--against", "othr"], 2, "did you mean `other`?", id="unknown model"),
        pytest.param(["--against", "judge"], 3, "`judge` is the judge itself", id="itself"),
        pytest.param(
            ["--against", "kin"],
            3,
            "--against: judge `kin` and model `main` are both of the family `claude`",
            id="of the author's family",
        ),
        pytest.param(["--labels", "gone.csv"], 3, "cannot read gone.csv: No such file", id="file"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    options: list[str],
    code: int,
    line: str,
    server: VendorServer,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run_cli(["judge", "calibrate", *options]) == code

    assert line in capsys.readouterr().err
    assert not FILE.exists()


@pytest.mark.parametrize(
    ("labels", "line"),
    [
        pytest.param(
            f"{HEAD}case-0,right,11,Ada\n",
            "labels.csv:2: 11 is not on the scale of `right` (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)",
            id="off the scale",
        ),
        pytest.param(
            f"{HEAD}case-0,rihgt,1,Ada\n", "labels.csv:2: no criterion `rihgt`", id="criterion"
        ),
        pytest.param(
            f"{HEAD}gone-1,right,1,Ada\n",
            "none of 1 label is about an answer of the last run",
            id="other cases",
        ),
    ],
)
def test_labels_that_fit_nothing_are_named(
    labels: str, line: str, server: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(["judge", "calibrate", "--labels", write_labels(labels)]) == 3

    assert line in capsys.readouterr().err


def test_some_labels_of_gone_answers_are_counted(
    server: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = write_labels(f"{people()}gone-1,right,1,Ada\n")

    assert run_cli(["judge", "calibrate", "--labels", labels]) == 0

    assert "1 label of answers that the last run does not hold" in capsys.readouterr().err


def test_another_judge_that_cannot_be_asked_is_no_calibration(
    server: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.start_over(lambda _: BAD_KEY)

    assert run_cli(["judge", "calibrate", "--against", "other"]) == 4

    assert "judge `other`" in capsys.readouterr().err
    assert not FILE.exists()


def test_without_a_run_there_is_nothing_to_compare(
    server: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(".evalci/runs")

    assert run_cli(["judge", "calibrate", "--labels", write_labels(people())]) == 3

    assert "`evalci run` writes it" in capsys.readouterr().err


def test_a_run_without_a_judge_has_nothing_to_calibrate(
    server: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    write_judge_desk(Path(), server, judge="", scorers="{exact: {}}")

    assert run_cli(["judge", "calibrate", "--labels", write_labels(people())]) == 3

    assert "no `judge:` section" in capsys.readouterr().err
