"""The rubrics that come with evalci, by the name that a case gives them."""

from functools import cache
from importlib.resources import files

NAMES = ("documentation", "generation", "quality", "refactor", "review", "search")


@cache
def rubric_text(name: str) -> str:
    """Return the YAML of the rubric ``<name>.yaml`` of this package."""
    return files(__package__).joinpath(f"{name}.yaml").read_text(encoding="utf-8")
