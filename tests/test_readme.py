"""What the README promises is what the code does."""

import re
from pathlib import Path

import pytest

from evalci.cli import run_cli
from evalci.core.config import parse_config
from evalci.core.problem import raise_problems
from evalci.edges.yaml_text import parse_yaml
from evalci.errors import ExitCode
from evalci.scorers.registry import KINDS
from tests.manual import MANUAL, PAGES, README, ROOT, anchors


@pytest.mark.parametrize(
    "line", ["pip install . && evalci demo", "pip install '.[test]' && pytest"]
)
def test_the_two_commands_stand_in_it(line: str) -> None:
    assert f"\n{line}\n" in README


def test_its_exit_codes_are_those_of_the_code() -> None:
    rows = re.findall(r"^\| (\d+) \| ([A-Z_]+) \|", README, re.MULTILINE)

    assert [(int(number), name) for number, name in rows] == [(c.value, c.name) for c in ExitCode]


def test_its_help_is_what_help_prints(capsys: pytest.CaptureFixture[str]) -> None:
    run_cli(["--help"])

    assert capsys.readouterr().out in README


def test_the_manual_lists_every_scorer() -> None:
    (table,) = re.findall(r"^\| Scorer \| Gives .*?\n\n", MANUAL, re.MULTILINE | re.DOTALL)

    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(KINDS)


def test_its_config_example_is_valid() -> None:
    (example,) = re.findall(r"```yaml\n(\s+version: 1\n.*?)```", README, re.DOTALL)
    text = "\n".join(line.removeprefix("   ") for line in example.splitlines())

    assert parse_config(parse_yaml(text, "README.md")).baseline.trials == 10


def test_its_case_file_example_is_valid() -> None:
    (example,) = re.findall(r"```yaml\n(\s+# triage.yaml\n.*?)```", README, re.DOTALL)
    text = "\n".join(line.removeprefix("   ") for line in example.splitlines())

    raise_problems(parse_yaml(text, "README.md").check("golden_set"))


def test_it_counts_the_example_cases_of_init() -> None:
    manifest = (ROOT / "evalci" / "init_data" / "manifest.yaml").read_text(encoding="utf-8")

    assert "\nactive: 12\n" in manifest
    assert "twelve example cases" in README


def test_it_leads_to_every_page() -> None:
    pages = [page for page in PAGES if page != "README.md"]

    assert [page for page in pages if f"]({page})" not in README] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", PAGES[page])
    targets = [((ROOT / page).parent / path if path else ROOT / page, at) for path, at in links]

    assert [path for path, _ in targets if not path.exists()] == []
    assert [at for path, at in targets if at and at not in anchors(path.read_text("utf-8"))] == []


def test_our_own_golden_set_passes_its_own_gate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("evalci.yaml", "golden_sets", "baselines"):
        _copy(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)

    code = run_cli(["run", "--all"])

    assert (code, "no regression" in capsys.readouterr().out) == (ExitCode.OK, True)


def _copy(source: Path, target: Path) -> None:
    for file in [source] if source.is_file() else sorted(source.rglob("*")):
        if file.is_file():
            place = target / file.relative_to(source) if source.is_dir() else target
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(file.read_bytes())
