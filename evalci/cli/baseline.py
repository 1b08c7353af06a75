"""`evalci baseline`: accept, extend, freeze, show, compare and merge the committed scores."""

from pathlib import Path

import click

from evalci.cli.command import Group
from evalci.cli.options import LINE, config_option, golden_set_option, model_option
from evalci.errors import BadInputError, UsageError


@click.group(cls=Group)
def baseline() -> None:
    """Accept, extend, freeze, compare and merge baselines."""


@baseline.command(short_help="Make what RUNS measured the baseline.")
@config_option
@click.argument("runs", nargs=-1, type=click.Path(path_type=Path))
@click.option("--reason", required=True, envvar="EVALCI_REASON", help="Why these scores are right.")
@click.option(
    "--category",
    "categories",
    type=LINE,
    multiple=True,
    envvar="EVALCI_CATEGORY",
    help="Only this category; may be repeated.",
)
@click.option(
    "--case",
    "cases",
    type=LINE,
    multiple=True,
    envvar="EVALCI_CASE",
    help="Only this case; may be repeated.",
)
@click.option(
    "--top-up",
    is_flag=True,
    envvar="EVALCI_TOP_UP",
    help="First run the trials that are missing to `baseline.trials`.",
)
def accept(  # the options of the command
    *,
    runs: tuple[Path, ...],
    config_path: Path | None,
    reason: str,
    categories: tuple[str, ...],
    cases: tuple[str, ...],
    top_up: bool,
) -> None:
    """Make what RUNS measured the baseline, by default the last runs of the config."""
    from evalci.cli.accept import Part, accept_run
    from evalci.cli.show import say
    from evalci.cli.workspace import open_workspace, run_places
    from evalci.report.escape import counted

    if not reason.strip():
        raise UsageError("--reason is empty", hint="say why these scores are right")
    workspace = open_workspace(config_path)
    part = Part(categories=categories, cases=cases)
    for place in run_places(runs, config_path):
        done = accept_run(workspace, place, reason=reason, part=part, topped_up=top_up)
        if done.warning:
            click.echo(f"evalci: {done.path}: {done.warning}", err=True)
        say(f"{done.path}: {counted(done.cases, 'case')} accepted; commit it")


@baseline.command(short_help="Add the trials of RUNS on unchanged inputs.")
@config_option
@click.argument("runs", nargs=-1, type=click.Path(path_type=Path))
def extend(*, runs: tuple[Path, ...], config_path: Path | None) -> None:
    """Add the trials of RUNS on unchanged inputs, such as a scheduled run's on main.

    A case keeps its newest 20 trials. By default the last runs of the config.
    """
    from evalci.cli.extend import extend_baseline
    from evalci.cli.show import say
    from evalci.cli.workspace import open_workspace, run_places
    from evalci.report.escape import counted

    workspace = open_workspace(config_path)
    for place in run_places(runs, config_path):
        path, gained = extend_baseline(workspace, place)
        cases, trials = counted(gained.cases, "case"), counted(gained.trials, "trial")
        say(f"{path}: {trials} added to {cases}; commit it")


@baseline.command(short_help="Freeze the baseline, so that a slow slide is seen.")
@config_option
@golden_set_option
@model_option
@click.option("--reason", required=True, envvar="EVALCI_REASON", help="Such as the release.")
def anchor(
    *,
    config_path: Path | None,
    golden_sets: tuple[str, ...],
    model_name: str | None,
    reason: str,
) -> None:
    """Freeze the present baseline as the anchor, so that a slow slide away from it is seen."""
    from evalci.cli.extend import freeze_anchor
    from evalci.cli.show import say
    from evalci.cli.workspace import open_workspace

    if not reason.strip():
        raise UsageError("--reason is empty", hint="say what is frozen, such as the release")
    workspace = open_workspace(config_path)
    model = workspace.model(model_name)
    for found in workspace.case_sets(golden_sets):
        say(f"{freeze_anchor(workspace, found.name, model, reason)}: frozen; commit it")


@baseline.command(short_help="Show who accepted each baseline, and its scores.")
@config_option
@golden_set_option
@model_option
def show(*, config_path: Path | None, golden_sets: tuple[str, ...], model_name: str | None) -> None:
    """Show each baseline: who accepted it, when, and every category's score."""
    from evalci.cli.extend import ACCEPT
    from evalci.cli.workspace import open_workspace
    from evalci.report.baselines import baseline_lines

    workspace = open_workspace(config_path)
    model = workspace.model(model_name)
    for found in workspace.case_sets(golden_sets):
        kept = workspace.baseline(found.name, model)
        if kept is None:
            raise BadInputError(f"no baseline for {found.name} with {model.name}", hint=ACCEPT)
        _echo(baseline_lines(kept, workspace.categories(found)))


@baseline.command()
@config_option
@golden_set_option
@model_option
@click.option(
    "--ref",
    default="HEAD",
    envvar="EVALCI_REF",
    show_default=True,
    help="The commit to hold it to.",
)
def diff(
    *,
    config_path: Path | None,
    golden_sets: tuple[str, ...],
    model_name: str | None,
    ref: str,
) -> None:
    """Compare the baselines in the working tree with those of a commit."""
    from evalci.cli.extend import ACCEPT
    from evalci.cli.workspace import open_workspace
    from evalci.report.baselines import baseline_diff_lines

    workspace = open_workspace(config_path)
    model = workspace.model(model_name)
    for found in workspace.case_sets(golden_sets):
        before = workspace.baseline_at(ref, found.name, model)
        after = workspace.baseline(found.name, model)
        if after is None:
            missing = f"no baseline for {found.name} with {model.name} in the working tree"
            there = f"; {ref} has one" if before is not None else ""
            raise BadInputError(f"{missing}{there}", hint=ACCEPT)
        _echo(baseline_diff_lines(before, after, workspace.categories(found), ref=ref))


@baseline.command(short_help="Join the baselines of BRANCH into those at hand.")
@config_option
@golden_set_option
@model_option
@click.argument("branch", required=False)
@click.option(
    "--files",
    nargs=3,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="BASE OURS THEIRS",
    help="Join these files into OURS instead, as git asks a merge driver to.",
)
def merge(
    *,
    config_path: Path | None,
    golden_sets: tuple[str, ...],
    model_name: str | None,
    branch: str | None,
    files: tuple[Path, Path, Path] | None,
) -> None:
    """Join the baselines of BRANCH into those of the working tree, case by case.

    A case that both branches measured with different prompts or scorers keeps our scores, is
    named, and ends the command with exit 3.
    """
    from evalci.cli.baseline_merge import merge_branch, merge_files
    from evalci.cli.workspace import open_workspace

    if (branch is None) == (files is None):
        raise UsageError("name a branch, or three files with --files", hint="one of the two")
    if files is not None:
        merge_files(*files)
    elif branch is not None:
        workspace = open_workspace(config_path)
        model = workspace.model(model_name)
        merge_branch(workspace, branch, workspace.case_sets(golden_sets), model)


def _echo(lines: list[str]) -> None:
    from evalci.cli.show import say

    say("\n".join(lines))
