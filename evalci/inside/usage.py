"""What checks use up: the kernel's kills for memory, resident bytes by user, kept output."""

import contextlib
import os
from pathlib import Path

KEPT = 1 << 16  # of an output, so much of the beginning and of the end
OOM_FILES = ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control")
IPC_FILES = ("/proc/sysvipc/shm", "/proc/sysvipc/sem", "/proc/sysvipc/msg")


class Tail:
    """The beginning and the end of a stream, and how long it was."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.head, self.tail, self.size = b"", b"", 0

    def add(self, data: bytes) -> None:
        """Take what came."""
        self.size += len(data)
        room = KEPT - len(self.head)
        self.head += data[:room]
        self.tail = (self.tail + data[room:])[-KEPT:]

    def text(self) -> str:
        """Return what was kept, with a mark where something is missing."""
        gap = self.size - len(self.head) - len(self.tail)
        middle = b"\n[%d bytes left out]\n" % gap if gap else b""
        return (self.head + middle + self.tail).decode("utf-8", "replace")


def oom_kills() -> int:
    """Return how often the kernel has killed in this container for want of memory."""
    for name in OOM_FILES:
        with contextlib.suppress(OSError, ValueError):
            for line in Path(name).read_text(encoding="ascii").splitlines():
                if line.startswith("oom_kill "):
                    return int(line.split()[1])
    return 0


def memory_by_user() -> dict[int, int]:
    """Return the bytes in memory of all living processes by real user, without what files hold.

    Memory that processes share counts once a user, as the most that one of them has of it.
    """
    private, shared = dict[int, int](), dict[int, int]()
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with contextlib.suppress(OSError, KeyError):  # gone, or dead and without memory
                status = _status(Path(entry.path, "status"))
                uid = status[b"Uid"]
                private[uid] = private.get(uid, 0) + (status[b"RssAnon"] << 10)
                shared[uid] = max(shared.get(uid, 0), status[b"RssShmem"] << 10)
    return {uid: size + shared[uid] for uid, size in private.items()}


def _status(file: Path) -> dict[bytes, int]:
    """Return the first number of each field of a process's status; a name there is any bytes."""
    fields = (line.split(maxsplit=2) for line in file.read_bytes().splitlines())
    return {
        field[0][:-1]: int(field[1]) for field in fields if len(field) > 1 and field[1].isdigit()
    }


def left_ipc(uid: int) -> bool:
    """Tell whether a user left System V memory, semaphores or queues, which only it can remove."""
    for name in IPC_FILES:
        with contextlib.suppress(OSError):
            for line in Path(name).read_text(encoding="ascii").splitlines()[1:]:
                if str(uid) in line.split():
                    return True
    return False
