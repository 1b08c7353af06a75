"""`evalci run --shard`: what one machine of many measures, and that it has no verdict."""

from pathlib import Path

import pytest

from evalci.cli import run_cli
from evalci.errors import ExitCode
from tests.cli.desk import run_json, trial_counts
from tests.cli.shards import desk, last_line, run_shards, shards

__all__ = ["desk"]


def test_a_shard_confirms_its_own_must_pass_cases(desk: Path) -> None:
    run_shards(3)

    run_cli(["merge", *shards(3)])

    counts = trial_counts(run_json())
    assert (counts["triage-red"], counts["triage-blue"], counts["reply-red"]) == (5, 4, 0)
    assert run_json()["verdict"]["must_pass"][0]["confirmed"] is True


def test_a_shard_takes_as_many_trials_as_it_is_told(desk: Path) -> None:
    run_shards(2, "--trials", "2", "--match", "task_type=triage")

    run_cli(["merge", "--no-gate", *shards(2)])

    assert trial_counts(run_json())["triage-blue"] == 2


def test_a_shard_says_that_it_has_no_verdict(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run_cli(["run", "--shard", "2/3"])

    out = capsys.readouterr().out
    assert code == ExitCode.OK
    assert out.startswith("⚫ evalci: shard 2 of 3, no verdict before the shards are merged\n")
    assert "To proceed: join all 3 shards: evalci merge" in out
    assert run_json("desk.main.2-of-3")["shard"]["index"] == 2


def test_the_gate_has_no_verdict_on_a_shard(desk: Path) -> None:
    run_cli(["run", "--shard", "2/3"])

    assert run_cli(["gate"]) == ExitCode.NOT_MEASURED


def test_a_shard_is_no_baseline(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_cli(["run", "--shard", "1/2", "--all"])

    code = run_cli(["baseline", "accept", "--reason", "half"])

    assert code == ExitCode.BAD_INPUT
    assert "shard 1 of 2; join the shards with `evalci merge` first" in last_line(capsys)


@pytest.mark.slow
def test_there_may_be_more_shards_than_cases(desk: Path) -> None:
    codes = run_shards(14)

    merge = run_cli(["merge", *shards(14)])

    assert (set(codes), merge) == ({ExitCode.OK}, ExitCode.GATE_FAILED)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        pytest.param(["--shard", "0/4"], "write i/n", id="no shard 0"),
        pytest.param(["--shard", "5/4"], "write i/n", id="beyond the last"),
        pytest.param(["--shard", "2"], "write i/n", id="no total"),
        pytest.param(["--shard", "1/257"], "at most 256", id="too many"),
        pytest.param(["--shard", "1/2", "--record"], "--shard excludes", id="recording"),
        pytest.param(["--shard", "1/2", "--last-failed"], "--shard excludes", id="last failed"),
    ],
)
def test_a_wrong_shard_is_refused(
    desk: Path, capsys: pytest.CaptureFixture[str], options: list[str], words: str
) -> None:
    code = run_cli(["run", *options])

    assert code == ExitCode.USAGE
    assert words in last_line(capsys)


def test_an_empty_variable_is_no_shard(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVALCI_SHARD", "")

    assert run_cli(["run"]) == ExitCode.GATE_FAILED
