"""Processes that share one cache lose nothing and break nothing."""

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from evalci.edges.llm.cache import FILE
from tests.edges.llm.shelf import Shelf

OPENERS = 6
WRITER = """
import sys
from pathlib import Path
from evalci.edges.llm.cache import AnswerStore
from tests.calls import make_output
store = AnswerStore(Path(sys.argv[1]), clean=str, warn=lambda s: sys.exit(s))
for n in range(300):
    store.put(f"{sys.argv[2]}-{n}", make_output(f"answer {n}" * 50))
    store.put(f"both-{n}", make_output(f"answer {n}" * 50))
"""

OPENER = """
import sys
from pathlib import Path
from evalci.edges.llm.cache import AnswerStore
from tests.calls import make_output
print("ready", flush=True)
sys.stdin.read()
store = AnswerStore(Path(sys.argv[1]), clean=str, warn=lambda s: sys.stderr.write(s))
store.put(sys.argv[2], make_output("answer"))
"""


def opened_at_one_moment(folder: Path) -> list[int]:
    """Start processes that wait for each other, let them go, and return their exit codes."""
    with ExitStack() as stack:
        openers = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", OPENER, str(folder), str(number)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
            )
            for number in range(OPENERS)
        ]
        for opener in openers:
            assert opener.stdout is not None
            assert opener.stdout.readline() == b"ready\n"
        for opener in openers:
            assert opener.stdin is not None
            opener.stdin.close()
        return [opener.wait() for opener in openers]


@pytest.mark.slow
@pytest.mark.parametrize("content", [b"", b"not a database" * 500], ids=["cold", "damaged"])
def test_processes_that_open_at_one_moment_lose_nothing(tmp_path: Path, content: bytes) -> None:
    for round_ in range(2):
        folder = tmp_path / str(round_)
        folder.mkdir()
        if content:
            (folder / FILE).write_bytes(content)

        codes = opened_at_one_moment(folder)

        assert codes == [0] * OPENERS
        assert Shelf(folder).store.stock().answers == OPENERS


def test_two_processes_lose_nothing_and_break_nothing(shelf: Shelf) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(shelf.folder), name])
        for name in ("one", "two")
    ]

    codes = [writer.wait() for writer in writers]

    assert codes == [0, 0]
    assert shelf.store.stock().answers == 900
    assert shelf.sql("PRAGMA integrity_check") == [("ok",)]
    assert not [place for place in shelf.folder.iterdir() if "damaged" in place.name]
