"""Loading whole golden sets: what a good one becomes, and what each hash sees."""

import re
from pathlib import Path

import pytest

from evalci.core.hashes import template_hash
from evalci.core.trial import Message
from evalci.edges.files import RepoFiles
from tests.inputs import (
    CASE_FILE,
    CASES,
    CONFIG,
    MANIFEST,
    PROMPT,
    load,
    make_files,
    with_case,
    with_gate,
    with_scorers,
    write_project,
)


def hashes(files: RepoFiles) -> dict[str, tuple[str, str, str]]:
    """Return the three hashes of every case."""
    return {
        item.case.id: (item.hashes.request, item.hashes.harness, item.hashes.content)
        for item in load(files).prepared
    }


def test_a_good_golden_set_becomes_prepared_cases(tmp_path: Path) -> None:
    project = load(write_project(tmp_path))

    assert (project.golden_set.name, project.golden_set.path) == ("desk", "golden/desk")
    assert (project.golden_set.version, len(project.golden_set.cases)) == ("1.0", 2)
    assert [item.case.id for item in project.prepared] == ["triage-1", "reply-1"]
    assert [item.category for item in project.prepared] == ["triage", "reply"]
    assert [category.name for category in project.categories] == ["reply", "triage"]
    assert project.prepared[0].messages == (
        Message(role="user", content="Read this mail:\nMy invoice is wrong."),
    )
    assert project.prepared[0].params == {"temperature": 0, "top_p": 1}
    assert project.prompts["prompts/desk.md"].file.hash == template_hash(PROMPT)


def test_messages_stand_in_the_order_system_own_turns_body(tmp_path: Path) -> None:
    files = write_project(
        tmp_path,
        {
            **with_case("messages: [{role: user, content: '{{ raw }}'}]"),
            "prompts/desk.md": "---\nsystem: Be brief.\n"
            "messages: [{role: user, content: shot}]\nparams: {top_p: 0.5}\n---\n{{ mail }}",
        },
    )

    own, few_shot = load(files).prepared

    assert [(m.role, m.content) for m in own.messages] == [
        ("system", "Be brief."),
        ("user", "{{ raw }}"),
        ("user", "My invoice is wrong."),
    ]
    assert [m.content for m in few_shot.messages] == ["Be brief.", "shot", "My lamp broke."]
    assert own.params == {"temperature": 0, "top_p": 0.5}


def test_cases_may_be_spread_over_files(tmp_path: Path) -> None:
    defaults, first, second = re.split(r"(?=  - id)", CASES)
    files = write_project(
        tmp_path, {CASE_FILE: defaults + first, "golden/desk/more.yml": defaults + second}
    )

    assert {case.id: case.source for case in load(files).golden_set.cases} == {
        "triage-1": CASE_FILE,
        "reply-1": "golden/desk/more.yml",
    }


def test_loading_twice_gives_the_same(tmp_path: Path) -> None:
    files = write_project(tmp_path)

    assert load(files) == load(files)


def test_hashes_do_not_see_how_git_checked_files_out(tmp_path: Path) -> None:
    content = {
        "evalci.yaml": CONFIG + "inputs_hashed: [pipeline.yaml]\n",
        "golden/desk/cases.yaml": CASES.replace(
            "expected: billing",
            "expected: {file: answer.txt}\n    context_files: [app.py]",
        ),
        "golden/desk/manifest.yaml": MANIFEST,
        "golden/desk/answer.txt": "billing\nor so\n",
        "golden/desk/app.py": "x = 1\ny = 2\n",
        "prompts/desk.md": "{% include 'prompts/tone.md' %}\n{{ mail }}\n{{ context_files }}\n",
        "prompts/tone.md": "Be\nkind.\n",
        "pipeline.yaml": "k: 1\n",
    }
    crlf = {path: text.replace("\n", "\r\n") for path, text in content.items()}

    unix, windows = make_files(tmp_path / "lf", content), make_files(tmp_path / "crlf", crlf)

    assert hashes(windows) == hashes(unix)


@pytest.mark.parametrize(
    ("more", "request_changes", "harness_changes"),
    [
        pytest.param(
            {"evalci.yaml": CONFIG.replace("top_p: 1", "top_p: 1.0")}, False, False, id="1.0"
        ),
        pytest.param(
            {
                "evalci.yaml": CONFIG.replace(
                    "}}",
                    "}, api_base: 'http://localhost:1', api_key_env: K, "
                    "price: {input_per_mtok: 1, output_per_mtok: 1}}",
                )
            },
            False,
            False,
            id="where and with which key a model is asked",
        ),
        pytest.param(
            {"evalci.yaml": CONFIG.replace("id: s", "family: f, id: s")}, False, False, id="family"
        ),
        pytest.param(
            {"evalci.yaml": CONFIG.replace("top_p: 1", "top_p: 0")}, True, False, id="a parameter"
        ),
        pytest.param(
            {"evalci.yaml": CONFIG.replace("scripted/desk", "scripted/b")}, True, False, id="model"
        ),
        pytest.param(
            {"prompts/desk.md": PROMPT.replace("mail:", "letter:")}, True, False, id="the prompt"
        ),
        pytest.param({CASE_FILE: CASES.replace("invoice", "parcel")}, True, False, id="an input"),
        pytest.param(
            {CASE_FILE: CASES.replace("billing", "shipping")}, False, True, id="the answer"
        ),
        pytest.param(with_scorers("{exact: {weight: 2}}"), False, True, id="a weight"),
        pytest.param(
            with_scorers("{exact: {ignore_case: true}}"), False, True, id="a scorer's parameter"
        ),
        pytest.param(with_case("tags: canary"), False, False, id="a tag"),
    ],
)
def test_what_a_hash_sees(
    tmp_path: Path, more: dict[str, str], request_changes: bool, harness_changes: bool
) -> None:
    before = hashes(write_project(tmp_path / "a"))["triage-1"]

    after = hashes(write_project(tmp_path / "b", more))["triage-1"]

    assert (after[0] != before[0], after[1] != before[1]) == (request_changes, harness_changes)


def test_a_hashed_input_is_part_of_every_request(tmp_path: Path) -> None:
    config = {"evalci.yaml": CONFIG + "inputs_hashed: [pipeline.yaml]\n"}

    before = hashes(write_project(tmp_path / "a", {**config, "pipeline.yaml": "k: 1\n"}))
    after = hashes(write_project(tmp_path / "b", {**config, "pipeline.yaml": "k: 2\n"}))

    assert [before[name][0] != after[name][0] for name in before] == [True, True]
    assert [before[name][1:] == after[name][1:] for name in before] == [True, True]


def test_a_prompt_that_another_prompt_includes_stays_itself(tmp_path: Path) -> None:
    alone = {"prompts/desk.md": "---\nsystem: Be brief.\n---\n{{ mail }}"}
    both = {
        **alone,
        CASE_FILE: CASES + "    prompt: prompts/wide.md\n",
        "prompts/wide.md": "Look: {% include 'prompts/desk.md' %}",
    }

    before = load(write_project(tmp_path / "a", alone)).prepared[0]
    after = load(write_project(tmp_path / "b", both)).prepared[0]

    assert after.messages == before.messages


def test_rules_make_categories_of_their_own(tmp_path: Path) -> None:
    files = write_project(
        tmp_path,
        {
            **with_case("tags: canary"),
            **with_gate("{rules: [{match: {tags: canary}, min_score: 1}]}"),
        },
    )

    project = load(files)

    assert [category.name for category in project.categories] == ["reply", "triage/canary"]
    assert [category.limits.min_score for category in project.categories] == [None, 1.0]
