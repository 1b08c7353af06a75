"""`evalci golden`: check and maintain golden sets."""

from pathlib import Path

import click

from evalci.cli.command import Group
from evalci.cli.options import config_option, golden_set_option


@click.group(cls=Group)
def golden() -> None:
    """Check and maintain golden sets."""


@golden.command(short_help="Check config, golden sets, prompts and scorers.")
@config_option
@golden_set_option
def lint(*, config_path: Path | None, golden_sets: tuple[str, ...]) -> None:
    """Check config, golden sets, prompts and scorers without calling a model."""
    from evalci.cli.show import say
    from evalci.cli.workspace import open_workspace
    from evalci.project import load_project
    from evalci.report.escape import counted

    workspace = open_workspace(config_path)
    edges = workspace.edges
    for found in workspace.case_sets(golden_sets):
        project = load_project(
            found,
            config=workspace.config,
            model=workspace.model(None),
            files=edges.files,
            renderer=edges.renderer,
        )
        categories = ", ".join(category.name for category in project.categories)
        say(f"{found.path}: {counted(len(found.cases), 'case')} in {categories}: all good")


@golden.command()
@config_option
@golden_set_option
def sync(*, config_path: Path | None, golden_sets: tuple[str, ...]) -> None:
    """Rewrite the counts of each manifest from its case files."""
    from evalci.case_sets import MANIFEST
    from evalci.cli.show import say
    from evalci.cli.workspace import open_workspace
    from evalci.core.manifest import disagreements, synced

    workspace = open_workspace(config_path)
    files = workspace.edges.files
    for found in workspace.case_sets(golden_sets):
        path = f"{found.path}/{MANIFEST}"
        if not disagreements(found.manifest_file, found.manifest, found.cases):
            say(f"{path}: already in step")
            continue
        files.write(path, synced(files.text(path), found.cases))
        say(f"{path}: {len(found.cases)} cases")


@golden.command("check-references", short_help="Score every reference answer; each must pass.")
@config_option
@golden_set_option
@click.option(
    "--mutate",
    is_flag=True,
    envvar="EVALCI_MUTATE",
    help="Also put mistakes into each reference and list the cases whose tests notice none.",
)
def check_references(
    *, config_path: Path | None, golden_sets: tuple[str, ...], mutate: bool
) -> None:
    """Run every reference answer through its own case's code scorers; each must pass."""
    from evalci.cli.reference_report import report_references
    from evalci.cli.workspace import open_workspace

    workspace = open_workspace(config_path)
    report_references(workspace, workspace.case_sets(golden_sets), mutate=mutate)
