"""`evalci init` where something is in the way."""

import os
from pathlib import Path
from typing import Any

import pytest

from evalci.cli import run_cli
from evalci.core.starter import GITIGNORE
from tests.cli.init_desk import MANIFEST


def outward(folder: Path) -> None:
    (folder / "prompts").symlink_to(folder.parent)


def folder_in_the_way(folder: Path) -> None:
    (folder / "evalci.yaml").mkdir()


def ignore_in_the_way(folder: Path) -> None:
    (folder / GITIGNORE).mkdir()


def file_in_the_way(folder: Path) -> None:
    (folder / "golden_sets").write_text("", encoding="utf-8")


def pipe_in_the_way(folder: Path) -> None:
    os.mkfifo(folder / "evalci.yaml")


def circle(folder: Path) -> None:
    (folder / ".github").symlink_to(".github")


def not_text(folder: Path) -> None:
    (folder / GITIGNORE).write_bytes(b"\xff\xfe")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        pytest.param(outward, "`prompts/examples/extract.md` is outside", id="symlink outwards"),
        pytest.param(folder_in_the_way, "`evalci.yaml` is in the way", id="folder"),
        pytest.param(ignore_in_the_way, "`.gitignore` is in the way", id="folder, last"),
        pytest.param(file_in_the_way, f"cannot write `{MANIFEST}`", id="file for a folder"),
        pytest.param(pipe_in_the_way, "`evalci.yaml` is in the way", id="named pipe"),
        pytest.param(circle, "a symlink that points to itself", id="symlink to itself"),
        pytest.param(not_text, ".gitignore:1: not UTF-8 text", id="binary file"),
    ],
)
@pytest.mark.parametrize("force", [[], ["--force"]], ids=["", "force"])
def test_what_cannot_be_written_is_found_before_anything_is(
    repository: Path,
    capsys: pytest.CaptureFixture[str],
    spoil: Any,
    words: str,
    force: list[str],
) -> None:
    spoil(repository)
    before = sorted(repository.rglob("*"))

    code = run_cli(["init", *force])

    streams = capsys.readouterr()
    (line,) = streams.err.splitlines()
    assert code == 3
    assert words in line
    assert streams.out == ""
    assert sorted(repository.rglob("*")) == before
    assert not (repository.parent / "examples").exists()


@pytest.mark.parametrize(
    "folder",
    [
        pytest.param("x" * 300, id="a name no folder can have"),
        pytest.param("loop", id="a symlink to itself"),
        pytest.param("notes.txt/bot", id="below a file"),
    ],
)
def test_a_folder_that_cannot_be_made_is_one_line(
    here: Path, capsys: pytest.CaptureFixture[str], folder: str
) -> None:
    (here / "loop").symlink_to("loop")
    (here / "notes.txt").write_text("mine\n", encoding="utf-8")

    code = run_cli(["init", folder])

    (line,) = capsys.readouterr().err.splitlines()
    assert code == 3
    assert line.startswith("evalci: cannot ")
    assert sorted(place.name for place in here.iterdir()) == ["loop", "notes.txt"]
