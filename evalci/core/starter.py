"""The files that `evalci init` writes: where each belongs and what is filled into it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from string import Template

from evalci.core.hashes import normalised
from evalci.core.json_value import parse_json

TEMPLATES = (
    *("evalci.yaml", "manifest.yaml", "cases.yaml", "workflow.yml", "weekly.yml", "pages.yml"),
    *("prompts/extract.md", "prompts/triage.md"),
)
SCHEMAS = ("config", "golden_set", "manifest")
SCHEMA_FOLDER = ".evalci/schemas"
WORKFLOW = ".github/workflows/evalci.yml"
WEEKLY = ".github/workflows/evalci-weekly.yml"
PAGES = ".github/workflows/evalci-dashboard.yml"
GITIGNORE = ".gitignore"
CONFIG = "evalci.yaml"
KEY_VARIABLE = "ANTHROPIC_API_KEY"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9._/-]*")
_WORDS = {"true", "false", "yes", "no", "on", "off", "y", "n", "null"}
_COMMIT = re.compile(r"[0-9a-f]{40}")
_GITHUB = re.compile(r"(?:https://|ssh://git@)github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?/?")
_IGNORED = {".evalci", ".evalci/", "/.evalci", "/.evalci/"}
_REOPENED = "!.evalci/"
_IGNORE_LINES = (".evalci/*", f"!{SCHEMA_FOLDER}/")


class Blanks(Template):
    """A template whose blanks are written ``@@{name}``: `$` and `{{` belong to other languages."""

    delimiter = "@@"


@dataclass(frozen=True, slots=True, kw_only=True)
class Starter:
    """What the files depend on; ``workflow``, ``weekly`` and ``pages`` tell which are wanted.

    ``folder`` holds ``config``, seen from the top of the repository, empty at the top.
    ``action`` is what the workflow's `uses:` names.
    """

    name: str
    folder: str = ""
    config: str = CONFIG
    branch: str = "main"
    action: str
    workflow: bool = True
    weekly: bool = False
    pages: bool = False

    @property
    def golden_set(self) -> str:
        """Return the golden set's folder as `evalci.yaml` names it."""
        return f"golden_sets/{self.name}"

    def place(self, path: str) -> str:
        """Return a path of the config's folder, seen from the top of the repository."""
        return f"{self.folder}/{path}" if self.folder else path


@dataclass(frozen=True, slots=True, kw_only=True)
class StarterFile:
    """A file to write, by its path from the top of the repository."""

    path: str
    text: str


class Fate(StrEnum):
    """How a starter file stands to what is there already."""

    NEW = "new"
    SAME = "same"
    DIFFERENT = "different"


def fate_of(file: StarterFile, old: str | None) -> Fate:
    """Tell whether a file is missing, there already, or there with another text.

    Line endings do not count: a checkout may have changed them. A schema that differs is that of
    another evalci and nobody's own text, so that it is written anew.
    """
    if old is not None and normalised(old) == normalised(file.text):
        return Fate.SAME
    ours = f"/{SCHEMA_FOLDER}/" in f"/{file.path}"
    return Fate.NEW if old is None or ours else Fate.DIFFERENT


def is_name(name: str) -> bool:
    """Tell whether a golden set may be called so; its cases stand beside `manifest.yaml`."""
    return _NAME.fullmatch(name) is not None and name.lower() != "manifest"


def names_golden_set(config: str, starter: Starter) -> bool:
    """Tell whether the text of a config names the golden set."""
    return re.search(rf"{starter.golden_set}(?![\w-])", config) is not None


def starter_files(
    starter: Starter, templates: Mapping[str, str], schemas: Mapping[str, str]
) -> tuple[StarterFile, ...]:
    """Return the files in the order a reader meets them; ``schemas`` are texts by name."""
    own = {
        starter.config: "evalci.yaml",
        f"{starter.golden_set}/manifest.yaml": "manifest.yaml",
        f"{starter.golden_set}/{starter.name}.yaml": "cases.yaml",
        f"prompts/{starter.name}/extract.md": "prompts/extract.md",
        f"prompts/{starter.name}/triage.md": "prompts/triage.md",
    }
    files = [
        StarterFile(path=starter.place(path), text=_filled(templates[source], starter, path))
        for path, source in own.items()
    ]
    files += [
        StarterFile(path=starter.place(f"{SCHEMA_FOLDER}/{name}.json"), text=schemas[name])
        for name in SCHEMAS
    ]
    workflows = (
        (WORKFLOW, "workflow.yml", starter.workflow),
        (WEEKLY, "weekly.yml", starter.weekly),
        (PAGES, "pages.yml", starter.pages),
    )
    files += [
        StarterFile(path=path, text=_filled(templates[source], starter, path))
        for path, source, wanted in workflows
        if wanted
    ]
    return tuple(files)


def _filled(template: str, starter: Starter, path: str) -> str:
    start = f"working-directory: {_scalar(starter.folder)}"
    return Blanks(template).substitute(
        name=starter.name,
        schemas="../" * path.count("/") + SCHEMA_FOLDER,
        branch=_scalar(re.sub(r"[\[\]*?+!\\]", r"\\\g<0>", starter.branch)),
        action=starter.action,
        source=f"git+https://github.com/{starter.action.split()[0]}",
        start=f"        {start}\n" if starter.folder else "",
        inputs=f"          {start}\n" if starter.folder else "",
    )


def _scalar(text: str) -> str:
    """Return a text as YAML, in quotes where it could be read as something else."""
    plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS
    return text if plain else json.dumps(text)


def action_reference(direct_url: str, version: str) -> str:
    """Return what `uses:` names, with its comment: a commit where one is known, else the tag.

    ``direct_url`` is the text of `direct_url.json` (PEP 610), which pip leaves when it installed
    from a repository, and empty for an ordinary release.
    """
    found = _github_commit(direct_url)
    if found:
        return f"{found} # {version}"
    return f"evalci/evalci@v{version} # zizmor: ignore[unpinned-uses] better: its full commit SHA"


def _github_commit(direct_url: str) -> str | None:
    try:
        data = parse_json(direct_url)
    except ValueError:
        return None
    source = data.get("vcs_info") if isinstance(data, Mapping) else None
    if not isinstance(data, Mapping) or not isinstance(source, Mapping):
        return None
    commit, home = str(source.get("commit_id")), _GITHUB.fullmatch(str(data.get("url")))
    return f"{home.group(1)}@{commit}" if home and _COMMIT.fullmatch(commit) else None


def with_ignored(text: str, *, nested: bool) -> str:
    """Return a `.gitignore` that leaves out what evalci keeps for itself, but not the schemas.

    Only missing lines are added, in the file's own way of ending lines. A folder that is ignored
    as a whole cannot be looked into, so it is opened again first; in a ``nested`` file always,
    because a rule of a folder above may ignore it.
    """
    lines = [line.strip() for line in text.removeprefix("\ufeff").splitlines()]
    reopened = nested or not _IGNORED.isdisjoint(lines)
    wanted = (_REOPENED, *_IGNORE_LINES) if reopened else _IGNORE_LINES
    missing = _missing(lines, wanted)
    if not missing:
        return text
    end = "\r\n" if "\r\n" in text else "\n"
    closed = text.endswith("\n") or not text
    return text + ("" if closed else end) + end.join(missing) + (end if closed else "")


def _missing(lines: list[str], wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Return what of ``wanted`` does not stand in the lines in this order: later lines win."""
    rest = iter(lines)
    there = 0
    for line in wanted:
        if line not in rest:  # reads on from the line found before
            break
        there += 1
    return wanted[there:]
