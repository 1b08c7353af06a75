"""Reads shards, joins those of each golden set with a model, and keeps what comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from evalci import __version__
from evalci.check import inputs_id
from evalci.cli.ledger import RunLedger, clean_error
from evalci.cli.show import print_report
from evalci.cli.workspace import INDEX, Workspace, read_index, read_run
from evalci.cli.written import write_run
from evalci.core.run import Run
from evalci.core.run_index import RunEntry, RunIndex, broken_off
from evalci.core.shard import ShardFile, join
from evalci.errors import BadInputError, EvalciError, NotMeasuredError
from evalci.report.escape import visible

Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardIndex:
    """What a job of the matrix says of its shards, and where it says that."""

    place: Path
    index: RunIndex

    def why(self, key: Key | None = None) -> list[str]:
        """Return what went wrong with a golden set and a model, or with the whole command."""
        entries = [e for e in self.index.entries if key in {None, (e.golden_set, e.model)}]
        return [error for error in (*(e.error for e in entries), broken_off(self.index)) if error]


def read_indexes(paths: Sequence[Path]) -> tuple[ShardIndex, ...]:
    """Return what the jobs of the shards say of themselves, in the folders among some paths."""
    places = [place for path in paths if path.is_dir() for place in sorted(path.rglob(INDEX))]
    return tuple(index for place in places if (index := _index(place)))


def join_shards(
    workspace: Workspace, paths: Sequence[Path], indexes: Sequence[ShardIndex], ledger: RunLedger
) -> None:
    """Join the shards of every golden set, report each, and say which cannot be joined and why.

    One that fails does not hide the others, as in `evalci run`: with one its error is raised as it
    is, with several it is printed.
    """
    groups = _groups(workspace, paths, indexes)
    for key, files in sorted(groups.items()):
        try:
            ledger.add(_keep(workspace, _joined(key, files, indexes)))
        except EvalciError as exc:
            ledger.add(_failure(workspace, key, exc))
            if len(groups) == 1:
                raise
            for line in visible(workspace.redactor.text(str(exc))).splitlines():
                click.echo(f"evalci: {key[0]}: {line}", err=True)


def _index(place: Path) -> ShardIndex | None:
    """Return an index, None for a file of that name that is none: other programs write them too."""
    try:
        return ShardIndex(place=place, index=read_index(place.parent))
    except BadInputError:
        return None


def _groups(
    workspace: Workspace, paths: Sequence[Path], indexes: Sequence[ShardIndex]
) -> dict[Key, list[ShardFile]]:
    """Return the shards of each golden set with a model; none where no shard could be measured.

    In a folder the run of a whole golden set is passed over: an earlier merge may have left it.
    """
    runs = [(place, read_run(place)) for place in _places(paths, indexes)]
    shards = [(place, run) for place, run in runs if run.shard or place in paths]
    groups: dict[Key, list[ShardFile]] = {}
    for place, run in shards or runs:
        key = (run.golden_set.name, run.model.name)
        _refuse_stranger(workspace, key, place)
        groups.setdefault(key, []).append(ShardFile(source=str(place), run=run))
    for found in indexes:
        for entry in (entry for entry in found.index.entries if entry.error):
            _refuse_stranger(workspace, (entry.golden_set, entry.model), found.place)
            groups.setdefault((entry.golden_set, entry.model), [])
    return groups


def _places(paths: Sequence[Path], indexes: Sequence[ShardIndex]) -> list[Path]:
    """Return the named files, and for a folder every `run.json` in it or below."""
    found: dict[Path, Path] = {}
    for path in paths:
        below = sorted(path.rglob("run.json")) if path.is_dir() else [path]
        found.update((place.resolve(), place) for place in below)
    if not found:
        why = [error for each in indexes for error in each.why()]
        hint = f"a shard says: {why[0]}" if why else "`evalci run` writes it"
        raise BadInputError(f"{paths[0]}: no run.json below it", hint=hint)
    return list(found.values())


def _refuse_stranger(workspace: Workspace, key: Key, place: Path) -> None:
    """Refuse a run of something that the config does not have: its names become paths."""
    golden_set, model = key
    if golden_set not in {path.rsplit("/", 1)[-1] for path in workspace.config.golden_sets}:
        raise BadInputError(f"{place}: the config has no golden set `{golden_set}`")
    if model not in workspace.config.models:
        raise BadInputError(f"{place}: the config has no model `{model}`")


def _joined(key: Key, files: Sequence[ShardFile], indexes: Sequence[ShardIndex]) -> Run:
    """Return the run of some shards; what a shard says of its failure is part of the error."""
    why = [error for each in indexes for error in each.why(key)]
    if not files:
        message = f"no shard measured {key[0]} with {key[1]}"
        raise NotMeasuredError(message, hint=why[0].removeprefix(f"{message}; "))
    try:
        return join(files, version=__version__)
    except BadInputError as exc:
        # An earlier merge in the same folder may have said so, too.
        why = [error for error in why if not error.startswith(exc.message)]
        if not why:
            raise
        raise BadInputError(exc.message, hint=f"a shard says: {why[0]}") from None


def _keep(workspace: Workspace, run: Run) -> RunEntry:
    """Write and report a joined run, as if this machine had measured it."""
    run = replace(run, id=inputs_id(run, run.provenance.started_at))
    model = workspace.config.models[run.model.name]
    folder = workspace.run_folder(run.golden_set.name, model)
    code = print_report(workspace.redactor, write_run(workspace, run, folder))
    return RunEntry(
        golden_set=run.golden_set.name, model=model.name, folder=folder.name, exit_code=code
    )


def _failure(workspace: Workspace, key: Key, exc: EvalciError) -> RunEntry:
    golden_set, model = key
    return RunEntry(
        golden_set=golden_set,
        model=model,
        folder=workspace.run_folder(golden_set, workspace.config.models[model]).name,
        exit_code=exc.exit_code,
        error=clean_error(str(exc)),
    )
