"""Runs every reference answer through the scorers of its own case, and mistakes in it as well."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from evalci.core.golden_set import Case, CodeTarget
from evalci.core.mutation import mutants
from evalci.core.ports import Sandbox
from evalci.core.submission import Submission, continued, target_file
from evalci.scorers.code import CodeScorer
from evalci.scorers.registry import prepare
from evalci.scorers.static_quality import reference_texts

THREADS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceCheck:
    """What a case's gates say of its own reference; ``unnoticed`` are mistakes its tests missed."""

    case: str
    failed: tuple[str, ...] = ()
    mistakes: int = 0
    unnoticed: tuple[str, ...] = ()

    @property
    def cannot_fail(self) -> bool:
        """Tell whether the tests noticed none of the mistakes."""
        return self.mistakes > 0 and len(self.unnoticed) == self.mistakes


def check_references(
    cases: Sequence[Case], sandbox: Sandbox, *, mutate: bool
) -> list[ReferenceCheck]:
    """Return a check for each case that has code gates and a reference, in their order."""
    with ThreadPoolExecutor(THREADS) as pool:
        found = pool.map(lambda case: _check(case, sandbox, mutate=mutate), cases)
    return [check for check in found if check is not None]


def _check(case: Case, sandbox: Sandbox, *, mutate: bool) -> ReferenceCheck | None:
    files = _reference(case)
    scorers = [s for _, _, s in prepare(case, sandbox).scorers if isinstance(s, CodeScorer)]
    if not files or not scorers:
        return None
    failed = tuple(_failures(case, scorers, files))
    tests = [scorer for scorer in scorers if scorer.name == "tests"]
    if failed or not mutate or not tests:
        return ReferenceCheck(case=case.id, failed=failed)
    tried = [(change, changed) for change, changed in _mistakes(files)]
    missed = tuple(c for c, changed in tried if not list(_failures(case, tests, changed)))
    return ReferenceCheck(case=case.id, mistakes=len(tried), unnoticed=missed)


def _reference(case: Case) -> dict[str, str]:
    """Return the files that the reference answer writes."""
    target = case.target or CodeTarget()
    if isinstance(case.expected, str):
        return {target_file(case): continued(target.continues, case.expected)}
    return reference_texts(case)


def _failures(case: Case, scorers: Sequence[CodeScorer], files: Mapping[str, str]) -> Iterator[str]:
    for scorer in scorers:
        score = scorer.judge(case, Submission(written=files))
        if score.value is not None and score.value < 1.0:
            yield f"{scorer.name}: {score.reason}"


def _mistakes(files: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    for path, text in files.items():
        for mutant in mutants(text) if path.endswith(".py") else []:
            yield f"{path} {mutant.change}", {**files, path: mutant.text}
