"""Annotations at the changed prompt lines that made a category worse."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from evalci.core.annotation import Annotation, AnnotationLevel
from evalci.core.run import PromptRef, Run
from evalci.core.verdict import CategoryResult, Outcome, Verdict
from evalci.report.escape import counted, first_lines, one_line
from evalci.report.rows import regressed_whole, whole_sentence

MAX_ANNOTATIONS = 50
MAX_NAMES = 3
_HUNK = re.compile(r"@@ -\d{1,9}(?:,\d{1,9})? \+(\d{1,9})(?:,\d{1,9})? @@")


def build_annotations(run: Run, verdict: Verdict) -> tuple[Annotation, ...]:
    """Return at most 50 annotations, failures first: what each prompt made worse, and where.

    They stand at the changed lines of the prompt and of its includes, else at its first line. What
    a fork's own job reports blames nothing.
    """
    if run.proposal is not None and run.proposal.foreign:
        return ()
    failures = _of_level(run, _blocked(run, verdict), AnnotationLevel.FAILURE)
    blamed = {annotation.path for annotation in failures}
    warnings = [
        annotation
        for annotation in _of_level(run, _undecided(run, verdict), AnnotationLevel.WARNING)
        if annotation.path not in blamed
    ]
    return (*failures, *warnings)[:MAX_ANNOTATIONS]


def _blocked(run: Run, verdict: Verdict) -> dict[str, list[str]]:
    """Return what blocks, by the prompt that it was measured with."""
    worse = [result for result in verdict.categories if result.blocks]
    found = _by_prompt(run, worse)
    if whole := regressed_whole(verdict):
        for prompt in sorted({case.prompt for case in run.cases if not case.carried}):
            found.setdefault(prompt, []).append(whole_sentence(verdict, whole))
    for failed in verdict.must_pass:
        if failed.blocks:
            line = f"must-pass case {one_line(failed.case.id)} failed {failed.failed} of "
            line += counted(failed.trials, "trial")
            found.setdefault(failed.case.prompt, []).append(line)
    return found


def _undecided(run: Run, verdict: Verdict) -> dict[str, list[str]]:
    open_ones = [r for r in verdict.categories if r.outcome is Outcome.INCONCLUSIVE]
    return _by_prompt(run, [result for result in open_ones if not result.blocks])


def _by_prompt(run: Run, results: list[CategoryResult]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    groups = run.by_category()
    for result in results:
        name = result.summary.category.name
        for prompt in sorted({c.prompt for c in groups.get(name, ()) if not c.carried}):
            found.setdefault(prompt, []).append(
                f"{one_line(name)} {result.outcome.value}: {one_line(result.reason)}"
            )
    return found


def _of_level(run: Run, lines: dict[str, list[str]], level: AnnotationLevel) -> list[Annotation]:
    """Return the annotations of one level, one for each range of lines."""
    by_file: dict[str, list[str]] = {}
    for prompt in sorted(lines):
        for path in _changed_files(run, prompt) or [prompt]:
            known = by_file.setdefault(path, [])
            known += [line for line in lines[prompt] if line not in known]
    return [
        Annotation(
            path=_from_top(run, path),
            start_line=first,
            end_line=last,
            level=level,
            title=f"evalci: {one_line(run.golden_set.name)} with {one_line(run.model.name)}",
            message=_message(found),
        )
        for path, found in by_file.items()
        for first, last in _ranges(run, path)
    ]


def _message(lines: list[str]) -> str:
    return "\n".join(first_lines([one_line(line) for line in lines], MAX_NAMES))


def _changed_files(run: Run, prompt: str) -> list[str]:
    """Return the changed files that a prompt consists of and that still exist."""
    refs = [ref for ref in run.prompts if ref.path == prompt] or [PromptRef(path=prompt, hash="")]
    changed = {change.path for change in run.changes if change.new is not None}
    return [path for path in refs[0].files if path in changed]


def _from_top(run: Run, path: str) -> str:
    return str(PurePosixPath(run.folder) / path)


def _ranges(run: Run, path: str) -> list[tuple[int, int]]:
    """Return the changed lines of a file as it is now, its first line where they are unknown."""
    diffs = [change.diff for change in run.changes if change.path == path]
    lines = sorted({line for diff in diffs for line in _changed_lines(diff)})
    ranges: list[tuple[int, int]] = []
    for line in lines:
        if ranges and line <= ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], line)
        else:
            ranges.append((line, line))
    return ranges or [(1, 1)]


def _changed_lines(diff: str) -> Iterator[int]:
    """Yield the numbers of added lines, and of the line that stands where others are gone."""
    now, gone = 0, False
    for line in diff.split("\n"):
        if hunk := _HUNK.match(line):
            yield from [max(now - 1, 1)] * gone
            now, gone = int(hunk.group(1)), False
        elif now and line.startswith(("+", " ")):
            yield from [now] * (gone or line.startswith("+"))
            now, gone = now + 1, False
        elif line.startswith("-"):
            gone = bool(now) or line[:3] != "---"
    yield from [max(now - 1, 1)] * gone
