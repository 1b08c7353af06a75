"""Options that several commands share; each also reads `EVALCI_<NAME>`."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from evalci.errors import UsageError

if TYPE_CHECKING:
    from evalci.core.shard import Part

F = TypeVar("F", bound=Callable[..., Any])


class Line(click.types.StringParamType):
    """A text; several of them in one environment variable stand on a line each."""

    name = "text"
    envvar_list_splitter = "\n"

    def split_envvar_value(self, rv: str) -> list[str]:
        """Return the lines that are not empty."""
        return [line.strip() for line in (rv or "").split("\n") if line.strip()]


LINE = Line()


def shard_part(ctx: click.Context, param: click.Parameter, value: str | None) -> "Part | None":
    """Return which shard of how many a text such as `2/4` means; a callback of an option."""
    del ctx, param
    if value is None:
        return None
    from evalci.core.shard import MAX_SHARDS, Part

    found = re.fullmatch(r"(\d{1,3})/(\d{1,3})", value.strip(), re.ASCII)
    index, total = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= index <= total <= MAX_SHARDS:
        limits = f"i from 1 to n, n at most {MAX_SHARDS}"
        raise click.BadParameter(f"`{value}`: write i/n with {limits}, such as 2/4")
    return Part(index=index, total=total)


def config_option(command: F) -> F:
    """Add `--config`."""
    return click.option(
        "--config",
        "config_path",
        type=click.Path(path_type=Path, dir_okay=False),
        envvar="EVALCI_CONFIG",
        help="The evalci.yaml to use; by default the nearest one at or above this folder.",
    )(command)


def golden_set_option(command: F) -> F:
    """Add `--golden-set`, which may be repeated."""
    return click.option(
        "--golden-set",
        "golden_sets",
        type=LINE,
        multiple=True,
        envvar="EVALCI_GOLDEN_SET",
        help="Only this golden set, by name; may be repeated.",
    )(command)


def model_option(command: F) -> F:
    """Add `--model`."""
    return click.option(
        "--model",
        "model_name",
        envvar="EVALCI_MODEL",
        help="The model config to use instead of `run.model`.",
    )(command)


def selection_options(command: F) -> F:
    """Add `--all`, `--case` and `--match`, the last two of which may be repeated."""
    every = click.option(
        "--all", "everything", is_flag=True, envvar="EVALCI_ALL", help="Every case."
    )
    case = click.option(
        "--case",
        "cases",
        type=LINE,
        multiple=True,
        envvar="EVALCI_CASE",
        help="Only this case, by id; may be repeated.",
    )
    match = click.option(
        "--match",
        "match",
        type=LINE,
        multiple=True,
        envvar="EVALCI_MATCH",
        help="Only cases with this value, such as task_type=review or tags=canary; "
        "may be repeated.",
    )
    return every(case(match(command)))


def trials_option(command: F) -> F:
    """Add `--trials`."""
    return click.option(
        "--trials",
        type=click.IntRange(1, 100),
        envvar="EVALCI_TRIALS",
        help="Trials a case instead of `baseline.trials`.",
    )(command)


def head_option(command: F) -> F:
    """Add `--head`, which only the steps give each other after a command in a comment."""
    return click.option(
        "--head",
        default="",
        callback=_full_commit,
        envvar="EVALCI_HEAD",
        hidden=True,
        help="The commit of the pull request whose text lies over the default branch.",
    )(command)


def _full_commit(ctx: click.Context, param: click.Parameter, value: str) -> str:
    del ctx, param
    if value and not re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", value):
        raise click.BadParameter(f"`{value}` is no full commit")
    return value


def dimension_match(pairs: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return what the values of `--match` select, by dimension."""
    from evalci.core.policy import DIMENSIONS
    from evalci.core.problem import did_you_mean

    match: dict[str, tuple[str, ...]] = {}
    known = [*DIMENSIONS, "tags"]
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or name not in known:
            hint = f"such as {name}=…" if name in known else did_you_mean(name, known)
            raise UsageError(f"--match {pair}: write dimension=value", hint=hint)
        match[name] = (*match.get(name, ()), value)
    return match
