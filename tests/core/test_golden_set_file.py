"""Case files: defaults, references, and every problem with its line."""

from pathlib import Path

import pytest

from evalci.core.golden_set import Protocol
from evalci.core.golden_set_file import duplicate_problems
from evalci.core.trial import Message
from tests.core.case_files import PLACE, complaints, entry, only_case, reader
from tests.inputs import make_files


def test_a_case_keeps_everything_it_says(tmp_path: Path) -> None:
    case = only_case(
        tmp_path,
        """\
        cases:
          - id: auth/001
            task_type: review
            complexity: high
            domain: [auth, security]
            language: python
            tags: canary
            prompt: ./prompts/review.md
            inputs: {code: "x = 1", depth: 2}
            messages: [{role: user, content: Hi}, {role: assistant, content: Hello}]
            params: {temperature: 0}
            output: {protocol: json}
            expected: {ok: true}
            criteria: [{id: short, text: is short, weight: 2}]
            scorers: {exact: {}}
            fail_if: [{regex: verify, why: unsafe}]
            must_pass: true
            owner: "@platform"
            added: 2026-03-02
            last_reviewed: 2026-10-30
            source: incident
        """,
    )

    assert (case.id, case.task_type, case.source, case.position) == ("auth/001", "review", PLACE, 0)
    assert case.dimensions == {
        "task_type": ("review",),
        "complexity": ("high",),
        "domain": ("auth", "security"),
        "language": ("python",),
        "tags": ("canary",),
    }
    assert (case.prompt, case.protocol) == ("prompts/review.md", Protocol.JSON)
    assert case.inputs == {"code": "x = 1", "depth": 2}
    assert case.messages == (
        Message(role="user", content="Hi"),
        Message(role="assistant", content="Hello"),
    )
    assert (case.params, case.expected, case.must_pass) == ({"temperature": 0}, {"ok": True}, True)
    assert case.criteria == [{"id": "short", "text": "is short", "weight": 2}]
    assert [(rule.regex, rule.why) for rule in case.fail_if] == [("verify", "unsafe")]


def test_defaults_fill_in_what_a_case_leaves_out(tmp_path: Path) -> None:
    found = reader(
        tmp_path,
        """\
        defaults: {task_type: triage, prompt: p.md, language: en, scorers: {exact: {}}}
        cases:
          - id: plain
          - {id: own, task_type: reply, language: de, scorers: {chrf: {}}}
        """,
    )

    plain, own = found.cases()

    assert (plain.task_type, plain.dimensions["language"]) == ("triage", ("en",))
    assert (own.task_type, own.dimensions["language"]) == ("reply", ("de",))
    assert [[spec.name for spec in case.scorers] for case in (plain, own)] == [["exact"], ["chrf"]]


def test_files_that_a_case_points_to_are_read_in(tmp_path: Path) -> None:
    make_files(
        tmp_path,
        {
            "golden/desk/fixtures/mail.txt": "My lamp broke.",
            "golden/desk/refs/answer.txt": "sorry",
            "golden/desk/schema.json": '{"type": "object"}',
        },
    )

    case = only_case(
        tmp_path,
        entry(
            "inputs: {mail: {file: fixtures/mail.txt}}, expected: {file: refs/answer.txt}, "
            "context_files: [refs/answer.txt], "
            "scorers: {json_schema: {schema: {file: schema.json}}}"
        ),
    )

    assert case.inputs == {"mail": "My lamp broke."}
    assert case.expected == "sorry"
    assert [file.as_json() for file in case.context_files] == [
        {"path": "refs/answer.txt", "content": "sorry"}
    ]
    assert case.scorers[0].params == {"schema": '{"type": "object"}'}


def test_a_mapping_with_more_than_a_file_is_a_value(tmp_path: Path) -> None:
    case = only_case(
        tmp_path, entry("scorers: {exact: {}}, expected: {file: a.txt, mode: r}, inputs: {}")
    )

    assert case.expected == {"file": "a.txt", "mode": "r"}


