"""`evalci run --html --junit`: two more files, written whatever the run ends in."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from evalci.cli import run_cli
from evalci.cli.last_run import last_run
from evalci.cli.pages import Pages
from tests.cli.desk import BROKEN, SHOP, accept_baseline, write_desk

ASK = ["--html", "out/deep/report.html", "--junit", "out/report.xml"]
HTML, XML = Path("out/deep/report.html"), Path("out/report.xml")
KEY = 'a"b<c>&d-very-secret'


@pytest.fixture
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with two golden sets, without a baseline."""
    write_desk(tmp_path, SHOP)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def html() -> str:
    return HTML.read_text(encoding="utf-8")


def suites() -> dict[str, tuple[str, str]]:
    """Return failures and errors of each suite of the written XML."""
    root = ET.fromstring(XML.read_text(encoding="utf-8"))  # noqa: S314  # our own text
    return {s.get("name", ""): (s.get("failures", ""), s.get("errors", "")) for s in root}


def leftovers() -> list[Path]:
    """Return what stands beside the files that were asked for."""
    return [p for p in Path("out").rglob("*") if p.is_file() and p not in {HTML, XML}]


def test_both_files_are_written_in_folders_that_were_not_there(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run_cli(["run", *ASK])

    out = capsys.readouterr().out
    assert code == 0
    assert "No baseline yet" in html()
    assert suites() == {"desk.main": ("0", "0")}
    assert out.endswith("wrote out/deep/report.html\nwrote out/report.xml\n")
    assert leftovers() == []


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [pytest.param([], 1, id="gate"), pytest.param(["--no-gate"], 0, id="no-gate")],
)
def test_a_failed_gate_is_in_both_files(
    accepted: Path, arguments: list[str], expected: int
) -> None:
    (accepted / "prompts/triage.md").write_text(BROKEN, encoding="utf-8")

    code = run_cli(["run", *arguments, *ASK])

    assert code == expected
    assert "This change makes <code>triage</code> worse (blocking)" in html()
    assert suites() == {"desk.main": ("3", "0")}


def test_several_golden_sets_are_in_one_file(both: Path) -> None:
    run_cli(["run", *ASK])

    assert html().count("<section") == 2
    assert set(suites()) == {"desk.main", "shop.main"}


def test_a_golden_set_that_failed_stands_beside_the_one_that_did_not(both: Path) -> None:
    (both / "prompts/order.md").write_text("{{ nobody }}\n", encoding="utf-8")

    code = run_cli(["run", *ASK])

    assert code == 3
    assert "nobody" in html()
    assert suites() == {"desk.main": ("0", "0"), "shop.main": ("0", "1")}


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        pytest.param(
            lambda: Path("prompts/triage.md").write_text("{{ nobody }}\n"), "nobody", id="prompt"
        ),
        pytest.param(
            lambda: Path("evalci.yaml").write_text("version: 1\nmodles: {}\n"),
            "modles",
            id="config",
        ),
    ],
)
def test_a_run_that_fails_before_it_measures_is_told_once(
    desk: Path, break_it: Callable[[], int], words: str
) -> None:
    break_it()

    code = run_cli(["run", *ASK])

    assert code == 3
    assert words in html()
    assert html().count("<section") == 1
    assert list(suites().values()) == [("0", "1")]


def test_an_earlier_file_is_replaced(desk: Path) -> None:
    HTML.parent.mkdir(parents=True)
    HTML.write_text("old", encoding="utf-8")

    run_cli(["run", *ASK])

    assert html().startswith("<!doctype html>")


