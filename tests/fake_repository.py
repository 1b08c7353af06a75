"""A repository from values: its files by path, and the commits that version control knows."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from evalci.core.document import Document
from evalci.core.ports import Revision
from evalci.edges.yaml_text import parse_yaml
from evalci.errors import BadInputError

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class FakeFiles:
    """A repository in a dictionary from path to text."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """The dictionary is copied."""
        self._texts = dict(texts)

    def text(self, path: str) -> str:
        """Return the text of a path."""
        if path not in self._texts:
            raise BadInputError(f"no such file: `{path}`")
        return self._texts[path]

    def yaml(self, path: str) -> Document:
        """Return the parsed text of a path."""
        return parse_yaml(self.text(path), path)

    def json(self, path: str) -> Document:
        """Return the parsed text of a path: JSON is YAML."""
        return self.yaml(path)

    def parse(self, text: str, source: str, first_line: int) -> Document:
        """Parse a text like the real files do."""
        return parse_yaml(text, source, first_line)

    def yaml_files(self, folder: str) -> tuple[str, ...]:
        """Return the paths directly inside a folder."""
        found = [path for path in self._texts if path.rpartition("/")[0] == folder]
        if not found:
            raise BadInputError(f"no such folder: `{folder}`")
        return tuple(sorted(path for path in found if path.endswith((".yaml", ".yml"))))

    def tree(self, folder: str) -> tuple[str, ...]:
        """Return the paths below a folder, relative to it."""
        start = f"{folder}/"
        return tuple(sorted(p.removeprefix(start) for p in self._texts if p.startswith(start)))

    def exists(self, path: str) -> bool:
        """Tell whether the dictionary has a path."""
        return path in self._texts


@dataclass(frozen=True, kw_only=True)
class FakeHistory:
    """Version control from values: ``texts`` by (commit, path), ``refs`` by name."""

    commit: str | None = COMMIT
    branch: str | None = "main"
    dirty: bool = False
    name: str = "Ada"
    refs: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def revision(self) -> Revision:
        """Return where the working tree is said to stand."""
        return Revision(commit=self.commit, branch=self.branch, dirty=self.dirty)

    def commit_of(self, ref: str) -> str | None:
        """Return the commit that a name was given."""
        return self.refs.get(ref)

    def text_at(self, commit: str, path: str) -> str | None:
        """Return the text that was given for a commit."""
        return self.texts.get((commit, path))

    def author(self) -> str:
        """Return the name that was given."""
        return self.name
