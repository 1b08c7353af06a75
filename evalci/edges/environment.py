"""The environment variables of this process: keys by name, and every value to keep secret."""

import os
import re
from collections.abc import Iterable

from evalci.core.model_config import ModelConfig
from evalci.errors import NobodyAnswersError

# The names under which litellm looks for keys, and those that others use, all look like this.
_SECRET_NAME = re.compile(
    r"APIKEY|(^|_)(API_KEY|TOKEN|SECRET|PASSWORD|PASSWD|JWT)(_|$)"
    r"|_(KEY|KEY_ID|CREDENTIALS?|PAT|DSN|AUTH|PASS|PASSPHRASE|PWD)$",
    re.IGNORECASE,
)
_PASSWORD_IN_URL = re.compile(r"[A-Za-z][\w+.-]{0,30}://[^\s/:@]{0,99}:([^\s/@]{1,999})@")


def variable(name: str) -> str | None:
    """Return the value of a variable; an empty one counts as unset."""
    return os.environ.get(name) or None


def without_git_variables() -> dict[str, str]:
    """Return the environment without what would point git at another repository."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}


def required_key(model: ModelConfig) -> str | None:
    """Return the key of a model config, None when it names no variable.

    Raises NobodyAnswersError when the named variable is not set.
    """
    if model.api_key_env is None:
        return None
    key = (variable(model.api_key_env) or "").strip()  # a pasted key may end in a line break
    if not key:
        raise NobodyAnswersError(
            f"model `{model.name}` needs the environment variable {model.api_key_env}",
            hint="set it, or name another in `api_key_env`",
            variable=model.api_key_env,
        )
    return key


def unset_secret(names: Iterable[str]) -> str:
    """Return the first of the names that is one of a secret and not set, empty for none."""
    return next((n for n in names if _SECRET_NAME.search(n) and variable(n) is None), "")


def forget_empty_secrets() -> None:
    """Take variables of secrets that are set to nothing out of the environment.

    A workflow sets one so when the repository lacks the secret; litellm would call that a key.
    """
    for name in [n for n, value in os.environ.items() if not value and _SECRET_NAME.search(n)]:
        del os.environ[name]


def secret_values(names: Iterable[str]) -> list[str]:
    """Return the values of the named variables and of every variable named like a secret.

    So is the password in an address, whatever the variable is called.
    """
    wanted = set(names)
    named = [
        value
        for name, value in os.environ.items()
        if value and (name in wanted or (_SECRET_NAME.search(name) and _looks_random(value)))
    ]
    addresses = [value for value in os.environ.values() if "://" in value]
    passwords = [word for value in addresses for word in _PASSWORD_IN_URL.findall(value)]
    return named + [word for word in passwords if _looks_random(word)]


def _looks_random(value: str) -> bool:
    """Tell a secret from a word: `CACHE_KEY=billing` must not mask "billing" in every report."""
    return len(value) >= 8 and not (value.isalpha() and value.islower())


def behind_proxy() -> bool:
    """Tell whether this process reaches the network through a proxy."""
    names = ("https_proxy", "http_proxy", "all_proxy")
    return any(variable(name) or variable(name.upper()) for name in names)
