"""Prompts that the real child of the renderer renders, or fails to."""

from collections.abc import Mapping

from evalci.core.json_value import Json
from evalci.core.ports import RenderFailure, RenderJob
from evalci.edges.renderer import ChildRenderer

ENDLESS = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"


def job(*names: str, **variables: Json) -> RenderJob:
    """Return a job of one user message a template."""
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
