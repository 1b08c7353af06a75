"""A new user's first hour with the installed program: init, run, accept, break, and be stopped."""

import os
import pty
import select
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EVALCI = shutil.which("evalci", path=str(Path(sys.executable).parent))
PROMPT = "prompts/examples/extract.md"
PATIENCE_S = 60


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return an empty git repository."""
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    return tmp_path


def evalci(folder: Path, arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the installed program in a folder, without a terminal."""
    assert EVALCI is not None
    return subprocess.run(
        [EVALCI, *arguments.split()],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=PATIENCE_S,
    )


def on_terminal(folder: Path, arguments: str, keys: str) -> tuple[int, str]:
    """Run the installed program on a terminal of its own, and return how it ended and its screen.

    ``keys`` are typed before it asks; a terminal keeps them until they are read.
    """
    assert EVALCI is not None
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [EVALCI, *arguments.split()], cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        try:
            os.write(ours, keys.encode())
            screen = _screen(ours)
            code = process.wait(timeout=PATIENCE_S)
        finally:
            process.kill()  # when it still waits for an answer
            os.close(ours)
    return code, screen


def _screen(terminal: int) -> str:
    """Return all that is shown until the program closes the terminal."""
    shown = b""
    while select.select([terminal], [], [], PATIENCE_S)[0]:
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # Linux says so when nobody holds the other end
            break
        if not piece:
            break
        shown += piece
    return shown.decode()


def replace_in(place: Path, old: str, new: str) -> None:
    """Edit a file."""
    text = place.read_text(encoding="utf-8")
    assert old in text
    place.write_text(text.replace(old, new), encoding="utf-8")


def test_an_edit_that_breaks_a_category_is_stopped_and_a_repair_passes(repository: Path) -> None:
    codes = [
        evalci(repository, arguments).returncode
        for arguments in ("init", "golden lint", "run", "baseline accept --reason first")
    ]
    replace_in(repository / PROMPT, "Reply with JSON only.", "Be nice to the customer.")
    broken = evalci(repository, "run")
    replace_in(repository / PROMPT, "Be nice to the customer.", "Reply with JSON only.")
    repaired = evalci(repository, "run")

    assert codes == [0, 0, 0, 0]
    assert broken.returncode == 1
    assert "this change makes extract worse (blocking)" in broken.stdout
    assert repaired.returncode == 0


@pytest.mark.slow
def test_an_edit_that_does_no_harm_passes(repository: Path) -> None:
    for arguments in ("init", "run", "baseline accept --reason first"):
        evalci(repository, arguments)
    replace_in(repository / PROMPT, "You note the facts", "Please note the facts")

    ended = evalci(repository, "run")

    assert ended.returncode == 0
    assert "no regression" in ended.stdout


@pytest.mark.parametrize(
    ("keys", "kept"),
    [
        pytest.param("y\n", False, id="yes"),
        pytest.param("n\n", True, id="no"),
        pytest.param("\n", True, id="just return"),
    ],
)
def test_on_a_terminal_a_file_that_differs_is_asked_for(
    repository: Path, keys: str, kept: bool
) -> None:
    evalci(repository, "init")
    (repository / PROMPT).write_text("mine\n", encoding="utf-8")

    code, screen = on_terminal(repository, "init", keys)

    assert code == 0
    assert f"{PROMPT} is there and differs. Overwrite it? [y/N]" in screen
    assert ((repository / PROMPT).read_text(encoding="utf-8") == "mine\n") is kept


def test_a_question_that_is_not_answered_writes_nothing(repository: Path) -> None:
    (repository / "evalci.yaml").write_text("mine\n", encoding="utf-8")

    code, screen = on_terminal(repository, "init", "\x04")

    assert code == 130
    assert "Overwrite it?" in screen
    assert [place.name for place in repository.iterdir() if place.name != ".git"] == ["evalci.yaml"]
