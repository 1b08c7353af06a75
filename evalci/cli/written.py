"""Keeps a finished run: `run.json`, `report.md`, and what was decided and said of it."""

from dataclasses import dataclass
from pathlib import Path

from evalci.cli.workspace import Workspace
from evalci.core.gate import decide
from evalci.core.run import Run
from evalci.core.run_file import clean_run
from evalci.core.verdict import Verdict
from evalci.core.withheld import without_texts
from evalci.edges.files import write_pieces, write_text
from evalci.report.markdown import render_markdown
from evalci.report.verdict_json import verdict_json
from evalci.report.view import ReportView, build_view


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A run as its ``folder`` holds it, with what was decided and what is said of it."""

    run: Run
    verdict: Verdict
    view: ReportView
    folder: Path


def write_run(workspace: Workspace, run: Run, folder: Path) -> Written:
    """Write `run.json` and `report.md`, each in one step; return what was written.

    It has no secrets, and no texts where prompts and answers must not leave this job.
    """
    kept = without_texts(run) if workspace.withholds else run
    clean = clean_run(kept, workspace.redactor)
    verdict = decide(clean.run)
    view = build_view(clean.run, verdict, max_examples=workspace.config.report.max_examples)
    write_pieces(folder / "run.json", clean.pieces(verdict_json(verdict)))
    write_text(folder / "report.md", workspace.redactor.text(render_markdown(view)))
    return Written(run=clean.run, verdict=verdict, view=view, folder=folder)
