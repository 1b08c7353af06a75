"""What is kept of earlier runs: used for the same question alone, whatever became of the files."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from evalci.cli import run_cli
from tests.cli.desk import run_json
from tests.cli.vendor_desk import CACHE, LOG, trials_of
from tests.inputs import make_files
from tests.processes import PATIENCE_S, until

CALLS = "calls.txt"
ANSWER = f"""\
import json, sys
question = json.load(sys.stdin)
with open("{CALLS}", "a") as stream:
    stream.write(sys.argv[1] + "\\n")
json.dump({{"text": f"{{sys.argv[1]}} {{question['inputs']['q']}}"}}, sys.stdout)
"""
CASES = """\
defaults: {prompt: prompts/reply.md, scorers: {exact: {}}}
cases:
  - {id: case-0, task_type: reply, inputs: {q: first}, expected: one first}
  - {id: case-1, task_type: reply, inputs: {q: second}, expected: one second}
"""


@pytest.fixture(autouse=True)
def pipeline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in a repository whose pipeline does its own prompting, and says which one it is."""
    make_files(
        tmp_path,
        {
            "evalci.yaml": config("one"),
            "golden/desk/manifest.yaml": 'version: "1.0"\nactive: 2\ncategories: {reply: 2}\n',
            "golden/desk/cases.yaml": CASES,
            "prompts/reply.md": "Answer as you do.\n",
            "answer.py": ANSWER,
        },
    )
    monkeypatch.chdir(tmp_path)


def config(name: str) -> str:
    return f"""\
version: 1
golden_sets: [golden/desk]
models: {{main: {{id: command/rag, command: ["{sys.executable}", -I, answer.py, {name}]}}}}
run: {{model: main, concurrency: 1}}
inputs_hashed: [answer.py]
baseline: {{trials: 1, min_trials: 1}}
"""


def calls() -> list[str]:
    place = Path(CALLS)
    return place.read_text(encoding="utf-8").split() if place.exists() else []


def texts() -> list[Any]:
    return [trial["output"]["text"] for trial in trials_of(run_json())]


def break_off() -> None:
    """Let the log look as if the run had been killed before its end."""
    place = Path(LOG)
    lines = place.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if "finished" not in json.loads(line)]
    place.write_text("".join(kept), encoding="utf-8")


def logged() -> list[str]:
    """Return the cases whose trials the log holds."""
    lines = map(json.loads, Path(LOG).read_text(encoding="utf-8").splitlines())
    return [line["trial"]["case"] for line in lines if "trial" in line]


def score_by_running() -> None:
    """Let a check that starts a process score the answers, too."""
    cases = CASES.replace("exact: {}", "exact: {}, compiles: {weight: 0}")
    Path("golden/desk/cases.yaml").write_text(cases, encoding="utf-8")
    with Path("evalci.yaml").open("a", encoding="utf-8") as stream:
        stream.write("sandbox: {engine: local}\n")


def test_a_pipeline_that_prompts_by_itself_is_asked_about_every_case() -> None:
    run_cli(["run"])

    assert texts() == ["one first", "one second"]


def test_other_inputs_are_another_question() -> None:
    run_cli(["run"])
    Path("golden/desk/cases.yaml").write_text(CASES.replace("q: second", "q: other"))

    run_cli(["run"])

    assert texts() == ["one first", "one other"]


def test_a_run_that_broke_off_is_not_continued_with_another_pipeline() -> None:
    run_cli(["run", "--no-cache"])
    break_off()
    Path("evalci.yaml").write_text(config("two"), encoding="utf-8")

    run_cli(["run", "--no-cache"])

    assert calls() == ["one", "one", "two", "two"]


def test_a_run_that_broke_off_is_continued_with_the_same_pipeline() -> None:
    run_cli(["run", "--no-cache"])
    break_off()

    run_cli(["run", "--no-cache"])

    assert calls() == ["one", "one"]


@pytest.mark.parametrize(
    ("old", "new", "asked"),
    [
        pytest.param('"answer"', '"ans\x01er"', 3, id="an answer that is no JSON any more"),
        pytest.param('"composite": 1.0', '"composite": "x"', 3, id="a trial of another shape"),
        pytest.param('"text": "one', '"test": "one', 3, id="an output of another shape"),
    ],
)
def test_a_damaged_line_in_the_log_is_asked_again_and_no_other(
    old: str, new: str, asked: int
) -> None:
    run_cli(["run", "--no-cache"])
    break_off()
    text = Path(LOG).read_text(encoding="utf-8")
    assert old in text
    Path(LOG).write_text(text.replace(old, new, 1), encoding="utf-8")

    code = run_cli(["run", "--no-cache"])

    assert (code, len(calls())) == (0, asked)
    assert texts() == ["one first", "one second"]


def test_what_the_cache_holds_and_scoring_takes_no_time_for_is_not_kept_twice() -> None:
    run_cli(["run"])
    first = logged()

    run_cli(["run"])

    assert (first, logged()) == (["case-0", "case-1"], [])


def test_what_the_cache_holds_is_kept_where_scoring_takes_time() -> None:
    score_by_running()
    run_cli(["run"])

    run_cli(["run"])

    assert logged() == ["case-0", "case-1"]


def test_without_the_cache_a_run_that_broke_off_asks_for_what_it_had_from_there() -> None:
    score_by_running()
    run_cli(["run"])
    run_cli(["run"])
    break_off()

    run_cli(["run", "--no-cache"])

    assert calls() == ["one"] * 4


def test_a_date_that_is_none_is_no_bug(capsys: pytest.CaptureFixture[str]) -> None:
    run_cli(["run"])
    with sqlite3.connect(CACHE) as database:
        database.execute("UPDATE answers SET stored = 1e30")
    database.close()

    code = run_cli(["cache", "stats"])

    assert code == 0
    assert "oldest of no date" in capsys.readouterr().out


@pytest.mark.parametrize("command", [["stats"], ["prune", "--max-mb", "0"]], ids=" ".join)
def test_a_cache_that_cannot_be_used_has_no_figures(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path(CACHE).parent.mkdir(parents=True)
    with sqlite3.connect(CACHE) as database:
        database.execute("CREATE TABLE answers (stored REAL, other TEXT)")
    database.close()

    code = run_cli(["cache", *command])

    (line,) = capsys.readouterr().err.splitlines()
    assert code == 3
    assert "the cache is not used" in line


def test_a_working_directory_that_is_gone_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    os.chdir(gone)
    gone.rmdir()

    code = run_cli(["run"])
    os.chdir(tmp_path)

    assert code == 3
    assert "the working directory does not exist any more" in capsys.readouterr().err


@pytest.mark.slow
def test_an_impatient_interrupt_is_an_interrupt() -> None:
    Path("answer.py").write_text("import time\ntime.sleep(30)\n", encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "evalci", "run"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    until(Path(LOG).exists)

    for _ in range(2000):
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            time.sleep(0.0005)
    _, err = process.communicate(timeout=PATIENCE_S)

    assert process.returncode == 130
    assert b"Traceback" not in err