@pytest.mark.parametrize("option", ["--html", "--junit"])
@pytest.mark.parametrize(
    "place",
    [
        pytest.param("evalci.yaml/report", id="below-a-file"),
        pytest.param("/proc/evalci/report", id="where-nobody-writes"),
        pytest.param(f"{'n' * 300}/report", id="too-long-a-name"),
    ],
)
def test_a_place_that_cannot_be_written_costs_nothing(
    desk: Path, capsys: pytest.CaptureFixture[str], option: str, place: str
) -> None:
    code = run_cli(["run", option, place])

    (line,) = capsys.readouterr().err.splitlines()
    assert code == 3
    assert line.startswith(f"evalci: cannot write {place}: ")
    assert not list((desk / ".evalci").rglob("log.jsonl"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["--html", "."], "is a directory", id="a-folder"),
        pytest.param(["--html", "a", "--junit", "./a"], "name the same file", id="one-file"),
    ],
)
def test_a_wrong_place_is_a_wrong_option(
    desk: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    code = run_cli(["run", *arguments])

    (line,) = capsys.readouterr().err.splitlines()
    assert (code, words in line) == (2, True)
    assert not list((desk / ".evalci").rglob("run.json"))


def test_places_are_read_from_variables_and_an_empty_one_is_unset(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVALCI_HTML", "")
    monkeypatch.setenv("EVALCI_JUNIT", str(XML))

    run_cli(["run"])

    assert suites() == {"desk.main": ("0", "0")}
    assert not HTML.exists()


def test_without_the_options_nothing_is_written(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path.name for path in desk.iterdir()}

    run_cli(["run"])

    assert {path.name for path in desk.iterdir()} - before == {".evalci"}
    assert "wrote" not in capsys.readouterr().out


def test_a_disk_that_fails_at_the_end_hides_no_verdict(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_cli(["run"])
    pages = Pages(desk / ".evalci/runs", html=HTML, junit=XML)
    capsys.readouterr()

    with pages:
        pages.check()
        HTML.parent.rmdir()
        HTML.parent.write_text("in the way", encoding="utf-8")

    streams = capsys.readouterr()
    assert pages.codes == [3]
    assert streams.err.startswith("evalci: cannot write out/deep/report.html: ")
    assert streams.out == "wrote out/report.xml\n"


def test_a_run_file_that_went_missing_is_an_error_and_no_pass(desk: Path) -> None:
    run_cli(["run"])
    (desk / ".evalci/runs/desk.main/run.json").unlink()

    found = last_run(desk / ".evalci/runs")

    assert (found.runs, [(f.key, f.exit_code) for f in found.failures]) == ((), [("desk.main", 3)])


def test_no_index_at_all_is_an_error_and_no_pass(tmp_path: Path) -> None:
    found = last_run(tmp_path)

    assert [(f.key, f.exit_code) for f in found.failures] == [("", 3)]


def test_a_command_that_was_killed_is_an_error_and_no_pass(desk: Path) -> None:
    run_cli(["run"])
    index = desk / ".evalci/runs/index.json"
    index.write_text('{"format": 1, "started_at": "2026-03-02T12:00:00+00:00"}', encoding="utf-8")

    found = last_run(index.parent)

    assert [(f.key, f.exit_code, f.error) for f in found.failures] == [("", None, "")]


@pytest.mark.parametrize("form", ["html", "junit"])
def test_a_secret_is_masked_before_its_letters_are_escaped(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    run_cli(["run"])
    run = desk / ".evalci/runs/desk.main/run.json"
    text = run.read_text(encoding="utf-8")
    run.write_text(text.replace('"scripted/echo"', json.dumps(KEY)), encoding="utf-8")
    monkeypatch.setenv("MY_SERVICE_API_KEY", KEY)
    capsys.readouterr()

    code = run_cli(["report", "--format", form])

    out = capsys.readouterr().out
    assert (code, "[redacted]" in out) == (0, True)
    assert "very-secret" not in out


def test_a_report_of_a_finished_run_is_the_file_that_the_run_wrote(
    both: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    accept_baseline()
    run_cli(["run", *ASK])
    capsys.readouterr()

    run_cli(["report", "--format", "html"])
    page = capsys.readouterr().out
    run_cli(["report", "--format", "junit"])

    assert page == html()
    assert capsys.readouterr().out == XML.read_text(encoding="utf-8")
