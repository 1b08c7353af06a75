"""`evalci override add`: the file it writes, and what it refuses to write one for."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from evalci.cli import run_cli
from evalci.core.override_file import parse_override
from evalci.edges.yaml_text import parse_yaml
from tests.cli.desk import BROKEN, ECHO, SHOP, accept_baseline, run_json, write_desk

REASON = "shipping questions move to another bot next week"
ADD = ["override", "add", "--category", "triage", "--reason", REASON]


def add(**options: str) -> int:
    """Add an override of `triage` with a good reason, unless an option says otherwise."""
    given = {"category": "triage", "reason": REASON, **options}
    pairs = [(f"--{name}", value) for name, value in given.items()]
    return run_cli(["override", "add", *(word for pair in pairs for word in pair)])


def today(days: int = 0) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


@pytest.fixture(autouse=True)
def name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give git a name to sign with."""
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "user.name")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "Ada")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository whose last run found a regression in `triage`."""
    folder = tmp_path_factory.mktemp("template") / "desk"
    write_desk(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        accept_baseline()
        (folder / "prompts/triage.md").write_text(BROKEN, encoding="utf-8")
        assert run_cli(["run"]) == 1
    return folder


@pytest.fixture
def regressed(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of that repository, which is the working directory."""
    folder = tmp_path / "desk"
    shutil.copytree(template, folder)
    monkeypatch.chdir(folder)
    return folder


def test_it_writes_who_what_why_and_how_long(
    regressed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    until = today(5)

    code = run_cli([*ADD, "--until", until])

    (place,) = (regressed / "overrides").iterdir()
    path = f"overrides/{place.name}"
    given = parse_override(parse_yaml(place.read_text(encoding="utf-8"), path), path)
    assert code == 0
    assert capsys.readouterr().out.startswith(f"{path}: written; commit it")
    assert (given.category, given.reason, given.by, given.until) == (
        "triage",
        REASON,
        "Ada",
        until,
    )


def test_outside_a_change_it_counts_at_once(regressed: Path) -> None:
    run_cli(ADD)

    assert run_cli(["run"]) == 0
    assert run_json()["verdict"]["outcome"] == "overridden"


def test_shards_keep_it_until_they_are_merged(regressed: Path) -> None:
    run_cli(ADD)
    for part in ("1/2", "2/2"):
        assert run_cli(["run", "--shard", part]) == 0

    code = run_cli(["merge", *[f".evalci/runs/desk.main.{n}-of-2" for n in (1, 2)]])

    assert code == 0
    assert run_json()["verdict"]["outcome"] == "overridden"


def test_once_the_prompt_is_edited_again_it_counts_no_more(
    regressed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_cli(ADD)
    (regressed / "prompts/triage.md").write_text(f"Hm.\n{BROKEN}", encoding="utf-8")

    code = run_cli(["run"])

    assert code == 1
    assert "The override of triage by Ada in overrides/" in capsys.readouterr().out


def test_asked_again_it_replaces_its_file(regressed: Path) -> None:
    until = today(1)
    run_cli(ADD)

    run_cli([*ADD, "--until", until])

    (place,) = (regressed / "overrides").iterdir()
    assert until in place.read_text(encoding="utf-8")


def test_its_options_are_variables_too(regressed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"CATEGORY": "triage", "REASON": REASON, "UNTIL": today(3)}
    for key, value in values.items():
        monkeypatch.setenv(f"EVALCI_{key}", value)

    assert run_cli(["override", "add"]) == 0


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        pytest.param({"category": "reply"}, 3, "`reply` of desk with main does not", id="good"),
        pytest.param({"category": "triagge"}, 3, "did you mean `triage`?", id="a typo"),
        pytest.param({"reason": "fine"}, 3, "the reason has 4 characters", id="short"),
        pytest.param({"reason": " "}, 2, "--reason is empty", id="no reason"),
        pytest.param({"until": "2020-01-01"}, 3, "2020-01-01 is past", id="past"),
        pytest.param({"until": "2999-01-01"}, 3, "override.max_days", id="too far"),
        pytest.param({"until": "soon"}, 2, "soon", id="no day"),
    ],
)
def test_what_it_refuses(
    regressed: Path,
    capsys: pytest.CaptureFixture[str],
    options: dict[str, str],
    code: int,
    message: str,
) -> None:
    assert add(**options) == code
    assert message in capsys.readouterr().err
    assert not (regressed / "overrides").exists()


def test_of_several_golden_sets_it_takes_the_one_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_desk(tmp_path, SHOP)
    monkeypatch.chdir(tmp_path)
    accept_baseline()
    (tmp_path / "prompts/order.md").write_text(BROKEN, encoding="utf-8")
    (tmp_path / "prompts/triage.md").write_text(f"Well.\n{ECHO}", encoding="utf-8")
    run_cli(["run"])

    code = run_cli(["override", "add", "--category", "order", "--reason", REASON])

    (place,) = (tmp_path / "overrides").iterdir()
    assert (code, place.name.startswith("shop.main.order.")) == (0, True)


def test_a_secret_in_a_reason_is_not_written(
    regressed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_API_KEY", "s3cret-Value-0123")
    add(reason=f"{REASON} s3cret-Value-0123")

    (place,) = (regressed / "overrides").iterdir()

    assert "s3cret" not in place.read_text(encoding="utf-8")


def test_the_base_may_ask_for_more(regressed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = regressed / "evalci.yaml"
    text = config.read_text(encoding="utf-8")
    config.write_text(f"{text}override: {{min_reason_chars: 200}}\n", encoding="utf-8")

    assert run_cli(ADD) == 3
    assert "`override.min_reason_chars` wants 200" in capsys.readouterr().err
