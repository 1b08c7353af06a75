"""The history as one HTML page that needs nothing else: charts, no request, light and dark."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from evalci.core.history_gathering import Gathered
from evalci.core.json_value import Json
from evalci.report.dashboard_view import build_series
from evalci.report.escape import visible

CHARTS = "vendor/uplot/uPlot.iife.min.js"
STYLES = ("vendor/uplot/uPlot.min.css", "templates/dashboard/page.css")
SCRIPTS = (
    CHARTS,
    *(
        f"templates/dashboard/{name}.js"
        for name in ("page", "charts", "marks", "numbers", "cases", "main")
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The whole page; ``policy`` lets run what stands in it and nothing else."""

    policy: str
    styles: tuple[Markup, ...]
    scripts: tuple[Markup, ...]
    data: Markup
    made: str


def render_dashboard(
    series: Iterable[Gathered], *, made: datetime, clean: Callable[[str], str]
) -> str:
    """Return the page of some golden sets with their models; ``clean`` masks secrets.

    Every text from the history stands in one block of JSON and is set as text, never as markup.
    """
    styles, scripts = [_source(name) for name in STYLES], [_source(name) for name in SCRIPTS]
    shown = [asdict(build_series(found, made=made)) for found in series]
    page = Page(
        policy=_policy(styles, scripts),
        styles=tuple(map(_own, styles)),
        scripts=tuple(map(_own, scripts)),
        data=_own(_data(_cleaned({"series": shown}, clean))),
        made=f"{made:%Y-%m-%d %H:%M} UTC",
    )
    return _template().render(page=page)


def _policy(styles: Iterable[str], scripts: Iterable[str]) -> str:
    return (
        f"default-src 'none'; style-src {_hashes(styles)}; script-src {_hashes(scripts)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hashes(sources: Iterable[str]) -> str:
    digests = (hashlib.sha256(source.encode()).digest() for source in sources)
    return " ".join(f"'sha256-{base64.b64encode(one).decode()}'" for one in digests)


def _own(source: str) -> Markup:
    return Markup(source)  # noqa: S704  # our own file, or JSON without a sign of markup


def _cleaned(value: Json, clean: Callable[[str], str]) -> Json:
    """Return JSON data without secrets, controls and characters that change direction."""
    if isinstance(value, str):
        return visible(clean(value))
    if isinstance(value, dict):
        return {visible(clean(name)): _cleaned(one, clean) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(one, clean) for one in value]
    return value


def _data(value: Json) -> str:
    """Return JSON that can neither end a script element nor begin a comment."""
    text = json.dumps(value, separators=(",", ":"), sort_keys=True, allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _source(name: str) -> str:
    return files("evalci.report").joinpath(name).read_text("utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_source("templates/dashboard/page.html.j2"))
