"""`evalci dashboard` in this process: from where it reads, and what it writes where."""

from pathlib import Path

import pytest

from evalci.cli import run_cli
from evalci.edges.history.sql import SqlHistory
from tests.records import make_record

PLACE = ".evalci/dashboard/index.html"


@pytest.fixture
def kept(desk: Path) -> Path:
    """Return a repository whose history has a run of two models, which is the working directory."""
    (desk / ".evalci").mkdir(exist_ok=True)
    store = SqlHistory(f"sqlite:///{desk}/.evalci/history.sqlite")
    store.add(make_record("one", at="2026-03-02T06:00:00+00:00"))
    store.add(make_record("two", at="2026-07-06T06:00:00+00:00", model="rival"))
    store.close()
    return desk


def test_it_writes_the_page_beside_the_runs(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run_cli(["dashboard"])

    assert code == 0
    assert (kept / PLACE).read_text(encoding="utf-8").startswith("<!doctype html>")
    assert f"wrote {kept / PLACE}: 2 runs, " in capsys.readouterr().out


def test_it_writes_where_it_is_told(kept: Path) -> None:
    run_cli(["dashboard", "--output", "site/index.html"])

    assert (kept / "site/index.html").is_file()
    assert not (kept / PLACE).exists()


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--model", "rival"], id="one model"),
        pytest.param(["--since", "2026-Q3"], id="one period"),
    ],
)
def test_it_draws_what_is_asked_for(kept: Path, arguments: list[str]) -> None:
    run_cli(["dashboard", *arguments])

    page = (kept / PLACE).read_text(encoding="utf-8")
    assert '"model":"rival"' in page
    assert '"model":"main"' not in page


def test_it_reads_the_history_that_a_variable_names(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (kept / ".evalci/history.sqlite").rename(kept / "other.sqlite")
    monkeypatch.setenv("EVALCI_HISTORY", "sqlite:///other.sqlite")

    code = run_cli(["dashboard"])

    assert code == 0


def test_without_a_history_it_says_how_to_begin_one(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run_cli(["dashboard"])

    assert code == 0
    assert "`evalci history add` keeps runs there" in capsys.readouterr().out
    assert '{"series":[]}' in (desk / PLACE).read_text(encoding="utf-8")


def test_a_place_that_cannot_be_written_is_refused(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (kept / "file").write_text("mine\n", encoding="utf-8")

    code = run_cli(["dashboard", "--output", "file/index.html"])

    assert code == 3
    assert "cannot write file/index.html" in capsys.readouterr().err


def test_a_period_that_is_none_is_refused(kept: Path) -> None:
    assert run_cli(["dashboard", "--since", "soon"]) == 2


def test_a_mistyped_name_is_no_empty_page(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run_cli(["dashboard", "--model", "mian"])

    said = "evalci: the history knows no model `mian`; did you mean `main`?\n"
    assert (code, capsys.readouterr().err) == (2, said)
    assert not (kept / PLACE).exists()


def test_a_period_without_runs_is_an_empty_page(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run_cli(["dashboard", "--since", "2027"])

    assert (code, "no such run in " in capsys.readouterr().out) == (0, True)
    assert '{"series":[]}' in (kept / PLACE).read_text(encoding="utf-8")
