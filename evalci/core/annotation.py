"""A remark at lines of a file, as GitHub shows it."""

from dataclasses import dataclass
from enum import StrEnum


class AnnotationLevel(StrEnum):
    """How loud an annotation is, in the words of GitHub's check runs."""

    NOTICE = "notice"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """A remark at lines of a file; ``path`` is seen from the top of the repository."""

    path: str
    start_line: int
    end_line: int
    level: AnnotationLevel
    title: str
    message: str
