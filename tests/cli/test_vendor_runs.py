"""Money and answers over several runs: the cache, the budget, kills, two processes, secrets."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from evalci.cli import run_cli
from tests.cli.desk import run_json
from tests.cli.vendor_desk import (
    CACHE,
    LOG,
    measured,
    requests_of,
    scores_of,
    texts_below,
    trials_of,
    write_vendor_desk,
)
from tests.vendor_replies import (
    EMPTY,
    GOOD,
    SERVER_ERROR,
    TOO_MANY,
    Received,
    Reply,
    every,
    in_turn,
)
from tests.vendor_server import VendorServer, serving

KEY = "q9Zr7LmX2vKd8TfWb4"
CENT = "price: {input_per_mtok: 0, output_per_mtok: 1000}, params: {max_tokens: 10}"
PATIENCE_S = 120


@pytest.fixture(scope="module")
def shared_server() -> Iterator[VendorServer]:
    with serving() as server:
        yield server


@pytest.fixture
def server(
    shared_server: VendorServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> VendorServer:
    """Return the server without a script, with a desk that asks it as the working directory."""
    shared_server.start_over()
    write_vendor_desk(tmp_path, shared_server)
    monkeypatch.chdir(tmp_path)
    return shared_server


def edit_config(old: str, new: str) -> None:
    place = Path("evalci.yaml")
    text = place.read_text(encoding="utf-8")
    assert old in text
    place.write_text(text.replace(old, new), encoding="utf-8")


def priced() -> None:
    """Let every answer cost a cent."""
    edit_config("main: {id: openai/stand-in,", f"main: {{id: openai/stand-in, {CENT},")


# The cache


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


def test_a_run_that_is_answered_from_the_cache_needs_no_key(
    server: VendorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit_config("api_base:", "api_key_env: TEAM_KEY, api_base:")
    monkeypatch.setenv("TEAM_KEY", KEY)
    run_cli(["run"])
    monkeypatch.delenv("TEAM_KEY")

    assert run_cli(["run"]) == 0


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


# The budget


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param((), id="a good vendor"),
        pytest.param((TOO_MANY, SERVER_ERROR, EMPTY), id="a vendor that fails"),
    ],
)
def test_a_cap_in_dollars_holds_to_the_call(
    server: VendorServer, capsys: pytest.CaptureFixture[str], faults: tuple[Reply, ...]
) -> None:
    write_vendor_desk(Path.cwd(), server, cases=80, more="budget: {usd: 0.50}")
    edit_config("concurrency: 8", "concurrency: 32")
    priced()
    script = every(5, *faults) if faults else lambda _: GOOD
    replies: list[Reply] = []

    def counted(received: Received) -> Reply:
        reply = script(received)
        replies.append(reply)
        return reply

    server.start_over(counted)

    code = run_cli(["run"])

    # An empty answer is billed like any other.
    assert sum(reply.status == 200 for reply in replies) == 50
    assert code == 4
    assert "the budget of $0.50 leaves no room for another call" in capsys.readouterr().out
    assert run_json()["budget"] == {"reached": True, "usd": 0.5}
    assert len(server.received) == requests_of(measured())


def test_a_budget_that_was_reached_keeps_what_it_paid_for(server: VendorServer) -> None:
    priced()
    write = Path("evalci.yaml").read_text(encoding="utf-8")
    Path("evalci.yaml").write_text(write + "budget: {calls: 12}\n", encoding="utf-8")
    run_cli(["run"])
    edit_config("budget: {calls: 12}", "budget: {calls: 20}")

    code = run_cli(["run"])

    assert code == 0
    assert len(server.received) == 20


def test_a_rerun_does_not_forget_what_failed_calls_may_have_cost(server: VendorServer) -> None:
    write_vendor_desk(Path.cwd(), server, more="budget: {usd: 0.08}")
    priced()
    server.start_over(in_turn(EMPTY, EMPTY, EMPTY))
    run_cli(["run"])
    sent = len(server.received)

    code = run_cli(["run"])

    assert (sent, len(server.received)) == (8, 8)
    assert code == 4


@pytest.mark.slow
def test_a_rerun_does_not_forget_what_was_in_flight_at_a_kill(server: VendorServer) -> None:
    write_vendor_desk(Path.cwd(), server, cases=40, more="budget: {usd: 0.50}")
    priced()
    server.start_over(lambda _: Reply(delay_s=0.2))
    for moment in (15, 30):
        assert kill_when(server, moment)

    code = run_cli(["run"])

    killed_before_sending = booked_calls() - len(server.received)
    assert code == 4
    assert booked_calls() == 50
    assert 0 <= killed_before_sending <= 2 * 8


def test_a_model_without_a_price_is_refused_under_a_cap_in_dollars(
    server: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    write_vendor_desk(Path.cwd(), server, more="budget: {usd: 0.50}")

    code = run_cli(["run"])

    assert (code, server.received) == (3, [])
    assert "nobody knows the price of `openai/stand-in`" in capsys.readouterr().err


def test_a_model_without_a_price_may_be_allowed(server: VendorServer) -> None:
    write_vendor_desk(Path.cwd(), server, more="budget: {usd: 0.50, unpriced: allow}")

    assert run_cli(["run"]) == 0


# Kills


def booked_calls() -> int:
    """Return how many calls the log has booked; a call is booked before it is sent."""
    lines = Path(LOG).read_text(encoding="utf-8").splitlines()
    return sum(json.loads(line).get("booked", {}).get("calls", 0) for line in lines)


def start_run(*arguments: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "evalci", "run", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


def kill_when(server: VendorServer, count: int, *arguments: str) -> bool:
    """Start a run and kill it once the server has seen so many requests; tell whether it lived."""
    process, end = start_run(*arguments), time.monotonic() + PATIENCE_S
    while process.poll() is None and len(server.received) < count:
        assert time.monotonic() < end
        time.sleep(0.002)
    alive = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait(PATIENCE_S)
    return alive


def test_a_killed_run_goes_on_where_it_was(server: VendorServer) -> None:
    write_vendor_desk(Path.cwd(), server, cases=50)
    server.start_over(lambda _: Reply(delay_s=0.05))

    assert kill_when(server, 40, "--no-cache")
    code = run_cli(["run", "--no-cache"])

    in_flight = 8
    assert code == 0
    assert len(server.received) <= 100 + in_flight
    assert scores_of(measured()) == {(f"case-{n}", t): 1.0 for n in range(50) for t in range(2)}


def test_a_run_that_was_killed_while_it_scored_asks_nothing_again(server: VendorServer) -> None:
    run_cli(["run", "--no-cache"])
    lines = Path(LOG).read_text(encoding="utf-8").splitlines(keepends=True)
    answers = [line for line in lines if not line.startswith(('{"trial"', '{"finished"'))]
    Path(LOG).write_text("".join(answers), encoding="utf-8")
    server.start_over()

    code = run_cli(["run", "--no-cache"])

    assert (code, server.received) == (0, [])
    assert set(scores_of(measured()).values()) == {1.0}
    assert requests_of(measured()) == 20


@pytest.mark.slow
def test_twenty_kills_cost_no_more_than_what_was_in_flight(server: VendorServer) -> None:
    write_vendor_desk(Path.cwd(), server, cases=100)
    server.start_over(lambda _: Reply(delay_s=0.05))
    draw, kills = Random(7), 0  # noqa: S311  # no secret

    for _ in range(20):
        # So few that no run comes to its end before the last one.
        moment = len(server.received) + draw.randrange(1, 16)
        kills += kill_when(server, moment, "--no-cache")
    code = run_cli(["run", "--no-cache"])

    assert code == 0
    assert kills == 20
    assert len(server.received) <= 200 + 8 * kills
    assert scores_of(measured()) == {(f"case-{n}", t): 1.0 for n in range(100) for t in range(2)}


# Two processes, and secrets


@pytest.mark.slow
def test_two_runs_at_once_share_a_cache_and_lose_no_answer(server: VendorServer) -> None:
    server.start_over(lambda _: Reply(delay_s=0.05))
    both = [start_run(), start_run()]

    codes = [process.wait(PATIENCE_S) for process in both]
    server.start_over()
    again = run_cli(["run"])

    assert [*codes, again] == [0, 0, 0]
    assert server.received == []
    assert set(scores_of(measured()).values()) == {1.0}


def test_a_key_in_environment_prompt_and_answer_is_in_no_file_and_no_stream(
    server: VendorServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TEAM_API_KEY", KEY)
    edit_config("api_base:", "api_key_env: TEAM_API_KEY, api_base:")
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
