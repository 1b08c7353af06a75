"""The renderer, with its real child: what templates give, and how a failure is told."""

import pytest

from evalci.core.json_value import Json
from evalci.core.ports import RenderFailure, RenderJob
from evalci.core.trial import Message
from evalci.edges.renderer import ChildRenderer
from tests.edges.rendering import ENDLESS, failed, job, rendered


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


def test_a_failed_job_does_not_stop_the_others() -> None:
    templates = {"good.md": "{{ n }}", "bad.md": "{{ nobody }}"}

    answers = ChildRenderer().render(
        templates, [job("good.md", n=1), job("bad.md"), job("good.md", n=3)]
    )

    assert [type(answer) for answer in answers] == [tuple, RenderFailure, tuple]


def test_thousands_of_jobs_share_one_child() -> None:
    jobs = [job("p.md", n=number) for number in range(5000)]

    answers = ChildRenderer().render({"p.md": "Case {{ n }} of many.\n" * 20}, jobs)

    assert len(answers) == 5000
    assert answers[4321] == (
        Message(role="user", content="Case 4321 of many.\n" * 19 + "Case 4321 of many."),
    )


def test_a_rendered_text_can_be_written_and_hashed() -> None:
    (answer,) = ChildRenderer().render({"p.md": r"{{ '\ud800' }}"}, [job("p.md")])

    texts = [answer.message] if isinstance(answer, RenderFailure) else [m.content for m in answer]
    assert all(text == text.encode("utf-8", "replace").decode() for text in texts)
