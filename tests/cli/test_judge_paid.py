"""What a judge costs: its calls stand apart, and no reply that is kept is paid for again."""

import json
from pathlib import Path

import jsonschema
import pytest

from evalci.cli import run_cli
from evalci.schemas import load_schema
from tests.cli.desk import run_json
from tests.cli.judge_desk import (
    is_judged,
    judge_requests,
    judge_scores,
    judging,
    question,
    said,
    server,
    write_judge_desk,
)
from tests.vendor_replies import BAD_KEY, GOOD, Received, Reply
from tests.vendor_server import VendorServer

__all__ = ["server"]

RECORDINGS = Path("golden/desk/recordings/main.jsonl")


def test_the_judges_calls_cost_and_failures_stand_apart(
    server: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    def half_of_it(received: Received) -> Reply:
        return Reply(text="a 2") if ": short" in question(received) else said(received, 2)

    server.start_over(lambda r: half_of_it(r) if is_judged(r) else GOOD)
    write_judge_desk(Path(), server, scorers="{contains: {text: answer}, judge: {weight: 0}}")
    criteria = "criteria: [{id: right, text: right}, {id: short, text: short}], "
    cases = Path("golden/desk/cases.yaml")
    cases.write_text(cases.read_text().replace("{id: case", "{" + criteria + "id: case"))

    assert run_cli(["run"]) == 0

    out = " ".join(capsys.readouterr().out.split())
    assert "2 live calls" in out
    assert "$0.14 (judge $0.12, 12 calls)" in out
    assert "cost: $0.02 for 2 calls" in out
    assert "judge openai/judge-1 (answered as judge-1-2026-01-01): $0.12 for 12 calls" in out
    assert "replies of the judge without a score, or failed calls: 8; 2 answers" in out
    run_cli(["report", "--format", "json"])
    report = json.loads(capsys.readouterr().out)
    assert (report["calls"], report["cost_usd"]) == (2, 0.02)
    assert report["judge"]["spend"]["calls"] == 12
    assert (report["judge"]["unusable_replies"], report["judge"]["unscored"]) == (8, 2)
    jsonschema.validate(report, load_schema("report"))


def test_a_judge_without_a_price_is_refused_before_anything_is_paid(
    server: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    write_judge_desk(Path(), server, more="budget: {usd: 5}")
    head, judge, rest = Path("evalci.yaml").read_text(encoding="utf-8").partition("  judge: {id")
    price = ", price: {input_per_mtok: 0, output_per_mtok: 1000}"
    Path("evalci.yaml").write_text(head + judge + rest.replace(price, "", 1), encoding="utf-8")

    code = run_cli(["run"])

    assert (code, server.received) == (3, [])
    assert "nobody knows the price of `openai/judge-1`" in capsys.readouterr().err


def test_the_budget_pays_for_the_judge_as_well(server: VendorServer) -> None:
    write_judge_desk(Path(), server, more="budget: {calls: 7}")

    assert run_cli(["run"]) == 4

    assert len(server.received) == 7
    assert "the budget of 7 calls" in run_json()["stopped"]


def test_a_run_that_broke_off_pays_no_reply_of_a_judge_twice(server: VendorServer) -> None:
    def until_the_sixth(received: Received) -> Reply:
        if is_judged(received) and len(judge_requests(server)) > 6:
            return BAD_KEY
        return judging()(received)

    server.start_over(until_the_sixth)
    write_judge_desk(Path(), server, more="cache: {dir: .evalci/unused}")
    assert run_cli(["run", "--no-cache"]) == 4
    good = [r.prompt + str(r.number) for r in judge_requests(server)][:6]
    server.start_over(judging())

    assert run_cli(["run", "--no-cache"]) == 0

    assert len(good) == 6
    assert len(judge_requests(server)) == 8 - 6
    assert len(server.received) == 2
    spend = [score["judge"]["spend"]["calls"] for score in judge_scores(run_json())]
    assert sum(spend) == 8


def test_a_second_run_is_answered_from_the_cache(server: VendorServer) -> None:
    write_judge_desk(Path(), server)
    run_cli(["run"])
    server.start_over(judging(0))

    assert run_cli(["run"]) == 0

    assert server.received == []
    assert judge_scores(run_json())[0]["judge"]["spend"] == {"cached": 4}


@pytest.mark.parametrize("options", [["--all"], []], ids=["everything", "what is unscored"])
def test_a_judge_that_was_broken_once_is_asked_anew(
    options: list[str], server: VendorServer
) -> None:
    write_judge_desk(Path(), server)
    run_cli(["run", "--all"])
    run_cli(["baseline", "accept", "--reason", "the first baseline"])
    Path("prompts/reply.md").write_text("Now. Reply with exactly: {{ q }}\n")
    server.start_over(lambda r: Reply(text="nope") if is_judged(r) else GOOD)
    assert run_cli(["run", *options]) == 4
    server.start_over(judging())

    assert run_cli(["run", *options]) == 0

    assert [score["value"] for score in judge_scores(run_json())] == [1.0, 1.0]
    assert len(judge_requests(server)) == len(server.received) == 8


def test_a_reply_that_was_mended_by_asking_again_is_kept_with_the_first(
    server: VendorServer,
) -> None:
    def first_never(received: Received) -> Reply:
        return said(received, 2) if len(received.body["messages"]) > 2 else Reply(text="nope")

    server.start_over(lambda r: first_never(r) if is_judged(r) else GOOD)
    write_judge_desk(Path(), server, cases=("first answer",))
    run_cli(["run"])
    server.start_over(judging(0))

    assert run_cli(["run"]) == 0

    assert server.received == []


def test_a_recorded_run_is_replayed_with_its_judge(server: VendorServer) -> None:
    write_judge_desk(Path(), server)
    run_cli(["run"])
    assert run_cli(["run", "--record"]) == 0
    recorded = judge_scores(run_json())
    server.start_over(judging(0))

    assert run_cli(["run", "--replay"]) == 0

    assert server.received == []
    assert [s["value"] for s in judge_scores(run_json())] == [s["value"] for s in recorded]
    assert len(RECORDINGS.read_text().splitlines()) == 2 + 8


def test_the_replies_about_a_dropped_request_leave_the_recordings(server: VendorServer) -> None:
    write_judge_desk(Path(), server)
    run_cli(["run", "--record"])
    Path("prompts/reply.md").write_text("Now. Reply with exactly: {{ q }}\n")

    run_cli(["run", "--record"])

    assert len(RECORDINGS.read_text().splitlines()) == 2 + 8


def test_plan_counts_the_judges_calls_apart(
    server: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    write_judge_desk(Path(), server)

    assert run_cli(["plan", "--json"]) == 0

    (plan,) = json.loads(capsys.readouterr().out)["golden_sets"]
    assert plan["calls"]["least"] == 2
    assert plan["judge_calls"]["least"] == 8
    run_cli(["plan"])
    assert "judge calls" in capsys.readouterr().out
    assert server.received == []
