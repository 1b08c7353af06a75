"""The engines that some tests need, each probed once; what is required may not be missing."""

import os
import shutil
from functools import cache

import pytest

# marker -> the programs that must be on the PATH
ENGINES = {"node": ("node", "npm"), "chromium": ("chromium",)}


@cache
def missing(engine: str) -> str:
    """Return why an engine cannot be used, or an empty text."""
    absent = [program for program in ENGINES[engine] if shutil.which(program) is None]
    return f"{engine}: no {', '.join(absent)} on the PATH" if absent else ""


def required() -> set[str]:
    """Return the engines that `EVALCI_REQUIRE` names."""
    return {name.strip() for name in os.environ.get("EVALCI_REQUIRE", "").split(",")} - {""}


def require(item: pytest.Item) -> None:
    """Skip a test whose engine is absent, or fail it where that engine is required."""
    for engine in ENGINES:
        if item.get_closest_marker(engine) is None or not missing(engine):
            continue
        if engine in required():
            pytest.fail(f"{missing(engine)}, and EVALCI_REQUIRE names it", pytrace=False)
        pytest.skip(missing(engine))
