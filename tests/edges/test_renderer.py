"""The renderer, with its real child process: what it gives, and what it cannot do."""

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from evalci.core.json_value import Json
from evalci.core.ports import RenderFailure, RenderJob
from evalci.core.trial import Message
from evalci.edges.renderer import ChildRenderer

ENDLESS = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
# The child with one more filter, as if a template had escaped from the sandbox.
ESCAPED = """\
import os, socket, subprocess, sys
from jinja2 import filters

def attempt(what):
    try:
        return str(eval(what))
    except OSError as exc:
        return type(exc).__name__

filters.FILTERS["attempt"] = attempt
from evalci.edges.render_child import main
main()
"""


def job(*names: str, **variables: Json) -> RenderJob:
    return RenderJob(parts=tuple(("user", name) for name in names), variables=variables)


def rendered(template: str, **variables: Json) -> str:
    """Return the only message of a template that renders."""
    (answer,) = ChildRenderer().render({"p.md": template}, [job("p.md", **variables)])
    assert isinstance(answer, tuple), answer
    (message,) = answer
    return message.content


def failed(
    template: str, more: Mapping[str, str] | None = None, **variables: Json
) -> RenderFailure:
    """Return why a template does not render."""
    templates = {"p.md": template, **(more or {})}
    (answer,) = ChildRenderer().render(templates, [job("p.md", **variables)])
    assert isinstance(answer, RenderFailure), answer
    return answer


def escaped(attempt: str) -> str:
    """Return what a template achieves that reached Python in spite of the sandbox."""
    work = {
        "templates": {"p.md": "{{ what|attempt }}"},
        "jobs": [{"parts": [["user", "p.md"]], "variables": {"what": attempt}}],
        "one_by_one": True,
    }
    done = subprocess.run(
        [sys.executable, "-c", ESCAPED],
        input=json.dumps(work),
        capture_output=True,
        text=True,
        check=True,
    )
    (text,) = json.loads(done.stdout)["texts"]
    return str(text)


def test_without_jobs_there_is_nothing_to_do() -> None:
    assert ChildRenderer().render({"p.md": ENDLESS}, []) == []


def test_a_job_becomes_its_messages_in_order() -> None:
    templates = {"p.md": "Read: {{ mail }}\n", "p.md#system": "Be {{ tone }}."}
    work = RenderJob(
        parts=(("system", "p.md#system"), ("user", "p.md")),
        variables={"mail": "é€🚀", "tone": "brief"},
    )

    (answer,) = ChildRenderer().render(templates, [work])

    assert answer == (
        Message(role="system", content="Be brief."),
        Message(role="user", content="Read: é€🚀"),
    )


@pytest.mark.parametrize(
    ("template", "text"),
    [
        pytest.param("{% for x in xs %}{{ x }},{% endfor %}", "1,2,", id="loops"),
        pytest.param("{{ data.key }} {{ data['key'] }}", "v v", id="keys by dot and bracket"),
        pytest.param("{% if nobody is defined %}a{% else %}b{% endif %}", "b", id="defined or not"),
        pytest.param("{{ nobody|default('x') }}", "x", id="a default"),
        pytest.param("{{ xs|tojson }} {{ html }}", "[1, 2] <b>", id="nothing is escaped"),
        pytest.param("{{ sum }}", "{{ 7 * 7 }}", id="a value is no template"),
    ],
)
def test_what_templates_can_do(template: str, text: str) -> None:
    variables: dict[str, Json] = {
        "xs": [1, 2],
        "data": {"key": "v"},
        "html": "<b>",
        "sum": "{{ 7 * 7 }}",
    }

    assert rendered(template, **variables) == text


def test_templates_include_each_other_by_name() -> None:
    templates = {"p.md": "{% include 'tone.md' %}", "tone.md": "Be {{ tone }}."}

    (answer,) = ChildRenderer().render(templates, [job("p.md", tone="kind")])

    assert answer == (Message(role="user", content="Be kind."),)


