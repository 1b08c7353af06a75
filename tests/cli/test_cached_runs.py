"""A run whose answers are kept: what it asks again, what it costs, whose answers it believes."""

import json
import subprocess
from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.vendor_desk import CACHE, measured, priced, scores_of, server, trials_of
from tests.vendor_server import VendorServer

__all__ = ["server"]


def test_a_second_run_asks_nobody_and_comes_to_the_same(
    server: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    run_cli(["run"])
    first = scores_of(measured())
    server.start_over()

    code = run_cli(["run"])

    assert (code, server.received) == (0, [])
    assert scores_of(measured()) == first
    assert all(trial["output"]["cached"] for trial in trials_of(measured()))
    assert "0 live calls, 20 cached" in capsys.readouterr().out


def test_a_hit_has_no_latency_and_costs_nothing_now(
    server: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    priced()
    run_cli(["run"])
    run_cli(["run"])
    capsys.readouterr()

    run_cli(["report", "--format", "json"])

    report = json.loads(capsys.readouterr().out)
    assert (report["calls"], report["cached"], report["cost_usd"]) == (0, 20, 0.0)
    assert all("latency_s" not in trial["output"] for trial in trials_of(measured()))


def test_trials_of_one_case_are_draws_of_their_own(server: VendorServer) -> None:
    run_cli(["run"])

    assert len(server.received) == 20
    assert all("cached" not in trial["output"] for trial in trials_of(measured()))


@pytest.mark.parametrize("way", ["option", "variable"])
def test_without_the_cache_everything_is_asked_and_nothing_kept(
    server: VendorServer, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    run_cli(["run"])
    before = Path(CACHE).read_bytes()
    server.start_over()
    if way == "variable":
        monkeypatch.setenv("EVALCI_NO_CACHE", "1")

    run_cli(["run", "--no-cache"] if way == "option" else ["run"])

    assert len(server.received) == 20
    assert Path(CACHE).read_bytes() == before


def test_a_damaged_cache_is_one_warning(
    server: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(CACHE).parent.mkdir(parents=True)
    Path(CACHE).write_bytes(b"this is no database" * 100)

    code = run_cli(["run"])

    assert code == 0
    assert capsys.readouterr().err.count("the cache was damaged") == 1
    assert len(list(Path(CACHE).parent.glob("answers.sqlite.damaged-*"))) == 1


def test_answers_that_came_with_the_repository_are_not_believed(
    server: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    run_cli(["run"])
    for arguments in (["init", "-q"], ["add", "-f", CACHE]):
        subprocess.run(["git", *arguments], check=True)
    server.start_over()

    code = run_cli(["run"])

    assert code == 0
    assert len(server.received) == 20
    assert "git tracks files in `.evalci/cache`" in capsys.readouterr().err


def test_what_is_kept_can_be_seen_and_dropped(
    server: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    priced()
    run_cli(["run"])
    capsys.readouterr()

    codes = [
        run_cli(["cache", "stats"]),
        run_cli(["cache", "prune"]),
        run_cli(["cache", "prune", "--max-mb", "0"]),
    ]

    said = capsys.readouterr().out
    assert codes == [0, 0, 0]
    assert "20 answers" in said
    assert "bought for $0.20" in said
    assert "0 answers dropped, 20 kept" in said
    assert "20 answers dropped, 0 kept" in said


def test_a_price_that_nobody_knows_is_no_zero(
    server: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    run_cli(["run"])
    run_cli(["cache", "stats"])

    said = capsys.readouterr().out
    assert "bought for unknown†" in said
    assert "20 live calls · unknown†" in said
