"""Scorers of the user's own through the command line: files run apart, entry points by the base."""

from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.desk import CASES, GATELESS, composites, run_json, write_desk
from tests.cli.history import change, check_out_merge, start_history

LOCAL = GATELESS.replace("trials: 4", "trials: 1") + "gate: {mode: threshold}\n"
OWN = "sandbox: {engine: local}\nscorers: {length: {file: scorers/length.py}}\n"
SCORER = "def score(given):\n    return {'value': len(given['answer']) / 10}\n"
PLUGGED = CASES.replace("{exact: {}}", "{exact: {}, tone: {}}")
ENTRY = "scorers: {tone: {entry_point: acme-tone}}\n"


def write_own(folder: Path, *, scorer: str = SCORER, config: str = LOCAL + OWN) -> None:
    """Write a desk whose cases are scored by a file alone."""
    cases = CASES.replace("{exact: {}}", "{length: {}}")
    files = {"evalci.yaml": config, "golden/desk/cases.yaml": cases, "scorers/length.py": scorer}
    write_desk(folder, files)


def test_a_file_scores_in_the_sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_own(tmp_path)
    monkeypatch.chdir(tmp_path)

    code = run_cli(["run", "--case", "reply-1", "--no-gate"])

    assert (code, composites(run_json())) == (0, {"reply-1": [0.5]})
    assert run_json()["provenance"]["sandbox"].startswith("local: not isolated")


def test_a_file_that_breaks_is_not_measured_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_own(tmp_path, scorer="def score(given):\n    return 1 / 0\n")
    monkeypatch.chdir(tmp_path)

    code = run_cli(["run", "--case", "reply-1"])

    (trial,) = run_json()["cases"][0]["trials"]
    assert (code, trial["composite"]) == (4, None)
    assert trial["failure"] == "length: the scorer failed: ZeroDivisionError: division by zero"


def test_an_edit_of_the_file_rescores_the_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_own(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert run_cli(["run", "--case", "reply-1", "--no-gate"]) == 0
    before = run_json()["cases"][0]["hashes"]

    write_own(tmp_path, scorer=f"{SCORER}# no change of meaning\n")
    assert run_cli(["run", "--case", "reply-1", "--no-gate"]) == 0

    after = run_json()["cases"][0]["hashes"]
    assert after["harness"] != before["harness"]
    assert after["request"] == before["request"]


@pytest.mark.parametrize(
    ("section", "line"),
    [
        pytest.param(
            "scorers: {length: {file: scorers/nowhere.py}}\n",
            "evalci.yaml:8: `scorers.length.file`: no such file: `scorers/nowhere.py`",
            id="no such file",
        ),
        pytest.param(
            "scorers: {length: {}}\n",
            "evalci.yaml:8: `scorers.length`: a scorer needs either `file` or `entry_point`",
            id="no source",
        ),
        pytest.param(
            "scorers: {length: {file: scorers/length.py, entry_point: x}}\n",
            "evalci.yaml:8: `scorers.length`: a scorer needs either `file` or `entry_point`",
            id="two sources",
        ),
        pytest.param(
            "scorers: {exact: {file: scorers/length.py}}\n",
            "evalci.yaml:8: `scorers.exact`: evalci has a scorer or an axis of this name; "
            "rename it",
            id="a taken name",
        ),
        pytest.param(
            "scorers: {length: {file: ../length.py}}\n",
            "evalci.yaml:8: `scorers.length.file`: path `../length.py` is outside the repository; "
            "move it inside",
            id="outside the repository",
        ),
        pytest.param(
            "scorers: {length: {fiel: scorers/length.py}}\n",
            "evalci.yaml:8: `scorers.length.fiel`: unknown key `fiel`; did you mean `file`?",
            id="an unknown key",
        ),
    ],
)
def test_a_declaration_that_is_not_valid(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    section: str,
    line: str,
) -> None:
    write_own(tmp_path, config=LOCAL + section)
    monkeypatch.chdir(tmp_path)

    code = run_cli(["run"])

    assert code == 3
    assert line in capsys.readouterr().err


@pytest.mark.parametrize(
    "before",
    [
        pytest.param({}, id="the base has a config"),
        pytest.param({"evalci.yaml": "version: 1\n"}, id="that of the base is not valid"),
        pytest.param({"evalci.yaml": None}, id="the base has none"),
    ],
)
def test_an_entry_point_that_the_base_does_not_name_does_not_run(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    before: dict[str, str | None],
) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    monkeypatch.chdir(folder)
    start_history(folder)
    base = change(folder, before, branch="base")
    files = {"evalci.yaml": GATELESS + ENTRY, "golden/desk/cases.yaml": PLUGGED}
    head = change(folder, files)
    check_out_merge(monkeypatch, tmp_path / "event.json", base=base, head=head)
    capsys.readouterr()

    code = run_cli(["run"])

    assert code == 3
    errors = capsys.readouterr().err.splitlines()
    (line,) = {error.split(": ", 3)[-1] for error in errors}
    assert line == (
        "the config of the base revision does not name the entry point `acme-tone`; "
        "merge the `scorers:` entry first: it runs beside the keys"
    )


def test_an_entry_point_that_is_not_installed_is_bad_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {"evalci.yaml": GATELESS + ENTRY, "golden/desk/cases.yaml": PLUGGED}
    write_desk(tmp_path, files)
    monkeypatch.chdir(tmp_path)

    code = run_cli(["run"])

    assert code == 3
    assert "no entry point `acme-tone` in the group evalci.scorers" in capsys.readouterr().err
