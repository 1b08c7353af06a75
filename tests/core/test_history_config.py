"""Addresses of a history, and what of them nobody may read."""

import pytest

from evalci.core.history_config import passwords_in, without_password


@pytest.mark.parametrize(
    ("url", "shown", "passwords"),
    [
        pytest.param(
            "postgresql://ada:a%40b/c@h/db",
            "postgresql://ada:***@h/db",
            {"a%40b/c", "a@b/c"},
            id="usual",
        ),
        pytest.param(
            "postgresql://h/db?user=ada&sslpassword=x", "postgresql://h/db", {"x"}, id="an option"
        ),
        pytest.param("postgresql://h:5432/db", "postgresql://h:5432/db", set(), id="only a port"),
        pytest.param("sqlite:///a:b@c", "sqlite:///a:b@c", set(), id="a file"),
    ],
)
def test_passwords_of_an_address(url: str, shown: str, passwords: set[str]) -> None:
    assert (without_password(url), set(passwords_in(url))) == (shown, passwords)
