"""What a budget that ends a run leaves of its verdict, before and after the first look."""

from collections import Counter
from pathlib import Path

import pytest

from evalci.cli import run_cli
from evalci.errors import ExitCode
from tests.cli.desk import accept_baseline, run_json
from tests.cli.vendor_desk import write_vendor_desk
from tests.vendor_replies import GOOD, Received, Reply, Script
from tests.vendor_server import VendorServer

SIZE = 12
WRONG = Reply(text="wrong")


@pytest.fixture
def server(
    vendor_server: VendorServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> VendorServer:
    """Return a vendor that gets half of one category right, with a baseline and an edit since.

    Undisturbed, the other category is settled after 48 calls, and all after 120.
    """
    write_vendor_desk(tmp_path, vendor_server, cases=2 * SIZE, trials=4)
    monkeypatch.chdir(tmp_path)
    place = Path("golden/desk/cases.yaml")
    entries = place.read_text(encoding="utf-8")
    for number in range(SIZE):
        old = f"case-{number}, task_type: "
        entries = entries.replace(f"{old}reply", f"{old}shaky")
    place.write_text(entries, encoding="utf-8")
    Path("golden/desk/manifest.yaml").write_text(
        f'version: "1.0"\nactive: {2 * SIZE}\ncategories: {{reply: {SIZE}, shaky: {SIZE}}}\n',
        encoding="utf-8",
    )
    vendor_server.start_over(half_right())
    accept_baseline()
    Path("prompts/reply.md").write_text("Think. Reply with exactly: {{ q }}\n", encoding="utf-8")
    vendor_server.start_over(half_right())
    return vendor_server


def half_right() -> Script:
    """Let every second answer to a shaky case be wrong, whatever the order of the calls."""
    asked: Counter[int] = Counter()

    def script(received: Received) -> Reply:
        number = int(received.prompt.split()[-1])
        asked[number] += 1
        return WRONG if number < SIZE and (number + asked[number]) % 2 else GOOD

    return script


def run_with(calls: int) -> int:
    """Run with so many calls allowed; return the exit code."""
    place = Path("evalci.yaml")
    config = place.read_text(encoding="utf-8").partition("budget:")[0]
    place.write_text(f"{config}budget: {{calls: {calls}}}\n", encoding="utf-8")
    return run_cli(["run"])


def outcomes() -> dict[str, str]:
    return {c["name"]: c["outcome"] for c in run_json()["verdict"]["categories"]}


@pytest.mark.slow
def test_before_the_first_look_is_complete_nothing_is_decided(server: VendorServer) -> None:
    code = run_with(calls=2 * SIZE - 1)

    assert len(server.received) == 2 * SIZE - 1
    assert (code, run_json()["verdict"]["outcome"]) == (ExitCode.NOT_MEASURED, "not measured")


def test_later_what_is_settled_stays_so_and_the_rest_is_undecided(
    server: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run_with(calls=60)
    said = " ".join(capsys.readouterr().out.split())

    assert len(server.received) == 60
    assert outcomes() == {"reply": "pass", "shaky": "inconclusive"}
    assert (code, run_json()["verdict"]["outcome"]) == (ExitCode.OK, "inconclusive")
    assert "the run ended early: the budget of 60 calls leaves no room" in said


def test_with_a_larger_budget_the_run_goes_on_to_the_end(server: VendorServer) -> None:
    run_with(calls=60)

    code = run_with(calls=200)

    assert len(server.received) == 120
    assert (code, outcomes()) == (ExitCode.OK, {"reply": "pass", "shaky": "pass"})


@pytest.mark.parametrize(
    ("calls", "code", "verdict"),
    [
        pytest.param(8 * SIZE - 1, ExitCode.NOT_MEASURED, "shard 1 of 3", id="one call too few"),
        pytest.param(8 * SIZE, ExitCode.OK, "", id="just enough"),
    ],
)
@pytest.mark.slow
def test_all_shards_together_keep_the_budget(
    server: VendorServer, calls: int, code: ExitCode, verdict: str
) -> None:
    place = Path("evalci.yaml")
    place.write_text(f"{place.read_text(encoding='utf-8')}budget: {{calls: {calls}}}\n")

    codes = [run_cli(["run", "--shard", f"{n}/3"]) for n in (1, 2, 3)]
    run_cli(["merge", "--no-gate", ".evalci/runs"])

    assert len(server.received) == calls
    assert max(codes) == code
    assert run_json().get("stopped", "").startswith(verdict)
