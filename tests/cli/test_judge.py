"""A judged run from the command line: who may judge, what is judged, and by which yardstick."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.desk import run_json
from tests.cli.judge_desk import (
    is_judged,
    judge_requests,
    judge_scores,
    said,
    server,
    write_judge_desk,
)
from tests.signatures import SIGNATURES, TELLING
from tests.vendor_replies import GOOD, Received, Reply, Script
from tests.vendor_server import VendorServer

__all__ = ["server"]


def test_each_answer_is_judged_by_every_criterion_as_often_as_told(server: VendorServer) -> None:
    write_judge_desk(Path(), server)

    assert run_cli(["run"]) == 0

    scores = judge_scores(run_json())
    (rubric,) = run_json()["rubrics"].items()
    assert [score["value"] for score in scores] == [1.0, 1.0]
    assert rubric[0] == scores[0]["judge"]["rubric"]
    assert [one["text"] for one in rubric[1]] == ["The answer is right.", "The answer is short."]
    assert [c["id"] for c in scores[0]["criteria"]] == ["right", "short"]
    assert scores[0]["criteria"][0]["evidence"] == "first answer"
    assert scores[0]["judge"]["model"] == "openai/judge-1"
    assert len(judge_requests(server)) == 2 * 2 * 2


def test_a_judge_of_the_models_own_family_is_refused_with_the_line(
    server: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    write_judge_desk(Path(), server, family="claude")

    assert run_cli(["run"]) == 3

    line = capsys.readouterr().err.splitlines()[-1]
    assert line.startswith("evalci: evalci.yaml:8: judge `judge` and model `main` are both of the")
    assert server.received == []


def test_a_team_with_one_vendor_gets_a_line_in_the_report(
    server: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    one = "judge: {model: judge, cross_family: warn}"
    write_judge_desk(Path(), server, family="claude", judge=one)

    assert run_cli(["run"]) == 0

    assert "is of the model's own family" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        pytest.param({"judge": ""}, "needs a `judge:` section in evalci.yaml", id="no section"),
        pytest.param(
            {"judge": "judge: {model: judge, repeats: 1}"},
            "decides alone, and one reply does not tell how noisy it is",
            id="a single reply decides alone",
        ),
        pytest.param(
            {"scorers": "{judge: {rubric: rubrics/no.yaml}}"},
            "golden/desk/cases.yaml:1: `defaults.scorers.judge.rubric`: no such file",
            id="no such rubric",
        ),
        pytest.param(
            {"scorers": "{judge: {rubric: revue}}"}, "did you mean `review`", id="a near miss"
        ),
        pytest.param({"scorers": "{judge: {}}"}, "nothing to judge", id="no criteria"),
    ],
)
def test_what_cannot_be_judged_is_refused_before_any_call(
    changes: dict[str, str], line: str, server: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    write_judge_desk(Path(), server, **changes)  # type: ignore[arg-type]  # texts only

    assert run_cli(["run"]) == 3

    assert line in capsys.readouterr().err
    assert server.received == []


def test_no_judge_reads_who_wrote_the_answers(server: VendorServer) -> None:
    write_judge_desk(Path(), server, cases=tuple(line.replace("\n", " ") for line in SIGNATURES))

    assert run_cli(["run"]) == 0

    texts = [json.dumps(request.body["messages"]).casefold() for request in judge_requests(server)]
    assert len(texts) == len(SIGNATURES) * 4
    assert [name for name in TELLING for text in texts if name in text] == []


def test_another_version_of_the_judge_says_nothing_about_the_prompt(server: VendorServer) -> None:
    def version(name: str, score: int) -> Script:
        def script(received: Received) -> Reply:
            if not is_judged(received):
                return GOOD
            return replace(said(received, score), version=name)

        return script

    server.start_over(version("A", 2))
    write_judge_desk(Path(), server, cases=tuple(f"answer {n}" for n in range(6)))
    run_cli(["run", "--all"])
    run_cli(["baseline", "accept", "--reason", "the first baseline"])
    Path("prompts/reply.md").write_text("Now. Reply with exactly: {{ q }}\n")
    server.start_over(version("B", 1))

    assert run_cli(["run"]) == 0

    report = Path(".evalci/runs/desk.main/report.md").read_text()
    assert "judge moved `judge-1-A` → `judge-1-B`" in report
    assert {case["standing"] for case in run_json()["cases"]} == {"rescored"}


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        pytest.param("golden/desk/rubrics/desk.yaml", "is right", "is quite right", id="rubric"),
        pytest.param("evalci.yaml", "openai/judge-1", "openai/judge-2", id="judge"),
        pytest.param("evalci.yaml", "{model: judge}", "{model: judge, repeats: 3}", id="repeats"),
    ],
)
def test_another_yardstick_is_not_held_against_the_baseline(
    path: str, old: str, new: str, server: VendorServer
) -> None:
    write_judge_desk(Path(), server, more="gate: {mode: threshold}")
    run_cli(["run", "--all"])
    run_cli(["baseline", "accept", "--reason", "first"])
    place = Path(path)
    place.write_text(place.read_text().replace(old, new))

    run_cli(["run"])

    assert {case["standing"] for case in run_json()["cases"]} == {"rescored"}


def test_a_reply_that_no_file_can_hold_breaks_neither_this_run_nor_the_next(
    server: VendorServer,
) -> None:
    odd = r'{"evidence": "first answer", "reason": "bad \ud800", "score": 2}'
    server.start_over(lambda r: Reply(text=odd) if is_judged(r) else GOOD)
    write_judge_desk(Path(), server, cases=("first answer",))

    assert [run_cli(["run"]), run_cli(["run"])] == [0, 0]

    assert judge_scores(run_json())[0]["criteria"][0]["reason"] == "bad ?"
