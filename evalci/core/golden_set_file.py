"""Parses the case files of a golden set; everything they point to is read in on the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import PurePosixPath

from evalci.core.case_set import written
from evalci.core.composite import Shares, Weights, shares_of
from evalci.core.custom_scorer import CustomScorer, CustomScorers, axes_of
from evalci.core.document import Document, Path
from evalci.core.golden_set import (
    Case,
    CodeTarget,
    ContextFile,
    FailIf,
    Protocol,
    ScorerSpec,
)
from evalci.core.hashes import normalised
from evalci.core.json_value import Json, JsonObject, as_list, as_object, as_texts
from evalci.core.policy import DIMENSIONS
from evalci.core.ports import Files
from evalci.core.problem import Problem
from evalci.core.rubric import read_rubric
from evalci.core.trial import Message
from evalci.errors import BadInputError


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorerPolicy:
    """How a golden set's scorers weigh, and which of the user's own there are.

    ``weights`` is the composite in force; ``proposed`` is that of the change itself, for cases
    which the one in force does not fit: they are scored otherwise than the baseline in any case.
    """

    weights: Weights
    proposed: Weights | None = None
    own: CustomScorers = field(default_factory=dict)


class CaseFile:
    """One case file being read; collects problems instead of stopping at the first."""

    def __init__(
        self, document: Document, *, folder: str, files: Files, policy: ScorerPolicy
    ) -> None:
        """``folder`` is the golden set's."""
        self.document = document
        self.problems: list[Problem] = document.check("golden_set")
        self._folder = PurePosixPath(folder)
        self._files = files
        self._policy = policy
        self._rubrics: dict[str, JsonObject] = {}
        self._shared: dict[tuple[int, str], tuple[ScorerSpec, ...]] = {}

    def cases(self) -> list[Case]:
        """Return the cases that could be read; look at ``problems`` before using them."""
        if self.problems:
            return []
        data = as_object(self.document.data)
        defaults = as_object(data.get("defaults", {}))
        entries = as_list(data["cases"])
        found = (
            self._case({**defaults, **as_object(entry)}, position)
            for position, entry in enumerate(entries)
        )
        return [case for case in found if case is not None]

    def _case(self, data: JsonObject, position: int) -> Case | None:
        at: Path = ("cases", position)
        missing = [key for key in ("task_type", "prompt", "scorers") if not data.get(key)]
        if missing:
            message = f"case `{data['id']}` has no {', '.join(f'`{key}`' for key in missing)}"
            hint = "give it in the case or under `defaults:`"
            self.problems.append(self.document.problem(at, message, hint=hint))
            return None
        output = as_object(data.get("output", {}))
        protocol = Protocol(str(output.get("protocol", Protocol.TEXT)))
        return Case(
            id=str(data["id"]),
            source=self.document.source,
            position=position,
            dimensions={key: as_texts(data[key]) for key in (*DIMENSIONS, "tags") if data.get(key)},
            prompt=_tidy(str(data["prompt"])),
            inputs=self._resolved(as_object(data.get("inputs", {})), (*at, "inputs")),
            protocol=protocol,
            context_files=self._context_files(data, at),
            messages=_messages(data),
            params=as_object(data.get("params", {})),
            expected=self._expected(data.get("expected"), protocol, (*at, "expected")),
            criteria=data.get("criteria"),
            scorers=self._scorers(data, at),
            fail_if=_fail_if(data),
            must_pass=bool(data.get("must_pass", False)),
            target=self._target(data, output, at),
        )

    def _target(self, data: JsonObject, output: JsonObject, at: Path) -> CodeTarget | None:
        """Return where a code answer goes, None for a case that says nothing of it."""
        if "fixture" not in data and not {"file", "continues"} & output.keys():
            return None
        fixture: tuple[ContextFile, ...] = ()
        if "fixture" in data:
            fixture = self._fixture(str(data["fixture"]), (*at, "fixture"))
        return CodeTarget(
            file=str(output.get("file", "")),
            continues=str(self._value(output.get("continues", ""), (*at, "output", "continues"))),
            fixture=fixture,
        )

    def _fixture(self, folder: str, at: Path) -> tuple[ContextFile, ...]:
        try:
            paths = self._files.tree(str(self._folder / folder))
        except BadInputError as exc:
            self._note(at, exc.message, exc.hint)
            return ()
        return tuple(
            ContextFile(path=path, content=self._read(f"{folder}/{path}", at)) for path in paths
        )

    def _expected(self, value: Json, protocol: Protocol, at: Path) -> Json:
        """Return the reference answer; of a code answer it may be several files."""
        of_code = protocol in {Protocol.CODE, Protocol.FILE_BLOCKS, Protocol.UNIFIED_DIFF}
        if of_code and isinstance(value, dict) and set(value) == {"files"}:
            given = as_object(value["files"])
            return {"files": {p: self._read(str(f), (*at, "files", p)) for p, f in given.items()}}
        return self._value(value, at)

    def _context_files(self, data: JsonObject, at: Path) -> tuple[ContextFile, ...]:
        paths = as_texts(data.get("context_files"))
        return tuple(
            ContextFile(path=path, content=self._read(path, (*at, "context_files", index)))
            for index, path in enumerate(paths)
        )

    def _scorers(self, data: JsonObject, at: Path) -> tuple[ScorerSpec, ...]:
        """Return the scorers of a case; cases that take the same ones by default share them."""
        given, task_type = as_object(data["scorers"]), str(data["task_type"])
        shared = self._shared.get((id(given), task_type))
        if shared is not None:
            return shared
        wrong_before = len(self.problems)
        entries = {name: as_object(raw) for name, raw in given.items()}
        weights = self._weights(task_type, entries, (*at, "scorers"))
        specs = tuple(
            self._scorer(name, entries[name], weights[name], (*at, "scorers", name))
            for name in sorted(entries)
        )
        if len(self.problems) == wrong_before:
            self._shared[id(given), task_type] = specs
        return specs

    def _scorer(self, name: str, raw: JsonObject, weight: float, at: Path) -> ScorerSpec:
        given = self._resolved({k: v for k, v in raw.items() if k != "weight"}, at)
        own = self._policy.own.get(name)
        if own is not None:
            params = self._own_params(own, given, at)
            return ScorerSpec(name=name, params=params, weight=weight, runs_as=own.kind)
        params = {key: self._tests(key, value, (*at, key)) for key, value in given.items()}
        return ScorerSpec(name=name, params=params, weight=weight)

    def _own_params(self, own: CustomScorer, given: JsonObject, at: Path) -> JsonObject:
        """Return what a scorer of the user's own is made of, so that the harness hash knows it."""
        if not own.trusted:
            name = own.entry_point
            message = f"the config of the base revision does not name the entry point `{name}`"
            hint = "merge the `scorers:` entry first: it runs beside the keys"
            self._note(at, message, hint)
        source: JsonObject = {"entry_point": own.entry_point, "version": own.version}
        if own.file:
            source = {"file": {"path": own.file, "text": self._text(own.file, at)}}
        return {"name": own.name, "binary": own.binary, "params": given, **source}

    def _weights(
        self, task_type: str, entries: Mapping[str, JsonObject], at: Path
    ) -> Mapping[str, float]:
        """Return the weights of a case's scorers, under the first composite that fits them."""
        composites = [w for w in (self._policy.weights, self._policy.proposed) if w is not None]
        given = {name: _weight(raw.get("weight")) for name, raw in sorted(entries.items())}
        axes = axes_of(self._policy.own)
        found = [shares_of(given, weights, task_type, axes) for weights in composites]
        shares = next((shares for shares in found if shares.fit), found[-1])
        self._weigh_problems(shares, at)
        return shares.weights

    def _weigh_problems(self, shares: Shares, at: Path) -> None:
        """Note what is wrong with the weights of a case."""
        for name in shares.unknown:
            message = f"`{name}` has no weight in `composite`"
            place = f"give it `weight:` in the case or in composite.{shares.preset}"
            hint = shares.nearest or place
            self._note((*at, name), message, hint)
        if not any(weight > 0 for weight in shares.weights.values()) and not shares.unknown:
            message = "every scorer has weight 0, so nothing is gated"
            self._note(at, message)
        elif not (shares.fit or shares.unknown):
            message = f"the weights sum to {shares.total:g}, not to 1"
            self._note(at, message, shares.hint)

    def _tests(self, key: str, value: Json, at: Path) -> Json:
        """Return a scorer's parameter with the files that it names read in."""
        if key == "rubric":
            return self._rubric(str(value), at)
        if key == "script" and isinstance(value, str):
            return {"path": value, "text": self._read(value, at)}
        if key == "files" and isinstance(value, list) and all(isinstance(v, str) for v in value):
            return [{"path": path, "text": self._read(str(path), at)} for path in value]
        return value

    def _rubric(self, name: str, at: Path) -> JsonObject:
        """Return the data of a rubric, which is read and checked once a file."""
        if name not in self._rubrics:
            self._rubrics[name] = {}
            try:
                self._rubrics[name], found = read_rubric(name, str(self._folder), self._files)
                self.problems += found
            except BadInputError as exc:
                self._note(at, exc.message, exc.hint)
        return self._rubrics[name]

    def _resolved(self, data: JsonObject, at: Path) -> dict[str, Json]:
        return {key: self._value(value, (*at, key)) for key, value in data.items()}

    def _value(self, value: Json, at: Path) -> Json:
        """Return a value, with ``{file: path}`` replaced by the text of that file."""
        if isinstance(value, dict) and set(value) == {"file"}:
            return self._read(str(value["file"]), at)
        return value

    def _read(self, path: str, at: Path) -> str:
        return self._text(str(self._folder / path), at)

    def _text(self, path: str, at: Path) -> str:
        """Return a file by its path from the repository root."""
        try:
            return normalised(self._files.text(path))
        except BadInputError as exc:
            self._note(at, exc.message, exc.hint)
            return ""

    def _note(self, at: Path, message: str, hint: str = "") -> None:
        """Note a problem where its value is written; what cases share is one problem."""
        place = written(self.document, at)
        self.problems.append(self.document.problem(place, message, hint=hint))


@cache
def _tidy(path: str) -> str:
    return str(PurePosixPath(path))


def _weight(value: Json) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None


def _messages(data: JsonObject) -> tuple[Message, ...]:
    turns = [as_object(turn) for turn in as_list(data.get("messages"))]
    return tuple(Message(role=str(t["role"]), content=str(t["content"])) for t in turns)


def _fail_if(data: JsonObject) -> tuple[FailIf, ...]:
    rules = [as_object(rule) for rule in as_list(data.get("fail_if"))]
    return tuple(FailIf(regex=str(rule["regex"]), why=str(rule["why"])) for rule in rules)


def duplicate_problems(files: Mapping[str, Document], cases: list[Case]) -> list[Problem]:
    """Return a problem for every case whose id another case has already used."""
    first: dict[str, Case] = {}
    problems = []
    for case in cases:
        earlier = first.setdefault(case.id, case)
        if earlier is not case:
            line = files[earlier.source].line_of(("cases", earlier.position, "id"))
            problems.append(
                files[case.source].problem(
                    ("cases", case.position, "id"),
                    f"case id `{case.id}` is already used",
                    hint=f"first at {earlier.source}:{line}",
                )
            )
    return problems
