"""What no prompt can do: reach Python or the machine, burn without end, or name an address."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from evalci.core.ports import RenderFailure
from evalci.core.trial import Message
from evalci.edges.renderer import ChildRenderer
from tests.edges.rendering import ENDLESS, failed, job, rendered
from tests.inputs import make_files

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
# A child that tells its environment, but for what Python and macOS set by themselves.
TELLING = """\
import json, os

def main():
    names = set(os.environ) - {"LC_CTYPE", "__CF_USER_TEXT_ENCODING"}
    print(json.dumps({"texts": [str(sorted(names))]}))
"""


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


def test_the_child_sees_no_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packages = dict.fromkeys(("evalci/__init__.py", "evalci/edges/__init__.py"), "")
    make_files(tmp_path, {**packages, "evalci/edges/render_child.py": TELLING})
    monkeypatch.syspath_prepend(tmp_path)

    (answer,) = ChildRenderer().render({"p.md": ""}, [job("p.md")])

    assert answer == (Message(role="user", content="[]"),)