@pytest.mark.parametrize(
    ("template", "line", "message"),
    [
        pytest.param("one\n{{ mial }}", 2, "'mial' is undefined", id="an unknown variable"),
        pytest.param(
            "{{ mail.subject }}", 1, "'str object' has no attribute 'subject'", id="an attribute"
        ),
        pytest.param("one\n\n{{ mail|nope }}", 3, "No filter named 'nope'.", id="a filter"),
        pytest.param("{{ [1]|random }}", 1, "No filter named 'random'.", id="chance"),
        pytest.param("{{ lipsum() }}", 1, "'lipsum' is undefined", id="chance in words"),
        pytest.param("one\n{{ 1 / 0 }}", 2, "ZeroDivisionError: division by zero", id="arithmetic"),
        pytest.param(
            "one\n{% if %}", 2, "Expected an expression, got 'end of statement block'", id="syntax"
        ),
    ],
)
def test_a_failure_names_line_and_cause(template: str, line: int, message: str) -> None:
    assert failed(template, mail="Hi") == RenderFailure(template="p.md", line=line, message=message)


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        pytest.param("one\ntwo {{ mial }}", 2, id="an unknown variable"),
        pytest.param("one\n\n{{ 1|nope }}", 3, id="a filter"),
        pytest.param("{% if %}", 1, id="syntax"),
    ],
)
def test_a_failure_inside_an_included_file_names_that_file(broken: str, line: int) -> None:
    failure = failed("zero\n\n\n{% include 'tone.md' %}", {"tone.md": broken})

    assert (failure.template, failure.line) == ("tone.md", line)


@pytest.mark.parametrize(
    "template",
    [
        pytest.param("{{ mail.__class__.__mro__ }}", id="python's internals"),
        pytest.param("{{ mail|attr('__class__') }}", id="by filter"),
        pytest.param("{{ '{0.__class__}'.format(mail) }}", id="by format"),
        pytest.param("{{ cycler.__init__.__globals__.os.environ }}", id="by a global"),
        pytest.param("{{ xs.append(3) }}", id="changing its input"),
    ],
)
def test_the_sandbox_keeps_templates_from_python(template: str) -> None:
    assert failed(template, mail="Hi", xs=[1]).message.startswith("not allowed in a prompt: ")


@pytest.mark.parametrize(
    ("template", "message"),
    [
        pytest.param("{{ 'a' * 10**9 }}", "needs more than 1,000 MB of memory", id="a text"),
        pytest.param(
            "{% set n = namespace(a='aaaaaaaaaa') %}"
            "{% for i in range(40) %}{% set n.a = n.a ~ n.a %}{% endfor %}",
            "needs more than 1,000 MB of memory",
            id="a text that doubles",
        ),
        pytest.param("{{ [0] * 10**12 }}", "needs more than 1,000 MB of memory", id="a list"),
        pytest.param("{{ 'a' * 4000001 }}", "more than 4 MB of text", id="output"),
        pytest.param(ENDLESS, "rendering takes more than 2 s of CPU", id="an endless loop"),
        pytest.param(
            "{{ 10 ** (10 ** 8) }}",
            "rendering takes more than 2 s of CPU",
            id="an endless power",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
            "RecursionError: maximum recursion depth exceeded",
            id="endless recursion",
        ),
        pytest.param(
            "{% for i in range(10**9) %}{% endfor %}",
            "OverflowError: Range too big.",
            id="a range without end",
        ),
    ],
)
def test_a_bomb_is_stopped_and_named(template: str, message: str) -> None:
    failure = failed(template)

    assert failure.template == "p.md"
    assert failure.message.startswith(message)


def test_the_output_limit_counts_all_messages_of_a_job() -> None:
    templates = {"p.md": "{{ 'a' * 3000000 }}", "q.md": "{{ 'a' * 3000000 }}"}

    (answer,) = ChildRenderer().render(templates, [job("p.md", "q.md")])

    assert answer == RenderFailure(template="q.md", line=0, message="more than 4 MB of text")


def test_as_much_output_as_allowed_is_rendered() -> None:
    assert rendered("{{ 'a' * 4000000 }}") == "a" * 4_000_000


