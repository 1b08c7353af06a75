"""Our own golden sets: every scorer has a case, and the report of a run stays readable."""

import shutil
from pathlib import Path

import pytest

from evalci.case_sets import load_cases
from evalci.cli import run_cli
from evalci.core.config import parse_config
from evalci.edges.files import RepoFiles
from evalci.edges.yaml_text import parse_yaml
from evalci.scorers.registry import KINDS
from tests.cli.desk import run_json
from tests.sandbox_image import ensure_image

HOME = Path(__file__).parent.parent / "golden_sets"


def test_every_scorer_has_a_case_in_the_golden_set_of_scorers() -> None:
    files = RepoFiles(base=HOME, border=HOME, parse=parse_yaml)
    config = parse_config(files.yaml("scorers.yaml"))

    found = load_cases("scorers", config, files)

    used = {spec.name for case in found.cases for spec in case.scorers}
    assert used == {*KINDS, *config.scorers}


@pytest.mark.parametrize("config", ["scorers.yaml", "../evalci.yaml"])
def test_our_golden_sets_are_valid(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = run_cli(["golden", "lint", "--config", str(HOME / config)])

    assert (code, capsys.readouterr().err) == (0, "")


@pytest.mark.docker
def test_a_run_scores_with_every_scorer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ensure_image()
    shutil.copytree(HOME, tmp_path, ignore=shutil.ignore_patterns(".evalci"), dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)

    code = run_cli(["run", "--config", "scorers.yaml", "--trials", "1"])

    scores = {
        (case["id"], score["scorer"]): score["value"]
        for case in run_json("scorers.main")["cases"]
        for score in case["trials"][0]["scores"]
    }
    assert code == 0
    assert {scorer for _, scorer in scores} == {*KINDS, "polite"}
    assert {at: round(value, 2) for at, value in scores.items() if value < 1} == {
        ("review/query", "review"): 0.91,
        ("search/login", "search"): 0.69,
        ("reply/thanks", "violations"): 0.7,
    }
