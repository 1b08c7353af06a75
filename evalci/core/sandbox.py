"""What a sandbox is asked to run, and what it says of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath

from evalci.core.json_value import JsonObject

DEFAULT_IMAGE = "default"
LOCAL = "local: not isolated"
_PROGRAM = re.compile(r"\s*([\w.+-]*[\w+-])(?=\s|$)")


class Engine(StrEnum):
    """What runs the checks; ``local`` is a plain child process, and only ever chosen by name."""

    DOCKER = "docker"
    LOCAL = "local"


class Isolation(StrEnum):
    """Whether a check may share its container with others, each as a user of its own."""

    SHARED = "shared"
    CONTAINER = "container"


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxPolicy:
    """The `sandbox` section: engine, image, and what one check may use."""

    engine: Engine = Engine.DOCKER
    image: str = DEFAULT_IMAGE
    memory_mb: int = 512
    cpus: float = 1.0
    timeout_s: float = 30.0
    work_mb: int = 256
    processes: int = 64
    output_mb: int = 8


DEFAULT_SANDBOX = SandboxPolicy()


def parse_sandbox(data: JsonObject) -> SandboxPolicy:
    """Return the `sandbox` section, which a schema has checked already."""
    default = DEFAULT_SANDBOX
    return SandboxPolicy(
        engine=Engine(str(data.get("engine", default.engine))),
        image=str(data.get("image", default.image)),
        memory_mb=int(_number(data, "memory_mb", default.memory_mb)),
        cpus=_number(data, "cpus", default.cpus),
        timeout_s=_number(data, "timeout_s", default.timeout_s),
        work_mb=int(_number(data, "work_mb", default.work_mb)),
        processes=int(_number(data, "processes", default.processes)),
        output_mb=int(_number(data, "output_mb", default.output_mb)),
    )


def _number(data: JsonObject, key: str, default: float) -> float:
    value = data.get(key)
    return float(value) if isinstance(value, (int, float)) else default


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A text file by its path in the work folder; a ``protected`` one cannot be changed there."""

    path: str
    text: str
    protected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One command in a work folder of its own.

    Either ``command``, or a ``task`` for the runner of tested Python code, which reports over a
    channel of its own. ``timeout_s`` None means the policy's.
    """

    files: tuple[SourceFile, ...]
    command: tuple[str, ...] = ()
    task: JsonObject = field(default_factory=dict)
    image: str = DEFAULT_IMAGE
    workdir: str = "."
    timeout_s: float | None = None
    isolation: Isolation = Isolation.SHARED

    @property
    def program(self) -> str:
        """Return the program of the image that the command begins with, empty for a path."""
        shell = self.command[:2] == ("sh", "-c")
        found = _PROGRAM.match(self.command[2] if shell else "".join(self.command[:1]))
        return found.group(1) if found else ""


def misfit(files: Sequence[SourceFile], *, workdir: str = ".") -> str:
    """Return why files cannot stand in one folder, empty when they can.

    A path may stand there once, and not be a file as well as a folder.
    """
    taken = [f"{workdir}/.", ".tmp/.", *(file.path for file in files)]
    folders = {str(parent) for path in taken for parent in PurePosixPath(path).parents}
    folders |= {str(PurePosixPath(workdir)), ".tmp"}
    seen = set[str]()
    for file in files:
        if file.path in folders:
            return f"{file.path[:80]!r} is a file and a folder"
        if file.path in seen:
            return f"{file.path[:80]!r} is there twice"
        seen.add(file.path)
    return ""


class Ending(StrEnum):
    """How a check ended; every one but the first is the failure of the code that ran."""

    EXITED = "exited"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    OUTPUT = "output"
    KILLED = "killed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """How a check ended, what it printed, and the records of its runner."""

    ending: Ending
    code: int
    output: str
    records: tuple[JsonObject, ...] = ()
    seconds: float = 0.0
    limit_s: float = 0.0

    @property
    def trouble(self) -> str:
        """Return why the code was stopped, empty when it came to an end by itself."""
        match self.ending:
            case Ending.EXITED:
                return ""
            case Ending.TIMEOUT:
                return f"timed out after {self.limit_s:g} s"
            case Ending.MEMORY:
                return "ran out of memory"
            case Ending.OUTPUT:
                return "printed without end"
            case Ending.KILLED:
                return "killed its own sandbox"
