"""The user's files: found, listed and read inside the border only."""

import os
from pathlib import Path

import pytest

from evalci.edges.files import (
    MAX_TEXT_BYTES,
    RepoFiles,
    find_config,
    json_document,
)
from evalci.edges.yaml_text import parse_yaml
from evalci.errors import BadInputError
from tests.edges.borders import nested
from tests.inputs import make_files


def refusal(files: RepoFiles, path: str) -> str:
    with pytest.raises(BadInputError) as caught:
        files.text(path)
    return str(caught.value)


def test_a_text_comes_as_it_stands(tmp_path: Path) -> None:
    files = make_files(tmp_path, {"a/b.txt": "één\r\ntwo\n"})

    assert files.text("a/b.txt") == "één\r\ntwo\n"


def test_a_byte_order_mark_is_not_part_of_the_text(tmp_path: Path) -> None:
    files = make_files(tmp_path, {"a.txt": b"\xef\xbb\xbfhello"})

    assert files.text("a.txt") == "hello"


@pytest.mark.parametrize(
    ("path", "line"),
    [
        pytest.param("nope.txt", "no such file: `nope.txt`", id="missing"),
        pytest.param("folder", "no such file: `folder`", id="a folder"),
        pytest.param("folder/a.txt/b", "no such file: `folder/a.txt/b`", id="below a file"),
        pytest.param(
            "a\\b.md", "no such file: `a\\b.md`; write `/` between folders", id="backslashes"
        ),
        pytest.param(
            "latin.txt", "latin.txt:2: not UTF-8 text; save it as UTF-8", id="another encoding"
        ),
        pytest.param("large.txt", "`large.txt` is larger than 2 MB", id="too large"),
        pytest.param("a\x00b", "a path with a NUL byte", id="a NUL byte"),
        pytest.param(
            "x" * 300,
            f"cannot read `{'x' * 300}`: File name too long",
            id="a name no file can have",
        ),
        pytest.param(
            "loop", "cannot read `loop`: a symlink that points to itself", id="a link to itself"
        ),
        pytest.param(
            "../../etc/passwd",
            "path `../../etc/passwd` is outside the repository; move it inside",
            id="over the border",
        ),
        pytest.param(
            "/etc/passwd",
            "path `/etc/passwd` is outside the repository; move it inside",
            id="an absolute path",
        ),
        pytest.param(
            "out", "path `out` is outside the repository; move it inside", id="a link to a file"
        ),
        pytest.param(
            "outside/passwd",
            "path `outside/passwd` is outside the repository; move it inside",
            id="through a link to a folder",
        ),
        pytest.param("pipe", "no such file: `pipe`", id="a named pipe"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, path: str, line: str) -> None:
    content: dict[str, str | bytes] = {
        "folder/a.txt": "a",
        "latin.txt": "plain\né".encode("latin-1"),
        "large.txt": b"x" * (MAX_TEXT_BYTES + 1),
    }
    files = make_files(tmp_path, content)
    (tmp_path / "out").symlink_to("/etc/passwd")
    (tmp_path / "outside").symlink_to("/etc")
    (tmp_path / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "pipe")

    assert refusal(files, path) == line


def test_a_file_as_large_as_allowed_is_read(tmp_path: Path) -> None:
    files = make_files(tmp_path, {"large.txt": b"x" * MAX_TEXT_BYTES})

    assert len(files.text("large.txt")) == MAX_TEXT_BYTES


def test_a_link_that_stays_inside_is_followed(tmp_path: Path) -> None:
    files = make_files(tmp_path, {"a.txt": "hello"})
    (tmp_path / "link.txt").symlink_to("a.txt")

    assert files.text("link.txt") == "hello"


def test_the_border_may_be_wider_than_the_base(tmp_path: Path) -> None:
    files = nested(tmp_path)
    make_files(tmp_path, {"repo/sibling.md": "shared", "secret": "s"})

    assert files.text("../sibling.md") == "shared"
    assert "outside the repository" in refusal(files, "../../secret")


def test_a_folder_whose_name_only_begins_like_the_border_is_outside(tmp_path: Path) -> None:
    make_files(tmp_path, {"repo-secrets/key": "s"})

    assert "outside the repository" in refusal(nested(tmp_path), "../../repo-secrets/key")


def test_a_base_behind_a_link_is_its_real_place(tmp_path: Path) -> None:
    make_files(tmp_path, {"real/a.txt": "hello"})
    (tmp_path / "link").symlink_to("real")

    files = RepoFiles(base=tmp_path / "link", border=tmp_path / "link", parse=parse_yaml)

    assert files.text("a.txt") == "hello"


def test_yaml_errors_name_the_path_in_the_repository(tmp_path: Path) -> None:
    files = make_files(tmp_path, {"a/b.yaml": "x: 1\nx: 2\n"})

    with pytest.raises(BadInputError, match=r"^a/b\.yaml:2: key `x` stands here twice"):
        files.yaml("a/b.yaml")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(
            '{"a": 1,\n"b": }\n',
            "b.json:2: not valid JSON: Expecting value; "
            "restore the file, or have evalci write it again",
            id="no JSON",
        ),
        pytest.param(
            "{\n<<<<<<< HEAD\n=======\n>>>>>>> other\n}\n",
            "b.json:2: a merge conflict of git; "
            "`git checkout --ours b.json`, then `evalci baseline merge BRANCH`",
            id="a merge conflict",
        ),
    ],
)
def test_json_that_cannot_be_read_is_one_line(text: str, line: str) -> None:
    with pytest.raises(BadInputError) as refused:
        json_document(text, "b.json")

    assert str(refused.value) == line