@pytest.mark.parametrize(
    ("more", "line"),
    [
        pytest.param(
            "expected: {file: ../../../etc/passwd}",
            "`cases[0].expected`: path `golden/desk/../../../etc/passwd` is outside "
            "the repository; move it inside",
            id="a reference over the border",
        ),
        pytest.param(
            "inputs: {mail: {file: /etc/passwd}}",
            "`cases[0].inputs.mail`: path `/etc/passwd` is outside the repository; move it inside",
            id="an absolute path",
        ),
        pytest.param(
            "context_files: [nope.txt]",
            "`cases[0].context_files[0]`: no such file: `golden/desk/nope.txt`",
            id="a context file that is not there",
        ),
        pytest.param(
            "scorer: {exact: {}}",
            "`cases[0].scorer`: unknown key `scorer`; did you mean `scorers`?",
            id="an unknown key",
        ),
        pytest.param(
            "output: {protocol: xml}",
            "`cases[0].output.protocol`: 'xml' is not one of text, code, json, file_blocks, "
            "unified_diff",
            id="an unknown protocol",
        ),
        pytest.param(
            "params: {temprature: 1}",
            "`cases[0].params.temprature`: not allowed here; did you mean `temperature`?",
            id="a misspelt parameter",
        ),
        pytest.param(
            "added: 2026-13-01",
            "`cases[0].added`: '2026-13-01' is not valid here; a date such as 2026-11-15",
            id="a month that is none",
        ),
        pytest.param(
            "must_pass: 'yes'",
            "`cases[0].must_pass`: 'yes' is not true or false",
            id="text for a truth",
        ),
    ],
)
def test_a_problem_names_its_line_and_path(tmp_path: Path, more: str, line: str) -> None:
    assert complaints(tmp_path, entry(f"scorers: {{exact: {{}}}}, {more}")) == [
        f"{PLACE}:2: {line}"
    ]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("''", id="empty"),
        pytest.param("'two words'", id="a space"),
        pytest.param("../up", id="beginning with a dot"),
        pytest.param('"a\\n"', id="a line break at the end"),
        pytest.param("a" * 121, id="too long"),
    ],
)
def test_an_id_is_made_of_plain_letters(tmp_path: Path, name: str) -> None:
    text = f"cases: [{{id: {name}, task_type: t, prompt: p, scorers: {{exact: {{}}}}}}]"

    (line,) = complaints(tmp_path, text)

    assert line.startswith(f"{PLACE}:1: `cases[0].id`: ")
    assert line.endswith("letters, digits, `.`, `_`, `-` and `/`, at most 120 characters")


def test_a_case_needs_a_task_type_a_prompt_and_a_scorer(tmp_path: Path) -> None:
    assert complaints(tmp_path, "cases:\n  - id: b\n    scorers: {}\n") == [
        (
            f"{PLACE}:2: `cases[0]`: case `b` has no `task_type`, `prompt`, `scorers`; "
            "give it in the case or under `defaults:`"
        )
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("", "nothing stands here, not a mapping (`key: value`)", id="an empty file"),
        pytest.param("defaults: {}\n", "missing key `cases`", id="no cases at all"),
        pytest.param(
            "cases: []\n",
            "`cases`: is empty; a case file holds at least one entry under `cases:`",
            id="an empty list",
        ),
        pytest.param("cases: {a: 1}\n", "`cases`: {'a': 1} is not a list", id="a mapping"),
    ],
)
def test_a_file_without_cases_is_a_problem(tmp_path: Path, text: str, line: str) -> None:
    (found,) = complaints(tmp_path, text)

    assert found.startswith(f"{PLACE}:1: {line}")


def test_problems_of_all_cases_come_at_once(tmp_path: Path) -> None:
    text = """\
        defaults: {task_type: t, prompt: p.md, scorers: {exact: {}}}
        cases:
          - {id: a, expected: {file: no.txt}}
          - {id: b, expected: fine}
          - {id: c, inputs: {x: {file: no.txt}}}
        """

    assert [line.split("`")[0] for line in complaints(tmp_path, text)] == [
        f"{PLACE}:3: ",
        f"{PLACE}:5: ",
    ]


def test_a_doubled_id_points_to_the_first(tmp_path: Path) -> None:
    found = reader(
        tmp_path,
        """\
        defaults: {task_type: t, prompt: p.md, scorers: {exact: {}}}
        cases:
          - id: a
          - id: b
          - task_type: other
            id: a
        """,
    )

    problems = duplicate_problems({PLACE: found.document}, found.cases())

    assert [str(problem) for problem in problems] == [
        f"{PLACE}:6: `cases[2].id`: case id `a` is already used; first at {PLACE}:3"
    ]
