"""A key that a workflow sets to nothing, because the repository has no such secret."""

from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.desk import CONFIG


@pytest.mark.slow
def test_a_vendors_key_that_is_empty_is_not_set(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = CONFIG.replace("scripted/echo", "anthropic/claude-sonnet-4-6")
    (desk / "evalci.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "")

    code = run_cli(["run"])

    assert "needs the environment variable ANTHROPIC_API_KEY" in capsys.readouterr().err
    assert code == 3
