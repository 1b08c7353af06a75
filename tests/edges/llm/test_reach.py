"""Whether anybody listens at an address, and addresses at which nobody can."""

import socket

import pytest

from evalci.edges.llm.reach import require_listener
from evalci.errors import BadInputError, StopRunError
from tests.ports import nobody


def test_somebody_who_listens_is_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        require_listener(f"http://127.0.0.1:{port}/v1")


@pytest.mark.slow
def test_nobody_who_listens_ends_the_run() -> None:
    with nobody() as base, pytest.raises(StopRunError, match=rf"reach {base}: .*refused"):
        require_listener(base)


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("http://", id="no host"),
        pytest.param("https:///v1", id="a path alone"),
        pytest.param("http://[::1", id="half an address"),
        pytest.param("http://host:99999/v1", id="no such port"),
        pytest.param("http://a..b/v1", id="an empty label"),
        pytest.param(f"http://{'a' * 70}.example", id="too long a label"),
    ],
)
def test_what_is_no_address_is_bad_input(address: str) -> None:
    with pytest.raises(BadInputError, match="no address with a valid host and port"):
        require_listener(address)
