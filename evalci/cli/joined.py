"""Reads shards, joins those of each golden set with a model, and keeps what comes of it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from evalci import __version__
from evalci.check import inputs_id
from evalci.cli.ledger import RunLedger
from evalci.cli.show import print_report
from evalci.cli.workspace import Workspace, read_run
from evalci.cli.written import write_run
from evalci.core.run import Run
from evalci.core.run_index import RunEntry
from evalci.core.shard import ShardFile, join
from evalci.errors import BadInputError


def join_shards(workspace: Workspace, paths: Sequence[Path], ledger: RunLedger) -> None:
    """Join the shards of every golden set that has some, then report each; all or nothing."""
    groups: dict[tuple[str, str], list[ShardFile]] = {}
    for place in _places(paths):
        run = read_run(place)
        _refuse_stranger(workspace, run, place)
        key = (run.golden_set.name, run.model.name)
        groups.setdefault(key, []).append(ShardFile(source=str(place), run=run))
    joined = [join(files, version=__version__) for _, files in sorted(groups.items())]
    for run in joined:
        _keep(workspace, run, ledger)


def _places(paths: Sequence[Path]) -> list[Path]:
    """Return the named files, and for a folder every `run.json` in it or below."""
    found: dict[Path, Path] = {}
    for path in paths:
        below = sorted(path.rglob("run.json")) if path.is_dir() else [path]
        if not below:
            raise BadInputError(f"{path}: no run.json below it", hint="`evalci run` writes it")
        found.update((place.resolve(), place) for place in below)
    return list(found.values())


def _refuse_stranger(workspace: Workspace, run: Run, place: Path) -> None:
    """Refuse a run of something that the config does not have: its names become paths."""
    names = {path.rsplit("/", 1)[-1] for path in workspace.config.golden_sets}
    if run.golden_set.name not in names:
        raise BadInputError(f"{place}: the config has no golden set `{run.golden_set.name}`")
    if run.model.name not in workspace.config.models:
        raise BadInputError(f"{place}: the config has no model `{run.model.name}`")


def _keep(workspace: Workspace, run: Run, ledger: RunLedger) -> None:
    """Write and report a joined run, as if this machine had measured it."""
    run = replace(run, id=inputs_id(run, run.provenance.started_at))
    model = workspace.config.models[run.model.name]
    folder = workspace.run_folder(run.golden_set.name, model)
    code = print_report(workspace.redactor, write_run(workspace, run, folder))
    entry = RunEntry(
        golden_set=run.golden_set.name, model=model.name, folder=folder.name, exit_code=code
    )
    ledger.add(entry)
