"""`evalci merge` where shards measured several golden sets, and some of those none."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from evalci.cli import run_cli
from evalci.errors import ExitCode
from tests.cli.desk import BROKEN, SHOP, accept_baseline, write_desk
from tests.cli.shards import RUNS, last_line, run_shards
from tests.inputs import make_files

# A pipeline that keeps what the index says as long as the first golden set is measured.
WATCHER = """\
import json, pathlib, sys
said = json.load(sys.stdin)["messages"][-1]["content"]
print(json.dumps({"text": said.rpartition(": ")[2].strip()}))
seen = pathlib.Path("seen.json")
if not seen.exists():
    seen.write_text(pathlib.Path(".evalci/runs/index.json").read_text())
"""


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


@pytest.mark.slow
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


def test_a_golden_set_that_no_shard_could_measure_is_not_forgotten_in_place(
    two_sets: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("prompts/order.md").write_text("{{ q.nope.nope }}", encoding="utf-8")
    run_shards(2, "--all")

    codes = [run_cli(["merge", str(RUNS)]) for _ in range(2)]

    assert codes == [ExitCode.NOT_MEASURED] * 2
    assert last_line(capsys).count("no shard measured shop with main") == 1


def test_a_golden_set_that_no_killed_shard_came_to_is_not_forgotten(two_sets: Path) -> None:
    app = f'id: command/app, command: ["{sys.executable}", -I, app.py]'
    text = Path("evalci.yaml").read_text(encoding="utf-8").replace("id: scripted/echo", app)
    make_files(two_sets, {"evalci.yaml": text, "app.py": WATCHER})
    run_cli(["run", "--shard", "1/1", "--trials", "1"])
    shutil.rmtree(RUNS / "shop.main.1-of-1")
    shutil.move("seen.json", RUNS / "index.json")
    shutil.move(RUNS, "artifacts")

    code = run_cli(["merge", "artifacts"])

    assert (code, entries()["desk"]) == (ExitCode.NOT_MEASURED, (0, ""))
    assert "a shard ended before it measured this golden set" in entries()["shop"][1]


@pytest.mark.slow
def test_a_folder_stands_for_the_shards_of_every_golden_set_below_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_desk(tmp_path, SHOP)
    accept_baseline()
    shutil.rmtree(RUNS)
    run_shards(2, "--all")
    shutil.move(RUNS, "artifacts")

    code = run_cli(["merge", "artifacts"])

    index = json.loads((RUNS / "index.json").read_text(encoding="utf-8"))
    assert code == ExitCode.OK
    assert [entry["golden_set"] for entry in index["entries"]] == ["desk", "shop"]
