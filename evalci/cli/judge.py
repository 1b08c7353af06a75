"""`evalci judge`: how far a judge can be trusted."""

from pathlib import Path

import click

from evalci.cli.command import Group
from evalci.cli.options import LINE, config_option, golden_set_option, model_option
from evalci.errors import UsageError


@click.group(cls=Group)
def judge() -> None:
    """Say how far the judge can be trusted."""


@judge.command(short_help="Compare the judge with people or another judge.")
@config_option
@golden_set_option
@model_option
@click.option(
    "--labels",
    type=LINE,
    multiple=True,
    metavar="FILE",
    envvar="EVALCI_LABELS",
    help="Compare with people: CSV or JSON lines with their scores; may be repeated.",
)
@click.option(
    "--against",
    metavar="NAME",
    envvar="EVALCI_AGAINST",
    help="Compare with another judge: the model config to ask.",
)
@click.option(
    "--cases",
    "most",
    type=click.IntRange(1, 10_000),
    default=30,
    show_default=True,
    envvar="EVALCI_CASES",
    help="How many cases the other judge is asked about.",
)
@click.option("--json", "as_json", is_flag=True, envvar="EVALCI_JSON", help="Print JSON.")
def calibrate(  # noqa: PLR0913  # the options of the command
    *,
    config_path: Path | None,
    golden_sets: tuple[str, ...],
    model_name: str | None,
    labels: tuple[str, ...],
    against: str | None,
    most: int,
    as_json: bool,
) -> None:
    """Compare the judge's scores of the last run with those of people or of another judge.

    Says for each criterion how far they are apart, how they correlate, and whether the judge is
    stricter. The figures are written beside the baselines; no score is corrected.
    """
    from evalci.cli.calibrate import Other, calibrate_sets

    if bool(labels) == bool(against):
        raise UsageError("give either --labels or --against")
    other = Other(labels=tuple(map(Path, labels)), judge=against or "", cases=most)
    calibrate_sets(config_path, golden_sets, model_name, other, as_json=as_json)
