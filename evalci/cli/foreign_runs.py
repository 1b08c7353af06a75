"""What a fork's job reports, as far as it may be said: its files are checked, its claims dropped.

The golden sets and the model come from the trusted config, so a fork can leave a report out but
cannot name one; every golden set gets an answer, so a required check never stays open.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from evalci import __version__
from evalci.cli.publication import Publication
from evalci.cli.secrets import redactor
from evalci.cli.workspace import RUNS, Workspace
from evalci.core.gate import decide
from evalci.core.model_config import ModelConfig
from evalci.core.proposal import FORK, Proposal
from evalci.core.publication import Failure
from evalci.core.run import GateRef, GoldenSetRef, ModelRef, Provenance, Run
from evalci.core.run_file import parse_index, parse_run, redacted
from evalci.core.run_index import RunIndex
from evalci.edges.files import json_document
from evalci.edges.github.artifacts import ArtifactFile
from evalci.errors import BadInputError
from evalci.report.view import build_view

SOURCE = "the artifact of the fork"
# What only a trusted job may say of a run.
_CLAIMS = {"verdict", "certificate", "overrides"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What could be read of a fork's artifacts; the newest of everything stands first."""

    runs: tuple[Run, ...] = ()
    indexes: tuple[RunIndex, ...] = ()


def reported(files: Sequence[ArtifactFile]) -> Reported:
    """Return the runs and indexes in some files; whatever is not valid is left out."""
    runs = [run for file in files if file.name == "run.json" for run in _runs(file)]
    indexes = [index for file in files if file.name == "index.json" for index in _indexes(file)]
    return Reported(runs=tuple(runs), indexes=tuple(indexes))


def _runs(file: ArtifactFile) -> Iterator[Run]:
    try:
        document = json_document(_text(file), SOURCE)
        data = document.data
        if isinstance(data, Mapping):
            data = {key: value for key, value in data.items() if key not in _CLAIMS}
        yield redacted(parse_run(replace(document, data=data)), redactor())
    except BadInputError:
        return


def _indexes(file: ArtifactFile) -> Iterator[RunIndex]:
    try:
        yield parse_index(json_document(_text(file), SOURCE))
    except BadInputError:
        return


def _text(file: ArtifactFile) -> str:
    return file.content.decode("utf-8", "replace")


def foreign_publication(workspace: Workspace, found: Reported, head: str) -> Publication:
    """Return what may be said of a fork's commit, one thing for each golden set of the config."""
    model = workspace.model(None)
    said = [_said(workspace, model, path, found, head) for path in workspace.golden_set_paths()]
    folder = workspace.edges.files.inside(RUNS)
    return Publication(
        folder=folder,
        place=folder,
        runs=tuple(each for each in said if isinstance(each, Run)),
        failures=tuple(each for each in said if isinstance(each, Failure)),
        workspace=workspace,
    )


def _said(
    workspace: Workspace, model: ModelConfig, path: str, found: Reported, head: str
) -> Run | Failure:
    name, folder = path.rsplit("/", 1)[-1], workspace.edges.history.folder()
    wanted = (folder, name, model.name)
    for run in found.runs:
        if (run.folder, run.golden_set.name, run.model.name) == wanted and run.shard is None:
            claimed = _disowned(run, head)
            if _can_be_told(claimed):
                return claimed
    failure = next(_failures(found.indexes, name, model.name), None)
    if failure is not None:
        return replace(failure, folder=folder)
    return _unreported(workspace, model, path, head)


def _disowned(run: Run, head: str) -> Run:
    """Return a run that says whose it is; the words of why nobody was asked are ours."""
    aside = run.proposal is not None and bool(run.proposal.not_run)
    proposal = Proposal(head=head, foreign=True, not_run=FORK if aside else "")
    model = replace(run.model, default=True)
    return replace(run, model=model, proposal=proposal)


def _can_be_told(run: Run) -> bool:
    """Tell whether a report can be made of a run: valid fields may still contradict each other."""
    try:
        build_view(run, decide(run))
    except Exception:  # noqa: BLE001  # whatever a hostile file breaks, it must not end the poster
        return False
    return True


def _failures(indexes: Sequence[RunIndex], name: str, model: str) -> Iterator[Failure]:
    """Yield what an index says of a golden set that has no run, or of the whole command."""
    for index in indexes:
        entries = [e for e in index.entries if (e.golden_set, e.model) == (name, model)]
        ends = [(e.error, e.exit_code) for e in entries] + [(index.error, index.exit_code)]
        for error, code in ends:
            if error:
                text = redactor().text(error)
                yield Failure(golden_set=name, model=model, exit_code=code, error=text)


def _unreported(workspace: Workspace, model: ModelConfig, path: str, head: str) -> Run:
    """Return the run of a golden set of which a fork left nothing that can be read."""
    gate, now = workspace.config.gate, workspace.edges.clock.now().isoformat(timespec="seconds")
    return Run(
        id="",
        golden_set=GoldenSetRef(name=path.rsplit("/", 1)[-1], path=path, version="", hash=""),
        model=ModelRef(name=model.name, id=model.id, family=model.family),
        gate=GateRef(mode=gate.mode, incomplete=gate.incomplete, categories=()),
        provenance=Provenance(evalci=__version__, started_at=now, finished_at=now),
        prompts=(),
        cases=(),
        folder=workspace.edges.history.folder(),
        proposal=Proposal(head=head, foreign=True, not_run=FORK),
    )
