"""Runs checks inside a container, each with its own user, folder, limits and a clean end.

Reads frames (four bytes of length, then JSON) from stdin and answers on stdout. It is the
container's root with no capability but SETUID, SETGID and KILL. Without ``uid`` in its options it
does the same as one user, which isolates nothing.
"""

import contextlib
import json
import marshal
import os
import secrets
import selectors
import signal
import struct
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from evalci.inside.confine import Job, Seat, limit, sweep, take_seat
from evalci.inside.usage import Tail, left_ipc, memory_by_user, oom_kills, owner

TICK_S = 0.05
CHUNK = 1 << 16
CROWDED_BELOW = 0.1  # less free space than this share of the work folder may hit the neighbours
SEARCHED = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
TMP = Path("/tmp")  # noqa: S108  # the container's own, swept behind every check
VERDICT = 3  # the file descriptor of the verdict channel


class Check:
    """One command on its way: who runs it, where, and what it has said so far."""

    def __init__(self, job: Job, seat: Seat) -> None:
        """The token tells the records of the runner from what the tested code writes.

        The alarm is for what this process says before it becomes the runner, which never learns it.
        """
        self.job, self.seat = job, seat
        self.token, self.alarm = secrets.token_hex(16), secrets.token_hex(16)
        self.output, self.verdict = Tail(), b""
        self.ending = ""
        self.code = 0
        self.crowded = False
        self.oom = oom_kills()
        self.started = time.monotonic()
        self.pipes: dict[str, int] = {}

    def records(self) -> list[object]:
        """Return what came over the verdict channel with the token of this check."""
        found: list[object] = []
        alarms = {self.token.encode(): False, self.alarm.encode(): True}
        for line in self.verdict.split(b"\n"):
            start, _, text = line.partition(b" ")
            if start in alarms:  # code that found the token may have written anything behind it
                with contextlib.suppress(ValueError, RecursionError):
                    record = json.loads(text)
                    if isinstance(record, dict) and ("broken" in record) is alarms[start]:
                        found.append(record)
        return found

    def pump(self, name: str) -> bool:
        """Read what there is in a pipe; tell whether there was something."""
        try:
            data = os.read(self.pipes[name], CHUNK)
        except OSError:
            return False
        if name == "output":
            self.output.add(data)
        elif len(self.verdict) <= self.job.output:
            self.verdict += data
        return bool(data)

    def exceeded(self, memory: int, seconds: float) -> str:
        """Return which allowance is used up, if any."""
        if seconds >= self.job.seconds:
            return "timeout"
        if memory > self.job.memory:
            return "memory"
        if self.output.size + len(self.verdict) > self.job.output:
            return "output"
        return ""


