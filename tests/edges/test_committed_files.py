"""The files of a commit: what it does not hold is not read, whatever lies in the folder."""

from pathlib import Path

import pytest

from evalci.edges.files import CommittedFiles
from evalci.errors import BadInputError
from tests.edges.borders import nested
from tests.inputs import make_files


@pytest.fixture
def committed(tmp_path: Path) -> CommittedFiles:
    """Return what a commit holds of the folder `sub`, where more lies than that."""
    files = nested(tmp_path)
    held = ("sub/a.yaml", "sub/lib/a.txt", "top.txt")
    make_files(files.border, dict.fromkeys((*held, "sub/b.yaml", "sub/lib/.env"), "{}"))
    (files.base / "link.txt").symlink_to("lib/.env")
    (files.base / "other.txt").symlink_to("lib/a.txt")
    return CommittedFiles(files, held)


@pytest.mark.parametrize(
    "path", ["a.yaml", "lib/a.txt", "lib/../a.yaml", "../top.txt", "other.txt"]
)
def test_what_the_commit_holds_is_read(committed: CommittedFiles, path: str) -> None:
    assert (committed.text(path), committed.exists(path)) == ("{}", True)


@pytest.mark.parametrize("path", ["b.yaml", "lib/.env", "link.txt", "none.txt"])
def test_nothing_else_is_read(committed: CommittedFiles, path: str) -> None:
    for read in (committed.text, committed.yaml, committed.json):
        with pytest.raises(BadInputError, match="the commit has no such file"):
            read(path)
    assert not committed.exists(path)


def test_nothing_else_is_listed(committed: CommittedFiles) -> None:
    assert (committed.yaml_files("."), committed.tree("lib")) == (("a.yaml",), ("a.txt",))


def test_what_was_asked_for_is_known_by_both_its_names(committed: CommittedFiles) -> None:
    committed.text("other.txt")
    committed.tree("lib")

    assert {"sub/other.txt", "sub/lib/a.txt", "sub/lib"} <= committed.read
