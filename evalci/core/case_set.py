"""The parsed files of a golden set, and how to point into them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalci.core.document import Document, Path
from evalci.core.golden_set import Case
from evalci.core.json_value import as_list, as_object
from evalci.core.manifest import Manifest
from evalci.core.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSet:
    """The parsed files of one golden set, not yet held against prompts and policy."""

    path: str
    manifest: Manifest
    manifest_file: Document
    documents: Mapping[str, Document]
    cases: tuple[Case, ...]

    @property
    def name(self) -> str:
        """Return the last part of the folder."""
        return self.path.rsplit("/", 1)[-1]

    def problem(self, case: Case, message: str, *, hint: str = "") -> Problem:
        """Return a problem at the place where a case is written."""
        return Problem(source=case.source, line=self.line_of(case), message=message, hint=hint)

    def prompt_problem(self, case: Case, message: str) -> Problem:
        """Return a problem at the place where the prompt of a case is named."""
        document = self.documents[case.source]
        return document.problem(written(document, ("cases", case.position, "prompt")), message)

    def line_of(self, case: Case) -> int:
        """Return the line that a case begins on."""
        return self.documents[case.source].line_of(("cases", case.position))

    def where(self, cases: Sequence[Case]) -> str:
        """Return the place of the first case and the number of the others."""
        first = cases[0]
        more = f" and {len(cases) - 1} more" if len(cases) > 1 else ""
        return f"case `{first.id}` at {first.source}:{self.line_of(first)}{more}"


def written(document: Document, path: Path) -> Path:
    """Return where a value of a case is written: under `defaults` when the case leaves it to them.

    ``path`` begins with `cases`, the position and a key of the case.
    """
    _, position, key, *rest = path
    data = as_object(document.data)
    defaults = as_object(data.get("defaults", {}))
    if key not in defaults or key in as_object(as_list(data["cases"])[int(position)]):
        return path
    return ("defaults", key, *rest)
