"""What a check would measure: every case with its hashes, held against the baseline."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import unified_diff

from evalci.core.baseline import Baseline, BaselineCase
from evalci.core.golden_set import Case
from evalci.core.hashes import CaseHashes, normalised, template_hash
from evalci.core.json_value import JsonObject
from evalci.core.prompt import Prompt
from evalci.core.run import AnchorRef, FileChange, PromptRef, Run, RunCase, Standing
from evalci.core.trial import SCORE_DIGITS, Message

MAX_DIFF_LINES = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A case ready to be asked: rendered, hashed, and put into its category.

    ``graded`` says that its composite is not simply pass or fail, ``judged`` that a judge alone
    decides it, ``judge_share`` how far a judge moves it.
    """

    case: Case
    category: str
    messages: tuple[Message, ...]
    params: JsonObject
    hashes: CaseHashes
    graded: bool = False
    judged: bool = False
    judge_share: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which cases a run measures; ``word`` names it in the report.

    ``affected`` leaves out, as carried forward, the cases whose request and harness hashes equal
    the baseline's. ``cases`` and ``match`` narrow the set; None and empty select everything.
    """

    affected: bool = True
    cases: frozenset[str] | None = None
    match: Mapping[str, tuple[str, ...]]

    @property
    def word(self) -> str:
        """Return the name of the selection."""
        if self.cases is not None or self.match:
            return "chosen cases"
        return "affected" if self.affected else "all"

    def includes(self, case: Case) -> bool:
        """Tell whether a case belongs to the selection at all."""
        return (self.cases is None or case.id in self.cases) and case.matches(self.match)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTrials:
    """How many trials a case gets before anything is looked at: ``compared`` or ``other``."""

    compared: int
    other: int


def plan_cases(
    prepared: Sequence[Prepared],
    baseline: Baseline | None,
    *,
    selection: Selection,
    trials: PlannedTrials,
    traced: bool = True,
) -> tuple[RunCase, ...]:
    """Return the cases of a run, none measured yet, in the order of the golden set.

    Unless what they depend on can be ``traced``, none is carried forward.
    """
    selection = selection if traced else replace(selection, affected=False)
    known = baseline.by_id() if baseline else {}
    return tuple(
        _plan_case(item, known.get(item.case.id), selection=selection, trials=trials)
        for item in prepared
        if selection.includes(item.case)
    )


def _plan_case(
    item: Prepared,
    before: BaselineCase | None,
    *,
    selection: Selection,
    trials: PlannedTrials,
) -> RunCase:
    standing = standing_of(item.hashes, before)
    carried = (
        selection.affected
        and before is not None
        and before.hashes.request == item.hashes.request
        and before.hashes.harness == item.hashes.harness
    )
    planned = trials.compared if standing is Standing.COMPARABLE else trials.other
    return RunCase(
        id=item.case.id,
        category=item.category,
        source=item.case.source,
        prompt=item.case.prompt,
        hashes=item.hashes,
        standing=standing,
        planned=0 if carried else planned,
        dimensions=item.case.dimensions,
        carried=carried,
        must_pass=item.case.must_pass,
        graded=item.graded,
        judged=item.judged,
        judge_share=item.judge_share,
        expected=item.case.expected,
        baseline=before,
        weights={spec.name: spec.weight for spec in item.case.scorers},
    )


def standing_of(hashes: CaseHashes, before: BaselineCase | None) -> Standing:
    """Return whether a case may be held against its baseline, and if not, why."""
    if before is None:
        return Standing.NEW
    if before.hashes.content != hashes.content:
        return Standing.EDITED
    if before.hashes.harness != hashes.harness:
        return Standing.RESCORED
    return Standing.COMPARABLE


def prompt_refs(prompts: Mapping[str, Prompt], prepared: Sequence[Prepared]) -> list[PromptRef]:
    """Return each prompt with its hashes and how many cases use it, sorted by path."""
    return [
        PromptRef(
            path=path,
            hash=prompt.file.hash,
            includes={file.path: file.hash for file in prompt.includes},
            cases=sum(item.case.prompt == path for item in prepared),
        )
        for path, prompt in sorted(prompts.items())
    ]


def file_changes(
    prompts: Mapping[str, Prompt],
    refs: Sequence[PromptRef],
    baseline: Baseline | None,
    text_at: Callable[[str, str], str | None],
    *,
    base: str | None = None,
) -> tuple[FileChange, ...]:
    """Return every prompt file whose hash differs from the baseline's, with its diff.

    ``text_at`` gives a file at a commit: the baseline's, or ``base`` for a baseline that was
    accepted before its prompts were committed. When what it gives is not what the baseline
    measured, the hashes stand alone.
    """
    if baseline is None:
        return ()
    commits = [commit for commit in (baseline.commit, base) if commit]
    texts = {f.path: f.text for p in prompts.values() for f in (p.file, *p.includes)}
    now = {path: template_hash(text) for path, text in texts.items()}
    changes = []
    for path in sorted(now.keys() | baseline.prompts.keys()):
        old, new = baseline.prompts.get(path), now.get(path)
        if old == new:
            continue
        found = [text for commit in commits if (text := text_at(commit, path)) is not None]
        before = next((text for text in found if template_hash(text) == old), None)
        known = before is not None
        lines = _diff_lines(path, before or "", texts.get(path, ""))
        changes.append(
            FileChange(
                path=path,
                old=old,
                new=new,
                affects=sum(ref.cases for ref in refs if path in ref.files),
                diff="\n".join(lines[:MAX_DIFF_LINES]) if known else "",
                added=sum(line.startswith("+") for line in lines[2:]) if known else 0,
                removed=sum(line.startswith("-") for line in lines[2:]) if known else 0,
            )
        )
    return tuple(changes)


def _diff_lines(path: str, before: str, after: str) -> list[str]:
    return list(
        unified_diff(
            normalised(before).splitlines(),
            normalised(after).splitlines(),
            fromfile=f"a/{path}",
            tofile=f"b/{path}",
            lineterm="",
        )
    )


def with_anchor(run: Run, anchor: Baseline | None, path: str) -> Run:
    """Return a planned run that knows the anchor's mean of each case it may be held against."""
    if anchor is None:
        return run
    known = anchor.by_id()
    cases = (
        replace(case, anchor=round(before.mean, SCORE_DIGITS))
        if (before := known.get(case.id))
        and standing_of(case.hashes, before) is Standing.COMPARABLE
        else case
        for case in run.cases
    )
    ref = AnchorRef(path=path, commit=anchor.commit, accepted_at=anchor.accepted.at)
    return replace(run, anchor=ref, cases=tuple(cases))
