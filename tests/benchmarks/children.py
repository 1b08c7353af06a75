"""Processes whose CPU, time and memory are measured, and the server that they ask."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
EVALCI = str(Path(sys.executable).with_name("evalci"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a process with its children took; ``ended_at`` is on the clock of the server."""

    cpu_s: float
    wall_s: float
    peak_mb: float
    ended_at: float


def run(command: Sequence[str], folder: Path) -> Usage:
    """Run a command to its good end."""
    started = time.monotonic()
    with (folder / "child.out").open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(ROOT)},
        )
        _, status, usage = os.wait4(process.pid, 0)
    ended = time.monotonic()
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, (folder / "child.out").read_text(encoding="utf-8")[-2000:]
    return Usage(
        cpu_s=usage.ru_utime + usage.ru_stime,
        wall_s=ended - started,
        peak_mb=usage.ru_maxrss / 1024,
        ended_at=ended,
    )


@dataclass(slots=True)
class Server:
    """A vendor in a process of its own; ``seen`` is filled when it has ended."""

    base: str
    seen: dict[str, Any] = field(default_factory=dict)


@contextmanager
def vendor(delay_s: float = 0.0) -> Iterator[Server]:
    """Run a vendor server for the length of the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.vendor_server", str(delay_s)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    server = Server(base=process.stdout.readline().strip())
    try:
        yield server
    finally:
        out, _ = process.communicate("")
        server.seen.update(json.loads(out))


def write_cases(folder: Path, base: str, count: int, *, concurrency: int) -> None:
    """Write a repository with so many cases, one trial each."""
    (folder / "golden/desk").mkdir(parents=True, exist_ok=True)
    (folder / "prompts").mkdir(exist_ok=True)
    files = {
        "evalci.yaml": (
            "version: 1\ngolden_sets: [golden/desk]\n"
            f'models: {{main: {{id: openai/stand-in, api_base: "{base}"}}}}\n'
            f"run: {{model: main, concurrency: {concurrency}}}\n"
            "baseline: {trials: 1, min_trials: 1}\n"
        ),
        "golden/desk/manifest.yaml": (
            f'version: "1.0"\nactive: {count}\ncategories: {{reply: {count}}}\n'
        ),
        "golden/desk/cases.yaml": (
            "defaults: {prompt: prompts/reply.md, scorers: {exact: {}}}\ncases:\n"
            + "".join(
                f"  - {{id: case-{n}, task_type: reply, inputs: {{q: word {n}}},"
                f" expected: word {n}}}\n"
                for n in range(count)
            )
        ),
        "prompts/reply.md": "Reply with exactly: {{ q }}\n",
    }
    for path, text in files.items():
        (folder / path).write_text(text, encoding="utf-8")


LOOP = """
import asyncio, os, sys
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
kind, base, count, workers = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
if kind == "lean":
    os.environ["EXPERIMENTAL_OPENAI_BASE_LLM_HTTP_HANDLER"] = "true"
import litellm
if kind == "lean":
    entry = {"litellm_provider": "openai", "mode": "chat"}
    free = {"input_cost_per_token": 0.0, "output_cost_per_token": 0.0}
    litellm.register_model({"openai/stand-in": {**entry, **free}})
numbers = iter(range(count))
async def work():
    for n in numbers:
        await litellm.acompletion(
            model="openai/stand-in", api_base=base, api_key="none", num_retries=0, max_retries=0,
            timeout=60, messages=[{"role": "user", "content": f"Reply with exactly: word {n}"}],
        )
async def main():
    await asyncio.gather(*[work() for _ in range(workers)])
asyncio.run(main())
if kind == "lean":
    os._exit(0)
"""


def loop(kind: str, base: str, count: int, *, concurrency: int) -> list[str]:
    """Return the command of a bare litellm loop, `plain` or `lean`."""
    return [sys.executable, "-c", LOOP, kind, base, str(count), str(concurrency)]


def table(rows: Sequence[tuple[str, float, str, float]]) -> None:
    """Print each figure beside its limit."""
    print()  # noqa: T201  # the figures
    for name, value, relation, limit in rows:
        print(f"  {name:<52} {value:8.3f}  ({relation} {limit:g})")  # noqa: T201  # the figures
