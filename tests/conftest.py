"""What holds for every test: no network but the loopback, no engine silently missing."""

import ipaddress
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.engines import require


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
def _no_runner(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the GitHub runner of our own CI: what tests print and write is not for it."""
    for name in ("GITHUB_ACTIONS", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def _no_network() -> Iterator[None]:
    """Shut the network except loopback; the one place that patches anything."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
        yield
