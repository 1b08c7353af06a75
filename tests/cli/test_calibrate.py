"""`evalci judge calibrate`: the judge of the last run against people, and against another judge."""

import contextlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.history import change, check_out_merge, commit, git
from tests.cli.judge_desk import is_judged, question, said, write_judge_desk
from tests.vendor_replies import BAD_KEY, GOOD, Received, Reply
from tests.vendor_server import VendorServer, serving

FILE = Path("baselines/desk.judge.calibration.json")
HEAD = "case,criterion,score,reviewer\n"
# From 0 to 10, so that a level is a tenth.
TENTHS = "criteria:\n  - id: right\n    text: The answer is right.\n    levels:\n" + "".join(
    f"      - {{score: {n}, means: level {n}}}\n" for n in range(11)
)
PEOPLE = (10, 9, 8, 7, 6, 5, 10, 5)
STRICT = (6, 6, 3, 3, 2, 1, 7, 0)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[VendorServer, Path]]:
    """Return a server with a strict judge, and a repository in which it has judged once."""
    folder = tmp_path_factory.mktemp("measured")
    answers = tuple(f"answer number {n}" for n in range(len(PEOPLE)))
    with serving() as server:
        server.start_over(strict)
        with contextlib.chdir(folder):
            write_judge_desk(Path(), server, cases=answers)
            add_judge("other", "llama")
            add_judge("kin", "claude")
            Path("golden/desk/rubrics/desk.yaml").write_text(TENTHS, encoding="utf-8")
            assert run_cli(["run"]) == 0
        yield server, folder


@pytest.fixture
def server(
    measured: tuple[VendorServer, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> VendorServer:
    """Return the server, with a copy of the measured repository as working directory."""
    found, folder = measured
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    found.start_over(strict)
    return found


def add_judge(name: str, family: str) -> None:
    place = Path("evalci.yaml")
    config = place.read_text(encoding="utf-8")
    judge = re.findall(r"^  judge: .*\n", config, re.MULTILINE)[0]
    other = judge.replace("  judge:", f"  {name}:").replace("judge-1", f"judge-{name}")
    other = other.replace("family: gemini", f"family: {family}")
    place.write_text(config.replace(judge, judge + other), encoding="utf-8")


def number(received: Received) -> int:
    return int(re.findall(r"answer number (\d)", question(received))[0])


def strict(received: Received) -> Reply:
    """Answer as the model, the strict judge, or the other one, who scores as people do."""
    if is_judged(received):
        return said(received, STRICT[number(received)])
    if received.model == "judge-other":
        return said(received, PEOPLE[number(received)])
    return GOOD


def write_labels(text: str, name: str = "labels.csv") -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


def people() -> str:
    return HEAD + "".join(f"case-{n},right,{score},Ada\n" for n, score in enumerate(PEOPLE))


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
