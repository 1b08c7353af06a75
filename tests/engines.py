"""The engines that some tests need, each probed once; what is required may not be missing."""

import os
import shutil
import subprocess
from functools import cache

import pytest

# marker -> the programs that must be on the PATH
ENGINES = {
    "node": ("node", "npm"),
    "chromium": ("chromium",),
    "docker": ("docker",),
    "java": ("javac", "java"),
    "postgres": ("initdb", "pg_ctl"),
}


@cache
def missing(engine: str) -> str:
    """Return why an engine cannot be used, or an empty text."""
    absent = [program for program in ENGINES[engine] if shutil.which(program) is None]
    if absent:
        return f"{engine}: no {', '.join(absent)} on the PATH"
    return _no_engine() if engine == "docker" else ""


def _no_engine() -> str:
    done = subprocess.run(["docker", "info"], capture_output=True, check=False, timeout=30)
    return "docker: no engine answers `docker info`" if done.returncode else ""


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