def test_a_failed_job_does_not_stop_the_others() -> None:
    templates = {"good.md": "{{ n }}", "bad.md": "{{ nobody }}"}

    answers = ChildRenderer().render(
        templates, [job("good.md", n=1), job("bad.md"), job("good.md", n=3)]
    )

    assert [type(answer) for answer in answers] == [tuple, RenderFailure, tuple]


@pytest.mark.slow
def test_when_the_child_dies_the_job_it_was_at_is_the_failure() -> None:
    templates = {"good.md": "{{ n }}", "endless.md": ENDLESS}

    answers = ChildRenderer().render(
        templates, [*(job("good.md", n=n) for n in (1, 2)), job("endless.md"), job("good.md", n=3)]
    )

    assert answers == [
        (Message(role="user", content="1"),),
        (Message(role="user", content="2"),),
        RenderFailure(
            template="endless.md", line=0, message="rendering takes more than 2 s of CPU"
        ),
    ]


def test_thousands_of_jobs_share_one_child() -> None:
    jobs = [job("p.md", n=number) for number in range(5000)]

    answers = ChildRenderer().render({"p.md": "Case {{ n }} of many.\n" * 20}, jobs)

    assert len(answers) == 5000
    assert answers[4321] == (
        Message(role="user", content="Case 4321 of many.\n" * 19 + "Case 4321 of many."),
    )


@pytest.mark.parametrize(
    "template",
    [
        pytest.param("{{ data.items }}", id="a method nobody called"),
        pytest.param("{{ [data.items] }}", id="a method inside a list"),
        pytest.param("{{ cycler('a') }}", id="an object of the template engine"),
        pytest.param("{{ data|map('upper') }}", id="a generator"),
    ],
)
def test_no_memory_address_gets_into_a_prompt(template: str) -> None:
    (answer,) = ChildRenderer().render({"p.md": template}, [job("p.md", data={"a": 1})])

    assert " at 0x" not in str(answer)


def test_a_rendered_text_can_be_written_and_hashed() -> None:
    (answer,) = ChildRenderer().render({"p.md": r"{{ '\ud800' }}"}, [job("p.md")])

    texts = [answer.message] if isinstance(answer, RenderFailure) else [m.content for m in answer]
    assert all(text == text.encode("utf-8", "replace").decode() for text in texts)


@pytest.mark.parametrize(
    "attempt",
    [
        pytest.param("open('/etc/hostname').read()", id="read a file"),
        pytest.param("open('stray.txt', 'w')", id="write a file"),
        pytest.param("os.listdir('/')", id="list a folder"),
        pytest.param("socket.socket()", id="open a socket"),
        pytest.param("os.pipe()", id="open a pipe"),
        pytest.param("subprocess.run(['true'])", id="start a program"),
    ],
)
def test_even_outside_the_sandbox_nothing_can_be_opened(attempt: str) -> None:
    assert escaped(attempt) == "OSError"


def test_the_stand_in_for_an_escape_does_reach_python() -> None:
    assert escaped("1 + os.getpid() * 0") == "1"


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="reads /proc, as Linux has it")
def test_the_child_sees_no_environment() -> None:
    answers: list[object] = []
    worker = threading.Thread(
        target=lambda: answers.extend(ChildRenderer().render({"p.md": ENDLESS}, [job("p.md")]))
    )
    worker.start()
    environments = set()
    while worker.is_alive():
        environments |= environments_of_renderers()
        worker.join(0.05)

    assert environments == {b""}
    assert isinstance(answers[0], RenderFailure)


def environments_of_renderers() -> set[bytes]:
    """Return the environments of those children of this process that run the renderer."""
    found = set()
    for children in Path("/proc/self/task").glob("*/children"):
        for pid in children.read_text().split():
            place = Path("/proc") / pid
            try:
                if b"render_child" in (place / "cmdline").read_bytes():
                    found.add((place / "environ").read_bytes())
            except OSError:
                continue  # it has ended in the meantime
    return found
