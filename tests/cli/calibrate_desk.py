"""A repository that a strict judge judged once, another judge, and what people say."""

import contextlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.judge_desk import is_judged, question, said, write_judge_desk
from tests.vendor_replies import GOOD, Received, Reply
from tests.vendor_server import VendorServer, serving

FILE = Path("baselines/desk.judge.calibration.json")
HEAD = "case,criterion,score,reviewer\n"
# From 0 to 10, so that a level is a tenth.
TENTHS = "criteria:\n  - id: right\n    text: The answer is right.\n    levels:\n" + "".join(
    f"      - {{score: {n}, means: level {n}}}\n" for n in range(11)
)
PEOPLE = (10, 9, 8, 7, 6, 5, 10, 5)
STRICT = (6, 6, 3, 3, 2, 1, 7, 0)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[VendorServer, Path]]:
    """Return a server with a strict judge, and a repository in which it has judged once."""
    folder = tmp_path_factory.mktemp("measured")
    answers = tuple(f"answer number {n}" for n in range(len(PEOPLE)))
    with serving() as server:
        server.start_over(strict)
        with contextlib.chdir(folder):
            write_judge_desk(Path(), server, cases=answers)
            add_judge("other", "llama")
            add_judge("kin", "claude")
            Path("golden/desk/rubrics/desk.yaml").write_text(TENTHS, encoding="utf-8")
            assert run_cli(["run"]) == 0
        yield server, folder


@pytest.fixture
def server(
    measured: tuple[VendorServer, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> VendorServer:
    """Return the server, with a copy of the measured repository as working directory."""
    found, folder = measured
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    found.start_over(strict)
    return found


def add_judge(name: str, family: str) -> None:
    """Add a model that may judge, too."""
    place = Path("evalci.yaml")
    config = place.read_text(encoding="utf-8")
    judge = re.findall(r"^  judge: .*\n", config, re.MULTILINE)[0]
    other = judge.replace("  judge:", f"  {name}:").replace("judge-1", f"judge-{name}")
    other = other.replace("family: gemini", f"family: {family}")
    place.write_text(config.replace(judge, judge + other), encoding="utf-8")


def number(received: Received) -> int:
    """Return the number of the answer that is to be judged."""
    return int(re.findall(r"answer number (\d)", question(received))[0])


def strict(received: Received) -> Reply:
    """Answer as the model, the strict judge, or the other one, who scores as people do."""
    if is_judged(received):
        return said(received, STRICT[number(received)])
    if received.model == "judge-other":
        return said(received, PEOPLE[number(received)])
    return GOOD


def write_labels(text: str) -> str:
    """Write the file of some labels and return its name."""
    Path("labels.csv").write_text(text, encoding="utf-8")
    return "labels.csv"


def people() -> str:
    """Return what people say of every answer."""
    return HEAD + "".join(f"case-{n},right,{score},Ada\n" for n, score in enumerate(PEOPLE))
