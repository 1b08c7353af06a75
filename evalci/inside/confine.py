"""Users, folders and limits of one check, and the sweep behind it; all in forked processes.

Two users serve a check. The *keeper* owns the folders and the files that may not change: in a
sticky folder nobody else can rename or delete them. The *runner* owns the rest and runs the code.
"""

import contextlib
import os
import resource
import shutil
import signal
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

_PLACES = map(Path, ("/tmp", "/dev/shm", "/dev/mqueue"))  # noqa: S108  # the container's own
SHARED = tuple(place for place in _PLACES if place.is_dir())
PAUSE_S = 0.005
PAUSES = 400  # for the kernel to end what was killed


@dataclass(frozen=True)
class Job:
    """A check as it was sent; ``files`` are [path, text, protected], ``task`` is for the runner."""

    id: int
    files: Sequence[tuple[str, str, bool]]
    argv: Sequence[str]
    workdir: str
    seconds: float
    memory: int
    processes: int
    file_bytes: int
    output: int
    task: object = None


@dataclass(frozen=True)
class Seat:
    """Where a check runs and as whom; without ``uid``, as the user that is there."""

    place: Path
    uid: int | None

    @property
    def folder(self) -> Path:
        """Return the work folder, which a check cannot leave, nor look out of."""
        return self.place / "w"

    @property
    def keeper(self) -> int:
        """Return the user, and the group of both, that own what may not change."""
        return (self.uid or 0) + 1


def take_seat(seat: Seat, job: Job) -> None:
    """Turn this forked process into the user of a check, in its folder, with its files."""
    kept = [(name, text) for name, text, protected in job.files if protected]
    own = [(name, text) for name, text, protected in job.files if not protected]
    _as_keeper(seat)
    _make_folder(seat.folder)
    for name in [name for name, _ in (*kept, *own)] + [".tmp/x", f"{job.workdir}/x"]:
        _make_parents(seat.folder, name)
    _write(seat.folder, kept)
    if seat.uid is not None:
        os.seteuid(0)
        seat.place.chmod(0o710)
        os.setresuid(seat.uid, seat.uid, seat.uid)
    _write(seat.folder, own)
    os.chdir(seat.folder / job.workdir)


def _as_keeper(seat: Seat) -> None:
    if seat.uid is None:
        seat.place.mkdir(mode=0o700)
        return
    os.setgroups([])
    os.setresgid(seat.keeper, seat.keeper, seat.keeper)
    seat.place.mkdir()
    seat.place.chmod(0o770)
    os.seteuid(seat.keeper)


def _make_folder(place: Path) -> None:
    """Make a folder in which the group may write, but not touch what others own."""
    with contextlib.suppress(FileExistsError):
        place.mkdir()
        place.chmod(0o1770)


def _make_parents(folder: Path, name: str) -> None:
    for parent in reversed(Path(name).parents):
        _make_folder(folder / parent)


def _write(folder: Path, files: Iterable[tuple[str, str]]) -> None:
    for name, text in files:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        with os.fdopen(os.open(folder / name, flags, 0o644), "wb") as stream:
            stream.write(text.encode("utf-8", "surrogatepass"))


def limit(job: Job, *, shared_user: bool) -> None:
    """Set what each process of a check may use; a shared user's process count says nothing."""
    limits = {
        # of all threads together; the supervisor watches the clock, this is for when it is gone
        resource.RLIMIT_CPU: int(job.seconds * (os.cpu_count() or 1)) + 2,
        resource.RLIMIT_FSIZE: job.file_bytes,
        resource.RLIMIT_DATA: job.memory,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 1024,
    }
    if not shared_user:
        limits[resource.RLIMIT_NPROC] = job.processes
    for name, value in limits.items():
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(name, (value, value))
    with contextlib.suppress(OSError):  # the kernel takes a check before it takes the supervisor
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def share_folders() -> None:
    """Let every check make files in the shared folders, but not see which others are there."""
    for place in SHARED:
        place.chmod(0o1733)


def _left_by(uid: int, folders: Iterable[tuple[Path, int | Path]]) -> list[Path]:
    """Return what a user owns in some folders, each with what it can be listed by."""
    found = [
        place / name
        for place, by in folders
        for name in os.listdir(by)  # noqa: PTH208  # it may be a descriptor
    ]
    return [place for place in found if _owner(place) == uid]


def _owner(place: Path) -> int:
    """Return who owns a path, without following a link; -1 when it is gone."""
    try:
        return place.lstat().st_uid
    except OSError:
        return -1


def sweep(seat: Seat) -> bool:
    """Kill what a check left running, remove what it left lying about; tell whether that worked."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            _sweep(seat)
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    for place in (seat.folder, seat.place):
        with contextlib.suppress(OSError):
            place.rmdir()
    left = [] if seat.uid is None else _left_by(seat.uid, zip(SHARED, SHARED, strict=True))
    return status == 0 and not left and not os.path.lexists(seat.place)


def _sweep(seat: Seat) -> None:
    if seat.uid is None:
        _remove(seat.folder)
        return
    # Opened by who may list them, listed when nobody is there any more to add something.
    shared = [(place, os.open(place, os.O_RDONLY)) for place in SHARED]
    _kill_all(seat, seat.uid)
    for place in (seat.folder, *_left_by(seat.uid, shared)):
        _remove(place)
    os.seteuid(seat.keeper)
    _remove(seat.folder)


def _kill_all(seat: Seat, uid: int) -> None:
    """Kill every process of a check at once, and wait until there is none any more.

    The killer's real user is the keeper, so that nothing of the check can kill it first, and
    ``kill(-1)`` from its effective user reaches all of them, however fast they fork.
    """
    os.setgroups([])
    os.setresgid(seat.keeper, seat.keeper, seat.keeper)
    os.setresuid(seat.keeper, uid, seat.keeper)
    for _ in range(PAUSES):
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        try:
            os.getpriority(os.PRIO_USER, uid)
        except ProcessLookupError:
            return
        time.sleep(PAUSE_S)
    raise TimeoutError


def _remove(place: Path) -> None:
    """Remove what this user can of a tree in which nobody moves any more; follow no link."""
    if place.is_symlink() or not place.is_dir():
        with contextlib.suppress(OSError):
            place.unlink()
        return
    with contextlib.suppress(OSError):
        place.chmod(0o1770)
    for folder, names, _ in os.walk(place):
        for name in names:
            inner = Path(folder, name)
            if not inner.is_symlink():
                with contextlib.suppress(OSError):
                    inner.chmod(0o1770)
    shutil.rmtree(place, ignore_errors=True)
