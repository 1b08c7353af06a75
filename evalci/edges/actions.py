"""The GitHub runner: its files for outputs and summaries, and the commands its log understands."""

import os
import sys
from collections.abc import Mapping
from typing import TextIO

from evalci.core.publication import Annotation


class Runner:
    """What a step tells its runner; outside of Actions every method does nothing."""

    def __init__(self, variables: Mapping[str, str], log: TextIO) -> None:
        """``variables`` is the environment, ``log`` the stream that the runner reads."""
        self._variables = variables
        self._log = log

    @property
    def active(self) -> bool:
        """Tell whether this process runs in GitHub Actions."""
        return self._variables.get("GITHUB_ACTIONS") == "true"

    def output(self, name: str, value: str) -> None:
        """Set an output of the step."""

    def summary(self, text: str) -> None:
        """Add Markdown to the summary of the step."""

    def annotate(self, annotation: Annotation) -> None:
        """Show a remark at lines of a file."""

    def group(self, title: str) -> None:
        """Begin a group of log lines."""

    def end_group(self) -> None:
        """End the group."""


def open_runner() -> Runner:
    """Return the runner of this process; its commands go to standard output."""
    return Runner(os.environ, sys.stdout)
