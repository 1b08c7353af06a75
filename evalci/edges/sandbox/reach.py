"""Finds the container engine and opens a client of it."""

import contextlib
import os
import socket
from typing import TYPE_CHECKING, Any

from evalci.errors import SandboxError

if TYPE_CHECKING:
    from docker import DockerClient

HOW = "install and start Docker, or set DOCKER_HOST; `sandbox: {engine: local}` isolates nothing"


def connect() -> "DockerClient":
    """Return a client of the engine; SandboxError when none answers."""
    import docker
    from docker.errors import DockerException

    client = None
    try:
        address = _address()
        _knock(str(address.get("base_url") or "unix:///var/run/docker.sock"))
        client = docker.DockerClient(**address)
        client.ping()
    except (DockerException, OSError) as exc:
        if client is not None:
            client.close()
        reason = str(exc).splitlines()[0][:160] if str(exc) else type(exc).__name__
        raise SandboxError(f"no container engine answers: {reason}", hint=HOW) from exc
    return client


def _knock(url: str) -> None:
    """Raise OSError when nobody listens at a local socket; the SDK would leave its own open."""
    if url.startswith(("unix://", "http+unix://")):
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(10)
            probe.connect(url.partition("://")[2])


def _address() -> dict[str, Any]:
    """Return where the engine is: the environment's, else that of the current docker context."""
    from docker.context import ContextAPI
    from docker.errors import DockerException
    from docker.utils import kwargs_from_env

    if os.environ.get("DOCKER_HOST"):
        return {**kwargs_from_env(), "timeout": 120}
    with contextlib.suppress(DockerException, OSError, ValueError):
        context = ContextAPI.get_current_context()
        if context is not None and context.Host:
            return {"base_url": context.Host, "tls": context.TLSConfig or False, "timeout": 120}
    return {"timeout": 120}
