"""`evalci review`: answers go out to people blind, and their scores come back."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from evalci.cli import run_cli
from tests.cli.desk import write_desk
from tests.cli.judge_desk import judging, write_judge_desk
from tests.vendor_server import VendorServer, serving

REVIEWS = Path(".evalci/reviews")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Measure four cases in the working directory, without a judge."""
    monkeypatch.chdir(tmp_path)
    write_desk(tmp_path)
    assert run_cli(["run", "--trials", "1"]) == 0


def only(pattern: str) -> Path:
    (found,) = REVIEWS.glob(pattern)
    return found


def filled(reviewer: str, *scores: int) -> str:
    """Fill in the sheet that was drawn, row by row, and return the file's name."""
    text = only("*/review.csv").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = list(csv.DictReader(StringIO(text, newline="")))
    for row, score in zip(rows, scores, strict=True):
        row["score"], row["reviewer"] = score, reviewer
    with Path(f"{reviewer}.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return f"{reviewer}.csv"


def test_a_sample_is_a_page_for_reviewers_and_a_key_for_us(
    desk: None, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()

    assert run_cli(["review", "sample", "--minutes", "5"]) == 0

    page = only("desk.main.*/review.html").read_text(encoding="utf-8")
    key = json.loads(only("desk.main.*/key.json").read_text(encoding="utf-8"))
    assert "4 of 4 answers (4 high), about 1 minute" in capsys.readouterr().out
    assert [item["case"] in page for item in key["items"]] == [False] * 4
    assert [item["item"] in page for item in key["items"]] == [True] * 4


def test_another_seed_shows_another_order(desk: None) -> None:
    assert run_cli(["review", "sample"]) == 0
    assert run_cli(["review", "sample", "--seed", "5"]) == 0

    assert len(list(REVIEWS.glob("*/review.html"))) == 2


def test_reviews_come_back_with_their_agreement_and_the_disputed_cases(
    desk: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(["review", "sample", "--format", "csv"]) == 0
    ada, bob = filled("Ada", 2, 2, 1, 0), filled("Bob", 2, 2, 1, 2)
    capsys.readouterr()

    assert run_cli(["review", "import", ada, bob]) == 0

    out = capsys.readouterr().out
    disputed = json.loads(only("*/key.json").read_text(encoding="utf-8"))["items"][3]["case"]
    assert "8 scores of Ada, Bob, kept in .evalci/reviews/desk.main." in out
    assert "compared on 4 pairs: mean absolute difference 0.25, kappa 0.56" in out
    assert f"in 1 case:\n    {disputed}: 1 of 1" in out


def test_a_second_reviewer_joins_the_first(desk: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["review", "sample", "--format", "csv"]) == 0
    assert run_cli(["review", "import", filled("Ada", 2, 2, 1, 0)]) == 0
    capsys.readouterr()

    assert run_cli(["review", "import", "--json", filled("Bob", 2, 2, 1, 0)]) == 0

    found = json.loads(capsys.readouterr().out)
    assert found["review"]["reviewers"] == ["Ada", "Bob"]
    assert (found["review"]["mad"], found["calibration"]) == (0.0, None)


def test_a_reviewer_who_changes_her_mind_replaces_her_scores(desk: None) -> None:
    assert run_cli(["review", "sample", "--format", "csv"]) == 0
    assert run_cli(["review", "import", filled("Ada", 2, 2, 1, 0)]) == 0

    assert run_cli(["review", "import", filled("Ada", 1, 1, 1, 1)]) == 0

    kept = only("*/labels.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["score"] for line in kept] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(
            "sample,item,criterion,score,reviewer\n0123abcd,a,c,1,Ada\n",
            "back.csv: no key of sample `0123abcd`",
            id="a sample of somewhere else",
        ),
        pytest.param(
            "item,criterion,score,reviewer\na,c,1,Ada\n",
            "back.csv: the column `sample` names none",
            id="no sample",
        ),
        pytest.param(
            "sample,item,criterion,score,reviewer\n../../x,a,c,1,Ada\n",
            "back.csv: the column `sample` names none",
            id="a sample that is a path",
        ),
        pytest.param("hello\n", "back.csv:1: no column `reviewer`", id="another file"),
    ],
)
def test_what_is_no_review_is_refused(
    text: str, line: str, desk: None, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("back.csv").write_text(text, encoding="utf-8")

    assert run_cli(["review", "import", "back.csv"]) == 3

    assert line in capsys.readouterr().err


def test_a_wrong_score_is_named_and_nothing_is_kept(
    desk: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(["review", "sample", "--format", "csv"]) == 0

    assert run_cli(["review", "import", filled("Ada", 2, 2, 7, 0)]) == 3

    assert "Ada.csv:" in (told := capsys.readouterr().err)
    assert "7 is not on the scale of `overall` (0, 1, 2)" in told
    assert not list(REVIEWS.glob("*/labels.jsonl"))


def test_time_for_no_answer_is_a_wrong_option(
    desk: None, capsys: pytest.CaptureFixture[str]
) -> None:
    long = {"golden/desk/cases.yaml": Path("golden/desk/cases.yaml").read_text(encoding="utf-8")}
    long["golden/desk/cases.yaml"] = long["golden/desk/cases.yaml"].replace(
        "q: ", "more: '" + "word " * 500 + "', q: "
    )
    write_desk(Path(), long)
    assert run_cli(["run", "--trials", "1"]) == 0

    assert run_cli(["review", "sample", "--minutes", "1"]) == 2

    assert "--minutes 1: the shortest answer takes 3.0 minutes" in capsys.readouterr().err


def test_a_clear_run_needs_no_review(desk: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["review", "sample", "--needs-review"]) == 3

    assert "no answer that needs a review in the last run of desk" in capsys.readouterr().err


def test_reviews_of_judged_answers_calibrate_the_judge(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with serving() as server:
        judged_run(server)
    assert run_cli(["review", "sample", "--format", "csv"]) == 0
    capsys.readouterr()

    assert run_cli(["review", "import", filled("Ada", 2, 2, 2, 2)]) == 0

    out = capsys.readouterr().out
    assert "desk: judge judge (openai/judge-1) against 1 reviewer, 4 pairs in 2 cases" in out
    assert "the judge is 0.50 stricter than 1 reviewer: −0.50 (−0.50 to −0.50)" in out
    assert Path("baselines/desk.judge.calibration.json").exists()


@pytest.mark.parametrize(
    ("available", "told"), [(2, False), (9, True)], ids=["of every answer", "of some answers"]
)
def test_figures_of_a_sample_by_strata_are_told_as_such(
    available: int,
    *,
    told: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    with serving() as server:
        judged_run(server)
    assert run_cli(["review", "sample", "--format", "csv"]) == 0
    key = json.loads(only("*/key.json").read_text(encoding="utf-8"))
    only("*/key.json").write_text(json.dumps({**key, "available": available}), encoding="utf-8")
    capsys.readouterr()

    assert run_cli(["review", "import", filled("Ada", 2, 2, 2, 2)]) == 0

    line = "of a sample that takes high, low and doubtful answers alike"
    assert (line in capsys.readouterr().out) is told


def test_reviews_of_several_samples_calibrate_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with serving() as server:
        judged_run(server)
        assert run_cli(["review", "sample", "--format", "csv"]) == 0
        assert run_cli(["review", "import", filled("Ada", 2, 2, 2, 2)]) == 0
        only("*/review.csv").unlink()
        assert run_cli(["run", "--all"]) == 0
    assert run_cli(["review", "sample", "--format", "csv"]) == 0
    capsys.readouterr()

    assert run_cli(["review", "import", filled("Bob", 1, 1, 1, 1)]) == 0

    assert "against 2 reviewers, 8 pairs in 2 cases" in capsys.readouterr().out


def judged_run(server: VendorServer) -> None:
    server.start_over(judging(1))
    write_judge_desk(Path(), server)
    assert run_cli(["run"]) == 0
