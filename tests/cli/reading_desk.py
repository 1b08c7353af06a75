"""A desk whose cases read files of the whole repository, and a conversation about a copy of one."""

import contextlib
import shutil
from pathlib import Path

import pytest

from tests.cli.commands import PROMPT, Talk, make_talk
from tests.cli.history import MUST_PASS, git, start_history
from tests.cli.job import Job

REPLY = "prompts/reply.md"
RULES = "lib/rules.rst"
FACTS = "lib/facts.py"
# Triage includes a file that is no text of the pull request's, and reads another one.
READING = MUST_PASS.replace(
    "inputs: {q: billing}", "inputs: {q: billing}\n    context_files: [../../lib/facts.py]"
)
DESK = {
    "golden/desk/cases.yaml": READING,
    PROMPT: "{% include 'lib/rules.rst' %}\n",
    RULES: "Reply with exactly: {{ q }}\n",
    FACTS: "x = 1\n",
    "src/app.py": "x = 1\n",
    ".npmrc": "always-auth=true\n",
    ".gitignore": ".evalci/\n.env\n",
}


@pytest.fixture(scope="module")
def desk_that_reads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a desk with a baseline, whose cases read files of the whole repository."""
    folder = tmp_path_factory.mktemp("desk") / "shop"
    folder.mkdir()
    with contextlib.chdir(folder):
        start_history(folder, DESK)
    shutil.rmtree(folder / ".evalci")
    return folder


def talk_about(folder: Path, place: Path, monkeypatch: pytest.MonkeyPatch, job: Job) -> Talk:
    """Return a conversation about a copy of a desk, which is the working directory."""
    shutil.copytree(folder, place, symlinks=True)
    monkeypatch.chdir(place)
    return make_talk(place, job, git("rev-parse", "HEAD"), place)


@pytest.fixture
def talk(desk_that_reads: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, job: Job) -> Talk:
    """Return a conversation about a copy of that desk."""
    return talk_about(desk_that_reads, tmp_path / "shop", monkeypatch, job)
