"""The container engine: reaching it, its images, and the containers that evalci starts on it."""

import contextlib
import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalci.core.sandbox import SandboxPolicy
from evalci.errors import SandboxError, SandboxHangsError

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.containers import Container

LABEL = "org.evalci.sandbox"
WORK = "/evalci"
SUPERVISOR_MB = 128
SHM_MB = 64  # as Docker's own; a lock of `multiprocessing` takes a page of it
_NO_PROGRAMS = "rw,noexec,nosuid,nodev,mode=1777,nr_inodes=16384"
_PLAIN_USER = 10001
# Unpack what stdin brings, then become the command: no shell stays behind to be fooled.
_UNPACK = f'tar -xf - -C {WORK} && cd "{WORK}/$0" && export HOME={WORK} && exec "$@"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What a container gets of the machine, for so many checks at a time."""

    policy: SandboxPolicy
    slots: int
    machine_cpus: int

    def settings(self) -> dict[str, Any]:
        """Return the settings that every container has, whatever it runs."""
        policy = self.policy
        memory = f"{policy.memory_mb * self.slots + policy.work_mb + SHM_MB + SUPERVISOR_MB}m"
        return {
            "network_mode": "none",
            "read_only": True,
            "mem_limit": memory,
            "memswap_limit": memory,
            "pids_limit": (policy.processes + 4) * self.slots + 16,
            "nano_cpus": int(min(policy.cpus * self.slots, self.machine_cpus) * 1e9),
            "cap_drop": ["ALL"],
            "security_opt": ["no-new-privileges"],
            "ipc_mode": "none",  # else it makes a /dev/shm that limits no number of files
            "init": True,
            "stdin_open": True,
            "use_config_proxy": False,
            "labels": {LABEL: owner_label()},
        }

    def folders(self, *, tmp_mb: int, work: str) -> dict[str, str]:
        """Return the folders in memory that can be written; ``work`` are options of the last."""
        return {
            "/tmp": f"{_NO_PROGRAMS},size={tmp_mb}m",  # noqa: S108  # the container's own
            "/dev/shm": f"{_NO_PROGRAMS},size={SHM_MB}m",  # noqa: S108  # the same
            WORK: f"rw,exec,nosuid,nodev,size={self.policy.work_mb}m,{work}",
        }


def owner_label() -> str:
    """Return who owns the containers that this process starts."""
    return f"{_namespace()}:{os.getpid()}"


def _namespace() -> str:
    """Return in what the number of a process is unique: a container has its own, host name or not.

    Without it, two jobs that share an engine and a host name would remove each other's containers.
    """
    with contextlib.suppress(OSError):
        return f"{socket.gethostname()}:{Path('/proc/self/ns/pid').readlink()}"
    return socket.gethostname()


class ContainerEngine:
    """Starts containers, and removes every one that it started."""

    def __init__(self, client: "DockerClient", policy: SandboxPolicy) -> None:
        """Sweep away what earlier processes of this machine left; SandboxError when it is down."""
        from docker.errors import DockerException

        self._client, self._policy = client, policy
        try:
            self.cpus = int(client.info().get("NCPU") or 1)
            self.slots = max(1, min(4, self.cpus))
            self.sweep()
        except (DockerException, OSError) as exc:
            client.close()
            raise SandboxError(f"the container engine fails: {_line(exc)}") from exc

    def sweep(self) -> int:
        """Remove the containers of processes of this machine that are gone; return how many."""
        from docker.errors import DockerException

        here, swept = _namespace(), 0
        found = self._client.containers.list(  # while others come and go
            all=True, filters={"label": LABEL}, ignore_removed=True
        )
        for container in found:
            name, _, pid = container.labels[LABEL].rpartition(":")
            if name == here and pid.isdecimal() and not _alive(int(pid)):
                with contextlib.suppress(DockerException):
                    container.remove(force=True)
                    swept += 1
        return swept

    def close(self) -> None:
        """Let go of the engine."""
        self._client.close()

    def image_labels(self, image: str) -> Mapping[str, str] | None:
        """Return the labels of an image, None when the engine does not have it."""
        from docker.errors import DockerException, ImageNotFound

        try:
            return self._client.images.get(image).labels
        except ImageNotFound:
            return None
        except (DockerException, OSError) as exc:
            raise SandboxError(f"the container engine fails: {_line(exc)}") from exc

    def pull(self, image: str) -> Iterator[str]:
        """Fetch an image by its digest, yielding progress; SandboxError when that fails."""
        from docker.errors import DockerException

        name, _, digest = image.partition("@")
        try:
            for event in self._client.api.pull(name, digest, stream=True, decode=True):
                if "error" in event:
                    raise SandboxError(f"cannot pull {image}: {event['error']}")
                yield f"{event.get('id', '')} {event.get('status', '')}".strip()
        except (DockerException, OSError) as exc:
            raise SandboxError(f"cannot pull {image}: {_line(exc)}") from exc

    def supervised(self, image: str, command: Sequence[str], *, slots: int) -> "ContainerWire":
        """Start a container with a supervisor in it; SandboxError when the image cannot."""
        share = Share(policy=self._policy, slots=slots, machine_cpus=self.cpus)
        settings = {
            **share.settings(),
            "tmpfs": share.folders(tmp_mb=16, work="nr_inodes=65536"),
            "user": "0:0",
            "cap_add": ["SETUID", "SETGID", "KILL"],
            "auto_remove": True,
        }
        return self._start(image, command, settings)

    def plain(self, image: str, workdir: str, command: Sequence[str]) -> "ContainerWire":
        """Start a container that unpacks stdin and runs one command as a plain user."""
        own = f"uid={_PLAIN_USER},gid={_PLAIN_USER},mode=0755"
        share = Share(policy=self._policy, slots=1, machine_cpus=self.cpus)
        settings = {
            **share.settings(),
            "tmpfs": share.folders(tmp_mb=64, work=own),
            "user": f"{_PLAIN_USER}:{_PLAIN_USER}",
        }
        return self._start(image, ["sh", "-c", _UNPACK, workdir, *command], settings)

    def _start(
        self, image: str, command: Sequence[str], settings: Mapping[str, Any]
    ) -> "ContainerWire":
        from docker.errors import DockerException, ImageNotFound
        from docker.types import LogConfig

        wire = None
        try:
            container = self._client.containers.create(
                image,
                entrypoint=list(command),
                command=[],
                log_config=LogConfig(type="none"),
                **settings,
            )
            wire = ContainerWire(container)
            container.start()
        except ImageNotFound as exc:
            raise SandboxError(f"the engine has no image {image}", hint="see `sandbox`") from exc
        except (DockerException, OSError) as exc:
            if wire is not None:
                wire.close()
            kind = SandboxHangsError if _timed_out(exc) else SandboxError
            raise kind(f"cannot start {image}: {_line(exc)}") from exc
        return wire


