"""Makers of case files, and the shortest ways to their cases and their problems."""

from pathlib import Path
from textwrap import dedent

from evalci.core.golden_set import Case
from evalci.core.golden_set_file import CaseFile, ScorerPolicy
from tests.inputs import make_files

PLACE = "golden/desk/cases.yaml"
POLICY = ScorerPolicy(weights={})


def reader(folder: Path, text: str, policy: ScorerPolicy = POLICY) -> CaseFile:
    """Return the reader of a case file."""
    files = make_files(folder, {PLACE: dedent(text)})
    return CaseFile(files.yaml(PLACE), folder="golden/desk", files=files, policy=policy)


def only_case(folder: Path, text: str, policy: ScorerPolicy = POLICY) -> Case:
    """Return the one case of a file without problems."""
    found = reader(folder, text, policy)
    cases = found.cases()
    assert [str(problem) for problem in found.problems] == []
    (case,) = cases
    return case


def complaints(folder: Path, text: str, policy: ScorerPolicy = POLICY) -> list[str]:
    """Return the problems of a case file, a line each."""
    found = reader(folder, text, policy)
    found.cases()
    return [str(problem) for problem in found.problems]


def entry(more: str) -> str:
    """Return a case file whose only case has some further keys."""
    return f"cases:\n  - {{id: a, task_type: triage, prompt: p.md, {more}}}\n"
