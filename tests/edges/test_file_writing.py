"""Files are written in one step, inside the border, or not at all."""

from pathlib import Path

import pytest

from evalci.edges.files import (
    check_writable,
    write_text,
)
from evalci.errors import BadInputError
from tests.edges.borders import nested
from tests.inputs import make_files


def test_writing_makes_the_folders_it_needs(tmp_path: Path) -> None:
    place = make_files(tmp_path, {}).write("a/b/c.txt", "één\n")

    assert place == tmp_path.resolve() / "a/b/c.txt"
    assert place.read_bytes() == "één\n".encode()


def test_nothing_is_written_over_the_border(tmp_path: Path) -> None:
    files = nested(tmp_path)
    (tmp_path / "repo/sub/out").symlink_to(tmp_path)

    with pytest.raises(BadInputError, match="outside the repository"):
        files.write("out/stray.txt", "x")

    assert not (tmp_path / "stray.txt").exists()


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("new.txt", id="new"),
        pytest.param("a/b/c.txt", id="in folders to be made"),
        pytest.param("old.txt", id="there already"),
    ],
)
def test_a_place_that_can_be_written_is_left_as_it_is(tmp_path: Path, path: str) -> None:
    files = make_files(tmp_path, {"old.txt": "old"})

    files.require_place(path)

    assert [found.name for found in tmp_path.iterdir()] == ["old.txt"]
    assert (tmp_path / "old.txt").read_text() == "old"


@pytest.mark.parametrize(
    ("path", "line"),
    [
        pytest.param("folder", "`folder` is in the way; a file belongs there", id="a folder"),
        pytest.param(
            "old.txt/new.txt",
            "cannot write `old.txt/new.txt`: Not a directory",
            id="below a file",
        ),
        pytest.param(
            "x" * 300 + "/new.txt",
            f"cannot write `{'x' * 300}/new.txt`: File name too long",
            id="a name no folder can have",
        ),
        pytest.param(
            "out/new.txt",
            "path `out/new.txt` is outside the repository; move it inside",
            id="over the border",
        ),
    ],
)
def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, path: str, line: str) -> None:
    files = make_files(tmp_path / "repo", {"old.txt": "", "folder/a": ""})
    (tmp_path / "repo/out").symlink_to(tmp_path)

    with pytest.raises(BadInputError) as caught:
        files.require_place(path)

    assert str(caught.value) == line


def test_writing_keeps_a_files_rights_and_gives_new_ones_the_usual(tmp_path: Path) -> None:
    old = tmp_path / "old.sh"
    old.write_text("old")
    old.chmod(0o750)

    write_text(old, "new")
    write_text(tmp_path / "new.txt", "new")

    assert (old.read_text(), old.stat().st_mode & 0o777) == ("new", 0o750)
    assert (tmp_path / "new.txt").stat().st_mode & 0o777 == 0o644


def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    place = tmp_path / "a.txt"
    place.write_text("old")

    with pytest.raises(UnicodeEncodeError):
        write_text(place, "half\ud800")

    assert place.read_text() == "old"
    assert [found.name for found in tmp_path.iterdir()] == ["a.txt"]


def test_a_check_makes_the_folders_and_leaves_no_file(tmp_path: Path) -> None:
    check_writable(tmp_path / "a/b/report.html")

    assert [found.name for found in tmp_path.rglob("*")] == ["a", "b"]


def test_a_check_leaves_the_file_that_stands_there_alone(tmp_path: Path) -> None:
    place = tmp_path / "report.html"
    place.write_text("old")

    check_writable(place)

    assert place.read_text() == "old"


def test_a_check_names_the_place_and_the_cause(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(BadInputError, match=r"cannot write .*file/report.html: File exists"):
        check_writable(tmp_path / "file/report.html")
