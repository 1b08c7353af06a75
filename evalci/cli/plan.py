"""`evalci plan`: what a run would ask, why, and what it would cost, without asking anything."""

from pathlib import Path

import click

from evalci.cli.command import Command
from evalci.cli.options import (
    config_option,
    dimension_match,
    golden_set_option,
    model_option,
    selection_options,
    trials_option,
)


@click.command(cls=Command)
@config_option
@golden_set_option
@model_option
@selection_options
@trials_option
@click.option("--json", "as_json", is_flag=True, envvar="EVALCI_JSON", help="Print JSON.")
def plan(  # noqa: PLR0913  # the options of the command
    *,
    config_path: Path | None,
    golden_sets: tuple[str, ...],
    model_name: str | None,
    everything: bool,
    cases: tuple[str, ...],
    match: tuple[str, ...],
    trials: int | None,
    as_json: bool,
) -> None:
    """Say which cases `evalci run` would measure, why, and what that would cost.

    Nothing is asked. Tokens, dollars and time are what the baseline recorded of each case.
    """
    from evalci.cli.planned import forecasts
    from evalci.cli.session import Session
    from evalci.cli.show import page, print_text
    from evalci.cli.stage import print_json
    from evalci.cli.workspace import on_base_revision, open_workspace
    from evalci.core.plan import Selection
    from evalci.report.forecast import forecast_json, forecast_text

    chosen = Selection(
        affected=not (everything or cases or match),
        cases=frozenset(cases) if cases else None,
        match=dimension_match(match),
    )
    workspace = on_base_revision(open_workspace(config_path))
    session = Session(selection=chosen, trials=trials)
    found = forecasts(workspace, workspace.model(model_name), session, golden_sets)
    if as_json:
        print_json(workspace, [forecast_json(one) for one in found])
        return
    width, colour = page()
    for one in found:
        print_text(workspace.redactor, forecast_text(one, width=width, colour=colour))
