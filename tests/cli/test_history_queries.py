"""`evalci history query`, `list`, `show`, `export`: runs are found and held against others."""

import csv
import io
import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evalci.cli import run_cli
from evalci.core.history import Trigger
from evalci.core.history_demo import demo_history
from evalci.edges.history.sql import SqlHistory
from tests.cli.kept_history import FILE, said
from tests.records import make_case_record, make_record

LAST = datetime(2026, 11, 16, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database with the end of an invented history, from September to November."""
    place = tmp_path_factory.mktemp("invented") / "history.sqlite"
    store = SqlHistory(f"sqlite:///{place}")
    for record in demo_history(LAST)[-9:]:
        store.add(replace(record, categories=record.categories[:1]))
    store.close()
    return place


@pytest.fixture
def years(desk: Path, invented: Path) -> Path:
    """Return a repository with a copy of that history."""
    (desk / FILE).parent.mkdir()
    shutil.copy(invented, desk / FILE)
    return desk


@pytest.mark.parametrize("command", ["list", "query"])
def test_a_history_that_nobody_has_begun_is_empty_and_says_what_begins_one(
    desk: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    text = said(capsys, command)

    assert text == (
        f"no such run in sqlite:///{desk}/{FILE} yet; `evalci history add` keeps runs there\n"
    )
    assert not (desk / FILE).exists()


def test_an_export_of_nothing_is_empty_and_says_so_beside_it(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first scheduled run looks back on this."""
    del desk

    code = run_cli(["history", "export", "--cases"])
    found = capsys.readouterr()

    assert (code, found.out) == (0, "")
    assert found.err.startswith("evalci: no such run in sqlite:///")


def test_one_month_is_held_against_another(years: Path, capsys: pytest.CaptureFixture[str]) -> None:
    del years

    lines = said(capsys, "query", "--match", "tags=invoice", "--since", "2026-10").splitlines()

    assert lines[0] == "helpdesk with main"
    assert [line.split()[0] for line in lines[1:]] == ["period", "2026-10", "2026-11"]
    assert " pp (" in lines[-1]
    assert "on 12 cases" in lines[-1]


def test_pull_requests_do_not_count_unless_they_are_asked_for(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = SqlHistory(f"sqlite:///{desk}/{FILE}")
    store.add(make_record("good", cases=(make_case_record((1.0,)),)))
    store.add(make_record("proposed", trigger=Trigger.PULL_REQUEST))
    store.close()

    ours, theirs = said(capsys, "query"), said(capsys, "query", "--trigger", "pull_request")

    assert [text.splitlines()[-1].split()[1] for text in (ours, theirs)] == ["1.00", "0.75"]


@pytest.mark.parametrize(
    ("arguments", "runs"),
    [
        pytest.param(["--since", "2026-W46"], 2, id="since a week"),
        pytest.param(["--until", "2026-09"], 1, id="up to the end of a month"),
        pytest.param(["--trigger", "push"], 1, id="by what started them"),
        pytest.param(["--since", "2027"], 0, id="since a year to come"),
    ],
)
def test_runs_are_chosen(
    years: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], runs: int
) -> None:
    del years

    rows = said(capsys, "export", *arguments).splitlines()

    assert len(rows) == runs


def test_an_export_of_cases_has_a_row_for_each(
    years: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del years
    options = ["--format", "csv", "--cases", "--since", "2026-11-16", "--category", "extract"]

    rows = list(csv.DictReader(io.StringIO(said(capsys, "export", *options))))

    assert [row["case"] for row in rows[:2]] == ["extract-001", "extract-002"]
    assert len(rows) == 12


def test_a_run_is_shown_by_the_beginning_of_its_id(
    years: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del years
    newest = json.loads(said(capsys, "export", "--since", "2026-11-16"))["id"]

    shown = said(capsys, "show", newest[:9])

    assert shown.startswith(f"{newest}: helpdesk 1.0 with main, 2026-11-16 06:00 UTC\n")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        pytest.param(["show", "zz"], 2, "no run begins with `zz`", id="no such run"),
        pytest.param(["show", ""], 2, "9 runs begin with ``", id="too short an id"),
        pytest.param(["list", "--since", "Q3"], 2, "`Q3` is no period", id="no period"),
        pytest.param(
            ["list", "--since", "2026-Q4", "--until", "2026-09"], 2, "is after `--until", id="never"
        ),
        pytest.param(["export", "--match", "tags=x"], 2, "add --cases", id="cases of no cases"),
        pytest.param(["query", "--match", "tag=x"], 2, "did you mean `tags`?", id="no dimension"),
        pytest.param(["list", "--history", "mysql://h/n"], 3, "cannot be kept in `mysql`", id="db"),
        pytest.param(["list", "--history", "branch:main"], 3, "which holds code", id="code branch"),
        pytest.param(["list", "--history", "branch:-x"], 3, "no valid name", id="a bad branch"),
        pytest.param(["add"], 3, "`evalci run` writes it", id="no run to add"),
    ],
)
def test_what_cannot_be_is_said(
    years: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    message: str,
) -> None:
    del years

    found = run_cli(["history", *arguments])

    assert (found, message in capsys.readouterr().err) == (code, True)


@pytest.mark.parametrize("command", ["list", "query"])
def test_nothing_found_is_said(
    years: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    del years

    assert "no such run in sqlite:" in said(capsys, command, "--since", "2027")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(
            ["list", "--golden-set", "helpdsk"],
            "golden set `helpdsk`; did you mean `helpdesk`?",
            id="a golden set",
        ),
        pytest.param(["list", "--model", "mian"], "model `mian`; did you mean `main`?", id="model"),
        pytest.param(
            ["list", "--category", "extrct"],
            "category `extrct`; did you mean `extract`?",
            id="a category of runs",
        ),
        pytest.param(
            ["query", "--category", "extrct"],
            "category `extrct`; did you mean `extract`?",
            id="a category of cases",
        ),
        pytest.param(
            ["query", "--match", "tags=invoce"],
            "tag `invoce`; did you mean `invoice`?",
            id="a tag",
        ),
        pytest.param(
            ["export", "--cases", "--match", "task_type=extrct"],
            "task_type `extrct`; did you mean `extract`?",
            id="a value of a dimension",
        ),
        pytest.param(
            ["export", "--format", "csv", "--category", "extrct"],
            "category `extrct`; did you mean `extract`?",
            id="rows of a category",
        ),
    ],
)
def test_a_mistyped_name_is_not_an_empty_answer(
    years: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    del years

    code = run_cli(["history", *arguments])

    assert code == 2
    assert capsys.readouterr().err == f"evalci: the history knows no {message}\n"


def test_a_name_of_the_config_may_be_new(years: Path, capsys: pytest.CaptureFixture[str]) -> None:
    del years

    assert "no such run in sqlite:" in said(capsys, "list", "--golden-set", "desk")


def test_a_history_without_runs_knows_no_name_yet(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del desk

    assert "no such run in sqlite:" in said(capsys, "query", "--model", "mian")
