"""What holds for every test: no network but the loopback, no engine silently missing."""

import ipaddress
import os
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.engines import require

# Neither how fast a machine is decides a test, nor chance, nor what an earlier run left there.
settings.register_profile(
    "evalci",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("evalci")

# What the tests themselves read.
OURS = {"EVALCI_REQUIRE", "EVALCI_REGOLD", "EVALCI_SHOTS"}


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Ask for the engines that a test is marked with."""
    require(item)


def _is_loopback(address: object) -> bool:
    """Tell whether an address of `connect` stays on this machine; a path is a local socket."""
    if not isinstance(address, tuple):
        return True
    host = str(address[0]).partition("%")[0]
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in {"", "localhost"}


def _guarded(connect: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, address: object) -> Any:
        if not _is_loopback(address):
            raise RuntimeError(f"a test reached for the network: {address}")
        return connect(self, address)

    return guarded


@pytest.fixture(autouse=True)
def _no_network() -> Iterator[None]:
    """Shut the network except loopback; the one place that patches anything."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
        yield


@pytest.fixture(autouse=True)
def _no_runner(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget that the tests themselves may run in Actions, or with options in the environment."""
    for name in list(os.environ):
        if name.startswith(("GITHUB_", "EVALCI_")) and name not in OURS:
            monkeypatch.delenv(name)