class ContainerWire:
    """The stdin and stdout of a container that was created, not started yet."""

    def __init__(self, container: "Container") -> None:
        """Attach before the start, so that nothing it says is missed."""
        self._container = container
        stream = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
        attached = container.attach_socket(params=stream)
        self._socket: Any = getattr(attached, "_sock", attached)
        self._attached = attached
        self._socket.settimeout(None)
        self._said = b""
        self._buffer = b""

    def send(self, data: bytes) -> None:
        """Write to stdin."""
        self._socket.sendall(data)

    def give_up_after(self, seconds: float) -> None:
        """Let what is sent or received fail with OSError when nothing moves for so long."""
        self._socket.settimeout(seconds)

    def end_of_input(self) -> None:
        """Close stdin."""
        self._socket.shutdown(socket.SHUT_WR)

    def receive(self) -> bytes:
        """Return the next piece of stdout, nothing at the end; stderr is kept aside."""
        while True:
            kind, data = self.receive_any()
            if kind != 2 or not data:
                return data
            self._said = (self._said + data)[-2000:]

    def receive_any(self) -> tuple[int, bytes]:
        """Return the next piece of output and its stream: 1 stdout, 2 stderr."""
        header = self._exactly(8)
        if len(header) < 8:
            return 1, b""
        return header[0], self._exactly(int.from_bytes(header[4:], "big"))

    def _exactly(self, size: int) -> bytes:
        while len(self._buffer) < size:
            data = self._socket.recv(1 << 16)
            if not data:
                return b""
            self._buffer += data
        found, self._buffer = self._buffer[:size], self._buffer[size:]
        return found

    def state(self) -> Mapping[str, Any]:
        """Return what the engine says of the container; SandboxError when it says nothing."""
        from docker.errors import DockerException

        try:
            self._container.wait(timeout=30)
            self._container.reload()
        except (DockerException, OSError) as exc:
            raise SandboxError(f"the container engine fails: {_line(exc)}") from exc
        state: Mapping[str, Any] = self._container.attrs["State"]
        return state

    def kill(self) -> None:
        """Kill what runs in the container."""
        from docker.errors import DockerException

        with contextlib.suppress(DockerException, OSError):
            self._container.kill()

    def close(self) -> str:
        """Remove the container and all that runs in it."""
        from docker.errors import DockerException

        with contextlib.suppress(DockerException, OSError):
            self._container.remove(force=True)
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        for stream in (self._attached, self._socket, getattr(self._attached, "_response", None)):
            with contextlib.suppress(OSError, ValueError):
                if stream is not None:
                    stream.close()
        return self._said.decode("utf-8", "replace").strip()[-300:]


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _timed_out(exc: Exception) -> bool:
    from requests.exceptions import Timeout

    return isinstance(exc, Timeout)


def _line(exc: BaseException) -> str:
    text = getattr(exc, "explanation", None) or str(exc)
    return str(text).strip().splitlines()[0][:300]
