"""What `evalci init` writes where, and what it leaves of a file that is there."""

import json

import pytest

from evalci.core.starter import (
    SCHEMAS,
    TEMPLATES,
    Fate,
    Starter,
    StarterFile,
    action_reference,
    fate_of,
    is_name,
    names_golden_set,
    starter_files,
    with_ignored,
)

COMMIT = "0123456789abcdef0123456789abcdef01234567"
ACTION = "evalci/evalci@v1"


def texts(starter: Starter, template: str) -> dict[str, str]:
    """Return the text of every file by path when each template is the same."""
    templates = dict.fromkeys(TEMPLATES, template)
    files = starter_files(starter, templates, dict.fromkeys(SCHEMAS, "{}\n"))
    return {file.path: file.text for file in files}


def test_everything_belongs_to_the_top_of_a_repository_unless_told() -> None:
    assert list(texts(Starter(name="desk", action=ACTION), "")) == [
        "evalci.yaml",
        "golden_sets/desk/manifest.yaml",
        "golden_sets/desk/desk.yaml",
        "prompts/desk/extract.md",
        "prompts/desk/triage.md",
        ".evalci/schemas/config.json",
        ".evalci/schemas/golden_set.json",
        ".evalci/schemas/manifest.json",
        ".github/workflows/evalci.yml",
    ]


def test_only_the_workflow_stays_at_the_top_when_the_rest_lies_below() -> None:
    paths = list(texts(Starter(name="desk", folder="apps/bot", action=ACTION), ""))

    assert [path for path in paths if not path.startswith("apps/bot/")] == [
        ".github/workflows/evalci.yml"
    ]


def test_an_unwanted_workflow_is_left_out() -> None:
    starter = Starter(name="desk", action=ACTION, workflow=False)

    assert ".github/workflows/evalci.yml" not in texts(starter, "")


@pytest.mark.parametrize(
    ("config", "path", "schemas"),
    [
        pytest.param("evalci.yaml", "evalci.yaml", ".evalci/schemas", id="at the top"),
        pytest.param(
            ".github/evalci.yaml", ".github/evalci.yaml", "../.evalci/schemas", id="in .github"
        ),
        pytest.param(
            "evalci.yaml", "golden_sets/desk/desk.yaml", "../../.evalci/schemas", id="in a set"
        ),
    ],
)
def test_a_file_finds_its_schema_from_where_it_lies(config: str, path: str, schemas: str) -> None:
    starter = Starter(name="desk", config=config, action=ACTION)

    assert texts(starter, "@@{schemas}")[path] == schemas


@pytest.mark.parametrize(
    ("branch", "written"),
    [
        pytest.param("main", "main", id="plain"),
        pytest.param("release/1.x", "release/1.x", id="with a slash"),
        pytest.param("on", '"on"', id="a word of YAML"),
        pytest.param("1.0", '"1.0"', id="a number of YAML"),
        pytest.param("c++", r'"c\\+\\+"', id="a pattern of GitHub"),
        pytest.param('a"]\nb', r'"a\"\\]\nb"', id="hostile"),
    ],
)
def test_a_branch_is_named_so_that_nobody_reads_it_otherwise(branch: str, written: str) -> None:
    starter = Starter(name="desk", branch=branch, action=ACTION)

    assert texts(starter, "@@{branch}")["evalci.yaml"] == written


@pytest.mark.parametrize(
    ("folder", "line"),
    [
        pytest.param("", "", id="at the top"),
        pytest.param("bot", "          working-directory: bot\n", id="below"),
        pytest.param("a b", '          working-directory: "a b"\n', id="with a space"),
    ],
)
def test_the_action_is_told_of_a_folder(folder: str, line: str) -> None:
    starter = Starter(name="desk", folder=folder, action=ACTION)

    assert texts(starter, "@@{inputs}")[".github/workflows/evalci.yml"] == line


@pytest.mark.parametrize(
    ("name", "good"),
    [
        pytest.param("desk", True, id="a word"),
        pytest.param("desk-2_b", True, id="a word with more"),
        pytest.param("", False, id="nothing"),
        pytest.param("../desk", False, id="a path"),
        pytest.param("-desk", False, id="an option"),
        pytest.param("desk\n", False, id="a second line"),
        pytest.param("a" * 61, False, id="too long"),
        pytest.param("Manifest", False, id="the file beside it"),
    ],
)
def test_what_a_golden_set_may_be_called(name: str, good: bool) -> None:
    assert is_name(name) is good


