"""`evalci review`: answers go out to people, and their scores come back."""

from pathlib import Path

import click

from evalci.cli.command import Group
from evalci.cli.options import LINE, config_option, golden_set_option, model_option


@click.group(cls=Group)
def review() -> None:
    """Let people score answers, and compare them with each other and with the judge."""


@review.command(short_help="Draw answers of the last run for people to score.")
@config_option
@golden_set_option
@model_option
@click.option(
    "--minutes",
    type=click.FloatRange(1, 600),
    default=30,
    show_default=True,
    envvar="EVALCI_MINUTES",
    help="How long a reviewer should need.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "csv"]),
    default="html",
    show_default=True,
    envvar="EVALCI_FORMAT",
    help="A page for a browser, or a sheet for a spreadsheet.",
)
@click.option(
    "--needs-review",
    "queue",
    is_flag=True,
    envvar="EVALCI_NEEDS_REVIEW",
    help="Only answers whose automatic scores are ambiguous.",
)
@click.option(
    "--seed",
    type=int,
    default=0,
    show_default=True,
    envvar="EVALCI_SEED",
    help="Another number draws other answers.",
)
def sample(  # noqa: PLR0913  # the options of the command
    *,
    config_path: Path | None,
    golden_sets: tuple[str, ...],
    model_name: str | None,
    minutes: float,
    form: str,
    queue: bool,
    seed: int,
) -> None:
    """Draw answers of the last run for people to score: blind, shuffled, of every kind.

    Writes a file that a reviewer fills in without a server, and a key that stays here.
    """
    from evalci.cli.review_sample import Wanted, write_samples

    wanted = Wanted(minutes=minutes, form=form, queue=queue, seed=seed)
    write_samples(config_path, golden_sets, model_name, wanted)


@review.command("import", short_help="Read FILES that reviewers filled in.")
@config_option
@click.argument("files", type=LINE, nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, envvar="EVALCI_JSON", help="Print JSON.")
def import_(*, config_path: Path | None, files: tuple[str, ...], as_json: bool) -> None:
    """Read FILES that reviewers filled in: how they agree, and how the judge agrees with them."""
    from evalci.cli.review_import import import_reviews

    import_reviews(config_path, tuple(map(Path, files)), as_json=as_json)