class Supervisor:
    """Runs up to ``slots`` checks at a time until stdin ends."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        """Listen to stdin and to the ends of children; take the folders of the container."""
        self.slots, self.work = int(options["slots"]), Path(options["work"])
        self.uid: int | None = options["uid"]
        self.runner = str(options["runner"])
        self.waiting: list[Job] = []
        self.running: dict[int, Check] = {}
        self.buffer, self.open = b"", True
        self.selector = selectors.DefaultSelector()
        self.selector.register(0, selectors.EVENT_READ, self.read_frames)
        self._listen_to_children()
        if self.uid is not None:
            self.work.chmod(0o711)
            TMP.chmod(0o1733)

    def _listen_to_children(self) -> None:
        wake, woken = os.pipe()
        for end in (wake, woken):
            os.set_blocking(end, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
        self.selector.register(wake, selectors.EVENT_READ, lambda: os.read(wake, CHUNK))

    def serve(self) -> None:
        """Run until nobody asks any more."""
        while self.open:
            while self.waiting and len(self.running) < self.slots:
                self.start(self.waiting.pop(0))
            for key, _ in self.selector.select(TICK_S if self.running else None):
                key.data()
            self.reap()
            self.watch()
        for pid, check in self.running.items():
            self.kill(pid)
            sweep(check.seat, [check.seat.folder])

    def read_frames(self) -> None:
        """Take the checks that were sent."""
        data = os.read(0, CHUNK)
        self.open = bool(data)
        self.buffer += data
        while len(self.buffer) >= 4:
            end = 4 + int.from_bytes(self.buffer[:4], "big")
            if len(self.buffer) < end:
                return
            self.waiting.append(Job(**json.loads(self.buffer[4:end])))
            self.buffer = self.buffer[end:]

    def start(self, job: Job) -> None:
        """Fork the process of a check and tell the runner its task."""
        if self.uid is not None:
            self.uid += 2
        check = Check(job, Seat(self.work / secrets.token_hex(8), self.uid))
        task, output, verdict = os.pipe(), os.pipe(), os.pipe()
        pid = os.fork()
        if pid == 0:
            self.run(check, (task[0], output[1], output[1], verdict[1]))
        for end in (task[0], output[1], verdict[1]):
            os.close(end)
        self.running[pid] = check
        check.pipes = {"output": output[0], "verdict": verdict[0]}
        for name, end in check.pipes.items():
            os.set_blocking(end, False)
            self.selector.register(end, selectors.EVENT_READ, self._pumping(check, name))
        with contextlib.suppress(BrokenPipeError), os.fdopen(task[1], "wb") as stream:
            if job.task is not None:
                stream.write(marshal.dumps({"token": check.token, "task": job.task}))

    def _pumping(self, check: Check, name: str) -> Callable[[], None]:
        def pump() -> None:
            if not check.pump(name):  # closed by the other side: it would stay readable for ever
                self.selector.unregister(check.pipes[name])

        return pump

    def run(self, check: Check, ends: tuple[int, ...]) -> NoReturn:
        """Be the check, in the forked process."""
        try:
            signal.set_wakeup_fd(-1)
            os.setsid()
            for end in ends:  # out of the way of the numbers they are to have
                os.dup2(end, end + 64)
            for number, end in enumerate(ends):
                os.dup2(end + 64, number)
            os.closerange(VERDICT + 1, 1024)
            take_seat(check.seat, check.job)
            limit(check.job, shared_user=check.seat.uid is None)
            self.execute(check)
        except BaseException as exc:  # noqa: BLE001  # whatever it is, the host hears of it
            report = json.dumps({"broken": f"{type(exc).__name__}: {exc}"})
            os.write(VERDICT, f"{check.alarm} {report}\n".encode())
        finally:
            os._exit(125)

    def execute(self, check: Check) -> NoReturn:
        """Replace this process by the runner, or by a command, which gets no verdict channel."""
        argv = list(check.job.argv) or [sys.executable, "-I", "-c", self.runner]
        if check.job.argv:
            os.set_inheritable(VERDICT, False)
        if argv[0] == "python":
            argv[0] = sys.executable
        environment = {
            "PATH": f"{Path(sys.executable).parent}:{SEARCHED}",
            "HOME": str(check.seat.folder),
            "TMPDIR": str(check.seat.folder / ".tmp"),
            "LANG": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONHASHSEED": "0",
        }
        os.execvpe(argv[0], argv, environment)  # noqa: S606  # running it is what this is for

    def reap(self) -> None:
        """End the checks whose process has ended, and the children that it left in its group."""
        for pid, check in list(self.running.items()):
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                self.kill(pid)  # not reaped yet, so nobody else has the number
                check.code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                del self.running[pid]
                self.finish(check)

    def watch(self) -> None:
        """Stop what has used up its time, memory or output; note who was crowded."""
        crowded = len(self.running) > 1 and self.full()
        usage = memory_by_user() if self.running and self.uid is not None else {}
        for pid, check in self.running.items():
            check.crowded = check.crowded or crowded
            memory, seconds = usage.get(check.seat.uid or 0, 0), time.monotonic() - check.started
            check.ending = check.ending or check.exceeded(memory, seconds)
            if check.ending:
                self.kill(pid)

    def full(self) -> bool:
        """Tell whether a folder that checks share is so full that neighbours suffer."""
        spaces = map(os.statvfs, [] if self.uid is None else [self.work, TMP])
        return any(
            s.f_bavail < s.f_blocks * CROWDED_BELOW or s.f_ffree < s.f_files * CROWDED_BELOW
            for s in spaces
        )

    def kill(self, pid: int) -> None:
        """Kill the processes of a check that stayed in its group; the sweep gets the others."""
        for kill in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(pid, signal.SIGKILL)

    def finish(self, check: Check) -> None:
        """Clean up behind a check and answer."""
        seconds, seat = time.monotonic() - check.started, check.seat
        full, oom = self.full(), oom_kills() > check.oom
        leftovers = [seat.folder]
        if seat.uid is not None:
            leftovers += [path for path in TMP.iterdir() if owner(path) == seat.uid]
        clean = sweep(seat, leftovers) and not (seat.uid and left_ipc(seat.uid))
        for name, end in check.pipes.items():
            while check.pump(name):
                pass
            with contextlib.suppress(KeyError):
                self.selector.unregister(end)
            os.close(end)
        for other in self.running.values():
            other.crowded = other.crowded or oom or full
        if check.code == -signal.SIGXCPU:
            check.ending = check.ending or "timeout"
        late = check.exceeded(0, seconds)  # the sweep's time is not the check's
        answer(
            {
                "id": check.job.id,
                "ending": check.ending or late or ("memory" if oom else "exited"),
                "code": check.code,
                "output": check.output.text(),
                "records": check.records(),
                "seconds": seconds,
                "crowded": check.crowded or (bool(self.running) and (oom or full)),
                "clean": clean,
            }
        )


def answer(value: object) -> None:
    """Write one frame."""
    data = json.dumps(value).encode()
    data = struct.pack(">I", len(data)) + data
    while data:
        data = data[os.write(1, data) :]


def versions() -> dict[str, str]:
    """Return the versions of the tools that are here."""
    from importlib.metadata import PackageNotFoundError, version

    found = {"python": sys.version.split()[0]}
    for name in ("pytest", "mypy", "ruff", "bandit", "radon"):
        with contextlib.suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def undumpable() -> None:
    """Keep this process's memory from everybody but the kernel, where that can be asked for."""
    with contextlib.suppress(Exception):
        import ctypes

        ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)


def main(options: str) -> None:
    """Serve with options as JSON."""
    undumpable()
    supervisor = Supervisor(json.loads(options))
    answer({"hello": versions()})
    supervisor.serve()
