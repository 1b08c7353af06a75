"""The Protocols through which the core meets the world; `evalci.edges` implements them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeVar

from evalci.core.document import Document
from evalci.core.json_value import Json, JsonObject
from evalci.core.sandbox import Check, CheckResult
from evalci.core.trial import Message, Output, Request

if TYPE_CHECKING:
    from evalci.core.history import Query, RunRecord
    from evalci.core.history_trend import CaseMean, Span

T = TypeVar("T")


class Files(Protocol):
    """Reads the user's files by repository path; BadInputError for anything unreadable."""

    def text(self, path: str) -> str:
        """Return the text of a file."""

    def yaml(self, path: str) -> Document:
        """Return a parsed YAML or JSON file."""

    def json(self, path: str) -> Document:
        """Return a parsed JSON file that evalci wrote."""

    def parse(self, text: str, source: str, first_line: int) -> Document:
        """Parse YAML that stands inside another file."""

    def yaml_files(self, folder: str) -> tuple[str, ...]:
        """Return the YAML files directly inside a folder."""

    def exists(self, path: str) -> bool:
        """Tell whether there is a file at a path."""

    def tree(self, folder: str) -> tuple[str, ...]:
        """Return the paths of all files below a folder, relative to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderJob:
    """One case to render: the templates of its messages, in order, and their variables.

    ``parts`` are (role, template name) pairs; a template name is a key of the templates given
    along with the jobs.
    """

    parts: tuple[tuple[str, str], ...]
    variables: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderFailure:
    """Why a job could not be rendered: ``line`` counts from 1 inside ``template``, 0 = unknown."""

    template: str
    line: int
    message: str


class Renderer(Protocol):
    """Renders templates somewhere they can do no harm."""

    def render(
        self, templates: Mapping[str, str], jobs: Sequence[RenderJob]
    ) -> list[tuple[Message, ...] | RenderFailure]:
        """Return the messages of each job, or why there are none."""


class ModelClient(Protocol):
    """Asks a model; CallError when one call failed, StopRunError when none can succeed."""

    def complete(self, request: Request) -> Output:
        """Return the model's answer."""


class Sandbox(Protocol):
    """Runs untrusted code where it can do no harm; SandboxError when it cannot run anything."""

    def identity(self, image: str) -> str:
        """Return what an image is, equal on every machine that runs the same one."""

    def run(self, check: Check) -> CheckResult:
        """Run a check to its end; whatever the code does to itself is a result."""


class ScorerPlugins(Protocol):
    """Finds the installed entry points of the group `evalci.scorers`; BadInputError for others."""

    def version(self, entry_point: str) -> str:
        """Return name and version of the distribution that holds an entry point."""

    def load(self, entry_point: str) -> Callable[[JsonObject], Json]:
        """Return the function behind an entry point."""


class Clock(Protocol):
    """The time of day, in UTC."""

    def now(self) -> datetime:
        """Return the current moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """Where the working tree stands; ``commit`` None outside git or before the first commit."""

    commit: str | None
    branch: str | None
    dirty: bool


class History(Protocol):
    """What version control knows."""

    def revision(self) -> Revision:
        """Return where the working tree stands."""

    def commit_of(self, ref: str) -> str | None:
        """Return the full hash of a commit, by any name git knows it under."""

    def text_at(self, commit: str, path: str) -> str | None:
        """Return a file as it was in a commit, or None when git has no such commit or file."""

    def author(self) -> str:
        """Return the name of the person who works here, or an empty text."""


class Ancestry(Protocol):
    """What version control knows of commits and branches."""

    def revision(self) -> Revision:
        """Return where the working tree stands."""

    def parents(self, commit: str) -> tuple[str, ...]:
        """Return the parents of a commit, as far as they were fetched."""

    def merge_base(self, one: str, other: str) -> str | None:
        """Return the best common ancestor, None when there is none or a name is unknown."""

    def default_branch(self) -> str | None:
        """Return the name of the branch that changes go into, None when nobody knows."""

    def shallow(self) -> bool:
        """Tell whether a part of the history was not fetched."""


class BaseFiles(Protocol):
    """The files of the base revision, by path from the folder of the config."""

    def text(self, path: str) -> str | None:
        """Return a file of the base, None when it has none."""

    def paths(self, folder: str) -> tuple[str, ...]:
        """Return the paths directly inside a folder of the base."""

    def document(self, path: str) -> Document | None:
        """Return a parsed YAML file of the base; BadInputError when it is not valid."""

    def last_change(self, path: str) -> str | None:
        """Return the newest commit of the base that touched a file."""


class GitHubApi(Protocol):
    """Sends each request to GitHub once; GitHubError when there is no good answer."""

    def get(self, path: str, **parameters: str) -> Json:
        """Return what stands at a path."""

    def items(self, path: str, key: str = "", **parameters: str) -> Iterator[JsonObject]:
        """Yield the entries of a list, page after page; ``key`` is where an answer holds them."""

    def send(self, verb: str, path: str, body: JsonObject | None = None) -> Json:
        """Write something and return what GitHub made of it."""

    def query(self, text: str) -> Json:
        """Return the data of a GraphQL query."""


class Downloads(Protocol):
    """Fetches files that GitHub keeps elsewhere; GitHubError when one does not arrive whole."""

    def download(self, path: str, *, limit: int) -> bytes:
        """Return what the address behind a path holds, at most ``limit`` bytes."""


class Patience(Protocol):
    """Decides how long to insist when GitHub fails for a while."""

    def insist(self, action: Callable[[], T]) -> T:
        """Do something until it succeeds; it must bear being done again after it half happened."""

    def pause(self, round_: int) -> None:
        """Wait until a publisher that read before our last write must have written, too."""


class HistoryStore(Protocol):
    """Keeps a record of every run; BadInputError for a store that is not ours or not readable."""

    def add(self, record: "RunRecord") -> bool:
        """Keep a run for good; False when one with its id was there already."""

    def runs(self, query: "Query") -> "tuple[RunRecord, ...]":
        """Return the runs that a query asks for, oldest first; without cases unless it says so."""

    def each(self, query: "Query") -> "Iterator[RunRecord]":
        """Yield what `runs` returns, one by one: a long history does not fit into memory."""

    def means(self, query: "Query", span: "Span") -> "tuple[CaseMean, ...]":
        """Return the mean of each case asked for, in pieces that periods can be joined from."""

    def close(self) -> None:
        """Let go of whatever is open."""


class DataBranch(Protocol):
    """Files on a branch of a remote; NotPublishedError when the remote fails or refuses."""

    name: str

    def tip(self) -> str | None:
        """Return the newest commit of the branch, None without the branch."""

    def files(self, tip: str) -> dict[str, str]:
        """Return the files of a commit: the id of each by its path."""

    def texts(self, files: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """Yield path and text of some of the files; BadInputError for one that is too large."""

    def push(self, tip: str | None, files: Mapping[str, str], message: str) -> bool:
        """Put files on top of a commit; False when the branch had moved on."""

    def close(self) -> None:
        """Let go of whatever is open."""
