"""Annotations at the changed prompt lines that made a category worse."""

from evalci.core.gate import Verdict
from evalci.core.publication import Annotation, AnnotationLevel
from evalci.core.run import Run

__all__ = ["Annotation", "AnnotationLevel", "build_annotations"]


def build_annotations(run: Run, verdict: Verdict) -> tuple[Annotation, ...]:
    """Return at most 50 annotations, the most important ones first."""
    del run, verdict
    return ()
