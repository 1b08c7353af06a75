"""Installed scorers: found by entry point, and never in the repository under test."""

from pathlib import Path

import pytest

from evalci.edges.plugins import InstalledScorers
from evalci.errors import BadInputError

CODE = "def score(given):\n    return {'value': len(given['text']) / 10}\n"


def write_package(folder: Path, name: str, *, code: str = CODE, target: str = "score") -> None:
    """Write a package with an entry point of the same name, as pip leaves it."""
    info = folder / f"{name}-1.2.dist-info"
    info.mkdir(parents=True)
    (folder / f"{name}.py").write_text(code, encoding="utf-8")
    (info / "METADATA").write_text(f"Name: {name}\nVersion: 1.2\n", encoding="utf-8")
    points = f"[evalci.scorers]\n{name} = {name}:{target}\n"
    (info / "entry_points.txt").write_text(points, encoding="utf-8")


def refusal(homes: list[Path], name: str) -> str:
    with pytest.raises(BadInputError) as caught:
        InstalledScorers(homes).load(name)
    return str(caught.value)


def test_an_installed_function_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_package(tmp_path, "acme_length")
    monkeypatch.syspath_prepend(str(tmp_path))

    scorers = InstalledScorers([tmp_path])

    assert scorers.load("acme_length")({"text": "four"}) == {"value": 0.4}
    assert scorers.version("acme_length") == "acme_length 1.2"


def test_a_package_in_the_checkout_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_package(tmp_path / "checkout", "acme_own", code="raise SystemExit('it ran')")
    monkeypatch.syspath_prepend(str(tmp_path / "checkout"))

    line = refusal([tmp_path / "site-packages"], "acme_own")

    assert line == (
        "no entry point `acme_own` in the group evalci.scorers; "
        "install its package; one that is installed in place does not count"
    )


def test_a_module_of_the_checkout_does_not_stand_in_for_an_installed_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_package(tmp_path / "site-packages", "acme_shadow")
    (tmp_path / "acme_shadow.py").write_text("raise SystemExit('it ran')", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path / "site-packages"))
    monkeypatch.syspath_prepend(str(tmp_path))

    assert "no entry point `acme_shadow`" in refusal([tmp_path / "site-packages"], "acme_shadow")


@pytest.mark.parametrize(
    ("name", "code", "target", "line"),
    [
        pytest.param(
            "acme_broken",
            "import acme_nowhere",
            "score",
            "the scorer `acme_broken` cannot be loaded: ModuleNotFoundError: "
            "No module named 'acme_nowhere'",
            id="an import that fails",
        ),
        pytest.param(
            "acme_missing",
            CODE,
            "grade",
            "the scorer `acme_missing` cannot be loaded: AttributeError: "
            "module 'acme_missing' has no attribute 'grade'",
            id="no such function",
        ),
        pytest.param(
            "acme_number",
            "score = 3",
            "score",
            "the scorer `acme_number` is not a function",
            id="no function",
        ),
    ],
)
def test_what_cannot_be_called_is_bad_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, code: str, target: str, line: str
) -> None:
    write_package(tmp_path, name, code=code, target=target)
    monkeypatch.syspath_prepend(str(tmp_path))

    assert refusal([tmp_path], name) == line
