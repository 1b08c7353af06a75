"""Opens a repository for a command: its config, its golden sets, its files on disk."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from evalci.cli.secrets import redactor
from evalci.core.base_names import Names
from evalci.core.base_policy import Policy, policy_of
from evalci.core.base_revision import Trigger, base_revision
from evalci.core.baseline import Baseline, baseline_path
from evalci.core.case_set import CaseSet
from evalci.core.category import category_of
from evalci.core.config import Config, parse_config
from evalci.core.custom_scorer import with_versions
from evalci.core.document import Document
from evalci.core.hashes import short
from evalci.core.model_config import ModelConfig
from evalci.core.model_reach import with_base_reach
from evalci.core.ports import Files
from evalci.core.problem import did_you_mean, raise_lines, raise_problems
from evalci.core.redaction import Redactor
from evalci.core.run import Run
from evalci.core.run_file import parse_baseline, parse_index, parse_run
from evalci.core.run_index import RunIndex, unfinished
from evalci.core.shard import Part
from evalci.edges import Edges, open_edges
from evalci.edges.actions import in_actions
from evalci.edges.event import trigger
from evalci.edges.files import (
    CONFIG_PLACES,
    MAX_JSON_BYTES,
    CommittedFiles,
    find_config,
    json_document,
)
from evalci.edges.git import CommitFiles, top_level
from evalci.edges.plugins import InstalledScorers
from evalci.errors import BadInputError, UsageError

if TYPE_CHECKING:
    from evalci.core.head_text import LaidOver

RUNS = ".evalci/runs"
PRIVATE_LOGS = ".evalci/private"
INDEX = "index.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """A repository with a checked config; ``written`` is what its file says.

    ``policy`` has the config in force, which differs from the written one where a base decides.
    ``trigger`` is what started the command, where that matters. ``laid_over`` is the text of a
    pull request that lies over the files; then cases and prompts read ``committed`` ones alone.
    """

    written: Config
    policy: Policy
    config_file: Document
    edges: Edges
    redactor: Redactor
    trigger: Trigger = field(default_factory=Trigger)
    laid_over: "LaidOver | None" = None
    committed: CommittedFiles | None = None

    @property
    def sources(self) -> Files:
        """Return where cases and prompts are read from."""
        return self.committed or self.edges.files

    @property
    def config(self) -> Config:
        """Return the config in force."""
        return self.policy.config

    @property
    def withholds(self) -> bool:
        """Tell whether prompts and answers must not leave this job, such as in an artifact."""
        return self.config.report.private and in_actions(os.environ)

    def model(self, name: str | None) -> ModelConfig:
        """Return a model config by name, by default `run.model`."""
        wanted = name or self.config.model
        if wanted not in self.config.models:
            hint = did_you_mean(wanted, list(self.config.models))
            raise UsageError(f"no model config is named `{wanted}`", hint=hint)
        if wanted in self.policy.unmerged:
            raise BadInputError(
                f"{self.written.source}: model `{wanted}` needs an address or a key variable that "
                "no model of the base is reached with",
                hint="merge the model config first, then let `run.model` name it",
            )
        return self.config.models[wanted]

    def golden_set_paths(self, names: Sequence[str] = ()) -> list[str]:
        """Return the folders of the named golden sets, by default of all."""
        by_name = {path.rsplit("/", 1)[-1]: path for path in self.config.golden_sets}
        unknown = [name for name in names if name not in by_name]
        if unknown:
            hint = did_you_mean(unknown[0], list(by_name))
            raise UsageError(f"no golden set is named `{unknown[0]}`", hint=hint)
        return [by_name[name] for name in names] if names else list(by_name.values())

    def case_sets(self, names: Sequence[str] = ()) -> list[CaseSet]:
        """Return the parsed golden sets, with the problems of all of them in one error."""
        from evalci.case_sets import load_cases, path_problems, rule_problems

        raise_problems(path_problems(self.written, self.config_file, self.edges.files))
        errors: list[str] = []
        found: list[CaseSet] = []
        scorers = with_versions(self.config.scorers, InstalledScorers().version)
        config = replace(self.config, scorers=scorers)
        for path in self.golden_set_paths(names):
            try:
                found.append(load_cases(path, config, self.sources))
            except BadInputError as exc:
                errors.append(str(exc))
        raise_lines([line for error in errors for line in error.splitlines()])
        if not names:
            raise_problems(rule_problems(self.written, self.config_file, found))
        return found

    def baseline_in_force(self, golden_set: str, model: ModelConfig) -> Baseline | None:
        """Return the baseline that decides: the base's where there is a base."""
        return self.baseline_named(Names(golden_set=golden_set, model=model.name))

    def baseline_named(self, names: Names) -> Baseline | None:
        """Return the baseline in force that is filed under names which the base may have."""
        return self._in_force(names.baseline(self.config))

    def anchor_in_force(self, path: str) -> Baseline | None:
        """Return the frozen anchor: the base's where there is a base."""
        return self._in_force(path)

    def _in_force(self, path: str) -> Baseline | None:
        base, files = self.policy.base, self.policy.files
        if base is None or files is None:
            return self._own(path)
        text = files.text(path)
        if text is None:
            return None
        return parse_baseline(json_document(text, f"{short(base.commit)}:{path}"))

    def _own(self, path: str) -> Baseline | None:
        if self.edges.files.vacant(path):
            return None
        return parse_baseline(self.edges.files.json(path))

    def baseline(self, golden_set: str, model: ModelConfig) -> Baseline | None:
        """Return the baseline in the working tree, None when there is none."""
        return self._own(baseline_path(self.config, golden_set, model.name))

    def own_text(self, path: str) -> str | None:
        """Return a file of the working tree as it stands, None when there is none."""
        files = self.edges.files
        return files.text(path, limit=MAX_JSON_BYTES) if files.exists(path) else None

    def baseline_at(self, ref: str, golden_set: str, model: ModelConfig) -> Baseline | None:
        """Return the baseline as it was in a commit, None when it was not there."""
        commit = self.edges.history.commit_of(ref)
        if commit is None:
            raise BadInputError(f"git knows no commit `{ref}`", hint=self._commit_hint())
        path = baseline_path(self.config, golden_set, model.name)
        text = self.edges.history.text_at(commit, path)
        return None if text is None else parse_baseline(json_document(text, f"{ref}:{path}"))

    def _commit_hint(self) -> str:
        """Return what to do about an unknown commit: make the first one, or name another."""
        if self.edges.history.commit_of("HEAD"):
            return "name another with --ref"
        begin = "" if top_level(self.edges.files.base) else "git init && "
        return f"commit first: {begin}git add -A && git commit"

    def categories(self, found: CaseSet) -> dict[str, str]:
        """Return the category of each case by id."""
        return {case.id: category_of(case, self.config.gate).name for case in found.cases}

    def run_folder(self, golden_set: str, model: ModelConfig, shard: Part | None = None) -> Path:
        """Return where the run of a golden set with a model is kept, or a shard of it."""
        part = f".{shard.index}-of-{shard.total}" if shard else ""
        return self.edges.files.inside(f"{RUNS}/{golden_set}.{model.name}{part}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where a config file lies, and the folder that its paths begin in."""

    config: Path
    base: Path

    @property
    def runs(self) -> Path:
        """Return the folder of all runs."""
        return self.base / RUNS


def _here() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError:
        message = "the working directory does not exist any more"
        raise BadInputError(message, hint="change to another") from None


def find_home(config_path: Path | None) -> Home:
    """Return the home of a config file, by default of the nearest one."""
    here = _here()
    path = config_path or find_config(here, top_level(here))
    if path is None or not path.is_file():
        where = config_path or f"{CONFIG_PLACES[0]} at or above {here}"
        hint = "give one with --config, or begin with `evalci init`"
        raise BadInputError(f"no config: {where}", hint=hint)
    path = path.resolve()
    base = path.parent.parent if path.parent.name == ".github" else path.parent
    return Home(config=path, base=base)


def open_workspace(config_path: Path | None) -> Workspace:
    """Return the workspace of a config file, or of the nearest one."""
    home = find_home(config_path)
    path, base = home.config, home.base
    edges = open_edges(base)
    document = edges.files.yaml(path.relative_to(base).as_posix())
    config = parse_config(document)
    for warning in config.warnings:
        click.echo(f"evalci: {document.source}: {warning}", err=True)
    return Workspace(
        written=config,
        policy=Policy(config=config),
        config_file=document,
        edges=edges,
        redactor=_redactor(config),
    )


def _redactor(config: Config) -> Redactor:
    return redactor([m.api_key_env for m in config.models.values() if m.api_key_env])


def on_base_revision(workspace: Workspace) -> Workspace:
    """Return the workspace under the policy of its base revision, where it has one."""
    started = trigger()
    workspace = replace(workspace, trigger=started)
    base = base_revision(started, workspace.edges.history)
    if base is None:
        return workspace
    files = workspace.edges.files
    policy = policy_of(
        workspace.written,
        workspace.config_file,
        base,
        CommitFiles(files.base, base.commit, parse=files.parse),
        places=dict.fromkeys((workspace.config_file.source, *CONFIG_PLACES)),
    )
    # At a terminal keys and addresses are one's own; a job has the keys of everybody.
    policy = with_base_reach(policy) if started.event else policy
    return replace(workspace, policy=policy, redactor=_redactor(policy.config))


def read_run(place: Path) -> Run:
    """Return the run in a file anywhere on disk."""
    try:
        text = place.read_text(encoding="utf-8")
    except OSError as exc:
        message = f"cannot read {place}: {exc.strerror}"
        raise BadInputError(message, hint="`evalci run` writes it") from None
    except UnicodeDecodeError:
        raise BadInputError(f"{place}: not UTF-8 text", hint="`evalci run` writes it") from None
    return parse_run(json_document(text, str(place)))


def run_places(paths: Sequence[Path], config_path: Path | None) -> list[Path]:
    """Return the given run files, by default those that the last `evalci run` wrote."""
    if paths:
        return [path / "run.json" if path.is_dir() else path for path in paths]
    runs = find_home(config_path).runs
    index = read_index(runs)
    failed = (f"{entry.golden_set}: {entry.error}" for entry in index.entries if entry.error)
    why = next(failed, index.error)
    if why or not index.entries or index.exit_code is None:
        message = unfinished("drift" if index.drift else "run", why)
        raise BadInputError(message, hint="run it again, or name a run.json")
    return [runs / entry.folder / "run.json" for entry in index.entries]


def read_index(runs: Path) -> RunIndex:
    """Return the index of the last `evalci run` in a folder of runs."""
    place = runs / INDEX
    try:
        text = place.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        why = "cannot read" if place.exists() else "no run so far: there is no"
        raise BadInputError(f"{why} {place}", hint="`evalci run` writes it") from None
    return parse_index(json_document(text, str(place)))
