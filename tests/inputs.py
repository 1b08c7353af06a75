"""Makers of what a user keeps: files on disk, parsed documents, cases, whole small repositories."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from evalci.case_sets import load_cases, path_problems, rule_problems
from evalci.core.config import parse_config
from evalci.core.document import Document
from evalci.core.golden_set import Case
from evalci.core.json_value import Json
from evalci.core.problem import raise_problems
from evalci.edges.files import RepoFiles
from evalci.edges.renderer import ChildRenderer
from evalci.edges.yaml_text import parse_yaml
from evalci.errors import BadInputError
from evalci.project import Project, load_project

CONFIG = """\
version: 1
golden_sets: [golden/desk]
models:
  main: {id: scripted/desk, params: {temperature: 0, top_p: 1}}
run: {model: main}
"""
MANIFEST = """\
version: "1.0"
active: 2
categories: {reply: 1, triage: 1}
"""
CASES = """\
defaults: {prompt: prompts/desk.md, scorers: {exact: {}}}
cases:
  - id: triage-1
    task_type: triage
    inputs: {mail: "My invoice is wrong."}
    expected: billing
  - id: reply-1
    task_type: reply
    inputs: {mail: "My lamp broke."}
    expected: sorry
"""
# Ten references to ten references to ...: nine lines that stand for a thousand million nodes.
ALIAS_BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
)
PROMPT = "Read this mail:\n{{ mail }}\n"


def make_document(data: Json, source: str = "file.json") -> Document:
    """Return a document that says line 0 of everything."""
    return Document(source=source, data=data, line_of=lambda _: 0)


def document(text: str, source: str = "file.yaml") -> Document:
    """Return the parsed form of an indented YAML text."""
    return parse_yaml(dedent(text), source)


def make_files(folder: Path, files: Mapping[str, str | bytes]) -> RepoFiles:
    """Write files below a folder and return the reader whose border it is."""
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
    return RepoFiles(base=folder, border=folder, parse=parse_yaml)


def make_case(**changes: Any) -> Case:
    """Return a small case with some fields changed."""
    case = Case(
        id="triage-1",
        source="golden/desk/cases.yaml",
        position=0,
        dimensions={"task_type": ("triage",)},
        prompt="prompts/desk.md",
        inputs={"mail": "My invoice is wrong."},
    )
    return replace(case, **changes)


def write_project(folder: Path, files: Mapping[str, str | bytes] | None = None) -> RepoFiles:
    """Write a good repository, some of its files replaced or added, and return its reader."""
    good: dict[str, str | bytes] = {
        "evalci.yaml": CONFIG,
        "golden/desk/manifest.yaml": MANIFEST,
        "golden/desk/cases.yaml": CASES,
        "prompts/desk.md": PROMPT,
    }
    return make_files(folder, {**good, **(files or {})})


def load(files: RepoFiles) -> Project:
    """Load the first golden set of a repository, rules and all, with its default model."""
    config_file = files.yaml("evalci.yaml")
    config = parse_config(config_file)
    raise_problems(path_problems(config, config_file, files))
    sets = [load_cases(path, config, files) for path in config.golden_sets]
    raise_problems(rule_problems(config, config_file, sets))
    return load_project(
        sets[0],
        config=config,
        model=config.models[config.model],
        files=files,
        renderer=ChildRenderer(),
    )


def refusal(files: RepoFiles) -> list[str]:
    """Return the lines of the error that loading a repository ends in."""
    with pytest.raises(BadInputError) as caught:
        load(files)
    return str(caught.value).splitlines()


CASE_FILE = "golden/desk/cases.yaml"


def with_case(more: str) -> dict[str, str]:
    """Return a case file whose first case has one more line."""
    return {
        CASE_FILE: CASES.replace("    expected: billing\n", f"    expected: billing\n    {more}\n")
    }


def with_scorers(scorers: str) -> dict[str, str]:
    """Return a case file whose first case, on line 3, brings its scorers on line 7."""
    return with_case(f"scorers: {scorers}")


def with_gate(gate: str) -> dict[str, str]:
    """Return a config with a gate, on line 6."""
    return {"evalci.yaml": f"{CONFIG}gate: {gate}\n"}


def with_composite(composite: str) -> dict[str, str]:
    """Return a config with weights, on line 6."""
    return {"evalci.yaml": f"{CONFIG}composite: {composite}\n"}
