"""Loading whole golden sets: files that are missing, broken, elsewhere, or many."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from evalci.case_sets import load_cases
from evalci.core.config import parse_config
from evalci.core.manifest import synced
from evalci.core.model_config import ModelConfig
from evalci.edges.environment import required_key
from evalci.errors import BadInputError
from tests.inputs import (
    CASE_FILE,
    CASES,
    CONFIG,
    MANIFEST,
    load,
    refusal,
    write_project,
)

PLACED = re.compile(r"^[\w./-]+:\d+: ")


@pytest.mark.parametrize(
    "link",
    [
        pytest.param("prompts/desk.md", id="a prompt"),
        pytest.param("golden/desk/cases.yaml", id="a case file"),
        pytest.param("golden/desk/manifest.yaml", id="a manifest"),
    ],
)
def test_a_link_out_of_the_repository_is_refused(tmp_path: Path, link: str) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("a: 1\n")
    files = write_project(tmp_path / "repo")
    (tmp_path / "repo" / link).unlink()
    (tmp_path / "repo" / link).symlink_to(outside)

    (line,) = refusal(files)

    assert f"path `{link}` is outside the repository; move it inside" in line


@pytest.mark.parametrize(
    "more",
    [
        pytest.param(
            {"evalci.yaml": CONFIG.replace("golden/desk", "golden/dsk")}, id="missing folder"
        ),
        pytest.param({"evalci.yaml": CONFIG.replace("golden/desk", "../..")}, id="folder outside"),
        pytest.param(
            {"evalci.yaml": CONFIG + "inputs_hashed: [no.yaml]\n"}, id="hashed input missing"
        ),
        pytest.param(
            {"evalci.yaml": CONFIG + "inputs_hashed: [../../etc/passwd]\n"},
            id="hashed input outside",
        ),
        pytest.param({"prompts/desk.md": "one\n{% include 'no.md' %}"}, id="include missing"),
    ],
)
def test_a_path_that_leads_nowhere_is_named_with_its_line(
    tmp_path: Path, more: dict[str, str]
) -> None:
    (line,) = refusal(write_project(tmp_path, more))

    assert PLACED.match(line), line


def test_a_golden_set_without_a_manifest_is_refused(tmp_path: Path) -> None:
    files = write_project(tmp_path)
    (tmp_path / "golden/desk/manifest.yaml").unlink()

    assert refusal(files) == [
        (
            'golden/desk/manifest.yaml: no such file; write `version: "1.0"`, `active: 0` and '
            "`categories: {}` into it, then `evalci golden sync`"
        )
    ]


def test_a_golden_set_without_case_files_is_refused(tmp_path: Path) -> None:
    files = write_project(tmp_path)
    (tmp_path / CASE_FILE).unlink()

    assert refusal(files) == ["golden/desk: no cases; add a file with entries under `cases:`"]


def test_a_rendered_text_that_nobody_can_write_is_refused(tmp_path: Path) -> None:
    files = write_project(tmp_path, {"prompts/desk.md": r"{{ '\ud800' }}"})

    (line,) = refusal(files)

    assert line.startswith("prompts/desk.md")


def test_a_missing_key_variable_is_named() -> None:
    model = ModelConfig(name="main", id="openai/x", api_key_env="EVALCI_TEST_KEY_NOBODY_SETS")

    with pytest.raises(BadInputError) as caught:
        required_key(model)

    assert str(caught.value) == (
        "model `main` needs the environment variable EVALCI_TEST_KEY_NOBODY_SETS; "
        "set it, or name another in `api_key_env`"
    )


def test_problems_of_several_files_come_at_once_in_order(tmp_path: Path) -> None:
    files = write_project(
        tmp_path,
        {
            "golden/desk/manifest.yaml": "version: 1.0\nactive: 2\ncategories: {}\n",
            CASE_FILE: CASES.replace("expected", "expcted"),
            "golden/desk/more.yaml": "cases:\n  - {id: x, must_pas: true}\n",
        },
    )

    assert [line.split(": ")[0] for line in refusal(files)] == [
        f"{CASE_FILE}:6",
        f"{CASE_FILE}:10",
        "golden/desk/manifest.yaml:1",
        "golden/desk/more.yaml:2",
    ]


def test_files_that_do_not_parse_are_named_together(tmp_path: Path) -> None:
    files = write_project(
        tmp_path, {"golden/desk/manifest.yaml": "a: [", "golden/desk/more.yaml": "a: 1\na: 2\n"}
    )

    assert [line.split(":")[0] for line in refusal(files)] == [
        "golden/desk/manifest.yaml",
        "golden/desk/more.yaml",
    ]


def test_prompts_that_do_not_parse_are_named_together(tmp_path: Path) -> None:
    files = write_project(
        tmp_path,
        {
            CASE_FILE: CASES + "    prompt: prompts/other.txt\n",
            "prompts/desk.md": "{{",
            "prompts/other.txt": "a\n{{",
        },
    )

    assert [line.split(": ")[0] for line in refusal(files)] == [
        "prompts/desk.md:1",
        "prompts/other.txt:2",
    ]


def test_a_synced_manifest_loads(tmp_path: Path) -> None:
    files = write_project(tmp_path, {"golden/desk/manifest.yaml": MANIFEST.replace("1", "7")})
    found = load_cases("golden/desk", parse_config(files.yaml("evalci.yaml")), files)

    files.write(
        "golden/desk/manifest.yaml", synced(files.text("golden/desk/manifest.yaml"), found.cases)
    )

    assert len(load(files).prepared) == 2


def many(count: int) -> Mapping[str, str]:
    """Return a golden set of as many cases as asked."""
    entries = "".join(
        f"  - {{id: c{number}, task_type: t, inputs: {{mail: m{number}}}, expected: e{number}}}\n"
        for number in range(count)
    )
    return {
        CASE_FILE: "defaults: {prompt: prompts/desk.md, scorers: {exact: {}}}\ncases:\n" + entries,
        "golden/desk/manifest.yaml": f"version: '1'\nactive: {count}\ncategories: {{t: {count}}}\n",
    }


def test_thousands_of_cases_load(tmp_path: Path) -> None:
    project = load(write_project(tmp_path, many(5000)))

    assert len({item.hashes.request for item in project.prepared}) == 5000


def test_thousands_of_problems_are_cut(tmp_path: Path) -> None:
    content = many(5000)
    broken = content[CASE_FILE].replace("expected: ", "expected: {file: no}, tags: ")

    lines = refusal(write_project(tmp_path, {**content, CASE_FILE: broken}))

    assert len(lines) == 51
    assert lines[-1] == "… and 4950 more problems"
