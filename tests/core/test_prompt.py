"""Prompts: front matter, includes, line numbers, parameters, and the jobs they make."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from evalci.core.golden_set import ContextFile
from evalci.core.hashes import template_hash
from evalci.core.prompt import (
    MAX_INCLUDES,
    Prompt,
    load_prompt,
    params_of,
    prompts_used,
    unsupplied,
)
from evalci.core.trial import Message
from evalci.errors import BadInputError
from tests.inputs import make_case, make_files

PATH = "prompts/desk.md"
BODY = f"{PATH}#body"


def prompt(folder: Path, text: str, more: Mapping[str, str] | None = None) -> Prompt:
    return load_prompt(PATH, make_files(folder, {PATH: text, **(more or {})}))


def complaint(folder: Path, text: str, more: Mapping[str, str] | None = None) -> str:
    with pytest.raises(BadInputError) as caught:
        prompt(folder, text, more)
    return str(caught.value)


def test_a_text_without_front_matter_is_the_users_message(tmp_path: Path) -> None:
    found = prompt(tmp_path, "Read:\n{{ mail }}\n")

    assert (found.system, found.shots, found.body) == ((), (), (("user", BODY),))
    assert found.templates == {BODY: "Read:\n{{ mail }}\n"}
    assert found.lines == {BODY: (PATH, 1)}
    assert (found.params, found.includes) == ({}, ())


def test_front_matter_gives_system_messages_and_parameters(tmp_path: Path) -> None:
    found = prompt(
        tmp_path,
        "---\n"
        "system: Be brief.\n"
        "messages:\n"
        "  - {role: user, content: Hi}\n"
        "  - role: assistant\n"
        "    content: Hello\n"
        "params: {temperature: 0}\n"
        "---\n"
        "{{ mail }}\n",
    )

    names = [f"{PATH}#system", f"{PATH}#messages[0]", f"{PATH}#messages[1]", BODY]
    assert [*found.system, *found.shots, *found.body] == list(
        zip(("system", "user", "assistant", "user"), names, strict=True)
    )
    assert [found.templates[name] for name in names] == ["Be brief.", "Hi", "Hello", "{{ mail }}\n"]
    assert [found.lines[name] for name in names] == [(PATH, line) for line in (2, 4, 6, 9)]
    assert found.params == {"temperature": 0}


@pytest.mark.parametrize(
    ("text", "body"),
    [
        pytest.param("---\nsystem: s\n---\nHi", "Hi", id="closed by three dashes"),
        pytest.param("--- \nsystem: s\n---  \nHi", "Hi", id="blanks behind the dashes"),
        pytest.param("---\r\nsystem: s\r\n---\r\nHi\r\n", "Hi\n", id="carriage returns"),
        pytest.param("\n---\nHi", "\n---\nHi", id="dashes further down are text"),
        pytest.param("---\nHi", "---\nHi", id="dashes that nothing closes are text"),
        pytest.param("---\n---\nHi", "Hi", id="nothing in it"),
        pytest.param("---\n# later\n---\nHi", "Hi", id="a comment in it"),
    ],
)
def test_where_front_matter_ends(tmp_path: Path, text: str, body: str) -> None:
    assert prompt(tmp_path, text).templates[BODY] == body


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(
            "---\nparams: {}\nsytem: s\n---\nHi",
            f"{PATH}:3: `sytem`: unknown key `sytem`; did you mean `system`?",
            id="an unknown key",
        ),
        pytest.param(
            "---\nmessages:\n  - {role: bot, content: Hi}\n---\nHi",
            f"{PATH}:3: `messages[0].role`: 'bot' is not one of system, user, assistant",
            id="an unknown role",
        ),
        pytest.param(
            "---\nsystem: s\nparams: {a: 1\n---\nHi",
            f"{PATH}:4: not valid YAML: did not find expected ',' or '}}' for what line 3 opens",
            id="YAML that does not parse",
        ),
        pytest.param(
            "---\nparams: {}\nsystem: [\n  - x\n]\n---\nHi",
            f"{PATH}:4: not valid YAML: did not find expected node content",
            id="the line of a YAML error",
        ),
        pytest.param(
            "---\nsystem: s\nHi",
            f"{PATH}:1: the front matter is never closed; end it with a line of three dashes",
            id="nothing that closes it",
        ),
        pytest.param("---\nparams: {}\n---\n \n", f"{PATH}: the prompt is empty", id="no message"),
        pytest.param("", f"{PATH}: the prompt is empty", id="an empty file"),
        pytest.param(
            "---\nparams: {}\n---\none\n{% if %}\n",
            f"{PATH}:5: template: Expected an expression, got 'end of statement block'",
            id="a template that does not parse",
        ),
        pytest.param(
            "---\nparams: {}\nsystem: '{{ a'\n---\nHi",
            f"{PATH}:3: template: unexpected end of template, expected 'end of print statement'.",
            id="a system message that does not parse",
        ),
    ],
)
def test_a_problem_names_the_line_of_the_file(tmp_path: Path, text: str, line: str) -> None:
    assert complaint(tmp_path, text) == line


def test_all_problems_of_front_matter_come_at_once(tmp_path: Path) -> None:
    found = complaint(tmp_path, "---\nsystem: 1\nparams: x\nextra: y\n---\nHi")

    assert [line.split(": ")[0] for line in found.splitlines()] == [
        f"{PATH}:{n}" for n in (2, 3, 4)
    ]


def test_includes_are_found_through_other_includes(tmp_path: Path) -> None:
    found = prompt(
        tmp_path,
        "---\nsystem: '{% include \"prompts/tone.md\" %}'\n---\n{% include 'prompts/a.md' %}",
        {
            "prompts/a.md": "A {% include 'prompts/b.md' %}",
            "prompts/b.md": "B\r\n{% from 'prompts/macros.md' import hello %}",
            "prompts/macros.md": "{% macro hello() %}{% endmacro %}",
            "prompts/tone.md": "Kind.",
        },
    )

    paths = ["prompts/a.md", "prompts/b.md", "prompts/macros.md", "prompts/tone.md"]
    assert [file.path for file in found.includes] == paths
    assert found.includes[0].hash == template_hash("A {% include 'prompts/b.md' %}")
    assert found.templates["prompts/b.md"] == "B\n{% from 'prompts/macros.md' import hello %}"
    assert [found.lines[path] for path in paths] == [(path, 1) for path in paths]


def test_includes_that_run_in_a_circle_are_found_once(tmp_path: Path) -> None:
    found = prompt(
        tmp_path,
        "{% include 'prompts/a.md' %}",
        {
            "prompts/a.md": "{% include 'prompts/b.md' %}",
            "prompts/b.md": "{% include 'prompts/a.md' %}",
        },
    )

    assert [file.path for file in found.includes] == ["prompts/a.md", "prompts/b.md"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(
            "one\n{% include 'tone.md' %}",
            f"{PATH}:2: no such file: `tone.md`; includes are relative to the repository root",
            id="a file that is not there",
        ),
        pytest.param(
            "one\n{% include '../../etc/passwd' %}",
            f"{PATH}:2: path `../../etc/passwd` is outside the repository; move it inside",
            id="a path over the border",
        ),
        pytest.param(
            "one\n{% include name %}",
            f"{PATH}:2: an include whose name is computed cannot be hashed; "
            "write the path as a literal text",
            id="a computed name",
        ),
    ],
)
def test_an_include_that_cannot_be_read_is_a_problem(tmp_path: Path, text: str, line: str) -> None:
    assert complaint(tmp_path, text) == line


def test_an_included_file_that_does_not_parse_is_named_itself(tmp_path: Path) -> None:
    found = complaint(tmp_path, "{% include 'a.md' %}", {"a.md": "one\ntwo {{ }}"})

    assert found == "a.md:2: template: Expected an expression, got 'end of print statement'"


def test_there_is_an_end_to_includes(tmp_path: Path) -> None:
    chain = {f"{n}.md": f"{{% include '{n + 1}.md' %}}" for n in range(MAX_INCLUDES + 2)}

    assert f"more than {MAX_INCLUDES} included files" in complaint(
        tmp_path, "{% include '0.md' %}", chain
    )


def test_a_template_nested_beyond_reason_is_a_problem(tmp_path: Path) -> None:
    assert complaint(tmp_path, "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}") == (
        f"{PATH}: template nested too deeply"
    )


def test_a_job_gives_the_inputs_and_the_context_files(tmp_path: Path) -> None:
    case = make_case(
        inputs={"mail": "Hi", "context_files": "hidden"},
        context_files=(ContextFile(path="a.py", content="x = 1"),),
    )

    job = prompt(tmp_path, "{{ mail }}").job(case)

    assert job.parts == (("user", BODY),)
    assert job.variables == {
        "mail": "Hi",
        "context_files": [{"path": "a.py", "content": "x = 1"}],
    }


def test_messages_of_a_case_replace_the_few_shot_messages(tmp_path: Path) -> None:
    found = prompt(tmp_path, "---\nsystem: s\nmessages: [{role: user, content: shot}]\n---\nbody")
    own = make_case(messages=(Message(role="user", content="mine"),))

    assert [role for role, _ in found.job(make_case()).parts] == ["system", "user", "user"]
    assert found.job(own).parts == (("system", f"{PATH}#system"), ("user", BODY))


def test_parameters_of_the_case_win_over_the_prompt_over_the_model(tmp_path: Path) -> None:
    found = prompt(tmp_path, "---\nparams: {seed: 2, top_p: 2}\n---\nbody")

    params = params_of({"user": 1, "seed": 1}, found, make_case(params={"top_p": 3}))

    assert params == {"user": 1, "seed": 2, "top_p": 3}


def test_the_template_hash_covers_front_matter_too(tmp_path: Path) -> None:
    text = "---\r\nsystem: s\r\n---\r\nHi\r\n"

    assert prompt(tmp_path, text).file.hash == template_hash("---\nsystem: s\n---\nHi\n")


def test_prompts_in_use_are_listed_once() -> None:
    cases = [make_case(prompt=path) for path in ("b.md", "a.md", "b.md")]

    assert prompts_used(cases) == ["a.md", "b.md"]


@pytest.mark.parametrize(
    ("body", "missing"),
    [
        pytest.param("{{ mail }}{% if mail %}{{ typo }}{% endif %}", {"typo"}, id="in a branch"),
        pytest.param("{% for x in mail %}{{ x }}{{ loop.index }}{% endfor %}", set(), id="a loop"),
        pytest.param("{% set y = mail %}{{ y }}", set(), id="set in the template"),
        pytest.param("{% macro m(z) %}{{ z }}{% endmacro %}{{ m(mail) }}", set(), id="a macro"),
        pytest.param("{{ context_files }}{{ range(3)|list }}", set(), id="given to every prompt"),
        pytest.param("{{ 'a' * 10**12 }}", set(), id="nothing of it is run"),
    ],
)
def test_variables_that_no_case_supplies(tmp_path: Path, body: str, missing: set[str]) -> None:
    found = prompt(tmp_path, body)

    assert set(unsupplied(found, [make_case(inputs={"mail": "Hi"})])) == missing
