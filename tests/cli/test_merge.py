"""`evalci merge`: many machines measured what one would have measured."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from evalci.cli import run_cli
from evalci.errors import ExitCode
from tests.cli.desk import BROKEN, RUN, SHOP, accept_baseline, run_json, write_desk
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


@pytest.fixture
def two_sets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Path:
    """Return a desk of two golden sets with baselines."""
    monkeypatch.chdir(tmp_path)
    write_desk(tmp_path, SHOP)
    accept_baseline()
    shutil.rmtree(RUNS)
    capsys.readouterr()
    return tmp_path


def uploaded(total: int) -> None:
    """Measure every shard like jobs of their own, which leave their runs below `artifacts`."""
    for n in range(total):
        run_cli(["run", "--shard", f"{n + 1}/{total}", "--all"])
        shutil.move(RUNS, f"artifacts/{n + 1}")


def entries() -> dict[str, tuple[int, str]]:
    """Return exit code and error of each golden set of the last run."""
    index = json.loads((RUNS / "index.json").read_text(encoding="utf-8"))
    return {
        entry["golden_set"]: (entry["exit_code"], entry.get("error", ""))
        for entry in index["entries"]
    }


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


@pytest.mark.slow
def test_a_folder_stands_for_the_shards_of_every_golden_set_below_it(two_sets: Path) -> None:
    run_shards(2, "--all")
    shutil.move(RUNS, "artifacts")

    code = run_cli(["merge", "artifacts"])

    index = json.loads((RUNS / "index.json").read_text(encoding="utf-8"))
    assert code == ExitCode.OK
    assert [entry["golden_set"] for entry in index["entries"]] == ["desk", "shop"]


def test_a_missing_shard_is_named_where_publish_reads_it(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_shards(3)

    code = run_cli(["merge", *shards(3)[:2]])

    index = json.loads((RUNS / "index.json").read_text(encoding="utf-8"))
    assert code == ExitCode.BAD_INPUT
    assert "missing of desk with main: shard 3 of 3" in last_line(capsys)
    assert "shard 3 of 3" in index["error"]


def test_a_golden_set_that_no_shard_could_measure_is_not_forgotten(two_sets: Path) -> None:
    Path("prompts/order.md").write_text("{{ q.nope.nope }}", encoding="utf-8")
    uploaded(2)

    code = run_cli(["merge", "artifacts"])

    found = entries()
    assert (code, found["desk"][0], found["shop"][0]) == (4, 0, 4)
    assert "no shard measured shop with main; prompts/order.md:1" in found["shop"][1]


def test_a_golden_set_that_lacks_a_shard_does_not_hide_the_others(
    two_sets: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("prompts/triage.md").write_text(BROKEN, encoding="utf-8")
    uploaded(2)
    shutil.rmtree("artifacts/2/shop.main.2-of-2")
    capsys.readouterr()

    code = run_cli(["merge", "artifacts"])

    assert (code, entries()["desk"], entries()["shop"][0]) == (ExitCode.GATE_FAILED, (1, ""), 3)
    assert last_line(capsys).startswith("evalci: shop: missing of shop with main: shard 2 of 2")


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
