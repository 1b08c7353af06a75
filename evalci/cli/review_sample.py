"""Does what `evalci review sample` asks for: draws from the last run, writes page and key."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from evalci.cli.review_files import KEY, REVIEWS
from evalci.cli.show import say
from evalci.cli.workspace import Workspace, open_workspace, read_run
from evalci.core.case_set import CaseSet
from evalci.core.families import author_names, family_of
from evalci.core.model_config import ModelConfig
from evalci.core.review_key import key_of, key_text
from evalci.core.review_sample import Sample, candidates_of, draw_sample
from evalci.core.run import Run
from evalci.errors import BadInputError, UsageError
from evalci.report.review_page import render_review
from evalci.report.review_sheet import render_sheet
from evalci.report.reviews import sample_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be drawn: for how many ``minutes``, in which ``form``, only from the ``queue``."""

    minutes: float
    form: str
    queue: bool
    seed: int


def write_samples(
    config_path: Path | None, golden_sets: Sequence[str], model_name: str | None, wanted: Wanted
) -> None:
    """Write a sample of the last run of each golden set and say where it is."""
    workspace = open_workspace(config_path)
    model = workspace.model(model_name)
    for found in workspace.case_sets(golden_sets):
        run = read_run(workspace.run_folder(found.name, model) / "run.json")
        sample = _drawn(workspace, found, model, run, wanted)
        judge = workspace.config.judge.judge_of(model).model.name if workspace.config.judge else ""
        folder = f"{REVIEWS}/{found.name}.{model.name}.{sample.id}"
        render = render_review if wanted.form == "html" else render_sheet
        path, files = f"{folder}/review.{wanted.form}", workspace.edges.files
        files.write(f"{folder}/{KEY}", key_text(key_of(sample, run, judge)))
        # Only known values: what looks like a key could be the hash of the page's own script.
        files.write(path, workspace.redactor.known(render(sample)))
        say(sample_line(sample, path))
        say("send it to the reviewers; then: evalci review import <the files they send back>")


def _drawn(
    workspace: Workspace, found: CaseSet, model: ModelConfig, run: Run, wanted: Wanted
) -> Sample:
    dice = Random(wanted.seed)  # noqa: S311  # a draw, no secret
    candidates = candidates_of(
        run,
        found.cases,
        names=author_names(model, family_of(model)),
        clean=workspace.redactor.text,
        dice=dice,
        only_queue=wanted.queue,
    )
    if not candidates:
        what = "no answer that needs a review" if wanted.queue else "no answer to a current case"
        raise BadInputError(f"{what} in the last run of {found.name}", hint="run `evalci run`")
    sample = draw_sample(candidates, minutes=wanted.minutes, name=run.id, dice=dice)
    if not sample.candidates:
        shortest = min(one.seconds for one in candidates) / 60
        message = f"--minutes {wanted.minutes:g}: the shortest answer takes {shortest:.1f} minutes"
        raise UsageError(message)
    return sample
