"""The local engine, which isolates nothing: it still takes everything away with it."""

import os
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from evalci.edges.sandbox import code_identity

RUN = """\
import sys
from evalci.core.sandbox import Engine, SandboxPolicy
from evalci.edges.sandbox import LocalSandbox
from tests.sandbox_image import program, script_check
sandbox = LocalSandbox(SandboxPolicy(engine=Engine.LOCAL, timeout_s=60))
print([r.get("outcome") for r in sandbox.run(script_check("def answer(): return 42")).records])
sandbox.run(program(sys.argv[1], timeout_s=60))
sandbox.close()
"""
CHILD = """\
import subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)", {mark!r}])
open("left", "w").close()
"""


def commands() -> list[str]:
    """Return the command line of every process that may be read."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(place.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    return found


def test_a_child_that_outlives_its_check_is_ended_and_no_file_is_left(tmp_path: Path) -> None:
    mark = f"left-by-{tmp_path.name}-{os.getpid()}"
    code = CHILD.format(mark=mark)
    env = {**os.environ, "TMPDIR": str(tmp_path)}

    done = subprocess.run(
        [sys.executable, "-c", RUN, code], env=env, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (0, "['passed']\n"), done.stderr
    assert [line for line in commands() if line.rstrip().endswith(mark)] == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["checks", "confine", "names", "runner", "supervisor", "usage"])
def test_another_code_inside_is_another_harness(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "inside"
    shutil.copytree(str(files("evalci.inside")), folder)
    before = code_identity(folder)

    with (folder / f"{name}.py").open("a", encoding="utf-8") as stream:
        stream.write("LIMIT = 2\n")

    assert before == code_identity()
    assert code_identity(folder) != before
