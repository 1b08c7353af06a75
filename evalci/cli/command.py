"""The kind of command that evalci is made of: what is given twice by mistake is refused."""

import click


class Command(click.Command):
    """A command that refuses a second value where an option takes one; click takes the last."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse what was typed; click.UsageError names an option with a value too many."""
        _, _, order = self.make_parser(ctx).parse_args(args=list(args))
        single = [param for param in order if isinstance(param, click.Option) and _takes_one(param)]
        for option in single:
            if single.count(option) > 1:
                message = f"{option.opts[0]} takes one value and is given {single.count(option)}"
                raise click.UsageError(message, ctx)
        return super().parse_args(ctx, args)


def _takes_one(option: click.Option) -> bool:
    return not (option.multiple or option.is_flag or option.count)


class Group(click.Group):
    """A group of such commands."""

    command_class = Command
