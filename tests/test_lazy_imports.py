"""Commands start fast: what is heavy is imported when it is needed, and not before."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.vendor_desk import write_vendor_desk
from tests.inputs import write_project
from tests.vendor_server import serving

HEAVY = (
    *("litellm", "scipy", "numpy", "docker", "github", "jinja2", "jsonschema", "rich", "yaml"),
    "sqlalchemy",
)


def loaded_after(code: str, cwd: Path) -> set[str]:
    """Return which of the heavy packages a fresh interpreter has loaded after some code."""
    script = f"{code}\nimport sys\nprint('LOADED', *[n for n in {HEAVY!r} if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=cwd, check=True
    )
    return set(done.stdout.splitlines()[-1].split()[1:])


def command(*arguments: str) -> str:
    return f"from evalci.cli import run_cli; assert run_cli({list(arguments)!r}) == 0"


def test_the_command_line_loads_nothing_heavy(tmp_path: Path) -> None:
    assert loaded_after("import evalci.cli", tmp_path) == set()


@pytest.mark.parametrize("arguments", [["--help"], ["publish", "--help"]], ids=" ".join)
def test_help_loads_nothing_heavy(tmp_path: Path, arguments: list[str]) -> None:
    assert loaded_after(command(*arguments), tmp_path) == set()


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["run", "--replay", "--all"], id="run --replay"),
        pytest.param(["report"], id="report"),
        pytest.param(["gate"], id="gate"),
        pytest.param(["plan", "--all"], id="plan"),
    ],
)
def test_what_needs_no_vendor_loads_no_vendor(tmp_path: Path, arguments: list[str]) -> None:
    write_project(tmp_path, {"prompts/desk.md": "Reply with exactly: {{ mail }}"})
    loaded_after(command("run", "--all", "--record"), tmp_path)
    loaded_after(command("baseline", "accept", "--reason", "first"), tmp_path)

    loaded = loaded_after(command(*arguments), tmp_path)

    assert loaded & {"litellm", "scipy", "docker", "github"} == set()


def test_what_the_cache_answers_loads_no_vendor(tmp_path: Path) -> None:
    with serving() as server:
        write_vendor_desk(tmp_path, server, cases=2)
        loaded_after(command("run"), tmp_path)

        loaded = loaded_after(command("run"), tmp_path)

    assert len(server.received) == 4
    assert loaded & {"litellm", "scipy", "docker", "github", "tenacity"} == set()
