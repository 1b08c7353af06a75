"""Does what `evalci judge calibrate` asks for: finds both sides and compares them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import click

from evalci.cli.calibration import write_calibration
from evalci.cli.paid import paid_clients
from evalci.cli.review_files import read_labels
from evalci.cli.show import say
from evalci.cli.stage import print_json
from evalci.cli.workspace import Workspace, open_workspace, read_run
from evalci.core.answered import Labelled, answered_in, labelled, scales_in
from evalci.core.budget import Amount
from evalci.core.calibration import (
    Calibration,
    JudgeFacts,
    calibrated,
    calibration_json,
    judge_facts_of,
)
from evalci.core.case_set import CaseSet
from evalci.core.judge_config import Judge, JudgePolicy, Seat
from evalci.core.model_config import ModelConfig
from evalci.core.rating import judge_ratings, judged_by, pairs_of, raters_of
from evalci.core.run import Run
from evalci.core.trial import Trial, total_of
from evalci.edges.llm.budget import Purse
from evalci.errors import BadInputError
from evalci.project import load_project
from evalci.report.calibrations import calibration_lines
from evalci.report.escape import counted, visible
from evalci.report.facts import dollars
from evalci.second_opinion import Seated, judged_answers, second_opinions


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Who the judge is compared with: people by their ``labels``, or another ``judge``.

    That one is named by its model config, and asked about ``cases`` cases.
    """

    labels: tuple[Path, ...] = ()
    judge: str = ""
    cases: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedSet:
    """One golden set with a model, its last run, and the judge of that run."""

    workspace: Workspace
    found: CaseSet
    model: ModelConfig
    policy: JudgePolicy
    judge: Judge
    run: Run

    @property
    def trials(self) -> list[Trial]:
        """Return every trial of the run."""
        return [trial for case in self.run.cases for trial in case.trials]


def calibrate_sets(
    config_path: Path | None,
    golden_sets: Sequence[str],
    model_name: str | None,
    other: Other,
    *,
    as_json: bool,
) -> None:
    """Calibrate the judge on each golden set and print what was found."""
    workspace = open_workspace(config_path)
    model = workspace.model(model_name)
    results = []
    for found in workspace.case_sets(golden_sets):
        judged = _judged_set(workspace, found, model)
        results.append(write_calibration(workspace, _calibrated(judged, other)))
    if as_json:
        print_json(workspace, [calibration_json(one) for one, *_ in results])
        return
    for result in results:
        say("\n".join(calibration_lines(*result)))


def _judged_set(workspace: Workspace, found: CaseSet, model: ModelConfig) -> JudgedSet:
    policy = workspace.config.judge
    if policy is None:
        raise BadInputError(f"{workspace.config.source}: no `judge:` section, so nobody to compare")
    judge = policy.judge_of(model)
    run = read_run(workspace.run_folder(found.name, model) / "run.json")
    return JudgedSet(
        workspace=workspace, found=found, model=model, policy=policy, judge=judge, run=run
    )


def _calibrated(judged: JudgedSet, other: Other) -> Calibration:
    mine = [one for one in judge_ratings(judged.trials) if one.rater == judged.judge.model.id]
    if not mine:
        message = f"the last run of {judged.found.name} holds no score of judge"
        hint = "run `evalci run --all` first"
        raise BadInputError(f"{message} `{judged.judge.model.name}`", hint=hint)
    if other.judge:
        found, against = _of_judge(judged, other)
    else:
        found, against = _of_people(judged, other.labels)
    answers = answered_in(judged.run, judged.found.cases)
    pairs = pairs_of(mine, found.ratings, scales_in(answers))
    if not pairs:
        message = f"no answer of {judged.found.name} was scored by both sides on one criterion"
        raise BadInputError(message, hint="label answers that the judge has scored")
    return calibrated(
        pairs,
        golden_set=judged.found.name,
        judge=_facts(judged, {pair.case for of in pairs.values() for pair in of}),
        against=against,
        nameless=found.nameless,
    )


def _facts(judged: JudgedSet, cases: Collection[str]) -> JudgeFacts:
    """Return which judge it was, by its scores of the cases that were compared."""
    model, trials = judged.judge.model, [t for t in judged.trials if t.case in cases]
    return judge_facts_of(model.name, model.id, judged_by(trials))


def _of_people(judged: JudgedSet, places: Sequence[Path]) -> tuple[Labelled, str]:
    labels = [label for place in places for label in read_labels(place)]
    found = labelled(labels, answered_in(judged.run, judged.found.cases))
    if not found.ratings:
        message = f"none of {counted(len(labels), 'label')} is about an answer of the last run"
        hint = f"label answers of {judged.found.name}, as `evalci review sample` does"
        raise BadInputError(message, hint=hint)
    if found.unmatched:
        unmatched = counted(found.unmatched, "label")
        click.echo(f"evalci: {unmatched} of answers that the last run does not hold", err=True)
    return found, counted(len(raters_of(found.ratings)), "reviewer")


def _of_judge(judged: JudgedSet, other: Other) -> tuple[Labelled, str]:
    """Return what another judge says of the same answers, after asking it."""
    model = judged.workspace.model(other.judge)
    if model.id == judged.judge.model.id:
        raise BadInputError(f"--against: `{model.name}` is the judge itself", hint="name another")
    seat = Seat(model=model, place="--against")
    judge = replace(judged.policy, default=seat, by_family={}).judge_of(judged.model)
    # The same choice every time, so that a second attempt finds its replies in the cache.
    dice = Random(judged.run.id)  # noqa: S311  # a draw, no secret
    answers = judged_answers(judged.run, judged.found.cases, most=other.cases, dice=dice)
    trials = second_opinions(answers, _seated(judged, judge))
    spend = total_of(s.judge.spend for t in trials for s in t.scores if s.judge is not None)
    asked = f"judge {model.name} was asked about {counted(len(answers), 'answer')}"
    paid = f"{dollars(spend)} for {counted(spend.calls, 'call')}, {spend.cached} cached"
    click.echo(visible(f"evalci: {asked}: {paid}"), err=True)
    return Labelled(ratings=judge_ratings(trials)), model.id


def _seated(judged: JudgedSet, judge: Judge) -> Seated:
    workspace = judged.workspace
    project = load_project(
        judged.found,
        config=workspace.config,
        model=judged.model,
        files=workspace.edges.files,
        renderer=workspace.edges.renderer,
    )
    purse = Purse(workspace.config.budget, Amount())
    client = paid_clients(workspace, replace(project, judge=judge), purse, cache=True).judge
    assert client is not None  # noqa: S101  # the project has a judge
    return Seated(
        judge=judge,
        author=judged.model,
        client=client,
        redactor=workspace.redactor,
        concurrency=workspace.config.concurrency,
    )
