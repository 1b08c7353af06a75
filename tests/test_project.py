"""Loading whole golden sets: what a good one becomes, and one clear line for each bad input."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from evalci.case_sets import load_cases
from evalci.core.config import parse_config
from evalci.core.hashes import template_hash
from evalci.core.manifest import synced
from evalci.core.model_config import ModelConfig
from evalci.core.trial import Message
from evalci.edges.environment import required_key
from evalci.edges.files import RepoFiles
from evalci.errors import BadInputError
from tests.inputs import (
    ALIAS_BOMB,
    CASES,
    CONFIG,
    MANIFEST,
    PROMPT,
    load,
    make_files,
    refusal,
    write_project,
)

CASE_FILE = "golden/desk/cases.yaml"
PLACED = re.compile(r"^[\w./-]+:\d+: ")


def with_case(more: str) -> dict[str, str]:
    """Return a case file whose first case has one more line."""
    return {
        CASE_FILE: CASES.replace("    expected: billing\n", f"    expected: billing\n    {more}\n")
    }


def with_scorers(scorers: str) -> dict[str, str]:
    """Return a case file whose first case, on line 3, brings its scorers on line 7."""
    return with_case(f"scorers: {scorers}")


def with_gate(gate: str) -> dict[str, str]:
    """Return a config with a gate, on line 6."""
    return {"evalci.yaml": f"{CONFIG}gate: {gate}\n"}


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


@pytest.mark.parametrize(
    ("more", "line"),
    [
        pytest.param(
            with_case("expcted: x"),
            f"{CASE_FILE}:7: `cases[0].expcted`: unknown key `expcted`; did you mean `expected`?",
            id="an unknown key",
        ),
        pytest.param(
            {CASE_FILE: CASES.replace("reply-1", "triage-1")},
            f"{CASE_FILE}:7: `cases[1].id`: case id `triage-1` is already used; "
            f"first at {CASE_FILE}:3",
            id="a duplicate id",
        ),
        pytest.param(
            {CASE_FILE: CASES.replace("expected: sorry", "expected: {file: ../../../etc/passwd}")},
            f"{CASE_FILE}:10: `cases[1].expected`: path `golden/desk/../../../etc/passwd` is "
            "outside the repository; move it inside",
            id="a reference outside the repository",
        ),
        pytest.param(
            {CASE_FILE: CASES.replace("prompts/desk.md", "../../etc/passwd")},
            f"{CASE_FILE}:3: path `../../etc/passwd` is outside the repository; move it inside",
            id="a prompt outside the repository",
        ),
        pytest.param(
            {CASE_FILE: CASES.replace("prompts/desk.md", "prompts/dsk.md")},
            f"{CASE_FILE}:3: no such file: `prompts/dsk.md`",
            id="a prompt that is not there",
        ),
        pytest.param(
            {CASE_FILE: ALIAS_BOMB},
            f"{CASE_FILE}:5: aliases repeat more than 100,000 nodes",
            id="an alias bomb",
        ),
        pytest.param(
            {CASE_FILE: CASES + "    <<: {\n"},
            f"{CASE_FILE}:12: not valid YAML: did not find expected node content",
            id="YAML that does not parse",
        ),
        pytest.param(
            {"prompts/desk.md": "{{ 'a' * 10**9 }}"},
            f"prompts/desk.md: needs more than 1,000 MB of memory "
            f"(case `triage-1` at {CASE_FILE}:3 and 1 more)",
            id="a template bomb of memory",
        ),
        pytest.param(
            {
                "prompts/desk.md": "{% for a in range(99999) %}{% for b in range(99999) %}"
                "{% endfor %}{% endfor %}"
            },
            "prompts/desk.md: rendering takes more than 2 s of CPU "
            f"(case `triage-1` at {CASE_FILE}:3)",
            id="a template bomb of time",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            {"prompts/desk.md": "Read:\n{{ mial }}\n"},
            f"prompts/desk.md:2: nobody supplies `mial` "
            f"(case `triage-1` at {CASE_FILE}:3 and 1 more); did you mean `mail`?",
            id="a variable that nobody supplies",
        ),
        pytest.param(
            {"prompts/desk.md": "---\nparams: {}\n---\n\nRead:\n{{ mial }}\n"},
            f"prompts/desk.md:6: nobody supplies `mial` "
            f"(case `triage-1` at {CASE_FILE}:3 and 1 more); did you mean `mail`?",
            id="its line counts the front matter",
        ),
        pytest.param(
            {"prompts/desk.md": "{% include 'prompts/t.md' %}", "prompts/t.md": "\n{{ zzz }}\n"},
            f"prompts/t.md:2: nobody supplies `zzz` (case `triage-1` at {CASE_FILE}:3 and 1 more); "
            "known: context_files, mail",
            id="a variable in an included file",
        ),
        pytest.param(
            {CASE_FILE: CASES.replace('{mail: "My lamp broke."}', "{}")},
            f"prompts/desk.md:2: nobody supplies `mail` (case `reply-1` at {CASE_FILE}:7); "
            "known: context_files",
            id="a variable that one case lacks",
        ),
        pytest.param(
            {"prompts/desk.md": "{% if x %}"},
            "prompts/desk.md:1: template: Unexpected end of template. Jinja was looking for the "
            "following tags: 'elif' or 'else' or 'endif'. The innermost block that needs to be "
            "closed is 'if'.",
            id="a template that does not parse",
        ),
        pytest.param(
            {"golden/desk/manifest.yaml": MANIFEST.replace("reply: 1", "reply: 2")},
            "golden/desk/manifest.yaml:3: `categories.reply`: says 2, the case files hold 1; "
            "run `evalci golden sync`",
            id="a manifest that disagrees",
        ),
        pytest.param(
            {"golden/desk/manifest.yaml": MANIFEST.replace("triage: 1", "triage: 1, docs: 0")},
            "golden/desk/manifest.yaml:3: `categories.docs`: no case has the task_type `docs`; "
            "run `evalci golden sync`",
            id="a manifest category without a case",
        ),
        pytest.param(
            with_gate("{rules: [{match: {domain: security}, risk: critical}]}"),
            "evalci.yaml:6: `gate.rules[0]`: this rule matches no case",
            id="a rule without a case",
        ),
        pytest.param(
            {
                **with_gate("{categories: [complexity]}"),
                CASE_FILE: CASES.replace(
                    "task_type: reply", "task_type: reply\n    complexity: low"
                ),
            },
            f"{CASE_FILE}:3: case `triage-1` has no value for `complexity`, "
            "which `gate.categories` uses",
            id="a case without a category",
        ),
        pytest.param(
            with_scorers("{exat: {}}"),
            f"{CASE_FILE}:7: `cases[0].scorers.exat`: unknown scorer; did you mean `exact`?",
            id="an unknown scorer",
        ),
        pytest.param(
            with_scorers("{exact: {ignorecase: true}}"),
            f"{CASE_FILE}:7: `cases[0].scorers.exact.ignorecase`: unknown key `ignorecase`; "
            "did you mean `ignore_case`?",
            id="an unknown parameter of a scorer",
        ),
        pytest.param(
            with_scorers("{regex: {}}"),
            f"{CASE_FILE}:7: `cases[0].scorers.regex`: missing key `pattern`",
            id="a scorer without its parameter",
        ),
        pytest.param(
            with_scorers("{regex: {pattern: '('}}"),
            f"{CASE_FILE}:7: `cases[0].scorers.regex`: pattern '(': missing ): ( (RE2 syntax)",
            id="a pattern that does not compile",
        ),
        pytest.param(
            with_scorers("{json_schema: {schema: {type: objct}}}"),
            f"{CASE_FILE}:7: `cases[0].scorers.json_schema`: not a JSON Schema: "
            "'objct' is not valid under any of the given schemas",
            id="a schema that is none",
        ),
        pytest.param(
            with_scorers("{json_schema: {schema: {$ref: 'https://example.com/s.json'}}}"),
            f"{CASE_FILE}:7: `cases[0].scorers.json_schema`: "
            "`$ref: https://example.com/s.json` points outside the schema",
            id="a schema that would fetch",
        ),
        pytest.param(
            with_case("fail_if: [{regex: '(?=a)', why: odd}]"),
            f"{CASE_FILE}:7: `cases[0].fail_if[0].regex`: pattern '(?=a)': "
            "invalid perl operator: (?= (RE2 syntax)",
            id="a fail_if that does not compile",
        ),
        pytest.param(
            with_scorers("{chrf: {weight: 0}, exact: {weight: 0}}"),
            f"{CASE_FILE}:7: `cases[0].scorers`: every scorer has weight 0, so nothing is gated",
            id="all scorers weigh nothing",
        ),
        pytest.param(
            {"golden/desk/more.yaml": "cases: []\n"},
            "golden/desk/more.yaml:1: `cases`: is empty; "
            "a case file holds at least one entry under `cases:`",
            id="a file without cases",
        ),
    ],
)
def test_a_bad_input_is_one_clear_line(tmp_path: Path, more: dict[str, str], line: str) -> None:
    assert refusal(write_project(tmp_path, more)) == [line]


@pytest.mark.parametrize(
    "weight",
    [
        pytest.param("-1", id="below zero"),
        pytest.param("true", id="a truth"),
        pytest.param("high", id="a word"),
    ],
)
def test_a_weight_is_a_number_from_zero_up(tmp_path: Path, weight: str) -> None:
    files = write_project(tmp_path, with_scorers(f"{{chrf: {{}}, exact: {{weight: {weight}}}}}"))

    lines = refusal(files)

    assert [line.split(": ")[:2] for line in lines] == [
        [f"{CASE_FILE}:7", "`cases[0].scorers.exact.weight`"]
    ]


@pytest.mark.parametrize(
    "scorers",
    [
        pytest.param("{chrf: {}}", id="no pass/fail scorer at all"),
        pytest.param("{chrf: {}, exact: {weight: 0}}", id="only one without a weight"),
    ],
)
def test_a_must_pass_case_needs_a_pass_fail_scorer(tmp_path: Path, scorers: str) -> None:
    files = write_project(tmp_path, with_case(f"must_pass: true\n    scorers: {scorers}"))

    assert refusal(files) == [
        (
            f"{CASE_FILE}:7: `cases[0].must_pass`: `must_pass` of `triage-1` needs a weighted "
            "pass/fail scorer; add one of exact, contains, regex, json_schema, unsolvable, "
            "extracts, applies, compiles, constraints, tests, types, lint, security"
        )
    ]


def test_a_must_pass_case_with_a_pass_fail_scorer_loads(tmp_path: Path) -> None:
    files = write_project(tmp_path, with_case("must_pass: true"))

    assert [case.must_pass for case in load(files).golden_set.cases] == [True, False]


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
        "golden/desk/manifest.yaml: no such file: `golden/desk/manifest.yaml`"
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
