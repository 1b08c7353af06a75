"""What `--help` of a group of commands says about each of them."""

import click

from evalci.cli.app import app


def test_no_line_of_a_list_of_commands_is_cut_at_80_columns() -> None:
    context = click.Context(app, terminal_width=80)
    names = app.list_commands(context)
    commands = [command for name in names if (command := app.get_command(context, name))]
    groups = [command for command in commands if isinstance(command, click.Group)]

    pages = [click.Context(g, info_name=g.name, terminal_width=80).get_help() for g in groups]

    lines = [line for page in pages for line in page.partition("Commands:")[2].splitlines()]
    assert [line for line in lines if line.endswith(("...", "…"))] == []
    assert len(groups) > 1
