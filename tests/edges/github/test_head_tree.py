"""The files of a commit through the API: read as data, and no link followed."""

import subprocess
from pathlib import Path

import pytest

from evalci.core.head_text import FILE, SYMLINK
from evalci.edges.github.head_tree import HeadTree
from evalci.errors import BadInputError, GitHubError
from tests.edges.github.desk import make_github
from tests.fake_time import FakeTime
from tests.github_git import GitObjects
from tests.github_server import Fault, GitHubServer
from tests.inputs import make_files


def git(folder: Path, *arguments: str) -> str:
    """Run git as somebody, with no config of this machine."""
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    done = subprocess.run(
        ["git", *who, *arguments], cwd=folder, capture_output=True, check=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def tree(server: GitHubServer, time: FakeTime, tmp_path: Path) -> HeadTree:
    """Return a commit with a few files and a link."""
    make_files(tmp_path, {"top.md": "top", "a/one.md": "one", "a/b/two.md": "two"})
    (tmp_path / "link").symlink_to("a")
    (tmp_path / "a" / "bytes.md").write_bytes(b"\xff")
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "files")
    server.repository.objects = GitObjects(tmp_path)
    return make_github(server, time).head_tree(git(tmp_path, "rev-parse", "HEAD"))


@pytest.mark.parametrize(
    ("folder", "paths"),
    [
        pytest.param("a", {"a/one.md", "a/bytes.md", "a/b/two.md"}, id="a folder and those below"),
        pytest.param("a/b", {"a/b/two.md"}, id="a deep folder"),
        pytest.param("", {"top.md", "link"}, id="the top, without its folders"),
        pytest.param("gone", set(), id="a folder that is not there"),
    ],
)
def test_files_are_listed(tree: HeadTree, folder: str, paths: set[str]) -> None:
    assert set(tree.files((folder,))) == paths


def test_every_file_is_listed_without_folders(tree: HeadTree) -> None:
    paths = {"top.md", "link", "a/one.md", "a/bytes.md", "a/b/two.md"}

    assert set(tree.everything() or ()) == paths


def test_a_file_has_mode_and_size(tree: HeadTree) -> None:
    found = tree.files(("", "a"))

    assert (found["a/one.md"].mode, found["a/one.md"].size) == (FILE, 3)
    assert found["link"].mode == SYMLINK


@pytest.mark.parametrize("folder", ["link", "link/b", "top.md"])
def test_no_link_is_followed(tree: HeadTree, folder: str) -> None:
    with pytest.raises(BadInputError, match="no folder, or lies behind a symlink"):
        tree.files((folder,))


def test_a_text_is_read_by_its_content(tree: HeadTree) -> None:
    entry = tree.files(("a",))["a/one.md"]

    assert tree.text(entry.id, "a/one.md") == "one"


def test_bytes_are_no_text(tree: HeadTree) -> None:
    entry = tree.files(("a",))["a/bytes.md"]

    with pytest.raises(BadInputError, match="is not UTF-8 text"):
        tree.text(entry.id, "a/bytes.md")


def test_an_outage_is_waited_for(server: GitHubServer, tree: HeadTree) -> None:
    server.faults.append(Fault(match="git/trees", status=502))

    assert "a/one.md" in tree.files(("a",))


def test_what_is_gone_is_an_error_of_github(tree: HeadTree) -> None:
    with pytest.raises(GitHubError, match="404"):
        tree.text("0" * 40, "a/one.md")
