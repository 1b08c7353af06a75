"""The entry point, also of ``python -m evalci``: from here on ^C is one line."""

import os
import signal
from types import FrameType

from evalci.errors import ExitCode


def main() -> None:
    """Run the command line; ^C or SIGTERM while it is loaded ends it without a traceback."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    from evalci.cli import main as run

    run()


def _leave(_number: int, _frame: FrameType | None) -> None:
    os.write(2, b"evalci: interrupted; nothing was begun\n")
    os._exit(int(ExitCode.INTERRUPTED))


if __name__ == "__main__":
    main()
