"""`.evalci/runs/index.json` says what the last `evalci run` did, also when it failed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evalci.cli import run_cli
from evalci.cli.ledger import RunLedger
from evalci.core.run_index import RunEntry
from evalci.edges.files import RepoFiles
from evalci.edges.yaml_text import parse_yaml
from tests.cli.desk import BROKEN, CONFIG, SHOP, accept_baseline, write_desk


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small repository, and the working directory in it."""
    write_desk(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def index() -> Any:
    return json.loads(Path(".evalci/runs/index.json").read_text(encoding="utf-8"))


def test_a_run_leaves_its_golden_set_model_folder_and_code(desk: Path) -> None:
    run_cli(["run"])

    entry = {"golden_set": "desk", "model": "main", "folder": "desk.main", "exit_code": 0}
    assert (index()["entries"], index()["exit_code"]) == ([entry], 0)


def test_the_code_is_that_of_the_verdict_also_without_a_gate(desk: Path) -> None:
    accept_baseline()
    (desk / "prompts/triage.md").write_text(BROKEN)

    assert run_cli(["run", "--no-gate"]) == 0

    assert (index()["exit_code"], index()["entries"][0]["exit_code"]) == (1, 1)


def test_a_config_that_is_not_valid_is_named(desk: Path) -> None:
    (desk / "evalci.yaml").write_text(CONFIG.replace("model: main", "model: mian"))

    run_cli(["run"])

    assert index()["exit_code"] == 3
    assert "evalci.yaml:5: `run.model`: no model config is named `mian`" in index()["error"]


def test_the_error_of_one_golden_set_stands_beside_the_run_of_the_other(desk: Path) -> None:
    write_desk(desk, {**SHOP, "prompts/order.md": "{{ nothing }}"})

    run_cli(["run"])

    assert [(e["golden_set"], e["exit_code"]) for e in index()["entries"]] == [
        ("desk", 0),
        ("shop", 3),
    ]
    assert "nothing" in index()["entries"][1]["error"]


@pytest.mark.parametrize(
    ("failure", "code", "words"),
    [
        pytest.param(KeyboardInterrupt, 130, "interrupted", id="^C"),
        pytest.param(lambda: ValueError("x"), 70, "unexpected ValueError", id="a bug"),
    ],
)
def test_what_ends_a_run_early_is_written_down(
    tmp_path: Path, failure: Callable[[], BaseException], code: int, words: str
) -> None:
    place = tmp_path / ".evalci/runs/index.json"
    ledger = RunLedger(RepoFiles(base=tmp_path, border=tmp_path, parse=parse_yaml))

    with ledger:
        during = json.loads(place.read_text(encoding="utf-8"))
    exc = failure()
    ledger.__exit__(type(exc), exc, None)

    after = json.loads(place.read_text(encoding="utf-8"))
    assert during.get("exit_code") is None
    assert (after["exit_code"], words in after["error"]) == (code, True)


def test_no_key_stays_in_it(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "hunter2-hunter2")
    (desk / "evalci.yaml").write_text(CONFIG.replace("model: main", "model: hunter2-hunter2"))

    run_cli(["run"])

    assert "hunter2" not in json.dumps(index())
    assert "[redacted]" in index()["error"]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--golden-set", "dsk"], id="golden set"),
        pytest.param(["--model", "mian"], id="model"),
        pytest.param(["--case", "triage-11"], id="case"),
        pytest.param(["--match", "task_type=extrac"], id="match"),
    ],
)
def test_a_mistyped_option_leaves_the_last_run_in_sight(desk: Path, arguments: list[str]) -> None:
    assert run_cli(["run"]) == 0
    before = index()

    assert run_cli(["run", *arguments]) == 2

    assert index() == before
    assert run_cli(["gate"]) == 0


def test_in_actions_a_mistyped_option_is_what_the_run_ended_in(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run_cli(["run"]) == 0
    monkeypatch.setenv("GITHUB_ACTIONS", "true")

    assert run_cli(["run", "--golden-set", "dsk"]) == 2

    assert (index()["exit_code"], index().get("entries", [])) == (2, [])


def test_the_commands_that_follow_name_what_went_wrong(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_desk(desk, {"prompts/triage.md": "{{ nothing }}"})
    run_cli(["run"])
    capsys.readouterr()

    assert run_cli(["gate"]) == 3

    assert "`evalci run` did not finish: desk: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("end", "said"),
    [
        pytest.param(
            {"exit_code": None},
            "`evalci run` did not finish: it was killed, or the job was cancelled",
            id="killed",
        ),
        pytest.param(
            {"exit_code": 130, "error": "interrupted"},
            "`evalci run` did not finish: interrupted; run it again",
            id="interrupted",
        ),
        pytest.param(
            {"exit_code": None, "drift": True}, "`evalci drift` did not finish: it", id="drift"
        ),
    ],
)
def test_the_golden_sets_before_the_end_of_a_command_are_not_the_whole(
    desk: Path, capsys: pytest.CaptureFixture[str], end: dict[str, Any], said: str
) -> None:
    entry = {"golden_set": "desk", "model": "main", "folder": "desk.main", "exit_code": 0}
    data = {"format": 1, "started_at": "2026-07-01T12:00:00+00:00", "entries": [entry], **end}
    place = desk / ".evalci/runs/index.json"
    place.parent.mkdir(parents=True)
    place.write_text(json.dumps(data), encoding="utf-8")

    assert run_cli(["gate"]) == 3

    assert said in capsys.readouterr().err


def test_what_is_expected_of_a_golden_set_stands_until_something_is_added(desk: Path) -> None:
    files = RepoFiles(base=desk, border=desk, parse=parse_yaml)
    fields = {"golden_set": "desk", "model": "main", "folder": "desk.main"}

    with RunLedger(files, drift=True) as ledger:
        ledger.expect([RunEntry(**fields, exit_code=4, error="it did not end")])
        before = index()["entries"]
        ledger.add(RunEntry(**fields, exit_code=0))

    assert [entry["error"] for entry in before] == ["it did not end"]
    assert index()["entries"] == [{**fields, "exit_code": 0}]
