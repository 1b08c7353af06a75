"""`evalci stats`: what the gate can see on this golden set, and how often it cries wolf there."""

from pathlib import Path

import click

from evalci.cli.command import Group
from evalci.cli.options import config_option, golden_set_option, model_option


@click.group(cls=Group)
def stats() -> None:
    """Say what the gate can see here, and how often it is wrong."""


@stats.command(short_help="Show the smallest drop that each category sees.")
@config_option
@golden_set_option
@model_option
@click.argument("category", required=False)
@click.option(
    "--simulate",
    is_flag=True,
    envvar="EVALCI_SIMULATE",
    help="Also play the gate itself on 1,000 simulated runs.",
)
@click.option("--json", "as_json", is_flag=True, envvar="EVALCI_JSON", help="Print JSON.")
def power(
    *,
    config_path: Path | None,
    golden_sets: tuple[str, ...],
    model_name: str | None,
    category: str | None,
    simulate: bool,
    as_json: bool,
) -> None:
    """Show the smallest drop that each category sees, or CATEGORY alone, and what more would buy.

    From the committed baseline, without a call.
    """
    from evalci.cli.stage import open_stages, power_report, print_json, print_power, with_category
    from evalci.report.power import power_json

    workspace, stages = open_stages(config_path, golden_sets, model_name)
    if category is not None:
        stages = with_category(stages, category)
    reports = [
        power_report(workspace, one, category=category, simulated=simulate) for one in stages
    ]
    if as_json:
        print_json(workspace, [power_json(report) for report in reports])
        return
    for report in reports:
        print_power(workspace, report)


@stats.command()
@config_option
@golden_set_option
@model_option
@click.option(
    "--runs",
    type=click.IntRange(100, 100_000),
    default=1000,
    show_default=True,
    envvar="EVALCI_RUNS",
    help="How many runs to simulate.",
)
@click.option(
    "--live",
    type=click.IntRange(1, 1000),
    metavar="RUNS",
    envvar="EVALCI_LIVE",
    help="Measure the unchanged golden set so often instead; that takes calls.",
)
@click.option("--json", "as_json", is_flag=True, envvar="EVALCI_JSON", help="Print JSON.")
def aa(
    *,
    config_path: Path | None,
    golden_sets: tuple[str, ...],
    model_name: str | None,
    runs: int,
    live: int | None,
    as_json: bool,
) -> None:
    """Certify how often this gate fails here when nothing changed.

    Both sides are drawn from what the recorded trials make plausible, without a call, unless --live
    is given. The certificate is written beside the baseline.
    """
    from evalci.cli.certify import certify
    from evalci.cli.show import say
    from evalci.cli.stage import open_stages, print_json
    from evalci.report.certificates import certificate_json, certificate_lines

    workspace, stages = open_stages(config_path, golden_sets, model_name)
    found = [(one.model.id, *certify(workspace, one, runs=runs, live=live)) for one in stages]
    if as_json:
        print_json(workspace, [certificate_json(one, model=model) for model, _, one in found])
        return
    for model, path, certificate in found:
        say("\n".join(certificate_lines(certificate, path, model=model)))
