"""Runs `action.yml` without a runner: Node reads and evaluates it with GitHub's own parsers."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.action.repository import Event

ROOT = Path(__file__).parent.parent.parent
HERE = Path(__file__).parent
ACTION = ROOT / "action.yml"
# Written into the environment that stands for the installed one: every evalci process leaves its
# arguments and its variables beside the runner's temporary files, where `now` stops its clock.
RECORDER = """\
import json, os, sys
if sys.orig_argv[1:4] == ["-I", "-m", "evalci"] and "RUNNER_TEMP" in os.environ:
    with open(os.path.join(os.environ["RUNNER_TEMP"], "seen.jsonl"), "a", encoding="utf-8") as seen:
        seen.write(json.dumps({"argv": sys.orig_argv[4:], "env": dict(os.environ)}) + "\\n")
    now = os.path.join(os.environ["RUNNER_TEMP"], "now")
    if os.path.exists(now):
        from datetime import datetime
        from evalci.edges.clock import SystemClock
        with open(now, encoding="utf-8") as file:
            moment = datetime.fromisoformat(file.read())
        SystemClock.now = lambda self: moment
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a job gives the action: the event, a checkout, inputs and variables.

    A stand-in changes the step with its id, see `run_action.mjs`.
    """

    event: Event
    workspace: Path
    temp: Path
    inputs: dict[str, str] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=dict)
    stand_ins: dict[str, dict[str, Any]] = field(default_factory=dict)
    action: Path = ACTION


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What became of one step."""

    name: str
    outcome: str
    conclusion: str
    exit_code: int | None
    text: str
    uses: str
    inputs: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One evalci process: its arguments and its whole environment."""

    argv: tuple[str, ...]
    env: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What the action did, as the job around it sees it."""

    status: str
    outputs: dict[str, str]
    summary: str
    steps: dict[str, Step]
    seen: tuple[Seen, ...]

    def outcomes(self, *ids: str) -> list[str]:
        """Return how the steps with these ids ended."""
        return [self.steps[name].outcome for name in ids]

    def of(self, command: str) -> Seen:
        """Return the one evalci process that ran a command."""
        (found,) = [seen for seen in self.seen if seen.argv[0] == command]
        return found


def prepared_node() -> Path:
    """Return a folder with our scripts and GitHub's parsers, made once for each state of both."""
    files = sorted([*HERE.glob("*.mjs"), HERE / "package.json", HERE / "package-lock.json"])
    state = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "evalci-tests"
    ready = cache / state
    if not ready.exists():
        cache.mkdir(parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(dir=cache))
        for file in [*files, HERE / ".npmrc"]:
            shutil.copy(file, making)
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=making, check=True)
        _settle(making, ready)
    return ready


def _settle(making: Path, ready: Path) -> None:
    try:
        making.rename(ready)
    except OSError:  # another worker was faster
        shutil.rmtree(making)


def make_environment(folder: Path) -> None:
    """Make the Python environment that stands for what the install step would have made."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "evalci_recorder.py").write_text(RECORDER, encoding="utf-8")
    places = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    lines = [str(ROOT), *sorted(places), "import evalci_recorder"]
    (site / "evalci.pth").write_text("\n".join(lines) + "\n", encoding="utf-8")


def play(scene: Scene, node: Path) -> Played:
    """Run the action in a scene."""
    done = subprocess.run(
        ["node", "--no-warnings", "--import", "./json_modules.mjs", "run_action.mjs"],
        cwd=node,
        input=json.dumps(_told(scene)),
        capture_output=True,
        encoding="utf-8",
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    steps = {step["id"] or step["name"]: _step(step) for step in result["steps"]}
    return Played(
        status=result["status"],
        outputs=result["outputs"],
        summary=result["summary"],
        steps=steps,
        seen=_seen(scene.temp),
    )


def _told(scene: Scene) -> dict[str, Any]:
    python = {"python-path": sys.executable, "python-version": "3.12.1"}
    return {
        "action": str(scene.action),
        "workspace": str(scene.workspace),
        "temp": str(scene.temp),
        "github": scene.event.context(),
        "runner": {"os": "Linux", "arch": "X64", "temp": str(scene.temp)},
        "strategy": {"job-index": 0, "job-total": 1},
        "inputs": scene.inputs,
        "env": {**_runner_variables(scene), **scene.env},
        "stand_ins": {"setup-python": {"outputs": python}, **scene.stand_ins},
    }


def _runner_variables(scene: Scene) -> dict[str, str]:
    payload = scene.temp / "event.json"
    scene.temp.mkdir(parents=True, exist_ok=True)
    payload.write_text(json.dumps(scene.event.payload), encoding="utf-8")
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    pip = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    return {
        **kept,
        **pip,
        **scene.event.variables(),
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_ACTION_PATH": str(ROOT),
        "GITHUB_EVENT_PATH": str(payload),
        "GITHUB_WORKSPACE": str(scene.workspace),
        "RUNNER_OS": "Linux",
        "RUNNER_ARCH": "X64",
        "RUNNER_TEMP": str(scene.temp),
    }


def _step(step: dict[str, Any]) -> Step:
    return Step(
        name=step["name"],
        outcome=step["outcome"],
        conclusion=step["conclusion"],
        exit_code=step.get("exit_code"),
        text=step.get("stdout", "") + step.get("stderr", "") + step.get("problem", ""),
        uses=step.get("uses", ""),
        inputs=step.get("with") or {},
    )


def _seen(temp: Path) -> tuple[Seen, ...]:
    place = temp / "seen.jsonl"
    lines = place.read_text(encoding="utf-8").splitlines() if place.exists() else []
    records = [json.loads(line) for line in lines]
    return tuple(Seen(argv=tuple(record["argv"]), env=record["env"]) for record in records)
