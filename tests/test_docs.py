"""What the documentation shows is what the commands print."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from evalci.cli import run_cli
from evalci.core.config import Config, parse_config
from evalci.edges.yaml_text import parse_yaml
from tests.manual import PAGES, ROOT

GATE = PAGES["docs/gate.md"]
SETTINGS = dict(re.findall(r"^\| `([\w.<>]+)` \| (.+?) \|", PAGES["docs/config.md"], re.MULTILINE))
WRITTEN = {key: default[1:-1] for key, default in SETTINGS.items() if default.startswith("`")}
SCHEMA = json.loads((ROOT / "evalci" / "schemas" / "config.json").read_text(encoding="utf-8"))


def test_the_worked_example_is_what_the_demo_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    run_cli(["demo", "shop"])
    monkeypatch.chdir(tmp_path / "shop")
    capsys.readouterr()

    run_cli(["report", "--explain", ".evalci/runs/helpdesk.main"])

    printed = capsys.readouterr().out
    shown = [
        line
        for block in re.findall(r"```text\n(.*?)```", GATE, re.DOTALL)
        for line in block.splitlines()
    ]
    assert shown
    assert [line for line in shown if line not in printed.splitlines()] == []


@pytest.mark.slow
def test_the_power_in_the_manual_is_that_of_the_demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    run_cli(["demo", "shop"])
    monkeypatch.chdir(tmp_path / "shop")
    capsys.readouterr()

    run_cli(["stats", "power", "triage"])

    (shown,) = re.findall(
        r"```\n(Category +Cases +Baseline.*?)```", PAGES["docs/running.md"], re.DOTALL
    )
    assert shown in capsys.readouterr().out


@pytest.mark.parametrize("command", re.findall(r"`pytest (tests/\S+)", GATE))
def test_the_benchmarks_that_it_names_exist(command: str) -> None:
    assert (ROOT / command).exists()


def keys(schema: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield every setting of a schema, as `docs/config.md` writes it."""
    inner = schema.get("properties", {})
    free = schema.get("additionalProperties") or {}
    if not inner and not free:
        yield ".".join(path)
    for name, value in inner.items():
        yield from keys(value, (*path, name))
    if free:
        yield from keys(free, (*path, "<name>"))


def covers(written: str, setting: str) -> bool:
    """Tell whether a row of the table is about a setting of the schema."""
    path = re.sub(r"<\w+>", "<name>", written)
    return setting == path or setting.startswith(f"{path}.")


def test_every_setting_is_in_the_table_and_none_besides() -> None:
    settings = list(keys(SCHEMA))

    assert [key for key in settings if not any(covers(row, key) for row in SETTINGS)] == []
    assert [row for row in SETTINGS if not any(covers(row, key) for key in settings)] == []


def config_with(key: str | None = None) -> Config:
    """Return a small config in which a setting is written out as its documented default."""
    data: dict[str, Any] = {
        "judge": {"model": "other"},  # first, as its place is part of the policy
        "version": 1,
        "golden_sets": ["golden/desk"],
        "models": {"main": {"id": "openai/a"}, "other": {"id": "anthropic/b"}},
        "run": {"model": "main"},
        "scorers": {"polite": {"file": "scorers/polite.py"}},
    }
    if key is not None:
        *sections, name = key.replace("<name>", "polite").split(".")
        place = data
        for section in sections:
            place = place.setdefault(section, {})
        place[name] = yaml.safe_load(WRITTEN[key])
    text = yaml.safe_dump(data, sort_keys=False)
    return replace(parse_config(parse_yaml(text, "evalci.yaml")), warnings=())


@pytest.mark.parametrize("key", WRITTEN)
def test_a_default_in_the_table_is_the_default(key: str) -> None:
    assert config_with(key) == config_with()


@pytest.mark.parametrize("page", sorted(PAGES))
def test_every_example_of_yaml_can_be_read(page: str) -> None:
    examples = re.findall(r"^ *```yaml\n(.*?)^ *```", PAGES[page], re.DOTALL | re.MULTILINE)

    read = [parse_yaml(example, page).data for example in examples]

    assert None not in read
