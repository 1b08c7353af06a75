"""The scorers by name, and how a case's scorers together turn an output into a trial."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from evalci.core.document import Document, Path, schema_problems
from evalci.core.golden_set import Case, FailIf, ScorerSpec
from evalci.core.pattern import Pattern, compile_pattern
from evalci.core.ports import Sandbox
from evalci.core.problem import Problem, did_you_mean
from evalci.core.sandbox import DEFAULT_IMAGE
from evalci.core.trial import REFUSAL, Finish, Output, Score, Trial
from evalci.scorers.base import Scorer, ScorerKind
from evalci.scorers.code import CodeScorer
from evalci.scorers.code_kinds import CODE_KINDS
from evalci.scorers.json_schema import JSON_SCHEMA
from evalci.scorers.similarity import CHRF
from evalci.scorers.text import CONTAINS, EXACT, REGEX

KINDS: Mapping[str, ScorerKind] = {
    kind.name: kind for kind in (EXACT, CONTAINS, REGEX, JSON_SCHEMA, *CODE_KINDS, CHRF)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseScorer:
    """All scorers of one case, cheap to dear, ready to score an output."""

    case: Case
    scorers: tuple[tuple[ScorerSpec, ScorerKind, Scorer], ...]
    fail_if: tuple[tuple[FailIf, Pattern], ...]

    def trial(self, number: int, output: Output) -> Trial:
        """Return the scored trial; a refusal or a `fail_if` match is a scored zero."""
        zeroed_by = self._zeroed_by(output)
        if zeroed_by:
            scores: tuple[Score, ...] = ()
            composite: float | None = 0.0
        else:
            scores = self._scores(output)
            composite = composite_of([spec for spec, _, _ in self.scorers], scores)
        return Trial(
            case=self.case.id,
            trial=number,
            composite=composite,
            passed=self._passed(scores, zeroed_by),
            scores=scores,
            output=output,
            failure=_unscored_reason(scores) if composite is None else "",
            zeroed_by=zeroed_by,
        )

    def _scores(self, output: Output) -> tuple[Score, ...]:
        """Return the scores in order; after a weighted gate that failed, no further gate runs."""
        scores: list[Score] = []
        failed = ""
        for spec, kind, scorer in self.scorers:
            if failed and kind.tier.gate:
                reason = f"not run: `{failed}` failed"
                scores.append(Score(scorer=spec.name, value=0.0, reason=reason))
                continue
            scores.append(scorer.score(self.case, output))
            value = scores[-1].value
            if kind.tier.gate and spec.weight > 0 and value is not None and value < 1.0:
                failed = spec.name
        return tuple(scores)

    def _zeroed_by(self, output: Output) -> str:
        if output.finish is Finish.REFUSED:
            return REFUSAL
        for rule, pattern in self.fail_if:
            if pattern.search(output.text):
                return rule.why
        return ""

    def _passed(self, scores: tuple[Score, ...], zeroed_by: str) -> bool | None:
        binary = [
            score
            for (spec, kind, _), score in zip(self.scorers, scores, strict=False)
            if kind.binary and spec.weight > 0
        ]
        if zeroed_by:
            return False
        if not binary or any(score.value is None for score in binary):
            return None
        return all(score.value == 1.0 for score in binary)


def is_graded(specs: Sequence[ScorerSpec]) -> bool:
    """Tell whether a composite can be anything but pass or fail: not one pass/fail scorer alone."""
    weighted = [spec for spec in specs if spec.weight > 0]
    if len(weighted) != 1:
        return True
    kind = KINDS[weighted[0].name]
    return not kind.binary or kind.has_shares(weighted[0].params)


def composite_of(specs: Sequence[ScorerSpec], scores: Sequence[Score]) -> float | None:
    """Return the weighted mean of the scores; None as soon as a weighted one is unscored."""
    total = sum(spec.weight for spec in specs)
    value = 0.0
    for spec, score in zip(specs, scores, strict=True):
        if spec.weight > 0:
            if score.value is None:
                return None
            value += spec.weight * score.value
    return value / total if total > 0 else None


def _unscored_reason(scores: Sequence[Score]) -> str:
    missing = [score for score in scores if score.value is None]
    return f"{missing[0].scorer}: {missing[0].reason}" if missing else "no weighted scorer"


def running(case: Case) -> tuple[ScorerSpec, ...]:
    """Return the scorers of a case that run something in a sandbox."""
    specs = [spec for spec in case.scorers if spec.name in KINDS and KINDS[spec.name].tier.gate]
    return tuple(spec for spec in specs if spec.name not in {"extracts", "applies"})


def images_of(case: Case) -> frozenset[str]:
    """Return the sandbox images that the scorers of a case run in."""
    return frozenset(str(spec.params.get("image", DEFAULT_IMAGE)) for spec in running(case))


def prepare(case: Case, sandbox: Sandbox | None = None) -> CaseScorer:
    """Return the scorers of a checked case; raises ValueError like the kinds' ``build``."""
    scorers = [(spec, KINDS[spec.name]) for spec in case.scorers]
    scorers.sort(key=lambda pair: (pair[1].tier, pair[1].name))
    return CaseScorer(
        case=case,
        scorers=tuple(
            (spec, kind, _in_sandbox(kind.build(spec.params, case), sandbox))
            for spec, kind in scorers
        ),
        fail_if=tuple((rule, compile_pattern(rule.regex)) for rule in case.fail_if),
    )


def _in_sandbox(scorer: Scorer, sandbox: Sandbox | None) -> Scorer:
    return replace(scorer, sandbox=sandbox) if isinstance(scorer, CodeScorer) else scorer


def scorer_problems(
    document: Document, case: Case, at: Path, known_good: set[tuple[str, str]]
) -> list[Problem]:
    """Return everything wrong with the scorers of a case that stands at ``at``.

    ``known_good`` collects parameters that a schema has passed, so that thousands of cases with
    the same ones cost one validation.
    """
    problems: list[Problem] = []
    for spec in case.scorers:
        place = (*at, "scorers", spec.name)
        kind = KINDS.get(spec.name)
        if kind is None:
            hint = did_you_mean(spec.name, list(KINDS))
            problems.append(document.problem(place, "unknown scorer", hint=hint))
            continue
        shape = (spec.name, repr(spec.params))
        if shape not in known_good:
            found = list(schema_problems(document, kind.schema, spec.params, place))
            problems += found
            if found:
                continue
            known_good.add(shape)
        problems += _attempt(document, place, kind, spec, case)
    for index, rule in enumerate(case.fail_if):
        try:
            compile_pattern(rule.regex)
        except ValueError as exc:
            problems.append(document.problem((*at, "fail_if", index, "regex"), str(exc)))
    return problems


def _attempt(
    document: Document, place: Path, kind: ScorerKind, spec: ScorerSpec, case: Case
) -> list[Problem]:
    try:
        kind.build(spec.params, case)
    except ValueError as exc:
        return [document.problem(place, str(exc))]
    return []
