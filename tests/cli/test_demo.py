"""`evalci demo` in this process: where it writes, and where it refuses to."""

import stat
from pathlib import Path

import pytest

from evalci.cli import run_cli
from evalci.cli.demo import copy_files


def test_it_makes_a_repository_and_finds_the_regression(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    code = run_cli(["demo", "shop"])

    out = capsys.readouterr().out
    assert code == 0
    assert "this change makes extract worse" in out
    assert "would end here with exit code 1" in out
    assert "· run shop/.evalci/runs/helpdesk.main/run.json" in out
    assert (tmp_path / "shop" / ".git").is_dir()
    assert (tmp_path / "shop" / "evalci.yaml").is_file()
    assert [place.name for place in tmp_path.iterdir()] == ["shop"]


@pytest.mark.parametrize("options", [[], ["--history"]], ids=["a regression", "a history"])
def test_an_empty_folder_is_taken_and_entered_as_a_shell_reads_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    folder = tmp_path / "empty; new"
    folder.mkdir()

    code = run_cli(["demo", *options, str(folder)])

    assert code == 0
    assert (folder / "evalci.yaml").is_file()
    assert f"  cd '{folder}'\n" in capsys.readouterr().out


def test_what_it_copies_can_be_edited_where_the_package_is_read_only(tmp_path: Path) -> None:
    package = tmp_path / "package"
    prompt = package / "prompts" / "extract.md"
    prompt.parent.mkdir(parents=True)
    prompt.write_text("Extract.\n", encoding="utf-8")
    prompt.chmod(0o444)
    prompt.parent.chmod(0o555)

    copy_files(package, tmp_path / "shop")

    copy = tmp_path / "shop" / "prompts" / "extract.md"
    assert copy.read_text(encoding="utf-8") == "Extract.\n"
    assert copy.stat().st_mode & copy.parent.stat().st_mode & stat.S_IWUSR


def test_without_a_name_it_takes_the_next_free_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "evalci-demo").mkdir()

    code = run_cli(["demo"])

    assert code == 0
    assert (tmp_path / "evalci-demo-2" / "evalci.yaml").is_file()
    assert list((tmp_path / "evalci-demo").iterdir()) == []


def test_a_folder_with_something_in_it_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.txt").write_text("mine\n", encoding="utf-8")

    code = run_cli(["demo", str(tmp_path)])

    assert code == 3
    assert "is not empty" in capsys.readouterr().err
    assert [place.name for place in tmp_path.iterdir()] == ["notes.txt"]


def test_a_file_in_the_place_of_the_folder_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "notes.txt"
    place.write_text("mine\n", encoding="utf-8")

    code = run_cli(["demo", str(place)])

    assert code == 2
    assert "notes.txt" in capsys.readouterr().err
    assert place.read_text(encoding="utf-8") == "mine\n"


def test_a_folder_that_cannot_be_made_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.txt").write_text("mine\n", encoding="utf-8")

    code = run_cli(["demo", str(tmp_path / "notes.txt" / "shop")])

    (line,) = capsys.readouterr().err.splitlines()
    assert code == 3
    assert line.startswith("evalci: cannot write ")
    assert line.endswith("shop/evalci.yaml: Not a directory")


def test_without_git_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    code = run_cli(["demo", str(tmp_path / "shop")])

    assert code == 3
    assert capsys.readouterr().err == "evalci: the demo needs git; install it\n"
    assert list(tmp_path.iterdir()) == []


def test_thirty_invented_weeks_are_kept_and_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    code = run_cli(["demo", "--history", "shop"])

    out = capsys.readouterr().out
    page = tmp_path / "shop/.evalci/dashboard/index.html"
    assert code == 0
    assert f"  {page.as_uri()}#category=extract\n" in out
    assert "example-large-20260702" in page.read_text(encoding="utf-8")


def test_the_invented_weeks_answer_the_questions_that_it_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    run_cli(["demo", "--history", "shop"])
    asked = [line.split() for line in capsys.readouterr().out.splitlines() if "evalci hist" in line]
    monkeypatch.chdir(tmp_path / "shop")

    codes = [run_cli(words[1:]) for words in asked]

    assert codes == [0, 0]
