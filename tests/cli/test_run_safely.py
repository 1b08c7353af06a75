"""`evalci run` broken off, with keys in its texts, with links in its way, and without a vendor."""

import json
from collections import Counter
from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.desk import (
    CASES,
    CONFIG,
    HARMLESS,
    RUN,
    read,
    run_json,
    trial_counts,
    write,
)
from tests.ports import nobody

KEY = "q9Zr7LmX2vKd8TfWb4"


def answered(line: str, trials: list[str]) -> bool:
    """Tell whether a line of a log holds the answer of one of some trials."""
    places = [json.loads(trial)["trial"] for trial in trials]
    answer = json.loads(line).get("answer")
    return answer is not None and any(
        (answer["case"], answer["trial"]) == (place["case"], place["trial"]) for place in places
    )


@pytest.mark.parametrize(
    "tail",
    [
        pytest.param("", id="between-two-lines"),
        pytest.param('{"trial": {"case": "tri', id="within-a-line"),
    ],
)
def test_a_broken_off_run_is_continued_and_asks_only_the_rest(
    desk: Path, capsys: pytest.CaptureFixture[str], tail: str
) -> None:
    run_cli(["run", "--all"])
    log = desk / RUN / "log.jsonl"
    lines = log.read_text(encoding="utf-8").splitlines(keepends=True)
    done = [line for line in lines if line.startswith('{"trial"')][:8]
    kept = "".join([lines[0], *(line for line in lines if answered(line, done)), *done])
    log.write_text(kept + tail, encoding="utf-8")
    capsys.readouterr()

    code = run_cli(["run", "--all"])

    text = log.read_text(encoding="utf-8")
    assert len(lines) == 1 + 16 + 16 + 1
    assert code == 0
    assert text.startswith(kept)
    assert len(text.splitlines()) == len(lines)
    assert "desk: 8/8 trials" in capsys.readouterr().err
    assert set(trial_counts(run_json()).values()) == {4}
    numbers = {(c["id"], t["trial"]) for c in run_json()["cases"] for t in c["trials"]}
    assert len(numbers) == 16


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"prompts/triage.md": HARMLESS}, id="other-prompt"),
        pytest.param({"evalci.yaml": CONFIG.replace("echo", "other")}, id="other-model"),
        pytest.param(
            {"golden/desk/cases.yaml": CASES.replace("expected: thanks", "expected: Thanks")},
            id="other-expectation",
        ),
    ],
)
def test_a_broken_off_run_of_other_inputs_is_not_continued(
    desk: Path, capsys: pytest.CaptureFixture[str], change: dict[str, str]
) -> None:
    run_cli(["run", "--all"])
    log = desk / RUN / "log.jsonl"
    lines = log.read_text(encoding="utf-8").splitlines(keepends=True)
    log.write_text("".join(lines[:9]), encoding="utf-8")
    capsys.readouterr()
    for path, text in change.items():
        write(path, text)

    run_cli(["run", "--all"])

    said = capsys.readouterr().err
    assert "desk: 16/16 trials" in said
    assert len(log.read_text(encoding="utf-8").splitlines()) == len(lines)


def test_a_finished_run_is_measured_anew(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_cli(["run", "--all"])
    capsys.readouterr()

    run_cli(["run", "--all"])

    assert "desk: 16/16 trials" in capsys.readouterr().err
    assert Counter(line[:8] for line in read(f"{RUN}/log.jsonl").splitlines()) == {
        '{"format': 1,
        '{"answer': 16,
        '{"trial"': 16,
        '{"finish': 1,
    }


def test_a_key_in_prompt_and_answer_reaches_no_file_and_no_stream(
    accepted: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MY_SERVICE_API_KEY", KEY)
    write("prompts/triage.md", f"Reply with exactly: {KEY} {{{{ q }}}}\n")

    code = run_cli(["run", "--record"])
    for kind in ("terminal", "markdown", "json"):
        run_cli(["report", "--format", kind])
    run_cli(["baseline", "accept", "--reason", f"with {KEY}"])
    run_cli(["baseline", "show"])

    streams = capsys.readouterr()
    written = [
        place
        for folder in (".evalci", "baselines", "golden/desk/recordings")
        for place in Path(folder).rglob("*")
        if place.is_file()
    ]
    assert code == 1
    assert {"run.json", "report.md", "log.jsonl", "main.jsonl"} <= {p.name for p in written}
    assert [str(p) for p in written if KEY.encode() in p.read_bytes()] == []
    assert KEY not in streams.out + streams.err
    assert "[redacted] billing" in streams.out


def test_a_key_in_an_error_message_is_masked(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MY_SERVICE_API_KEY", KEY)

    code = run_cli(["run", "--case", KEY])

    err = capsys.readouterr().err
    assert code == 2
    assert KEY not in err
    assert "[redacted]" in err


@pytest.mark.parametrize(
    "link",
    [
        pytest.param(".evalci", id="evalci-folder"),
        pytest.param(".evalci/runs", id="runs-folder"),
        pytest.param(RUN, id="run-folder"),
    ],
)
def test_a_folder_that_links_outside_is_refused(
    desk: Path,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
    link: str,
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    place = desk / link
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(outside, target_is_directory=True)

    code = run_cli(["run"])

    assert code == 3
    assert "outside the repository" in capsys.readouterr().err
    assert list(outside.iterdir()) == []


def test_a_log_that_links_outside_is_refused(
    desk: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path_factory.mktemp("outside") / "precious.txt"
    target.write_text("precious\n", encoding="utf-8")
    (desk / RUN).mkdir(parents=True)
    (desk / RUN / "log.jsonl").symlink_to(target)

    code = run_cli(["run"])

    assert code == 3
    assert "log.jsonl" in capsys.readouterr().err
    assert target.read_text(encoding="utf-8") == "precious\n"


@pytest.mark.parametrize("name", ["run.json", "report.md"])
def test_a_result_file_that_links_outside_is_never_written_through(
    desk: Path, tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    target = tmp_path_factory.mktemp("outside") / "precious.txt"
    target.write_text("precious\n", encoding="utf-8")
    (desk / RUN).mkdir(parents=True)
    (desk / RUN / name).symlink_to(target)

    code = run_cli(["run"])

    assert code == 0
    assert target.read_text(encoding="utf-8") == "precious\n"


@pytest.mark.parametrize("value", [None, ""], ids=["unset", "empty"])
def test_an_unset_key_variable_is_bad_input(
    desk: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    value: str | None,
) -> None:
    model = "{id: openai/echo, api_key_env: NOT_A_VARIABLE_OF_THIS_MACHINE}"
    write("evalci.yaml", CONFIG.replace("{id: scripted/echo}", model))
    if value is not None:
        monkeypatch.setenv("NOT_A_VARIABLE_OF_THIS_MACHINE", value)

    code = run_cli(["run"])

    (line,) = capsys.readouterr().err.splitlines()
    assert code == 3
    assert "NOT_A_VARIABLE_OF_THIS_MACHINE" in line


def test_an_address_where_nobody_listens_is_not_measured(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "")
        monkeypatch.setenv(name.upper(), "")
    monkeypatch.setenv("DESK_SERVER_KEY", "any key at all")
    with nobody() as base:
        model = f"{{id: openai/echo, api_base: '{base}/v1', api_key_env: DESK_SERVER_KEY}}"
        write("evalci.yaml", CONFIG.replace("{id: scripted/echo}", model))

        code = run_cli(["run"])

    streams = capsys.readouterr()
    assert code == 4
    assert len(streams.err.splitlines()) == 1
    assert f"cannot reach {base}/v1" in streams.err
    assert streams.out == ""
