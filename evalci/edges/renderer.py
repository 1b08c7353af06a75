"""Renders prompts in one child process that has nothing to steal and little to burn."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from typing import IO, Any

from evalci.core.ports import RenderFailure, RenderJob
from evalci.core.trial import Message
from evalci.errors import EvalciError

MAX_LINE_BYTES = 32_000_000
MAX_TOTAL_BYTES = 400_000_000
WALL_SECONDS_A_JOB = 30.0
Rendered = tuple[Message, ...] | RenderFailure
_START = (
    "import sys; sys.path[:] = sys.argv[1:]; from evalci.edges.render_child import main; main()"
)


class ChildRenderer:
    """Starts one child for a whole set of jobs; the child ends with the call."""

    def render(self, templates: Mapping[str, str], jobs: Sequence[RenderJob]) -> list[Rendered]:
        """Return the messages of each job, or why there are none.

        When the child dies, the job it was at is the failure and the rest is left out: the
        answer is then shorter than ``jobs``.
        """
        found: list[Rendered] = []
        if len(jobs) > 1:
            found, _ = _rendered(templates, jobs, one_by_one=False)
        if rest := jobs[len(found) :]:
            # A child that dies takes along what it had not sent: another tells which job it was.
            more, death = _rendered(templates, rest, one_by_one=True)
            found += [*more, *([death] if death else [])]
        return found


def _rendered(
    templates: Mapping[str, str], jobs: Sequence[RenderJob], *, one_by_one: bool
) -> tuple[list[Rendered], RenderFailure | None]:
    """Return what a child answers, and the death of one that ended before the last job."""
    work = {
        "templates": dict(templates),
        "jobs": [{"parts": job.parts, "variables": job.variables} for job in jobs],
        "one_by_one": one_by_one,
    }
    with subprocess.Popen(  # noqa: S603  # our own interpreter and module
        [sys.executable, "-I", "-c", _START, *filter(None, sys.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
    ) as child:
        return _converse(child, json.dumps(work).encode(), jobs)


def _converse(
    child: "subprocess.Popen[bytes]", work: bytes, jobs: Sequence[RenderJob]
) -> tuple[list[Rendered], RenderFailure | None]:
    if child.stdin is None or child.stdout is None:
        raise EvalciError("the renderer has no pipes")
    writer = threading.Thread(target=_feed, args=(child.stdin, work), daemon=True)
    writer.start()
    found: list[Rendered] = []
    watchdog, total = _Watchdog(child), 0
    try:
        for job in jobs:
            line = child.stdout.readline(MAX_LINE_BYTES)
            watchdog.progress()
            total += len(line)
            if not line.endswith(b"\n") or total > MAX_TOTAL_BYTES:
                return found, _death(child, job)
            found.append(_result(job, json.loads(line)))
    finally:
        watchdog.stop()
        child.kill()
        writer.join()
    return found, None


class _Watchdog:
    """Kills a child that says nothing for too long, whatever holds it up."""

    def __init__(self, child: "subprocess.Popen[bytes]") -> None:
        self._child = child
        self._last = time.monotonic()
        self._done = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def progress(self) -> None:
        """Note that the child has answered."""
        self._last = time.monotonic()

    def stop(self) -> None:
        """End the watch."""
        self._done.set()

    def _watch(self) -> None:
        while not self._done.wait(1.0):
            if time.monotonic() - self._last > WALL_SECONDS_A_JOB:
                self._child.kill()
                return


def _feed(pipe: IO[bytes], work: bytes) -> None:
    try:
        pipe.write(work)
        pipe.close()
    except OSError:
        return  # the child died; its exit status tells the story


def _death(child: "subprocess.Popen[bytes]", job: RenderJob) -> RenderFailure:
    child.kill()
    status = child.wait()
    template = job.parts[-1][1]
    if status == -signal.SIGXCPU:
        message = "rendering takes more than 2 s of CPU"
    else:
        message = f"rendering broke off (status {status}): too much memory, time or output"
    return RenderFailure(template=template, line=0, message=message)


def _result(job: RenderJob, answer: dict[str, Any]) -> Rendered:
    if "error" in answer:
        return RenderFailure(
            template=str(answer["template"]), line=int(answer["line"]), message=answer["error"]
        )
    texts: list[str] = answer["texts"]
    return tuple(
        Message(role=role, content=text) for (role, _), text in zip(job.parts, texts, strict=True)
    )
