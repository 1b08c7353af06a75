"""Starts a Python module with the environment of one step of the action: no secret but its own."""

import os
import re
import sys

# What every step may see: where the runner keeps things, and how to reach the network.
_COMMON = re.compile(
    r"CI|PATH|HOME|LANG|LC_\w+|TZ|TMPDIR|(GITHUB|RUNNER|EVALCI)_\w+"
    r"|(?i:(https?|all|no)_proxy)|SSL_CERT_(FILE|DIR)|(REQUESTS|CURL)_CA_BUNDLE"
)
_PIP = re.compile(
    r"PIP_(INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|CERT|CLIENT_CERT|TRUSTED_HOST|PROXY|CONFIG_FILE)"
)
_ENGINE = re.compile(r"DOCKER_(HOST|TLS_VERIFY|CERT_PATH|CONTEXT|CONFIG)")
_OWN = {"install": (_PIP,), "sandbox": (_PIP, _ENGINE)}
_SECRET = re.compile(r"TOKEN|SECRET|PASSW|CREDENTIAL|(^|_)(PAT|API_?KEY|KEY)(_|$)")
_GITHUB_TOKEN = re.compile(r"(GITHUB|GH)_(ENTERPRISE_)?(TOKEN|PAT)")
_TOKEN_VALUE = re.compile(r"gh[opsur]_|github_pat_")


def may_see(step: str, name: str, value: str) -> bool:
    """Tell whether a step may see a variable: model keys only `run`, the token only who talks."""
    if name == "GITHUB_TOKEN":
        return step in {"command", "publish"}
    if step == "run" and name.endswith("_API_KEY"):
        return True  # GitHub's own models take a token of GitHub as their key
    if _TOKEN_VALUE.match(value):
        return False
    if step == "run":
        return not _GITHUB_TOKEN.fullmatch(name)
    if any(known.fullmatch(name) for known in _OWN.get(step, ())):
        return True
    return bool(_COMMON.fullmatch(name)) and not _SECRET.search(name)


def main(step: str, module: str, *arguments: str) -> None:
    """Become the module, deaf to `PYTHONPATH` and to the folder that it starts in."""
    seen = {name: value for name, value in os.environ.items() if may_see(step, name, value)}
    os.execve(sys.executable, [sys.executable, "-I", "-m", module, *arguments], seen)  # noqa: S606  # no shell


if __name__ == "__main__":
    main(*sys.argv[1:])
