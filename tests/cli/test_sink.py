"""An output stream that nobody can write to any longer."""

import errno
import os
from pathlib import Path
from typing import IO, Any

import pytest

from evalci.cli.sink import Sink


class Broken:
    """A stream with a descriptor of its own, every write of which fails."""

    def __init__(self, file: IO[str], number: int) -> None:
        self._file = file
        self._error = OSError(number, os.strerror(number))

    def write(self, _text: str) -> int:
        raise self._error

    def fileno(self) -> int:
        return self._file.fileno()


@pytest.mark.parametrize(
    ("number", "said"),
    [
        pytest.param(
            errno.ENOSPC,
            "evalci: standard output is cut off: No space left on device\n",
            id="a full disk is told",
        ),
        pytest.param(errno.EPIPE, "", id="a reader who left knows"),
    ],
)
def test_what_cannot_be_written_ends_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], number: int, said: str
) -> None:
    with (tmp_path / "out.txt").open("w", encoding="utf-8") as file:
        broken: Any = Broken(file, number)

        written = Sink(broken).write("report")

    assert written == len("report")
    assert capsys.readouterr().err == said
