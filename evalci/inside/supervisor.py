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

from evalci.inside.checks import CHUNK, Check, Clock
from evalci.inside.confine import SHARED, Job, Seat, limit, share_folders, sweep, take_seat
from evalci.inside.usage import left_ipc, memory_by_user, oom_kills

TICK_S = 0.05
CROWDED_BELOW = 0.1  # less free space than this share of the work folder may hit the neighbours
SEARCHED = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
VERDICT = 3  # the file descriptor of the verdict channel


class Supervisor:
    """Runs up to ``slots`` checks at a time until stdin ends."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        """Listen to stdin and to the ends of children; take the folders of the container."""
        self.slots, self.work = int(options["slots"]), Path(options["work"])
        self.uid: int | None = options["uid"]
        self.runner, self.names = str(options["runner"]), str(options["names"])
        self.waiting: list[Job] = []
        self.running: dict[int, Check] = {}
        self.buffer, self.open = b"", True
        self.clock = Clock(time.monotonic())
        self.selector = selectors.DefaultSelector()
        self.selector.register(0, selectors.EVENT_READ, self.read_frames)
        self._listen_to_children()
        if self.uid is not None:
            self.work.chmod(0o711)
            share_folders()

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
            sweep(check.seat)

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
        seat = Seat(self.work / secrets.token_hex(8), self.uid)
        check = Check(job, seat, self.clock.look(time.monotonic()))
        for each in (check, *self.running.values()):
            each.company = each.company or bool(self.running)
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
                told = {"token": check.token, "task": job.task, "names": self.names}
                stream.write(marshal.dumps(told))

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
                _, status, used = os.wait4(pid, 0)
                check.code = os.waitstatus_to_exitcode(status)
                check.busy = used.ru_utime + used.ru_stime
                del self.running[pid]
                self.finish(check)

    def watch(self) -> None:
        """Stop what has used up its time, memory or output; note who was crowded."""
        now, crowded = self.clock.look(time.monotonic()), len(self.running) > 1 and self.full()
        usage = memory_by_user() if self.running and self.uid is not None else {}
        for pid, check in self.running.items():
            check.crowded = check.crowded or crowded
            memory = usage.get(check.seat.uid or 0, 0)
            check.ending = check.ending or check.exceeded(memory, now - check.started)
            if check.ending:
                self.kill(pid)

    def full(self) -> bool:
        """Tell whether a folder that checks share is so full that neighbours suffer."""
        spaces = map(os.statvfs, [] if self.uid is None else [self.work, *SHARED])
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
        seconds = self.clock.look(time.monotonic()) - check.started
        full, uid = self.full(), check.seat.uid
        clean = sweep(check.seat) and not (uid and left_ipc(uid))
        self.clock.skip(time.monotonic())
        oom = oom_kills() > check.oom
        for other in self.running.values():
            other.crowded = other.crowded or oom or full
        self.hear_out(check)
        late = check.exceeded(0, seconds)  # the sweep's time is not the check's
        if check.code == -signal.SIGXCPU:
            late = "timeout"
        check.ending = check.ending or late or ("memory" if oom else "exited")
        answer(
            {
                "id": check.job.id,
                "ending": check.ending,
                "code": check.code,
                "output": check.output.text(),
                "records": check.records(),
                "seconds": seconds,
                "crowded": check.crowded or check.starved or (bool(self.running) and (oom or full)),
                "clean": clean,
            }
        )

    def hear_out(self, check: Check) -> None:
        """Read what is left in the pipes of a check that has ended.

        It may have handed them on to a neighbour that writes without end.
        """
        for name, end in check.pipes.items():
            while not check.exceeded(0, 0) and check.pump(name):
                pass
            with contextlib.suppress(KeyError):
                self.selector.unregister(end)
            os.close(end)


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
