"""`evalci drift` week after week against a model on loopback, and its issue on GitHub."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from evalci.cli import run_cli
from evalci.core.gate import decide
from evalci.core.history import RunRecord, Trigger
from evalci.core.history_file import record_line
from evalci.core.history_record import record_of
from evalci.core.history_trend import Span, period_of
from evalci.core.run_file import parse_run
from evalci.edges.files import json_document
from tests.cli.desk import RUN
from tests.cli.job import Job
from tests.inputs import make_files
from tests.vendor_server import BAD_KEY, RETIRED, Dialect, Received, Reply, VendorServer
from tests.vendor_server import serving as vendor_serving

PAST = "past.jsonl"
CASES = 5
NEW = Reply(version="2026-07-02")


def write_drift_desk(folder: Path, server: VendorServer, *, more: str = "") -> None:
    """Write a golden set of two categories whose right answers the server gives."""
    config = f"""\
version: 1
golden_sets: [golden/desk]
models:
  main: {{id: openai/stand-in, api_base: "{server.base(Dialect.OPENAI)}"}}
run: {{model: main, concurrency: 8, timeout_s: 3}}
baseline: {{trials: 4}}
drift: {{trials: 2}}
{more}
"""
    entries = "".join(
        f"  - {{id: {kind}-{n}, task_type: {kind}, inputs: {{q: {kind} {n}}},"
        f" expected: {kind} {n}}}\n"
        for kind in ("reply", "triage")
        for n in range(CASES)
    )
    make_files(
        folder,
        {
            "evalci.yaml": config,
            "golden/desk/manifest.yaml": (
                f'version: "1.0"\nactive: {2 * CASES}\n'
                f"categories: {{reply: {CASES}, triage: {CASES}}}\n"
            ),
            "golden/desk/cases.yaml": (
                "defaults: {prompt: prompts/p.md, scorers: {exact: {}}}\ncases:\n" + entries
            ),
            "prompts/p.md": "Reply with exactly: {{ q }}\n",
        },
    )


def broken(received: Received) -> Reply:
    """Answer as another version, which gets most of one category wrong."""
    wrong = any(f"triage {n}" in received.prompt for n in range(3))
    return replace(NEW, text="nonsense") if wrong else NEW


@pytest.fixture(scope="module")
def shared_vendor() -> Iterator[VendorServer]:
    with vendor_serving() as running:
        yield running


@pytest.fixture
def vendor(
    shared_vendor: VendorServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> VendorServer:
    """Return a good model, in a repository with an accepted baseline."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    shared_vendor.start_over()
    write_drift_desk(tmp_path, shared_vendor)
    assert run_cli(["run", "--all"]) == 0
    assert run_cli(["baseline", "accept", "--reason", "first"]) == 0
    shared_vendor.start_over()
    return shared_vendor


class Calendar:
    """Weekly scheduled runs; each makes those before it a week older."""

    def __init__(self, job: Job) -> None:
        """``job`` publishes to the GitHub double."""
        self._job = job
        self.records: list[RunRecord] = []

    def week(self) -> int:
        """Do what the weekly workflow does, and return the exit code of the measurement."""
        self._job.begin("schedule", run_id=200 + len(self.records))
        past = "".join(f"{record_line(record)}\n" for record in self.dated())
        Path(PAST).write_text(past, encoding="utf-8")
        code = run_cli(["drift", "--past", PAST])
        assert self._job.publish() == 0
        if code == 0:
            self.records.append(_record())
        return code

    def dated(self) -> list[RunRecord]:
        """Return the records with the days that they would have had."""
        now, count = datetime.now(UTC), len(self.records)
        return [
            replace(record, at=(now - timedelta(weeks=count - place)).isoformat(timespec="seconds"))
            for place, record in enumerate(self.records)
        ]

    @property
    def issues(self) -> list[dict[str, Any]]:
        """Return every issue of the repository."""
        return list(self._job.server.repository.issues.values())


def _record() -> RunRecord:
    run = parse_run(json_document(Path(RUN, "run.json").read_text(encoding="utf-8"), "run.json"))
    return record_of(run, decide(run), trigger=Trigger.SCHEDULE)


def drift_json() -> Any:
    return json.loads(Path(RUN, "drift.json").read_text(encoding="utf-8"))


