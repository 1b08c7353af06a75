"""`evalci stats`: what the gate sees on a golden set, and the certificate of its false alarms."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from evalci.cli import run_cli
from tests.cli.desk import BASELINE, BROKEN, CASES, GATELESS, SHOP, accept_baseline, write_desk

CERTIFICATE = "baselines/desk.main.certificate.json"
TRIAGE = """\
  - {{id: triage-{n}, task_type: triage, prompt: prompts/triage.md, inputs: {{q: a}}, expected: a}}
"""


@pytest.fixture
def wide(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Path:
    """Return a repository whose baseline has eight triage cases and two replies."""
    more = "".join(TRIAGE.format(n=n) for n in range(3, 9))
    manifest = 'version: "1.0"\nactive: 10\ncategories: {reply: 2, triage: 8}\n'
    write_desk(
        tmp_path,
        {
            "evalci.yaml": GATELESS + "gate: {mode: evidence}\n",
            "golden/desk/cases.yaml": CASES + more,
            "golden/desk/manifest.yaml": manifest,
        },
    )
    monkeypatch.chdir(tmp_path)
    accept_baseline()
    capsys.readouterr()
    return tmp_path


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """Return the figures of the only golden set that a command prints as JSON."""
    assert run_cli(["stats", *arguments, "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["golden_sets"]
    return found


def test_power_shows_every_category_and_what_more_would_buy(
    wide: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run_cli(["stats", "power"])

    out = capsys.readouterr().out
    assert code == 0
    assert out.startswith("desk with scripted/echo\n")
    assert "\ntriage " in out
    assert "\nreply *" in out
    assert "20 baseline trials" in out


def test_power_of_one_category_shows_it_alone(
    wide: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = printed(capsys, "power", "triage")

    assert [one["category"] for one in found["categories"]] == ["triage"]


def test_power_is_simulated_only_when_asked(wide: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain = printed(capsys, "power")
    simulated = printed(capsys, "power", "--simulate")

    assert plain["simulated"] is None
    assert simulated["simulated"]["unchanged"]["runs"] == 1000
    assert {one["category"] for one in simulated["simulated"]["found"]} == {"triage"}


@pytest.mark.parametrize(
    "arguments", [["power", "--simulate"], ["aa"]], ids=["power --simulate", "aa"]
)
def test_the_same_baseline_gives_the_same_figures(
    wide: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert printed(capsys, *arguments) == printed(capsys, *arguments)


def test_a_certificate_is_written_beside_the_baseline(
    wide: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run_cli(["stats", "aa"])

    out = capsys.readouterr().out
    kept = json.loads(Path(CERTIFICATE).read_text(encoding="utf-8"))
    assert code == 0
    assert out.startswith("desk with scripted/echo, gate mode evidence\n")
    share = f"{kept['red'] / 10:g} % of 1,000 simulated runs"
    assert f"false alarms of this gate here: {share}" in out
    assert "\n  0.0 % undecided, " in out
    assert f"written to {CERTIFICATE}; commit it" in out
    assert (kept["runs"], kept["source"]) == (1000, "resampled")
    assert kept["red"] <= 10


def test_a_live_certificate_measures_what_the_baseline_measured(
    wide: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("evalci.yaml").write_text(GATELESS + "gate: {mode: threshold}\n", encoding="utf-8")

    found = printed(capsys, "aa", "--live", "2")

    assert (found["runs"], found["red"], found["source"]) == (2, 0, "live")
    assert found["calls_per_case"] == 4


def test_a_live_certificate_of_an_edited_prompt_is_refused(
    wide: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("prompts/triage.md").write_text(BROKEN, encoding="utf-8")

    code = run_cli(["stats", "aa", "--live", "1"])

    (line,) = capsys.readouterr().err.splitlines()
    assert code == 3
    assert "is not what the baseline of desk measured (8 such cases)" in line
    assert not Path(CERTIFICATE).exists()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        pytest.param(["power", "traige"], 3, "did you mean `triage`?", id="unknown category"),
        pytest.param(["power", "--model", "mian"], 2, "did you mean `main`?", id="unknown model"),
        pytest.param(["aa", "--golden-set", "dusk"], 2, "did you mean `desk`?", id="unknown set"),
        pytest.param(["aa", "--runs", "0"], 2, "--runs", id="no runs"),
        pytest.param(["aa", "--live", "0"], 2, "--live", id="no live runs"),
    ],
)
def test_a_wrong_word_ends_in_one_line(
    wide: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    words: str,
) -> None:
    got = run_cli(["stats", *arguments])

    (line,) = capsys.readouterr().err.splitlines()
    assert (got, words in line) == (code, True)


@pytest.mark.parametrize("command", ["power", "aa"])
def test_without_a_baseline_it_says_how_to_get_one(
    desk: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    code = run_cli(["stats", command])

    (line,) = capsys.readouterr().err.splitlines()
    assert code == 3
    assert "no baseline for desk with main; accept one with `evalci run --all" in line


@pytest.mark.parametrize("command", ["power", "aa"])
def test_a_baseline_of_one_trial_is_refused(
    wide: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    baseline = json.loads(Path(BASELINE).read_text(encoding="utf-8"))
    for case in baseline["cases"]:
        case["trials"] = case["trials"][:1]
    Path(BASELINE).write_text(json.dumps(baseline), encoding="utf-8")

    code = run_cli(["stats", command])

    (line,) = capsys.readouterr().err.splitlines()
    assert code == 3
    assert "has one trial a case, too few to tell noise from change" in line


def test_a_category_is_looked_for_in_every_golden_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_desk(tmp_path, SHOP)
    monkeypatch.chdir(tmp_path)
    accept_baseline()
    capsys.readouterr()

    found = printed(capsys, "power", "order")

    assert found["golden_set"] == "shop"


def footer_words() -> str:
    """Return what the report of a new run quotes, empty without a certificate."""
    run_cli(["run"])
    report = Path(".evalci/runs/desk.main/report.md").read_text(encoding="utf-8")
    found = re.search(r"false alarms of this gate here: .*?(?=</sub>)", report)
    return found.group() if found else ""


def test_a_footer_quotes_the_last_certificate(wide: Path) -> None:
    assert footer_words() == ""

    run_cli(["stats", "aa"])

    red = json.loads(Path(CERTIFICATE).read_text(encoding="utf-8"))["red"]
    assert footer_words().startswith(
        f"false alarms of this gate here: {red / 10:g} % of 1,000 simulated runs with nothing "
        "changed (95 %: 0–"
    )


def test_a_footer_says_that_the_gate_has_changed_since(wide: Path) -> None:
    run_cli(["stats", "aa"])
    Path("evalci.yaml").write_text(GATELESS + "gate: {preset: quiet}\n", encoding="utf-8")

    assert footer_words().endswith("baseline or gate changed since, evalci stats aa renews it")


def test_a_footer_does_not_quote_the_certificate_of_another_mode(wide: Path) -> None:
    run_cli(["stats", "aa"])
    Path("evalci.yaml").write_text(GATELESS + "gate: {mode: exact}\n", encoding="utf-8")

    assert footer_words() == ""


@pytest.mark.parametrize("text", ["", "<<<<<<< HEAD", '{"format": 1}'])
def test_a_certificate_that_cannot_be_read_stops_nothing(wide: Path, text: str) -> None:
    Path(CERTIFICATE).write_text(text, encoding="utf-8")

    assert footer_words() == ""


def test_an_empty_variable_counts_as_unset(
    wide: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SIMULATE", "JSON", "RUNS", "LIVE"):
        monkeypatch.setenv(f"EVALCI_{name}", "")

    codes = [run_cli(["stats", command]) for command in ("power", "aa")]

    assert codes == [0, 0]
