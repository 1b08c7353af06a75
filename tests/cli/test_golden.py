"""`evalci golden`: checks without a call, and a manifest that is put in step."""

from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.desk import CASES, CONFIG, MANIFEST, SHOP, write_desk

MANIFEST_PATH = "golden/desk/manifest.yaml"
CASES_PATH = "golden/desk/cases.yaml"
ONE_MORE = """\
  - id: triage-3
    task_type: triage
    prompt: prompts/triage.md
    inputs: {q: refund}
    expected: refund
"""


def test_lint_of_a_good_golden_set_says_what_it_found(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run_cli(["golden", "lint"])

    streams = capsys.readouterr()
    assert code == 0
    assert streams.out == "golden/desk: 4 cases in reply, triage: all good\n"
    assert streams.err == ""
    assert not (desk / ".evalci").exists()


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        pytest.param(
            CASES_PATH,
            CASES.replace("id: triage-2", "id: triage-1"),
            "cases.yaml:8: ",
            id="id-twice",
        ),
        pytest.param(
            CASES_PATH, CASES.replace("expected: sorry", "expectd: sorry"), "expectd", id="key"
        ),
        pytest.param(
            CASES_PATH, CASES.replace("{exact: {}}", "{exakt: {}}"), "`exact`", id="scorer"
        ),
        pytest.param(
            CASES_PATH,
            CASES.replace("prompts/reply.md", "prompts/missing.md"),
            "prompts/missing.md",
            id="no-prompt",
        ),
        pytest.param(
            CASES_PATH,
            CASES.replace("prompts/reply.md", "../../etc/passwd"),
            "outside the repository",
            id="prompt-outside",
        ),
        pytest.param(CASES_PATH, "cases: [\n", "cases.yaml:", id="no-yaml"),
        pytest.param(
            "prompts/reply.md",
            "First line.\nReply with exactly: {{ p }}\n",
            "prompts/reply.md:2: ",
            id="undefined-variable",
        ),
        pytest.param("prompts/reply.md", "{% if %}\n", "prompts/reply.md:1: ", id="template"),
        pytest.param(
            MANIFEST_PATH,
            MANIFEST.replace("active: 4", "active: 5"),
            "evalci golden sync",
            id="manifest-count",
        ),
        pytest.param(
            "evalci.yaml", CONFIG.replace("golden/desk", "golden/dsk"), "golden/dsk", id="config"
        ),
        pytest.param(
            "evalci.yaml", CONFIG.replace("model: main", "model: mian"), "`main`", id="model"
        ),
    ],
)
def test_lint_names_the_place_of_what_is_wrong(
    desk: Path, capsys: pytest.CaptureFixture[str], path: str, text: str, words: str
) -> None:
    Path(path).write_text(text, encoding="utf-8")

    code = run_cli(["golden", "lint"])

    streams = capsys.readouterr()
    assert code == 3
    assert words in streams.err
    assert all(line.startswith("evalci: ") for line in streams.err.splitlines())
    assert "all good" not in streams.out


def test_lint_names_the_problems_of_every_golden_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shop_cases = SHOP["golden/shop/cases.yaml"].replace("expected: lamp", "expectd: lamp")
    wrong = {
        "golden/shop/cases.yaml": shop_cases,
        CASES_PATH: CASES.replace("expected: sorry", "expectd: sorry"),
    }
    write_desk(tmp_path, {**SHOP, **wrong})
    monkeypatch.chdir(tmp_path)

    code = run_cli(["golden", "lint"])

    err = capsys.readouterr().err
    assert code == 3
    assert "golden/desk/cases.yaml" in err
    assert "golden/shop/cases.yaml" in err


def test_lint_of_a_named_golden_set_leaves_the_other_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_desk(tmp_path, {**SHOP, CASES_PATH: "cases: [\n"})
    monkeypatch.chdir(tmp_path)

    code = run_cli(["golden", "lint", "--golden-set", "shop"])

    assert code == 0
    assert capsys.readouterr().out == "golden/shop: 1 case in order: all good\n"


def test_sync_of_a_manifest_in_step_writes_nothing(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run_cli(["golden", "sync"])

    assert code == 0
    assert capsys.readouterr().out == f"{MANIFEST_PATH}: already in step\n"
    assert Path(MANIFEST_PATH).read_text(encoding="utf-8") == MANIFEST


def test_sync_twice_writes_once(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path(MANIFEST_PATH).write_text(MANIFEST.replace("active: 4", "active: 7"), encoding="utf-8")
    run_cli(["golden", "sync"])
    once = Path(MANIFEST_PATH).read_text(encoding="utf-8")
    capsys.readouterr()

    code = run_cli(["golden", "sync"])

    assert code == 0
    assert capsys.readouterr().out == f"{MANIFEST_PATH}: already in step\n"
    assert Path(MANIFEST_PATH).read_text(encoding="utf-8") == once
    assert "active: 4" in once


def test_sync_repairs_a_manifest_that_is_out_of_step(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(CASES_PATH).write_text(CASES + ONE_MORE, encoding="utf-8")
    before = run_cli(["golden", "lint"])
    capsys.readouterr()

    code = run_cli(["golden", "sync"])

    assert (before, code) == (3, 0)
    assert capsys.readouterr().out == f"{MANIFEST_PATH}: 5 cases\n"
    assert run_cli(["golden", "lint"]) == 0
    assert "active: 5" in Path(MANIFEST_PATH).read_text(encoding="utf-8")


def test_sync_keeps_version_and_comments(desk: Path) -> None:
    text = '# kept by Ana\nversion: "7.2"\nactive: 9\ncategories: {gone: 9}\n'
    Path(MANIFEST_PATH).write_text(text, encoding="utf-8")

    run_cli(["golden", "sync"])

    after = Path(MANIFEST_PATH).read_text(encoding="utf-8")
    assert "# kept by Ana" in after
    assert 'version: "7.2"' in after
    assert "gone" not in after
    assert run_cli(["golden", "lint"]) == 0


def test_sync_refuses_case_files_that_are_wrong(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(CASES_PATH).write_text("cases: [\n", encoding="utf-8")

    code = run_cli(["golden", "sync"])

    assert code == 3
    assert "golden/desk/cases.yaml" in capsys.readouterr().err
    assert Path(MANIFEST_PATH).read_text(encoding="utf-8") == MANIFEST