@pytest.mark.slow
def test_ten_weeks_of_a_model_that_breaks_and_is_repaired(vendor: VendorServer, job: Job) -> None:
    calendar = Calendar(job)
    assert [calendar.week() for _ in range(4)] == [0] * 4
    assert calendar.issues == []
    vendor.start_over(broken)

    assert [calendar.week() for _ in range(3)] == [0] * 3

    (issue,) = calendar.issues
    fallen_on = (datetime.now(UTC) - timedelta(weeks=2)).isoformat()
    assert issue["state"] == "open"
    assert issue["labels"] == [{"name": "evalci-drift"}]
    assert "`triage` −60 pp" in issue["title"]
    assert period_of(fallen_on, Span.WEEK) in issue["title"]
    assert "`reply`" not in issue["title"]
    assert "`stand-in-2026-01-01` → `stand-in-2026-07-02`" in issue["body"]
    assert "unchanged since then: requests, scoring, golden set, model id, evalci" in issue["body"]
    vendor.start_over()

    assert [calendar.week() for _ in range(3)] == [0] * 3

    (issue,) = calendar.issues
    closed_on = datetime.now(UTC).isoformat()
    assert (issue["state"], issue["state_reason"]) == ("closed", "completed")
    assert "`triage` −60 pp" in issue["title"]
    assert f"is back since {period_of(closed_on, Span.WEEK)}" in issue["body"]


@pytest.mark.parametrize(
    ("reply", "advice"),
    [
        pytest.param(RETIRED, "choose another `id` for `main`", id="a retired model"),
        pytest.param(BAD_KEY, "check the vendor's variable", id="an expired key"),
    ],
)
def test_what_could_not_be_measured_is_an_issue_that_says_what_to_do(
    vendor: VendorServer, job: Job, reply: Reply, advice: str
) -> None:
    calendar = Calendar(job)
    vendor.start_over(lambda _: reply)

    code = calendar.week()

    (issue,) = calendar.issues
    assert code == 4
    assert issue["title"] == "evalci: `desk` with `main` could not be measured"
    assert advice in issue["body"]


def test_an_exhausted_budget_is_an_issue_that_closes_once_there_is_money(
    vendor: VendorServer, job: Job
) -> None:
    calendar = Calendar(job)
    write_drift_desk(Path(), vendor, more="budget: {calls: 3}")
    assert calendar.week() == 4
    (issue,) = calendar.issues
    assert "raise `budget`, or measure less" in issue["body"]
    write_drift_desk(Path(), vendor)

    assert calendar.week() == 0

    assert calendar.issues[0]["state"] == "closed"


def test_a_drift_run_joins_the_history_and_asks_anew(vendor: VendorServer) -> None:
    assert run_cli(["drift"]) == 0
    asked = len(vendor.received)

    assert run_cli(["drift"]) == 0

    assert len(vendor.received) == 2 * asked == 4 * 2 * CASES
    assert drift_json()["runs"] == 2


def test_drift_exits_1_only_when_asked_to(
    vendor: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    vendor.start_over(broken)

    codes = run_cli(["drift"]), run_cli(["drift", "--fail"])

    assert codes == (0, 1)
    assert "the model moved in week" in capsys.readouterr().out


def test_without_a_baseline_nothing_is_asked(
    vendor: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("baselines/desk.main.json").unlink()

    code = run_cli(["drift"])

    assert (code, vendor.received) == (3, [])
    assert "evalci baseline accept --reason" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("{", "past.jsonl:1: not valid JSON", id="no JSON"),
        pytest.param('{"format": 9}', "a record of format 9", id="another format"),
    ],
)
def test_a_past_that_cannot_be_read_is_refused_with_its_line(
    accepted: Path, capsys: pytest.CaptureFixture[str], text: str, line: str
) -> None:
    (accepted / PAST).write_text(text, encoding="utf-8")

    code = run_cli(["drift", "--past", PAST])

    assert code == 3
    assert line in capsys.readouterr().err


def test_a_past_that_is_not_there_says_what_writes_it(
    accepted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run_cli(["drift", "--past", PAST])

    assert code == 3
    assert "`evalci history export --cases` writes it" in capsys.readouterr().err
