"""`evalci drift` against a model on loopback, and its issue on GitHub."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evalci.cli import run_cli
from evalci.cli.drift_measure import DriftSession
from evalci.cli.drift_run import drift_sets
from evalci.cli.ledger import RunLedger
from evalci.cli.workspace import open_workspace
from evalci.errors import EvalciError
from tests.cli.desk import RUN
from tests.cli.job import Job
from tests.inputs import make_files
from tests.vendor_replies import BAD_KEY, GOOD, RETIRED, Dialect, Received, Reply
from tests.vendor_server import VendorServer
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
    """First weeks of a repository: nothing is in the history yet."""

    def __init__(self, job: Job) -> None:
        """``job`` publishes to the GitHub double."""
        self._job = job

    def week(self) -> int:
        """Do what the weekly workflow does, and return the exit code of the measurement."""
        self._job.begin("schedule")
        Path(PAST).write_text("", encoding="utf-8")
        code = run_cli(["drift", "--past", PAST])
        assert self._job.publish() == 0
        return code

    @property
    def issues(self) -> list[dict[str, Any]]:
        """Return every issue of the repository."""
        return list(self._job.server.repository.issues.values())


def drift_json() -> Any:
    return json.loads(Path(RUN, "drift.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("reply", "advice"),
    [
        pytest.param(RETIRED, "choose another `id` for `main`", id="a retired model"),
        pytest.param(BAD_KEY, "check `api_key_env`", id="an expired key"),
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


def test_what_has_too_many_gaps_is_an_issue_that_names_category_and_cause(
    vendor: VendorServer, job: Job
) -> None:
    calendar = Calendar(job)
    refused = Reply(status=400, message="no such parameter")
    vendor.start_over(lambda received: refused if "triage" in received.prompt else GOOD)

    assert calendar.week() == 4

    body = calendar.issues[0]["body"]
    assert "triage: 10 of 10 trials have no score; most of them: " in body
    assert "no such parameter; run it again when that is over" in body


def test_a_golden_set_that_is_not_measured_keeps_no_other_out_of_the_history(
    vendor: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree("golden/desk", "golden/shop")
    config = Path("evalci.yaml")
    config.write_text(
        config.read_text("utf-8").replace("[golden/desk]", "[golden/shop, golden/desk]"), "utf-8"
    )
    Path(PAST).write_text("", encoding="utf-8")
    assert run_cli(["drift", "--past", PAST]) == 3

    code = run_cli(["history", "add"])

    assert code == 0
    assert "desk with main, run" in capsys.readouterr().out


def test_when_nothing_was_measured_there_is_nothing_to_keep(
    vendor: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    vendor.start_over(lambda _: BAD_KEY)
    Path(PAST).write_text("", encoding="utf-8")
    assert run_cli(["drift", "--past", PAST]) == 4

    assert run_cli(["history", "add"]) == 0
    assert "nothing was measured" in capsys.readouterr().out


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


def test_what_cannot_be_compared_is_no_clean_bill(
    vendor: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = Path("golden/desk/cases.yaml")
    text = cases.read_text(encoding="utf-8")
    cases.write_text(text.replace("{q: ", "{q: edited "), encoding="utf-8")

    code = run_cli(["drift"])

    assert code == 4
    assert "reply: not compared: no case is asked and scored as it was" in capsys.readouterr().err
    assert "error" in drift_json()


def test_a_golden_set_without_a_case_to_match_is_refused_before_anything_is_asked(
    vendor: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    config = Path("evalci.yaml")
    text = config.read_text(encoding="utf-8")
    matching = text.replace("{trials: 2}", "{trials: 2, match: {task_type: repli}}")
    config.write_text(matching, encoding="utf-8")

    code = run_cli(["drift"])

    assert (code, vendor.received) == (3, [])
    assert "no case of desk is what `drift.match` asks for" in capsys.readouterr().err


def test_an_alarm_that_cannot_be_confirmed_says_so_and_is_kept(
    vendor: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    write_drift_desk(Path(), vendor, more=f"budget: {{calls: {2 * 2 * CASES}}}")
    vendor.start_over(broken)

    code = run_cli(["drift"])

    printed = capsys.readouterr().out
    assert (code, len(vendor.received)) == (0, 4 * CASES)
    assert "desk with main drifted: triage" in printed
    assert "not measured twice to be sure: the budget of 20 calls leaves no room" in printed
    assert "kept" in printed


@pytest.mark.slow
def test_an_outage_of_one_category_in_the_second_pass_leaves_what_the_first_one_said(
    vendor: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    def ailing(received: Received) -> Reply:
        late = received.number >= 2 * 2 * CASES and "reply" in received.prompt.split(":")[1]
        return Reply(status=400) if late else broken(received)

    vendor.start_over(ailing)

    code = run_cli(["drift"])

    assert code == 0
    assert "too many trials without a score in reply" in capsys.readouterr().out
    assert [one["now"] for one in drift_json()["categories"]] == [1.0, 0.4]


@pytest.mark.slow
def test_a_history_that_takes_nothing_takes_nothing_back(
    vendor: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Path("history.sqlite")

    def blocking(received: Received) -> Reply:
        store.unlink(missing_ok=True)
        Path("history.sqlite-journal").mkdir(exist_ok=True)
        return broken(received)

    vendor.start_over(blocking)

    code = run_cli(["drift", "--history", f"sqlite:///{store}"])

    assert code == 3
    assert "evalci: desk: history" in capsys.readouterr().err
    assert "shift" in drift_json()["categories"][1]


def test_what_an_attempt_of_another_day_left_is_not_of_this_run(vendor: VendorServer) -> None:
    vendor.start_over(lambda got: Reply(status=401) if got.number >= CASES else NEW)
    workspace = open_workspace(None)
    session = DriftSession(model=workspace.model(None), trials=2, day="2026-01-05")
    with pytest.raises(EvalciError):
        drift_sets(workspace, session, (), RunLedger(workspace.edges.files, drift=True))
    vendor.start_over()

    later = replace(session, day="2026-01-12")
    drift_sets(workspace, later, (), RunLedger(workspace.edges.files, drift=True))

    assert len(vendor.received) == 2 * 2 * CASES


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


def test_what_a_refused_drift_run_found_before_is_not_kept_again(
    vendor: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """The run that was accepted still lies in the folder."""
    Path("baselines/desk.main.json").unlink()
    assert run_cli(["drift"]) == 3
    assert Path(RUN, "run.json").exists()
    capsys.readouterr()

    code = run_cli(["history", "add"])

    assert (code, capsys.readouterr().out.splitlines()) == (
        0,
        [
            "desk with main: not kept: it was not measured",
            "nothing was measured that could be kept",
        ],
    )


def test_what_an_earlier_drift_run_found_is_gone_before_anything_is_asked(
    vendor: VendorServer,
) -> None:
    seen: list[bool] = []

    def watching(received: Received) -> Reply:
        del received
        seen.append(Path(RUN, "drift.json").exists())
        return GOOD

    assert run_cli(["drift"]) == 0
    assert Path(RUN, "drift.json").exists()
    vendor.start_over(watching)

    run_cli(["drift"])

    assert set(seen) == {False}
