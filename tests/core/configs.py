"""Makers of configs from a few lines, and of what is said of bad ones."""

from textwrap import dedent

import pytest

from evalci.core.config import Config, parse_config
from evalci.errors import BadInputError
from tests.inputs import document

SMALL = """\
version: 1
golden_sets: [golden/desk]
models:
  main: {id: scripted/desk}
run: {model: main}
"""


def parsed(more: str = "", *, base: str = SMALL) -> Config:
    """Return what a config of some lines more than ``base`` means."""
    return parse_config(document(base + dedent(more), "evalci.yaml"))


def complaints(more: str = "", *, base: str = SMALL) -> list[str]:
    """Return the lines in which a config is refused."""
    with pytest.raises(BadInputError) as caught:
        parsed(more, base=base)
    return str(caught.value).splitlines()
