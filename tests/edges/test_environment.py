"""Keys by name, values to keep secret, and the proxy."""

import pytest

from evalci.edges.environment import behind_proxy, required_key, secret_values, variable
from evalci.errors import BadInputError
from tests.calls import make_model

PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVALCI_TEST_EMPTY", "")
    monkeypatch.setenv("EVALCI_TEST_FULL", "value")
    monkeypatch.delenv("EVALCI_TEST_GONE", raising=False)

    found = [variable(f"EVALCI_TEST_{name}") for name in ("EMPTY", "FULL", "GONE")]

    assert found == [None, "value", None]


def test_the_key_of_a_model_is_read_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEAM_KEY", "value-of-the-key")

    assert required_key(make_model(api_key_env="TEAM_KEY")) == "value-of-the-key"


def test_a_key_that_was_pasted_with_a_line_break_is_none_the_worse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TEAM_KEY", "value-of-the-key\r\n")

    assert required_key(make_model(api_key_env="TEAM_KEY")) == "value-of-the-key"


def test_a_model_that_names_no_variable_has_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "value-of-the-key")

    assert required_key(make_model()) is None


@pytest.mark.parametrize("value", [None, "", " \n"], ids=["unset", "empty", "white space"])
def test_a_named_key_that_is_not_set_is_bad_input(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("TEAM_KEY", raising=False)
    if value is not None:
        monkeypatch.setenv("TEAM_KEY", value)

    with pytest.raises(BadInputError, match=r"model `main` needs .* TEAM_KEY"):
        required_key(make_model(api_key_env="TEAM_KEY"))


@pytest.mark.parametrize(
    "name",
    [
        "OPENAI_API_KEY",
        "openai_api_key",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AZURE_CLIENT_SECRET",
        "DB_PASSWORD",
        "PASSWORD",
        "TOKEN",
        "GITHUB_TOKEN",
        "SENTRY_DSN",
        "DB_PASS",
        "MYSQL_PWD",
        # Read by litellm 1.106, and named differently.
        "AWS_BEARER_TOKEN_BEDROCK",
        "SNOWFLAKE_JWT",
        "WATSONX_APIKEY",
        "WATSONX_ZENAPIKEY",
    ],
)
def test_a_variable_named_like_a_secret_is_one(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, f"value-of-{name}")

    assert f"value-of-{name}" in secret_values([])


@pytest.mark.parametrize("name", ["EVALCI_TEST_PATH", "KEYBOARD", "TOKENIZERS_PARALLELISM"])
def test_another_variable_is_a_secret_only_when_it_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, f"value-of-{name}")

    assert f"value-of-{name}" not in secret_values([])
    assert f"value-of-{name}" in secret_values([name])


def test_the_password_in_an_address_is_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://app:hunter2-pass@db/app")

    assert "hunter2-pass" in secret_values([])


@pytest.mark.parametrize(
    "address", ["https://example.com/a:b@c", "postgres://app:postgres@db", "http://me@host:8000/"]
)
def test_an_address_without_a_password_hides_nothing(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    before = secret_values([])

    monkeypatch.setenv("DATABASE_URL", address)

    assert secret_values([]) == before


def test_an_empty_secret_hides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "")

    assert "" not in secret_values(["OPENAI_API_KEY"])


@pytest.mark.parametrize("name", PROXIES)
def test_any_usual_proxy_variable_counts(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for proxy in PROXIES:
        monkeypatch.delenv(proxy, raising=False)
    assert not behind_proxy()

    monkeypatch.setenv(name, "http://proxy.example:3128")

    assert behind_proxy()
