"""The key of a model: not needed for kept answers, unset where it is empty, and in no file."""

import json
from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.desk import CONFIG, amend
from tests.cli.vendor_desk import measured, server, texts_below
from tests.vendor_server import VendorServer

__all__ = ["server"]

KEY = "q9Zr7LmX2vKd8TfWb4"


def test_a_run_that_is_answered_from_the_cache_needs_no_key(
    server: VendorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    amend("evalci.yaml", "api_base:", "api_key_env: TEAM_KEY, api_base:")
    monkeypatch.setenv("TEAM_KEY", KEY)
    run_cli(["run"])
    monkeypatch.delenv("TEAM_KEY")

    assert run_cli(["run"]) == 0


def test_a_key_in_environment_prompt_and_answer_is_in_no_file_and_no_stream(
    server: VendorServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TEAM_API_KEY", KEY)
    amend("evalci.yaml", "api_base:", "api_key_env: TEAM_API_KEY, api_base:")
    prompt = Path("prompts/reply.md")
    prompt.write_text(f"Reply with exactly: {KEY} {{{{ q }}}}\n", encoding="utf-8")

    run_cli(["run"])
    run_cli(["cache", "stats"])

    prompt.unlink()
    streams = capsys.readouterr()
    leaks = [place for place, data in texts_below(Path.cwd()).items() if KEY.encode() in data]
    assert leaks == []
    assert KEY not in streams.out + streams.err
    assert "[redacted] word 1" in json.dumps(measured())


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
