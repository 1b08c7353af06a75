"""Prompts: template files with front matter and includes, and the render jobs they make."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from evalci.core.document import Document
from evalci.core.golden_set import Case
from evalci.core.hashes import normalised, template_hash
from evalci.core.json_value import Json, JsonObject, as_list, as_object
from evalci.core.ports import Files, RenderJob
from evalci.core.problem import Problem, raise_problems
from evalci.errors import BadInputError

_FRONT = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_UNCLOSED = re.compile(r"\A---[ \t]*\n(?:system|messages|params)[ \t]*:")
MAX_INCLUDES = 100
_OF_THE_LANGUAGE = ("loop", "self", "super", "caller", "varargs", "kwargs")


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptFile:
    """One template file as it stands on disk."""

    path: str
    text: str

    @property
    def hash(self) -> str:
        """Return the template hash."""
        return template_hash(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A template file, taken apart.

    ``templates`` hold every text that is rendered, by name; ``parts`` are the (role, template
    name) pairs of its messages: system, then few-shot messages, then the body. ``lines`` say on
    which line of its file a template begins.
    """

    file: PromptFile
    includes: tuple[PromptFile, ...]
    templates: Mapping[str, str]
    lines: Mapping[str, tuple[str, int]]
    system: tuple[tuple[str, str], ...] = ()
    shots: tuple[tuple[str, str], ...] = ()
    body: tuple[tuple[str, str], ...] = ()
    params: JsonObject = field(default_factory=dict)

    def job(self, case: Case) -> RenderJob:
        """Return what to render for a case; its own messages replace the few-shot messages."""
        shots = () if case.messages else self.shots
        return RenderJob(
            parts=(*self.system, *shots, *self.body),
            variables={
                **case.inputs,
                "context_files": [file.as_json() for file in case.context_files],
            },
        )


def load_prompt(path: str, files: Files) -> Prompt:
    """Return a prompt with everything it includes; BadInputError with its problems."""
    file = PromptFile(path=path, text=files.text(path))
    text = normalised(file.text)
    front = _FRONT.match(text)
    if not front and _UNCLOSED.match(text):
        hint = "end it with a line of three dashes"
        raise BadInputError(f"{path}:1: the front matter is never closed", hint=hint)
    body = text[front.end() :] if front else text
    document = files.parse(front.group(1), path, 2) if front else _no_front_matter(path)
    if document.data is None:
        document = _no_front_matter(path)
    raise_problems(document.check("prompt"))
    data = as_object(document.data)

    templates: dict[str, str] = {}
    lines: dict[str, tuple[str, int]] = {}
    system, shots = _front_parts(path, text, document, templates, lines)
    parts: list[tuple[str, str]] = []
    if body.strip():
        name = f"{path}#body"  # the bare path is what an include of this file is called
        templates[name] = body
        lines[name] = (path, text[: front.end()].count("\n") + 1 if front else 1)
        parts.append(("user", name))
    if not (system or shots or parts):
        raise BadInputError(f"{path}: the prompt is empty")
    includes = _includes(templates, lines, files)
    return Prompt(
        file=file,
        includes=tuple(includes.values()),
        templates={**templates, **{name: f.text for name, f in includes.items()}},
        lines={**lines, **{name: (name, 1) for name in includes}},
        system=system,
        shots=shots,
        body=tuple(parts),
        params=as_object(data.get("params", {})),
    )


def _no_front_matter(path: str) -> Document:
    return Document(source=path, data={}, line_of=lambda _: 1)


def _front_parts(
    path: str,
    text: str,
    document: Document,
    templates: dict[str, str],
    lines: dict[str, tuple[str, int]],
) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """Name the templates of the front matter, and find the lines they begin on."""
    data = as_object(document.data)
    system: list[tuple[str, str]] = []
    if data.get("system"):
        name = f"{path}#system"
        templates[name] = str(data["system"])
        lines[name] = (path, _first_line(text, document.line_of(("system",))))
        system.append(("system", name))
    shots = []
    for index, raw in enumerate(as_list(data.get("messages"))):
        turn, name = as_object(raw), f"{path}#messages[{index}]"
        templates[name] = str(turn["content"])
        lines[name] = (path, _first_line(text, document.line_of(("messages", index, "content"))))
        shots.append((str(turn["role"]), name))
    return tuple(system), tuple(shots)


