"""A sample as one HTML page that a reviewer fills in without a server, and saves as CSV."""

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import ceil

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from evalci.core.criterion import Criterion, Level
from evalci.core.review_sample import Candidate, Sample
from evalci.report.escape import counted, visible


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One button of a question; ``value`` is what the file says."""

    value: str
    sign: str
    text: str
    example: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One criterion of an answer with its levels, the best first."""

    criterion: str
    text: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One answer on the page."""

    name: str
    title: str
    task: str
    reference: str
    answer: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage:
    """The whole page."""

    sample: str
    title: str
    items: tuple[Item, ...]
    style: str
    script: str
    policy: str


def render_review(sample: Sample) -> str:
    """Return the page of a sample: no case id, no score, no model, no request."""
    style = _source("report.css") + _source("review.css")
    script = _source("review.js")
    count, minutes = len(sample.candidates), ceil(sample.minutes)
    page = ReviewPage(
        sample=sample.id,
        title=f"Review of {counted(count, 'answer')}, about {counted(minutes, 'minute')}",
        items=tuple(_item(one, n, count) for n, one in enumerate(sample.candidates, 1)),
        style=Markup(style),  # noqa: S704  # our own files
        script=Markup(script),  # noqa: S704  # our own file
        policy=(
            f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
            "base-uri 'none'; form-action 'none'"
        ),
    )
    return _template().render(page=page)


def _item(candidate: Candidate, number: int, count: int) -> Item:
    material = candidate.material
    return Item(
        name=candidate.answered.item,
        title=f"Answer {number} of {count}",
        task=visible(material.task),
        reference=visible(material.reference),
        answer=visible(material.answer),
        questions=tuple(_question(one) for one in candidate.answered.criteria),
    )


def _question(criterion: Criterion) -> Question:
    levels = sorted(criterion.levels, key=lambda level: -level.score)
    return Question(
        criterion=criterion.id,
        text=visible(criterion.text),
        choices=(
            *map(_choice, levels),
            Choice(value="-", sign="?", text="I cannot tell"),
        ),
    )


def _choice(level: Level) -> Choice:
    score = str(level.score)
    text, example = visible(level.means), visible(level.example)
    return Choice(value=score, sign=score, text=text, example=example)


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _source(name: str) -> str:
    return files("evalci.report").joinpath(f"templates/{name}").read_text("utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.from_string(_source("review.html.j2"))
