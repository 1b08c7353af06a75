"""Keys, addresses, and results that a change brings along: the base says what they may do."""

from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.based_desk import Propose, desk, listed, propose
from tests.cli.desk import HARMLESS, run_json
from tests.cli.history import STRICT, change, check_out_merge, commit, git
from tests.inputs import make_files

__all__ = ["desk", "propose"]


def with_models(models: str, *, run: str = "main") -> str:
    return STRICT.replace("main: {id: scripted/echo}", models).replace(
        "model: main", f"model: {run}"
    )


def test_a_key_that_a_change_sends_elsewhere_stays_where_it_was(propose: Propose) -> None:
    evil = "main: {id: scripted/echo, api_base: 'https://evil.example', api_key_env: A_KEY}"
    propose({"evalci.yaml": with_models(evil), "prompts/triage.md": HARMLESS})

    code = run_cli(["run"])

    assert code == 0
    assert listed(run_json()) == {
        "models.main.api_base": ("", "https://evil.example"),
        "models.main.api_key_env": ("", "A_KEY"),
    }


def test_a_new_model_with_a_key_of_its_own_is_merged_first(
    propose: Propose, capsys: pytest.CaptureFixture[str]
) -> None:
    new = "main: {id: scripted/echo}\n  rag: {id: command/rag, command: [rag], env: [A_KEY]}"
    propose({"evalci.yaml": with_models(new, run="rag")})

    code = run_cli(["run"])

    assert code == 3
    assert "merge the model config first" in capsys.readouterr().err


def test_at_a_terminal_addresses_are_ones_own(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = "main: {id: scripted/echo, api_base: 'http://localhost:1'}"
    change(desk, {"evalci.yaml": with_models(mine), "prompts/triage.md": HARMLESS})

    code = run_cli(["run"])

    assert code == 0
    assert "policy_changes" not in run_json()


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(".evalci/runs/desk.main/log.jsonl", id="a log of trials"),
        pytest.param(".evalci/private/desk.main/log.jsonl", id="a log of private trials"),
    ],
)
def test_results_that_a_change_brings_along_are_refused(
    desk: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    path: str,
) -> None:
    base = git("rev-parse", "HEAD")
    git("switch", "--quiet", "--create", "feature")
    make_files(desk, {path: "{}\n"})
    git("add", "--force", path)
    head = commit("a good result")
    check_out_merge(monkeypatch, tmp_path / "event.json", base=base, head=head)

    code = run_cli(["run"])

    assert code == 3
    assert "git tracks the log of trials" in capsys.readouterr().err
