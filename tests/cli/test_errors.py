"""Whatever goes wrong ends in one clear line and the right exit code."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.desk import BASELINE, BROKEN, CASES, CONFIG, MANIFEST, RUN, run_json

EVALCI = shutil.which("evalci", path=str(Path(sys.executable).parent))
# Renames the window of a terminal that gets to see it.
ESCAPE = r"\e]0;owned\a"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["rnu"], "no command `rnu`; did you mean `run`?", id="command"),
        pytest.param(["baselin", "accept"], "did you mean `baseline`?", id="group"),
        pytest.param(["baseline", "acept"], "accept", id="command-of-a-group"),
        pytest.param(["golden", "lnit"], "lint", id="command-of-another-group"),
        pytest.param(["--verison"], "--version", id="option"),
        pytest.param(["run", "extra"], "extra", id="argument-too-many"),
    ],
)
def test_an_unknown_word_names_the_nearest_known_one(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)

    code = run_cli(arguments)

    streams = capsys.readouterr()
    (line,) = streams.err.splitlines()
    assert code == 2
    assert words in line
    assert streams.out == ""


@pytest.mark.parametrize("arguments", [[], ["baseline"], ["golden"]])
def test_a_group_without_a_command_shows_its_help_as_it_is(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code = run_cli(arguments)

    lines = capsys.readouterr().err.splitlines()
    assert code == 2
    assert lines[0] == " ".join(["Usage: evalci", *arguments, "[OPTIONS] COMMAND [ARGS]..."])
    assert not [line for line in lines if line.startswith("evalci: ")]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["run"], id="run"),
        pytest.param(["gate"], id="gate"),
        pytest.param(["report"], id="report"),
        pytest.param(["golden", "lint"], id="lint"),
        pytest.param(["golden", "sync"], id="sync"),
        pytest.param(["baseline", "show"], id="show"),
        pytest.param(["baseline", "diff"], id="diff"),
        pytest.param(["baseline", "accept", "--reason", "x"], id="accept"),
        pytest.param(["run", "--config", "nowhere.yaml"], id="named-config"),
    ],
)
def test_without_a_config_a_command_says_how_to_name_one(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)

    code = run_cli(arguments)

    (line,) = capsys.readouterr().err.splitlines()
    assert code == 3
    assert line.startswith("evalci: no config: ")
    assert "--config" in line
    assert "`evalci init`" in line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [["gate"], ["report"], ["baseline", "accept", "--reason=x"]])
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="torn"),
        pytest.param(b"[]", id="list"),
        pytest.param(b"{}", id="no-fields"),
        pytest.param(b'{"format": 999}', id="other-format"),
        pytest.param(b"\xff\xfe\x00", id="not-utf-8"),
        pytest.param(b"[" * 100_000, id="nested-too-deep"),
    ],
)
def test_a_run_file_that_is_none_is_bad_input(
    desk: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], content: bytes
) -> None:
    (desk / "bad.json").write_bytes(content)

    code = run_cli([*arguments, "bad.json"])

    err = capsys.readouterr().err
    assert code == 3
    assert all(line.startswith("evalci: ") for line in err.splitlines())
    assert "bad.json" in err


@pytest.mark.parametrize("field", ["cases", "model", "golden_set", "categories"])
def test_a_run_file_without_a_field_is_bad_input(
    desk: Path, capsys: pytest.CaptureFixture[str], field: str
) -> None:
    run_cli(["run"])
    place = desk / RUN / "run.json"
    text = place.read_text(encoding="utf-8")
    place.write_text(text.replace(f'"{field}"', '"other"'), encoding="utf-8")
    capsys.readouterr()

    code = run_cli(["gate"])

    assert f'"{field}"' in text
    assert code == 3
    assert "run.json" in capsys.readouterr().err


def test_a_wrong_value_names_the_variable_that_it_stands_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EVALCI_TRIALS", "many")

    code = run_cli(["run"])

    assert code == 2
    assert capsys.readouterr().err.startswith("evalci: EVALCI_TRIALS: Invalid value for '--trials'")


def test_a_baseline_that_is_none_is_bad_input(
    accepted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (accepted / BASELINE).write_text("<<<<<<< HEAD\n{}\n", encoding="utf-8")

    code = run_cli(["run"])

    assert code == 3
    assert BASELINE in capsys.readouterr().err


def exit_code_into_closed_pipe(arguments: str, folder: Path, *, streams: str = "") -> int:
    """Run evalci with a reader that leaves at once, and return its own exit code."""
    assert EVALCI is not None
    script = f"'{EVALCI}' {arguments} {streams} | true; exit ${{PIPESTATUS[0]}}"
    environment = {**os.environ, "PYTHONUNBUFFERED": ""}
    return subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment, capture_output=True, check=False
    ).returncode


@pytest.mark.parametrize("arguments", ["run --all", "gate"])
def test_a_reader_that_leaves_does_not_hide_a_regression(accepted: Path, arguments: str) -> None:
    Path("prompts/triage.md").write_text(BROKEN, encoding="utf-8")
    run_cli(["run", "--no-gate"])

    code = exit_code_into_closed_pipe(arguments, accepted)

    assert code == 1
    assert run_json()["verdict"]["exit_code"] == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        "run --all",
        "gate",
        "report",
        "report --format json",
        "golden lint",
        "golden sync",
        "baseline show",
        "baseline accept --reason again",
        "--help",
        "--version",
    ],
)
def test_a_reader_that_leaves_does_not_fail_what_passes(accepted: Path, arguments: str) -> None:
    run_cli(["run"])

    assert exit_code_into_closed_pipe(arguments, accepted) == 0


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param("run --all", 0, id="progress"),
        pytest.param("run --case nobody", 2, id="error-line"),
    ],
)
def test_a_reader_of_standard_error_that_leaves_changes_no_exit_code(
    accepted: Path, arguments: str, expected: int
) -> None:
    code = exit_code_into_closed_pipe(arguments, accepted, streams="2>&1 >/dev/null")

    assert code == expected


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("evalci.yaml", f'{CONFIG}"{ESCAPE}red": 1\n', id="config-key"),
        pytest.param(
            "evalci.yaml", CONFIG.replace("model: main", f'model: "{ESCAPE}"'), id="config-value"
        ),
        pytest.param("golden/desk/manifest.yaml", f'{MANIFEST}"{ESCAPE}": 1\n', id="manifest-key"),
        pytest.param("golden/desk/cases.yaml", f'{CASES}    "{ESCAPE}": 1\n', id="case-key"),
        pytest.param(
            "golden/desk/cases.yaml",
            CASES.replace("id: triage-2", f'id: "{ESCAPE}"'),
            id="case-id",
        ),
        pytest.param(
            "golden/desk/cases.yaml",
            CASES.replace("prompts/reply.md", f'"prompts/{ESCAPE}.md"'),
            id="prompt-path",
        ),
    ],
)
@pytest.mark.parametrize("command", [["run"], ["golden", "lint"]], ids=["run", "lint"])
def test_no_escape_sequence_of_a_file_reaches_the_terminal(
    desk: Path,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
    path: str,
    text: str,
) -> None:
    Path(path).write_text(text, encoding="utf-8")

    code = run_cli(command)

    streams = capsys.readouterr()
    assert code == 3
    assert "\x1b" not in streams.err + streams.out
    assert "\x07" not in streams.err + streams.out
    assert streams.err != ""


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["run"], id="run"),
        pytest.param(["golden", "lint"], id="lint"),
        pytest.param(["report"], id="report"),
        pytest.param(["gate"], id="gate"),
        pytest.param(["baseline", "show"], id="show"),
    ],
)
def test_no_escape_sequence_of_a_category_reaches_the_terminal(
    desk: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    cases = CASES.replace("task_type: triage", f'task_type: "{ESCAPE}tri"')
    Path("golden/desk/cases.yaml").write_text(cases, encoding="utf-8")
    run_cli(["golden", "sync"])
    run_cli(["run"])
    run_cli(["baseline", "accept", "--reason", "first"])
    capsys.readouterr()

    run_cli(command)

    streams = capsys.readouterr()
    assert streams.out + streams.err != ""
    assert "\x1b" not in streams.err + streams.out
    assert "\x07" not in streams.err + streams.out
