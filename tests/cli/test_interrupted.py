"""A run that is told to end: one line, an index that says so, and nothing left at work."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.inputs import make_files
from tests.processes import PATIENCE_S, until, until_free

CONFIG = f"""\
version: 1
golden_sets: [golden/desk]
models: {{main: {{id: command/app, command: [{sys.executable}, app.py]}}}}
run: {{model: main, concurrency: 2}}
baseline: {{trials: 1, min_trials: 1}}
"""
CASES = """\
defaults: {prompt: prompts/reply.md, scorers: {exact: {}}}
cases:
  - {id: a, task_type: reply, inputs: {q: a}, expected: a}
  - {id: b, task_type: reply, inputs: {q: b}, expected: b}
"""
# It ignores what a shell sends, holds a lock while it lives, and would leave a mark after a while.
APP = """\
import fcntl, pathlib, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
held = open("held", "a")
fcntl.flock(held, fcntl.LOCK_SH)
pathlib.Path("begun").touch()
time.sleep(60)
pathlib.Path("went-on").touch()
"""


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(signal.SIGTERM, id="by a cancelled job"),
        pytest.param(signal.SIGINT, id="by hand", marks=pytest.mark.slow),
    ],
)
def test_a_run_that_is_told_to_end_takes_its_pipelines_along(
    tmp_path: Path, sent: signal.Signals
) -> None:
    manifest = 'version: "1.0"\nactive: 2\ncategories: {reply: 2}\n'
    files = {"golden/desk/cases.yaml": CASES, "golden/desk/manifest.yaml": manifest}
    make_files(tmp_path, {"evalci.yaml": CONFIG, "app.py": APP, **files})
    make_files(tmp_path, {"prompts/reply.md": "Reply with exactly: {{ q }}\n"})
    command = [sys.executable, "-m", "evalci", "run"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE) as run:
        until((tmp_path / "begun").exists)
        run.send_signal(sent)
        _, said = run.communicate(timeout=PATIENCE_S)
    until_free(tmp_path / "held")

    index = json.loads((tmp_path / ".evalci/runs/index.json").read_text(encoding="utf-8"))
    assert (run.returncode, index["exit_code"]) == (130, 130)
    assert said.split() == b"evalci: interrupted; finished trials are kept".split()
    assert not (tmp_path / "went-on").exists()


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM], ids=lambda sent: sent.name)
def test_a_command_that_is_told_to_end_while_it_is_loaded_says_so(sent: signal.Signals) -> None:
    script = f"""
import os, sys
class Meanwhile:
    def find_spec(self, name, *_):
        if name == "evalci.cli":
            os.kill(os.getpid(), {int(sent)})
sys.meta_path.insert(0, Meanwhile())
from evalci.__main__ import main
main()
"""

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)

    assert (done.returncode, done.stdout) == (130, b"")
    assert done.stderr == b"evalci: interrupted; nothing was begun\n"
