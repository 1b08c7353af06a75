"""Loading whole golden sets: one clear line for each bad input."""

from pathlib import Path

import pytest

from tests.inputs import (
    ALIAS_BOMB,
    CASE_FILE,
    CASES,
    MANIFEST,
    load,
    refusal,
    with_case,
    with_composite,
    with_gate,
    with_scorers,
    write_project,
)


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
            f"{CASE_FILE}:1: `defaults.prompt`: path `../../etc/passwd` is outside the repository; "
            "move it inside",
            id="a prompt outside the repository",
        ),
        pytest.param(
            {CASE_FILE: CASES.replace("prompts/desk.md", "prompts/dsk.md")},
            f"{CASE_FILE}:1: `defaults.prompt`: no such file: `prompts/dsk.md`",
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
            "evalci.yaml:6: `gate.rules[0]`: this rule matches no case; no case has a `domain`",
            id="a rule for a dimension that no case has",
        ),
        pytest.param(
            with_gate("{rules: [{match: {task_type: traige}, risk: low}]}"),
            "evalci.yaml:6: `gate.rules[0]`: this rule matches no case; did you mean `triage`?",
            id="a rule with a value that is misspelt",
        ),
        pytest.param(
            {
                **with_gate("{rules: [{match: {task_type: reply, tags: vip}, risk: low}]}"),
                **with_case("tags: [vip]"),
            },
            "evalci.yaml:6: `gate.rules[0]`: this rule matches no case; each of its values is "
            "there, but no case has them together",
            id="a rule whose values no case has together",
        ),
        pytest.param(
            with_composite("{default: {exatc: 1.0}}"),
            "evalci.yaml:6: `composite.default.exatc`: no scorer or axis is named `exatc`; "
            "did you mean `exact`?",
            id="a weight for a scorer that is not there",
        ),
        pytest.param(
            with_composite("{default: {exact: 1.0}, traige: {exact: 1.0}}"),
            "evalci.yaml:6: `composite.traige`: no case is of task type `traige`; "
            "did you mean `triage`?",
            id="weights for a task type that no case has",
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
            {CASE_FILE: CASES.replace("exact", "exat")},
            f"{CASE_FILE}:1: `defaults.scorers.exat`: unknown scorer; did you mean `exact`?",
            id="an unknown scorer that cases share",
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
