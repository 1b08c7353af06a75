"""The demo as a reader of the README meets it: the installed program in a process of its own."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EVALCI = shutil.which("evalci", path=str(Path(sys.executable).parent))


def evalci(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the installed program in a folder."""
    assert EVALCI is not None
    return subprocess.run(
        [EVALCI, *arguments],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """Return the folder of one demo, not to be changed, and how the program ended."""
    folder = tmp_path_factory.mktemp("demo") / "shop"
    return folder, evalci(folder.parent, "demo", str(folder))


def test_it_names_the_category_that_the_edit_breaks(
    demo: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    _, ended = demo

    assert ended.returncode == 0, ended.stderr
    assert "this change makes extract worse" in ended.stdout
    assert "Traceback" not in ended.stderr


def test_it_leaves_report_and_run(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, _ = demo
    run = folder / ".evalci" / "runs" / "helpdesk.main"

    verdict = json.loads((run / "run.json").read_text(encoding="utf-8"))["verdict"]
    failed = [c["name"] for c in verdict["categories"] if c["outcome"] == "regression"]

    assert failed == ["extract"]
    assert "extract" in (run / "report.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_repair_that_it_proposes_makes_the_next_run_pass_and_a_baseline(
    demo: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(demo[0], folder)
    before = evalci(folder, "run")
    prompt = folder / "prompts" / "extract.md"
    where, what = re.findall(r"# above `(.+)`: (.+)", demo[1].stdout)[0]
    text = prompt.read_text(encoding="utf-8")
    prompt.write_text(text.replace(where, f"{what}\n{where}"), encoding="utf-8")

    after = evalci(folder, "run")
    accepted = evalci(folder, "baseline", "accept", "--top-up", "--reason", "no greeting")

    assert before.returncode == 1
    assert after.returncode == 0, after.stdout
    assert "no regression" in after.stdout
    assert accepted.returncode == 0, accepted.stderr


def test_a_second_demo_in_the_same_folder_is_refused(
    demo: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, _ = demo

    ended = evalci(folder.parent, "demo", str(folder))

    assert ended.returncode == 3
    assert "is not empty" in ended.stderr
