"""The group of commands; a command's module is imported when it is run, not before."""

from collections.abc import Sequence
from importlib import import_module

import click

from evalci import __version__

# name -> (module:attribute, the line that `--help` shows)
COMMANDS = {
    "baseline": (
        "evalci.cli.baseline:baseline",
        "Accept, extend, freeze, compare and merge baselines.",
    ),
    "cache": ("evalci.cli.cache:cache", "Look at the answers that are kept, and drop old ones."),
    "dashboard": ("evalci.cli.dashboard:dashboard", "Draw the history as one page."),
    "demo": ("evalci.cli.demo:demo", "See a regression found: no key, no network."),
    "drift": ("evalci.cli.drift:drift", "Measure anew, and say whether the vendor moved."),
    "gate": ("evalci.cli.gate:gate", "Exit by the verdict of a finished run."),
    "golden": ("evalci.cli.golden:golden", "Check and maintain golden sets."),
    "history": (
        "evalci.cli.history:history",
        "Keep what runs measured, and ask how a model scored.",
    ),
    "init": ("evalci.cli.init:init", "Write config, examples and workflow into a repository."),
    "judge": ("evalci.cli.judge:judge", "Say how far the judge can be trusted."),
    "merge": ("evalci.cli.merge:merge", "Join the shards of a run and exit by its verdict."),
    "override": (
        "evalci.cli.override:override",
        "Let a regression through, with a reason and an end.",
    ),
    "plan": ("evalci.cli.plan:plan", "Say what a run would ask, why, and what it would cost."),
    "publish": ("evalci.cli.publish:publish", "Say on GitHub what the last run found."),
    "report": ("evalci.cli.report:report", "Render the report of a finished run."),
    "review": ("evalci.cli.review:review", "Let people score answers, and compare them."),
    "run": (
        "evalci.cli.run:run",
        "Measure, compare with the baseline, report, exit by the verdict.",
    ),
    "sandbox": ("evalci.cli.sandbox:sandbox", "Look after the sandbox that runs code answers."),
    "stats": ("evalci.cli.stats:stats", "Say what the gate sees here, and how often it is wrong."),
}
# Commands that workflows call and people do not, so that the list of `--help` leaves them out.
HIDDEN = {"obey": "evalci.cli.obey:obey"}


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports only the one that is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        del ctx
        place = HIDDEN.get(cmd_name) or COMMANDS.get(cmd_name, ("", ""))[0]
        if not place:
            return None
        module, attribute = place.split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        del ctx
        rows: Sequence[tuple[str, str]] = [(name, COMMANDS[name][1]) for name in sorted(COMMANDS)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command when a word is not one."""
        if args and not args[0].startswith("-") and args[0] not in {*COMMANDS, *HIDDEN}:
            from evalci.core.problem import did_you_mean

            hint = did_you_mean(args[0], list(COMMANDS))
            raise click.UsageError(f"no command `{args[0]}`; {hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="evalci")
def app() -> None:
    """Continuous evaluation for prompts.

    Runs a golden set on every change to prompts or model config, compares each category with a
    committed baseline, and says which one got worse.
    """