def _first_line(text: str, key_line: int) -> int:
    """Return where a YAML value begins: a block scalar (`|`, `>`) starts below its key."""
    key = text.splitlines()[key_line - 1].split("#")[0].rstrip()
    return key_line + 1 if re.search(r":\s*[|>][-+0-9]*$", key) else key_line


def _includes(
    templates: Mapping[str, str], lines: Mapping[str, tuple[str, int]], files: Files
) -> dict[str, PromptFile]:
    """Return every file that the templates include, directly or through another, by path."""
    found: dict[str, PromptFile] = {}
    waiting = [(text, *lines[name]) for name, text in templates.items()]
    while waiting:
        text, source, first_line = waiting.pop()
        for name, line in _referenced(text, source, first_line):
            if name in found:
                continue
            try:
                found[name] = PromptFile(path=name, text=normalised(files.text(name)))
            except BadInputError as exc:
                hint = exc.hint or "includes are relative to the repository root"
                raise _bad(source, line, exc.message, hint) from None
            waiting.append((found[name].text, name, 1))
            if len(found) > MAX_INCLUDES:
                raise _bad(source, line, f"more than {MAX_INCLUDES} included files")
    return dict(sorted(found.items()))


def _referenced(text: str, source: str, first_line: int) -> list[tuple[str, int]]:
    """Return the names a template includes with their lines; parsing runs none of it."""
    try:
        tree = SandboxedEnvironment().parse(text)
        kinds = (nodes.Include, nodes.Extends, nodes.Import, nodes.FromImport)
        found: list[tuple[Any, int]] = [
            (vars(node)["template"], node.lineno + first_line - 1) for node in tree.find_all(kinds)
        ]
    except TemplateSyntaxError as exc:
        line = exc.lineno + first_line - 1
        raise _bad(source, line, f"template: {exc.message}") from None
    except RecursionError:
        raise _bad(source, 0, "template nested too deeply") from None
    names = []
    for node, line in found:
        parts = node.items if isinstance(node, (nodes.List, nodes.Tuple)) else [node]
        for part in parts:
            if not (isinstance(part, nodes.Const) and isinstance(part.value, str)):
                message = "an include whose name is computed cannot be hashed"
                raise _bad(source, line, message, "write the path as a literal text")
            names.append((part.value, line))
    return names


def _bad(source: str, line: int, message: str, hint: str = "") -> BadInputError:
    return BadInputError(str(Problem(source=source, line=line, message=message, hint=hint)))


def unsupplied(prompt: Prompt, cases: Sequence[Case]) -> dict[str, str]:
    """Return the variables that no case of a prompt supplies, with the template that reads them.

    Also those in a branch that no case takes today: they are typos that wait.
    """
    environment = SandboxedEnvironment()
    trees = {name: environment.parse(text) for name, text in prompt.templates.items()}
    known = {name for case in cases for name in case.inputs}
    known |= {"context_files", *_OF_THE_LANGUAGE, *environment.globals}
    for tree in trees.values():
        known |= {node.name for node in tree.find_all(nodes.Name) if node.ctx != "load"}
        known |= {node.target for node in tree.find_all(nodes.Import)}
        known |= {node.name for node in tree.find_all(nodes.Macro)}
        known |= set(_imported(tree))
    # Not `jinja2.meta.find_undeclared_variables`: it folds constants, which runs `'a' * 10**9`.
    return {
        node.name: name
        for name, tree in trees.items()
        for node in tree.find_all(nodes.Name)
        if node.name not in known
    }


def _imported(tree: nodes.Template) -> list[str]:
    names = [name for node in tree.find_all(nodes.FromImport) for name in node.names]
    return [name if isinstance(name, str) else name[1] for name in names]


def params_of(model: JsonObject, prompt: Prompt, case: Case) -> dict[str, Json]:
    """Return the parameters of a request: case over front matter over model."""
    return {**model, **prompt.params, **case.params}


def prompts_used(cases: Sequence[Case]) -> list[str]:
    """Return the paths of the prompts that the cases use, sorted."""
    return sorted({case.prompt for case in cases})
