"""Which variables each step of the action hands to the process that it starts."""

import json
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

START = Path(__file__).parent.parent.parent / ".github" / "action" / "start.py"
STEPS = ("install", "command", "sandbox", "run", "merge", "publish", "gate")


@pytest.fixture(scope="module")
def may_see() -> Callable[[str, str, str], bool]:
    """Return the rule."""
    rule: Callable[[str, str, str], bool] = runpy.run_path(str(START))["may_see"]
    return rule


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        pytest.param("PATH", "/bin", STEPS, id="where programs are"),
        pytest.param("GITHUB_OUTPUT", "/tmp/o", STEPS, id="a file of the runner"),  # noqa: S108  # only a name
        pytest.param("RUNNER_TEMP", "/tmp", STEPS, id="a folder of the runner"),  # noqa: S108  # only a name
        pytest.param("EVALCI_CONFIG", "evalci.yaml", STEPS, id="an option"),
        pytest.param("https_proxy", "http://p:1", STEPS, id="the proxy"),
        pytest.param("NO_PROXY", "localhost", STEPS, id="what needs no proxy"),
        pytest.param("SSL_CERT_FILE", "/ca.pem", STEPS, id="a certificate"),
        pytest.param("LC_ALL", "C", STEPS, id="a locale"),
        pytest.param(
            "PIP_INDEX_URL", "https://u:p@i", ("install", "sandbox", "run"), id="a package index"
        ),
        pytest.param("DOCKER_HOST", "tcp://e:1", ("sandbox", "run"), id="where the engine is"),
        pytest.param("DOCKER_AUTH_CONFIG", "{}", ("run",), id="the keys of a registry"),
        pytest.param("PIP_TARGET", "/usr", ("run",), id="another place for packages"),
        pytest.param("ANTHROPIC_API_KEY", "sk-1", ("run",), id="a model key"),
        pytest.param("GITHUB_API_KEY", "ghp_1", ("run",), id="the key of GitHub's models"),
        pytest.param("AWS_SESSION_TOKEN", "x", ("run",), id="a token of a cloud"),
        pytest.param("EVALCI_MODEL_KEY", "k", ("run",), id="a key named like an option"),
        pytest.param("GITHUB_APP_PRIVATE_KEY", "k", ("run",), id="a key named like the runner's"),
        pytest.param("PYTHONPATH", "src", ("run",), id="a path that only models of ours need"),
        pytest.param("GITHUB_TOKEN", "ghs_1", ("command", "publish"), id="the token"),
        pytest.param("GITHUB_TOKEN", "anything", ("command", "publish"), id="another form of it"),
        pytest.param("GH_TOKEN", "x", (), id="the token of gh"),
        pytest.param("GITHUB_ENTERPRISE_TOKEN", "x", (), id="a token of a server"),
        pytest.param("RELEASES", "github_pat_1", (), id="a personal token under another name"),
        pytest.param("EVALCI_REASON", "ghp_1", (), id="a personal token under a known name"),
    ],
)
def test_who_sees_a_variable(
    may_see: Callable[[str, str, str], bool], name: str, value: str, expected: tuple[str, ...]
) -> None:
    assert tuple(step for step in STEPS if may_see(step, name, value)) == expected


def test_the_module_starts_with_that_environment_and_in_isolation(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('imported from the checkout')\n")
    env = {"PATH": "/bin", "KEY": "secret", "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-I", str(START), "gate", "json.tool", "--compact"]

    done = subprocess.run(
        command,
        input='{"a": 1}',
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr, json.loads(done.stdout)) == (0, "", {"a": 1})