@pytest.mark.parametrize(
    ("old", "fate"),
    [
        pytest.param(None, Fate.NEW, id="missing"),
        pytest.param("a\nb\n", Fate.SAME, id="equal"),
        pytest.param("a\r\nb\r\n", Fate.SAME, id="checked out with other line endings"),
        pytest.param("a\n", Fate.DIFFERENT, id="shorter"),
        pytest.param("", Fate.DIFFERENT, id="empty"),
    ],
)
def test_how_a_file_stands_to_the_old_one(old: str | None, fate: Fate) -> None:
    assert fate_of(StarterFile(path="a.md", text="a\nb\n"), old) is fate


@pytest.mark.parametrize("folder", ["", "services/bot/"], ids=["at the top", "below a folder"])
def test_a_schema_of_another_evalci_is_written_anew(folder: str) -> None:
    schema = StarterFile(path=f"{folder}.evalci/schemas/config.json", text="{}\n")

    assert fate_of(schema, '{"old": 1}\n') is Fate.NEW


@pytest.mark.parametrize(
    ("config", "named"),
    [
        pytest.param("golden_sets: [golden_sets/desk]", True, id="named"),
        pytest.param("golden_sets: [golden_sets/desk/]", True, id="named as a folder"),
        pytest.param("golden_sets: [golden_sets/desk-2]", False, id="a longer name"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_whether_a_config_names_the_golden_set(config: str, named: bool) -> None:
    assert names_golden_set(config, Starter(name="desk", action=ACTION)) is named


def vcs(url: str, commit: str = COMMIT) -> str:
    """Return what an installer notes of a repository."""
    return json.dumps({"url": url, "vcs_info": {"vcs": "git", "commit_id": commit}})


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://github.com/acme/evalci.git", id="https"),
        pytest.param("https://github.com/acme/evalci", id="without .git"),
        pytest.param("ssh://git@github.com/acme/evalci.git", id="ssh"),
    ],
)
def test_the_action_of_a_commit_is_that_commit(url: str) -> None:
    assert action_reference(vcs(url), "1.2.0") == f"acme/evalci@{COMMIT} # 1.2.0"


@pytest.mark.parametrize(
    "direct_url",
    [
        pytest.param("", id="released"),
        pytest.param('{"url": "file:///src/evalci", "dir_info": {}}', id="from a folder"),
        pytest.param(vcs("https://git.example.com/acme/evalci"), id="from another host"),
        pytest.param(vcs("https://me:secret@github.com/acme/evalci"), id="with a password"),
        pytest.param(vcs("https://github.com/acme/evalci", "main"), id="no commit"),
        pytest.param(vcs("https://github.com/a/b\n- run: x/y"), id="hostile"),
        pytest.param("[1]", id="a list"),
        pytest.param("{", id="torn"),
    ],
)
def test_the_action_is_a_tag_where_no_commit_is_known(direct_url: str) -> None:
    reference = action_reference(direct_url, "1.2.0")

    assert reference.startswith("evalci/evalci@v1.2.0 # zizmor: ignore[unpinned-uses]")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("", ".evalci/*\n!.evalci/schemas/\n", id="no file"),
        pytest.param("dist/\n", "dist/\n.evalci/*\n!.evalci/schemas/\n", id="at the end"),
        pytest.param("dist/", "dist/\n.evalci/*\n!.evalci/schemas/", id="no newline at the end"),
        pytest.param(
            "dist/\r\n", "dist/\r\n.evalci/*\r\n!.evalci/schemas/\r\n", id="lines of Windows"
        ),
        pytest.param("a\r\nb", "a\r\nb\r\n.evalci/*\r\n!.evalci/schemas/", id="both"),
        pytest.param(
            ".evalci/*\ndist/\n", ".evalci/*\ndist/\n!.evalci/schemas/\n", id="one of them there"
        ),
        pytest.param(
            "!.evalci/schemas/\n",
            "!.evalci/schemas/\n.evalci/*\n!.evalci/schemas/\n",
            id="in the wrong order",
        ),
        pytest.param(
            ".evalci/\n",
            ".evalci/\n!.evalci/\n.evalci/*\n!.evalci/schemas/\n",
            id="the whole folder ignored",
        ),
        pytest.param("\ufeffdist/\n", "\ufeffdist/\n.evalci/*\n!.evalci/schemas/\n", id="a mark"),
    ],
)
def test_missing_lines_are_added_in_the_way_of_the_file(old: str, new: str) -> None:
    assert with_ignored(old, nested=False) == new


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("old", ["", "dist/", "a\r\n", ".evalci/\n", "/.evalci\nx\n"])
def test_lines_are_added_once(old: str, nested: bool) -> None:
    once = with_ignored(old, nested=nested)

    assert with_ignored(once, nested=nested) == once
