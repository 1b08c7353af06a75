"""`evalci report`: a finished run in five formats, on standard output or in a file."""

import io
import json
import re
from contextlib import redirect_stdout
from pathlib import Path

import jsonschema
import pytest

import evalci
from evalci.cli import run_cli
from evalci.core.gate import decide
from evalci.core.run_file import run_text, to_json
from evalci.report.verdict_json import verdict_json
from tests.cli.desk import BROKEN, RUN, SHOP, write_desk
from tests.report.evidence_faces import worse

FORMATS = ["terminal", "markdown", "json", "html", "junit"]


@pytest.fixture
def failed(accepted: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Return a repository whose last run found a regression, nothing printed yet."""
    (accepted / "prompts/triage.md").write_text(BROKEN, encoding="utf-8")
    assert run_cli(["run"]) == 1
    capsys.readouterr()
    return accepted


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param([], "Category  Baseline", id="default"),
        pytest.param(["--format", "terminal"], "Category  Baseline", id="terminal"),
        pytest.param(["--format", "markdown"], "| Category |", id="markdown"),
        pytest.param(["--format", "json"], '"outcome": "regression"', id="json"),
        pytest.param(["--format", "html"], "<code>triage</code> worse", id="html"),
        pytest.param(["--format", "junit"], '<failure type="regression"', id="junit"),
    ],
)
def test_each_format_names_what_regressed_and_exits_0(
    failed: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    code = run_cli(["report", *arguments])

    streams = capsys.readouterr()
    assert code == 0
    assert words in streams.out
    assert "triage" in streams.out
    assert streams.out.endswith("\n")
    assert streams.err == ""


@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_gets_the_bytes_that_standard_output_gets(
    failed: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    run_cli(["report", "--format", kind])
    printed = capsys.readouterr().out

    code = run_cli(["report", "--format", kind, "--output", "out/report.txt"])

    assert code == 0
    assert capsys.readouterr().out == "wrote out/report.txt\n"
    assert Path("out/report.txt").read_text(encoding="utf-8").rstrip("\n") == printed.rstrip("\n")


def test_json_fits_its_schema(failed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    schema = Path(evalci.__file__).parent / "schemas" / "report.json"

    run_cli(["report", "--format", "json"])

    data = json.loads(capsys.readouterr().out)
    jsonschema.validate(data, json.loads(schema.read_text(encoding="utf-8")))
    assert data["verdict"]["exit_code"] == 1
    assert data["calls"] == 8


def test_markdown_is_what_the_run_wrote(failed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_cli(["report", "--format", "markdown"])

    written = (failed / RUN / "report.md").read_text(encoding="utf-8")
    assert capsys.readouterr().out.rstrip("\n") == written.rstrip("\n")


def test_the_format_is_read_from_its_variable(
    failed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EVALCI_FORMAT", "json")
    monkeypatch.setenv("EVALCI_OUTPUT", "")

    run_cli(["report"])

    assert json.loads(capsys.readouterr().out)["format"] == 1


def test_every_golden_set_is_in_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_desk(tmp_path, SHOP)
    monkeypatch.chdir(tmp_path)
    run_cli(["run"])
    capsys.readouterr()

    run_cli(["report"])

    out = capsys.readouterr().out
    assert "desk 1.0 with scripted/echo" in out
    assert "shop 1.0 with scripted/echo" in out


def test_json_of_several_golden_sets_is_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_desk(tmp_path, SHOP)
    monkeypatch.chdir(tmp_path)
    run_cli(["run"])
    capsys.readouterr()

    code = run_cli(["report", "--format", "json"])

    decoder = json.JSONDecoder()
    text, names = capsys.readouterr().out.strip(), []
    while text:  # one document after the other, which programs such as jq read
        data, end = decoder.raw_decode(text)
        names.append(data["golden_set"]["name"])
        text = text[end:].strip()
    assert code == 0
    assert names == ["desk", "shop"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        pytest.param(["--format", "xml"], 2, "'xml'", id="unknown-format"),
        pytest.param(["nowhere.json"], 3, "cannot read nowhere.json", id="no-such-run"),
        pytest.param(["--output", "."], 2, "is a directory", id="output-is-a-folder"),
        pytest.param(["--output", "evalci.yaml/x"], 3, "cannot write", id="output-below-a-file"),
    ],
)
def test_a_wrong_option_ends_in_one_line(
    failed: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, words: str
) -> None:
    got = run_cli(["report", *arguments])

    (line,) = capsys.readouterr().err.splitlines()
    assert got == code
    assert words in line


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["--explain"], "\n  limit  ", id="terminal"),
        pytest.param(["--explain", "--format", "markdown"], "| `limit` | 40 |", id="markdown"),
    ],
)
def test_explain_shows_the_numbers_behind_the_outcome(
    evidenced: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    code = run_cli(["report", *arguments, str(evidenced)])

    assert (code, words in capsys.readouterr().out) == (0, True)


@pytest.mark.parametrize("kind", ["html", "junit", "json"])
def test_explain_is_refused_where_it_has_no_form(
    evidenced: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    code = run_cli(["report", "--explain", "--format", kind, str(evidenced)])

    assert code == 2
    assert "--explain is for terminal and markdown" in capsys.readouterr().err


@pytest.fixture
def evidenced(tmp_path: Path) -> Path:
    """Return the run file of a regression that the evidence gate found."""
    run = worse()
    place = tmp_path / "run.json"
    data = {**to_json(run), "format": run.format, "verdict": verdict_json(decide(run))}
    place.write_text(run_text(data), encoding="utf-8")
    return place


class Terminal(io.StringIO):
    """A standard output that a person looks at."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("no_color", "coloured"),
    [
        pytest.param("", True, id="in colour"),
        pytest.param("1", False, id="without, as asked"),
    ],
)
def test_on_a_terminal_a_report_has_its_width_and_its_colours(
    desk: Path, monkeypatch: pytest.MonkeyPatch, no_color: str, coloured: bool
) -> None:
    run_cli(["run"])
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("NO_COLOR", no_color)

    with redirect_stdout(Terminal()) as terminal:
        run_cli(["report"])

    plain = re.sub(r"\x1b\[[0-9;]*m", "", terminal.getvalue())
    assert max(len(line) for line in plain.splitlines()) <= 60
    assert ("\x1b[" in terminal.getvalue()) is coloured
