"""Cases, and the golden set that holds them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from evalci.core.json_value import Json, JsonObject
from evalci.core.trial import Message

MAX_CASES = 20_000


class Protocol(StrEnum):
    """How an answer is read out of the model's text."""

    TEXT = "text"
    CODE = "code"
    JSON = "json"
    FILE_BLOCKS = "file_blocks"
    UNIFIED_DIFF = "unified_diff"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorerSpec:
    """A scorer that a case asks for; ``weight`` is its share of the composite, 0 = shown only.

    ``params`` hold what the scorer is told, with files already read in. ``runs_as`` is the kind
    behind a scorer of the user's own, empty where the name is a kind.
    """

    name: str
    params: JsonObject
    weight: float
    runs_as: str = ""

    @property
    def kind(self) -> str:
        """Return the kind of the scorer."""
        return self.runs_as or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class FailIf:
    """A pattern that makes a trial zero, and why."""

    regex: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextFile:
    """A file that is shown to the model as part of `context_files`."""

    path: str
    content: str

    def as_json(self) -> dict[str, str]:
        """Return the form that templates see."""
        return {"path": self.path, "content": self.content}


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeTarget:
    """Where a code answer goes: ``fixture`` is the code base that it is applied to.

    ``continues`` is the text that an indented answer of the code protocol carries on.
    """

    file: str = ""
    continues: str = ""
    fixture: tuple[ContextFile, ...] = ()

    def as_json(self) -> JsonObject:
        """Return the form that hashes read."""
        files = [[file.path, file.content] for file in self.fixture]
        return {"file": self.file, "continues": self.continues, "fixture": files}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One entry of a golden set; ``source`` and ``line_at`` say where it is written.

    ``dimensions`` hold the values of task_type, complexity, domain and language, and the tags.
    """

    id: str
    source: str
    position: int
    dimensions: Mapping[str, tuple[str, ...]]
    prompt: str
    inputs: JsonObject
    protocol: Protocol = Protocol.TEXT
    context_files: tuple[ContextFile, ...] = ()
    messages: tuple[Message, ...] = ()
    params: JsonObject = field(default_factory=dict)
    expected: Json = None
    criteria: Json = None
    scorers: tuple[ScorerSpec, ...] = ()
    fail_if: tuple[FailIf, ...] = ()
    must_pass: bool = False
    target: CodeTarget | None = None

    @property
    def task_type(self) -> str:
        """Return the kind of work the case is."""
        return self.dimensions["task_type"][0]

    def matches(self, match: Mapping[str, tuple[str, ...]]) -> bool:
        """Tell whether the case has, for every dimension asked, one of the values asked."""
        return all(
            set(values) & set(self.dimensions.get(dimension, ()))
            for dimension, values in match.items()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldenSet:
    """A folder of cases with a version; ``hash`` covers every case's content."""

    name: str
    path: str
    version: str
    hash: str
    cases: tuple[Case, ...]
