"""`evalci init`: what it writes where, what it leaves alone, and when it writes nothing."""

import subprocess
from pathlib import Path

import pytest

from evalci.cli import run_cli
from evalci.core.config import parse_config
from evalci.core.starter import GITIGNORE, WORKFLOW
from evalci.edges.yaml_text import parse_yaml
from tests.cli.init_desk import EXTRACT, WRITTEN, contents, git, program, step, workflow


def test_an_empty_repository_gets_every_file(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run_cli(["init"])

    lines = capsys.readouterr().out.splitlines()
    assert code == 0
    assert contents(repository).keys() == WRITTEN
    assert {line.removeprefix("wrote ") for line in lines if "wrote" in line} == WRITTEN


def test_what_it_wrote_passes_the_lint(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_cli(["init"])
    capsys.readouterr()

    code = run_cli(["golden", "lint"])

    streams = capsys.readouterr()
    assert code == 0
    assert streams.out == "golden_sets/examples: 12 cases in extract, triage: all good\n"
    assert streams.err == ""


def test_what_it_wrote_runs_at_once_and_every_case_passes(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_cli(["init"])

    code = run_cli(["run"])

    assert code == 0
    assert "mean 1.00, p10 1.00" in capsys.readouterr().out


@pytest.mark.parametrize("path", sorted(path for path in WRITTEN if path.endswith(".yaml")))
def test_an_editor_finds_the_schema_of_a_file(repository: Path, path: str) -> None:
    run_cli(["init"])

    first = (repository / path).read_text(encoding="utf-8").splitlines()[0]
    schema = (repository / path).parent / first.removeprefix("# yaml-language-server: $schema=")
    checked = subprocess.run(
        [program("check-jsonschema"), "--schemafile", str(schema), path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert schema.is_file()
    assert checked.returncode == 0, checked.stdout


def test_the_config_says_that_the_model_is_none(repository: Path) -> None:
    run_cli(["init"])

    assert "NOT an LLM" in (repository / "evalci.yaml").read_text(encoding="utf-8")


def test_the_lines_for_a_real_model_are_a_valid_config(repository: Path) -> None:
    run_cli(["init"])
    lines = (repository / "evalci.yaml").read_text(encoding="utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if line == "  # main:")
    real = [line.replace("  # ", "  ", 1) for line in lines[start : start + 5]]
    kept = [line for line in lines if not line.startswith("  main: ")]
    text = "\n".join([*kept[:start], *real, *kept[start + 5 :]])

    model = parse_config(parse_yaml(text, "evalci.yaml")).models["main"]

    assert (model.scripted, model.api_key_env) == (False, "ANTHROPIC_API_KEY")
    assert "ANTHROPIC_API_KEY" in step(repository)["env"]


def test_git_keeps_the_schemas_and_no_run(repository: Path) -> None:
    run_cli(["init"])
    run_cli(["run"])

    found = git(repository, "status", "--porcelain", "--untracked-files=all").splitlines()

    assert {line.removeprefix("?? ") for line in found} == WRITTEN


@pytest.mark.parametrize("nested", [False, True], ids=["in its own file", "in a file above"])
def test_git_keeps_the_schemas_where_the_whole_folder_was_ignored(
    repository: Path, nested: bool
) -> None:
    (repository / GITIGNORE).write_text(".evalci/\n", encoding="utf-8")
    folder = "bot" if nested else "."

    run_cli(["init", folder])

    git(repository, "add", "--all")
    tracked = git(repository, "ls-files").splitlines()
    assert str(Path(folder) / ".evalci/schemas/config.json") in tracked


def test_lines_are_added_to_a_gitignore_once(repository: Path) -> None:
    (repository / GITIGNORE).write_bytes(b"dist/\r\nbuild/")

    run_cli(["init"])
    run_cli(["init", "--force"])

    assert (repository / GITIGNORE).read_bytes() == (
        b"dist/\r\nbuild/\r\n.evalci/*\r\n!.evalci/schemas/"
    )


def test_a_second_time_changes_nothing_and_names_no_file(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_cli(["init"])
    before = contents(repository)
    capsys.readouterr()

    code = run_cli(["init"])

    out = capsys.readouterr().out
    assert (code, contents(repository)) == (0, before)
    assert "wrote" not in out
    assert "kept" not in out


def test_a_file_that_differs_is_kept_and_the_others_are_written(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / "evalci.yaml").write_text("mine: true\n", encoding="utf-8")

    code = run_cli(["init"])

    out = capsys.readouterr().out
    assert code == 0
    assert "kept evalci.yaml, which differs (--force overwrites it)\n" in out
    assert contents(repository)["evalci.yaml"] == b"mine: true\n"
    assert contents(repository).keys() == WRITTEN


def test_a_config_that_is_kept_must_learn_of_the_golden_set(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_cli(["init"])
    capsys.readouterr()

    run_cli(["init", "--name", "second"])

    out = capsys.readouterr().out
    assert "1. add golden_sets/second to `golden_sets` in evalci.yaml\n" in out
    assert [line for line in out.splitlines() if "kept" in line] == [
        "kept evalci.yaml, which differs (--force overwrites it)"
    ]


def test_force_overwrites_what_differs(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_cli(["init"])
    before = contents(repository)
    (repository / EXTRACT).write_text("mine\n", encoding="utf-8")
    capsys.readouterr()

    code = run_cli(["init", "--force"])

    out = capsys.readouterr().out
    assert (code, contents(repository)) == (0, before)
    assert [line for line in out.splitlines() if "wrote" in line] == [f"wrote {EXTRACT}"]


def test_a_name_goes_into_every_path(repository: Path) -> None:
    run_cli(["init", "--name", "support"])

    code = run_cli(["golden", "lint"])

    assert code == 0
    assert {path for path in contents(repository) if "support" in path} == {
        "golden_sets/support/manifest.yaml",
        "golden_sets/support/support.yaml",
        "prompts/support/extract.md",
        "prompts/support/triage.md",
    }


@pytest.mark.parametrize("name", ["../up", "manifest", "", "a b"])
def test_a_name_that_is_no_folder_is_refused(
    repository: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    code = run_cli(["init", "--name", name])

    (line,) = capsys.readouterr().err.splitlines()
    assert code == 2
    assert line.startswith("evalci: --name: ")
    assert contents(repository) == {}


def test_without_a_workflow_nothing_is_said_of_a_secret(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_cli(["init", "--no-workflow"])

    assert contents(repository).keys() == WRITTEN - {WORKFLOW}
    assert "secret" not in capsys.readouterr().out


def test_a_folder_is_made_and_named_in_the_next_steps(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run_cli(["init", "new/a b"])

    assert code == 0
    assert contents(here / "new/a b").keys() == WRITTEN
    expected = "1. cd 'new/a b' && git init && git add -A && git commit"
    assert expected in capsys.readouterr().out


def test_outside_git_it_says_how_to_begin(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run_cli(["init"])

    out = capsys.readouterr().out
    assert code == 0
    assert "1. git init && git add -A && git commit" in out
    assert workflow(here)["on"]["push"]["branches"] == ["main"]


def test_the_next_steps_are_few(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_cli(["init"])

    lines = [line for line in capsys.readouterr().out.splitlines() if "wrote" not in line]
    assert [line[:2] for line in lines] == ["1.", "2.", "3.", "4."]
    assert "ANTHROPIC_API_KEY" in lines[-1]


def test_below_the_top_only_the_workflow_goes_to_the_top(repository: Path) -> None:
    run_cli(["init", "apps/bot"])

    below = {f"apps/bot/{path}" for path in WRITTEN - {WORKFLOW}}
    assert contents(repository).keys() == below | {WORKFLOW}
    assert step(repository)["with"]["working-directory"] == "apps/bot"


def test_below_the_top_paths_are_shown_from_here(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = repository / ".bot"
    folder.mkdir()
    monkeypatch.chdir(folder)

    run_cli(["init"])

    out = capsys.readouterr().out
    assert "wrote evalci.yaml\n" in out
    assert f"wrote ../{WORKFLOW}\n" in out
    assert "1. git add -A && git commit  # a baseline names its commit\n2. evalci run" in out
    assert step(repository)["with"]["working-directory"] == ".bot"


def test_a_config_in_dot_github_gets_no_rival(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / ".github").mkdir()
    (repository / ".github/evalci.yaml").write_text("mine: true\n", encoding="utf-8")

    run_cli(["init"])

    assert not (repository / "evalci.yaml").exists()
    assert "kept .github/evalci.yaml" in capsys.readouterr().out
