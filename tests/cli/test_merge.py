"""`evalci merge`: many machines measured what one would have measured."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from evalci.cli import run_cli
from evalci.errors import ExitCode
from tests.cli.desk import BROKEN, RUN, run_json
from tests.cli.evidence import config
from tests.cli.shards import RUNS, desk, last_line, run_shards, shards

__all__ = ["desk"]


def without_times(value: Any) -> Any:
    """Return a run without its id and without everything that a clock wrote."""
    if isinstance(value, dict):
        clocked = ("started_at", "finished_at", "latency_s")
        return {key: without_times(item) for key, item in value.items() if key not in clocked}
    return [without_times(item) for item in value] if isinstance(value, list) else value


def measured() -> Any:
    run = run_json()
    return without_times({**run, "id": "any"})


@pytest.mark.parametrize(
    "gate",
    [
        pytest.param("{mode: evidence}", id="evidence"),
        pytest.param("{mode: threshold}", id="threshold"),
        pytest.param("{mode: exact}", id="exact"),
        pytest.param("{mode: entropy}", id="entropy"),
    ],
)
@pytest.mark.parametrize("options", [[], ["--all"]], ids=["affected", "all"])
def test_merged_shards_equal_a_whole_run_of_4_trials(
    desk: Path, gate: str, options: Sequence[str]
) -> None:
    Path("evalci.yaml").write_text(config(gate), encoding="utf-8")
    assert run_shards(3, *options) == [0, 0, 0]
    merge = run_cli(["merge", *shards(3)])
    merged = measured()

    whole = run_cli(["run", "--trials", "4", *options])

    assert (merge, merged) == (whole, measured())
    assert merge == ExitCode.GATE_FAILED


@pytest.mark.parametrize("command", ["gate", "report"])
def test_what_was_joined_is_the_last_run(
    desk: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    run_shards(2)
    run_cli(["merge", "--no-gate", *shards(2)])
    capsys.readouterr()

    run_cli([command])

    assert "this change makes triage worse" in capsys.readouterr().out


def test_a_missing_shard_is_named_where_publish_reads_it(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_shards(3)

    code = run_cli(["merge", *shards(3)[:2]])

    index = json.loads((RUNS / "index.json").read_text(encoding="utf-8"))
    assert code == ExitCode.BAD_INPUT
    assert "missing of desk with main: shard 3 of 3" in last_line(capsys)
    assert "shard 3 of 3" in index["error"]


def test_an_earlier_merge_and_the_index_of_something_else_are_passed_over(desk: Path) -> None:
    run_shards(2)
    Path(RUNS, "site").mkdir()
    Path(RUNS, "site/index.json").write_text('{"pages": []}', encoding="utf-8")

    codes = [run_cli(["merge", str(RUNS)]) for _ in range(2)]

    assert codes == [ExitCode.GATE_FAILED] * 2


def test_shards_of_two_commits_of_the_prompts_do_not_join(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_cli(["run", "--shard", "1/2"])
    Path("prompts/triage.md").write_text(f"Please.\n{BROKEN}", encoding="utf-8")
    run_cli(["run", "--shard", "2/2"])

    code = run_cli(["merge", *shards(2)])

    assert code == ExitCode.BAD_INPUT
    assert "shard 2 of 2 measured other inputs than shard 1 of 2" in last_line(capsys)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        pytest.param([], 2, "Missing argument", id="nothing"),
        pytest.param(["golden"], 3, "no run.json below it", id="a folder without runs"),
        pytest.param(["nowhere.json"], 3, "cannot read nowhere.json", id="no file"),
        pytest.param([RUN], 3, "not a shard", id="a whole run"),
    ],
)
def test_what_cannot_be_joined_is_refused_in_one_line(
    desk: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, words: str
) -> None:
    run_cli(["run", "--trials", "1"])
    capsys.readouterr()

    got = run_cli(["merge", *arguments])

    assert (got, words in last_line(capsys)) == (code, True)


def test_a_shard_of_an_unknown_golden_set_is_refused(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_shards(1)
    place = RUNS / "desk.main.1-of-1/run.json"
    text = place.read_text(encoding="utf-8").replace('"name": "desk"', '"name": "../../desk"')
    place.write_text(text, encoding="utf-8")

    code = run_cli(["merge", str(place)])

    assert code == ExitCode.BAD_INPUT
    assert "the config has no golden set `../../desk`" in last_line(capsys)


def test_variables_choose_shard_and_merge(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVALCI_SHARD", "1/1")
    monkeypatch.setenv("EVALCI_MERGE", shards(1)[0])

    assert [run_cli(["run"]), run_cli(["merge"])] == [ExitCode.OK, ExitCode.GATE_FAILED]


def test_a_variable_names_shards_on_a_line_each(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_shards(2)
    monkeypatch.setenv("EVALCI_MERGE", "\n".join(shards(2)))

    assert run_cli(["merge"]) == ExitCode.GATE_FAILED


def test_an_earlier_merge_in_place_is_no_word_of_a_shard(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_cli(["run", "--shard", "1/2"])

    codes = [run_cli(["merge", str(RUNS)]) for _ in range(2)]

    assert codes == [ExitCode.BAD_INPUT] * 2
    assert last_line(capsys).count("missing of desk with main") == 1
