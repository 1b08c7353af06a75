"""What `evalci` prints for a GitHub runner: groups, remarks, and nothing that orders it about."""

from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.desk import BROKEN, CASES, write_desk
from tests.edges.runner_desk import commands_in


@pytest.fixture
def in_actions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the test like a step of a workflow."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")


@pytest.mark.usefixtures("in_actions")
def test_a_report_is_a_group_whose_title_has_the_verdict(
    accepted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (accepted / "prompts/triage.md").write_text(BROKEN)

    code = run_cli(["run"])

    lines = capsys.readouterr().out.splitlines()
    title = "::group::desk with main: 🔴 this change makes triage worse (blocking)"
    assert code == 1
    assert lines[0] == title
    assert lines[-2] == "::endgroup::"
    assert lines[-1].startswith("::error file=prompts/triage.md,line=1,endLine=1,title=evalci%3A ")
    assert "To proceed: " in "\n".join(lines[1:-2])


@pytest.mark.usefixtures("in_actions")
def test_a_good_verdict_has_a_group_and_no_remark(
    accepted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(["run", "--all"]) == 0

    out = capsys.readouterr().out
    assert [line.partition(" ")[0] for line in commands_in(out)] == [
        "::group::desk",
        "::endgroup::",
    ]


def test_at_home_there_are_no_commands(accepted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (accepted / "prompts/triage.md").write_text(BROKEN)

    run_cli(["run"])

    assert "::" not in capsys.readouterr().out


@pytest.mark.usefixtures("in_actions")
def test_an_answer_cannot_order_the_runner_about(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    order = "::add-mask::x ##[stop-commands]z"
    cases = CASES.replace(": billing", f': "{order}"')
    write_desk(desk, {"golden/desk/cases.yaml": cases})
    run_cli(["run", "--all"])
    run_cli(["baseline", "accept", "--reason", "first"])
    (desk / "prompts/triage.md").write_text(BROKEN)
    run_cli(["run"])

    for command in ("report", "gate"):
        run_cli([command])

    printed = capsys.readouterr()
    names = {line.split("::")[1].split(" ")[0] for line in commands_in(printed.out)}
    assert "stop-commands" in printed.out
    assert names == {"group", "endgroup", "error"}
    assert commands_in(printed.err) == []
    assert "##[" not in printed.out


@pytest.mark.usefixtures("in_actions")
@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["::error::x"], id="a command"),
        pytest.param(["run", "--case", "::error::x\n::error::y"], id="a case"),
        pytest.param(["run", "--config", "x\n::error::y"], id="a path"),
        pytest.param(["run", "--match", "\r::error::x"], id="a selection"),
        pytest.param(["gate", "a\n##[error]x"], id="a run"),
    ],
)
def test_no_error_line_is_a_command(
    desk: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert run_cli(arguments) != 0

    printed = capsys.readouterr()
    assert printed.err
    assert commands_in(printed.err) == commands_in(printed.out) == []


@pytest.mark.usefixtures("in_actions")
def test_a_broken_file_cannot_order_the_runner_about(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk / "evalci.yaml").write_text('version: 1\n"::error::x\\n::error::y": ##[error]\n')

    assert run_cli(["run"]) == 3

    assert commands_in(capsys.readouterr().err) == []