def test_a_yaml_file_may_be_larger_than_a_text(tmp_path: Path) -> None:
    files = make_files(tmp_path, {"a.yaml": "x: '" + "y" * MAX_TEXT_BYTES + "'\n"})

    assert files.yaml("a.yaml").data == {"x": "y" * MAX_TEXT_BYTES}


def test_the_yaml_files_of_a_folder_are_listed_by_name(tmp_path: Path) -> None:
    content = {"g/b.yml": "", "g/a.yaml": "", "g/c.txt": "", "g/sub/d.yaml": ""}
    files = make_files(tmp_path, content)

    assert files.yaml_files("g") == ("g/a.yaml", "g/b.yml")


@pytest.mark.parametrize(
    ("folder", "line"),
    [
        pytest.param("nope", "no such folder: `nope`", id="missing"),
        pytest.param("a.txt", "no such folder: `a.txt`", id="a file"),
        pytest.param(
            "..", "path `..` is outside the repository; move it inside", id="over the border"
        ),
    ],
)
def test_a_folder_that_cannot_be_listed_is_named(tmp_path: Path, folder: str, line: str) -> None:
    files = make_files(tmp_path, {"a.txt": ""})

    with pytest.raises(BadInputError) as caught:
        files.yaml_files(folder)

    assert str(caught.value) == line


@pytest.mark.parametrize(
    ("path", "found"),
    [
        pytest.param("a.txt", True, id="a file"),
        pytest.param("nope", False, id="nothing"),
        pytest.param("folder", False, id="a folder"),
        pytest.param("x" * 300, False, id="a name no file can have"),
    ],
)
def test_whether_there_is_a_file(tmp_path: Path, path: str, found: bool) -> None:
    files = make_files(tmp_path, {"a.txt": "", "folder/b": ""})

    assert files.exists(path) is found


def test_nobody_learns_whether_a_file_outside_exists(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="outside the repository"):
        make_files(tmp_path, {}).exists("/etc/passwd")


@pytest.mark.parametrize(
    ("config", "start"),
    [
        pytest.param("repo/evalci.yaml", "repo", id="beside"),
        pytest.param("repo/evalci.yaml", "repo/a/b", id="above"),
        pytest.param("repo/.github/evalci.yaml", "repo/a", id="below .github"),
        pytest.param("repo/a/evalci.yaml", "repo/a/b", id="not at the top"),
    ],
)
def test_the_nearest_config_is_found(tmp_path: Path, config: str, start: str) -> None:
    (tmp_path / "repo/a/b").mkdir(parents=True)
    make_files(tmp_path, {config: "version: 1\n"})

    assert find_config(tmp_path / start, tmp_path / "repo") == tmp_path / config


def test_a_config_above_the_repository_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "repo/a").mkdir(parents=True)
    make_files(tmp_path, {"evalci.yaml": "version: 1\n"})

    assert find_config(tmp_path / "repo/a", tmp_path / "repo") is None
