"""Options that are given more than once, over all commands."""

from collections.abc import Iterator

import click
import pytest

from evalci.cli import run_cli
from evalci.cli.app import COMMANDS, HIDDEN, app
from evalci.cli.command import Command


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        pytest.param(
            "override add --category a --category b --reason x", "--category", id="a category"
        ),
        pytest.param("run --model a --model=b", "--model", id="a model"),
        pytest.param("plan --trials 2 --case a --trials 2", "--trials", id="the same value"),
        pytest.param("history list --since a --since b", "--since", id="a date"),
    ],
)
def test_a_second_value_of_an_option_that_takes_one_is_refused(
    arguments: str, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(arguments.split()) == 2

    said = capsys.readouterr().err
    assert said.startswith(f"evalci: {option} takes one value and is given 2 (see `evalci ")
    assert said.count("\n") == 1


def test_flags_and_options_of_many_values_may_be_repeated(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = run_cli(
        ["run", "--case", "a", "--case", "b", "--no-gate", "--no-gate", "--shard", "9/1"]
    )

    assert code == 2
    assert "write i/n" in capsys.readouterr().err


def test_every_command_is_one_that_refuses() -> None:
    context = click.Context(app)
    tops = [app.get_command(context, name) for name in (*COMMANDS, *HIDDEN)]

    found = [command for top in tops if top for command in _leaves(top)]

    assert [command.name for command in found if not isinstance(command, Command)] == []
    assert len(found) > len(tops)


def _leaves(command: click.Command) -> Iterator[click.Command]:
    if isinstance(command, click.Group):
        for each in command.commands.values():
            yield from _leaves(each)
    else:
        yield command
