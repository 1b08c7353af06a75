"""What the case of a fork reads after `/evalci run`: what git holds, and no file of the job."""

from collections.abc import Mapping

import pytest

from evalci.cli import run_cli
from tests.cli.commands import Talk, confirmed, measured
from tests.cli.desk import MANIFEST
from tests.cli.reading_desk import READING, REPLY, desk_that_reads, talk
from tests.inputs import make_files

__all__ = ["desk_that_reads", "talk"]

SECRET = "hunter2pass"  # noqa: S105  # a made-up one
LEAK = """
  - id: leak-1
    task_type: reply
    prompt: prompts/reply.md
    inputs: {q: {file: %s}}
    expected: x
"""
ONE_MORE = MANIFEST.replace("active: 4", "active: 5").replace("reply: 2", "reply: 3")


@pytest.mark.parametrize(
    ("path", "files"),
    [
        pytest.param(
            ".env",
            {"golden/desk/cases.yaml": READING + LEAK % "../../.env"},
            id="what git ignores",
        ),
        pytest.param(
            "notes.json",
            {"golden/desk/cases.yaml": READING + LEAK % "../../notes.json"},
            id="what a step left",
        ),
        pytest.param(
            ".npmrc",
            {"golden/desk/cases.yaml": READING + LEAK % "../../.npmrc"},
            id="what a step has written into",
        ),
        pytest.param(
            ".env",
            {REPLY: "{% include '.env' %}\n", "golden/desk/manifest.yaml": MANIFEST},
            id="an include",
        ),
        pytest.param(
            "rubric.yaml",
            {
                "golden/desk/cases.yaml": READING
                + (LEAK % "cases.yaml").rstrip()
                + "\n    scorers: {judge: {rubric: ../../rubric.yaml, weight: 1}}\n"
            },
            id="a rubric",
        ),
    ],
)
def test_a_case_reads_no_file_that_a_step_left(
    talk: Talk, path: str, files: Mapping[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    head = talk.propose({"golden/desk/manifest.yaml": ONE_MORE, **files})
    make_files(talk.folder, {path: f"password: {SECRET}\n"})

    confirmed(talk, head)
    code = run_cli(["run", "--no-gate", "--head", head])

    seen = capsys.readouterr()
    assert code == 3
    assert "the commit has no such file as it lies here" in seen.err
    assert SECRET not in "".join([*talk.job.comments, seen.out, seen.err])


def test_a_case_may_read_what_the_repository_holds(talk: Talk) -> None:
    cases = READING + (LEAK % "../../src/app.py").replace("expected: x", "expected: 'x = 1'")
    head = talk.propose({"golden/desk/manifest.yaml": ONE_MORE, "golden/desk/cases.yaml": cases})

    confirmed(talk, head)
    run = measured(talk, head)

    (trial, *_) = run["cases"][-1]["trials"]
    assert trial["output"]["text"].strip() == "x = 1"
