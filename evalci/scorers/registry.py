"""The scorers by name, and how a case's scorers together turn an output into a trial."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from evalci.core.case_set import written
from evalci.core.custom_scorer import FILE_SCORER
from evalci.core.document import Document, Path, schema_problems
from evalci.core.golden_set import Case, FailIf, ScorerSpec
from evalci.core.pattern import Pattern, compile_pattern
from evalci.core.ports import Sandbox, ScorerPlugins
from evalci.core.problem import Problem, did_you_mean
from evalci.core.refusal import refusal_of, refusal_words
from evalci.core.sandbox import DEFAULT_IMAGE
from evalci.core.trial import Output, Score, Trial
from evalci.scorers.base import Scorer, ScorerKind, Tier
from evalci.scorers.code import CodeScorer
from evalci.scorers.code_kinds import CODE_KINDS
from evalci.scorers.custom import CUSTOM_KINDS, FileScorer, PluginScorer
from evalci.scorers.json_schema import JSON_SCHEMA
from evalci.scorers.judge import JUDGE, Bench, JudgeScorer
from evalci.scorers.review import REVIEW
from evalci.scorers.search import SEARCH
from evalci.scorers.similarity import CHRF
from evalci.scorers.text import CONTAINS, EXACT, REGEX
from evalci.scorers.unsolvable import UNSOLVABLE
from evalci.scorers.violations import VIOLATIONS, Violations

KINDS: Mapping[str, ScorerKind] = {
    kind.name: kind
    for kind in (
        *(EXACT, CONTAINS, REGEX, JSON_SCHEMA, REVIEW, SEARCH, UNSOLVABLE),
        *CODE_KINDS,
        *(CHRF, JUDGE, VIOLATIONS),
    )
}
OWN_HINT = "one of your own is declared under `scorers:` in evalci.yaml"
# What runs a scorer of the user's own; a case names the scorer, never one of these.
_OWN: Mapping[str, ScorerKind] = {kind.name: kind for kind in CUSTOM_KINDS}
VERSIONS: Mapping[str, int] = {name: kind.version for name, kind in {**KINDS, **_OWN}.items()}


def kind_of(spec: ScorerSpec) -> ScorerKind:
    """Return the kind of a checked scorer."""
    return _OWN[spec.runs_as] if spec.runs_as else KINDS[spec.name]


def passes_or_fails(spec: ScorerSpec) -> bool:
    """Tell whether a scorer passes at 1 and fails below; the user's own say so themselves."""
    return bool(spec.params.get("binary")) if spec.runs_as else KINDS[spec.name].binary


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseScorer:
    """All scorers of one case, cheap to dear, ready to score an output."""

    case: Case
    scorers: tuple[tuple[ScorerSpec, ScorerKind, Scorer], ...]
    fail_if: tuple[tuple[FailIf, Pattern], ...]

    def trial(self, number: int, output: Output) -> Trial:
        """Return the scored trial; a refusal or a `fail_if` match is a scored zero.

        So is a trial with a score that zeroes it.
        """
        zeroed_by = self._zeroed_by(output)
        scores = () if zeroed_by else self._scores(number, output)
        specs = [spec for spec, _, _ in self.scorers]
        zeroed_by = zeroed_by or _floored(specs, scores)
        composite = 0.0 if zeroed_by else composite_of(specs, scores)
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

    def _scores(self, number: int, output: Output) -> tuple[Score, ...]:
        """Return the scores in order; after a weighted gate that failed, nothing dear runs."""
        scores: list[Score] = []
        failed = ""
        for spec, kind, scorer in self.scorers:
            if failed and (kind.tier.gate or kind.tier is Tier.JUDGE):
                reason = f"not run: `{failed}` failed"
                scores.append(Score(scorer=spec.name, value=0.0, reason=reason))
                continue
            if isinstance(scorer, Violations):
                scores.append(scorer.score_after(output, scores))
            else:
                scores.append(_for_trial(scorer, number).score(self.case, output))
            value = scores[-1].value
            if kind.tier.gate and spec.weight > 0 and value is not None and value < 1.0:
                failed = spec.name
        return tuple(scores)

    def _zeroed_by(self, output: Output) -> str:
        refusal = refusal_of(output)
        if refusal is not None:
            return refusal_words(refusal)
        for rule, pattern in self.fail_if:
            if pattern.search(output.text):
                return rule.why
        return ""

    def _passed(self, scores: tuple[Score, ...], zeroed_by: str) -> bool | None:
        binary = [
            score
            for (spec, _, _), score in zip(self.scorers, scores, strict=False)
            if passes_or_fails(spec) and spec.weight > 0
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
    only = weighted[0]
    return not passes_or_fails(only) or kind_of(only).has_shares(only.params)


def is_quick(specs: Sequence[ScorerSpec]) -> bool:
    """Tell whether the scorers read the output and no more: they start nothing and ask nobody."""
    tiers = [kind_of(spec).tier for spec in specs]
    return not any(tier.gate or tier in {Tier.CUSTOM, Tier.JUDGE} for tier in tiers)


def composite_of(specs: Sequence[ScorerSpec], scores: Sequence[Score]) -> float | None:
    """Return the weighted mean of the scores; None as soon as a weighted one is unscored.

    Deductions may pull it down to 0, where the scale of the gate ends, and no further.
    """
    total = sum(spec.weight for spec in specs)
    value = 0.0
    for spec, score in zip(specs, scores, strict=True):
        if spec.weight > 0:
            if score.value is None:
                return None
            value += spec.weight * score.value
    return max(0.0, value / total) if total > 0 else None


def _floored(specs: Sequence[ScorerSpec], scores: Sequence[Score]) -> str:
    """Return the reason of the first weighted score that zeroes the trial, if any."""
    pairs = zip(specs, scores, strict=False)
    found = (score for spec, score in pairs if spec.weight > 0 and score.zeroes)
    return next((f"{score.scorer}: {score.reason}" for score in found), "")


def _unscored_reason(scores: Sequence[Score]) -> str:
    missing = [score for score in scores if score.value is None]
    return f"{missing[0].scorer}: {missing[0].reason}" if missing else "no weighted scorer"


def running(case: Case) -> tuple[ScorerSpec, ...]:
    """Return the scorers of a case that run something in a sandbox."""
    specs = [spec for spec in case.scorers if spec.name in KINDS and KINDS[spec.name].tier.gate]
    return tuple(spec for spec in specs if spec.name not in {"extracts", "applies"})


def images_of(case: Case) -> frozenset[str]:
    """Return the sandbox images that the scorers of a case run in."""
    images = frozenset(str(spec.params.get("image", DEFAULT_IMAGE)) for spec in running(case))
    own = any(spec.kind == FILE_SCORER for spec in case.scorers)
    return images | {DEFAULT_IMAGE} if own else images


def prepare(
    case: Case,
    sandbox: Sandbox | None = None,
    bench: Bench | None = None,
    plugins: ScorerPlugins | None = None,
) -> CaseScorer:
    """Return the scorers of a checked case; raises ValueError like the kinds' ``build``.

    Those that run code do so in the ``sandbox``, those that ask a model have the ``bench``, and
    entry points are found by the ``plugins``.
    """
    scorers = [(spec, kind_of(spec)) for spec in case.scorers]
    scorers.sort(key=lambda pair: (pair[1].tier, pair[0].name))
    built = ((spec, kind, kind.build(spec.params, case)) for spec, kind in scorers)
    return CaseScorer(
        case=case,
        scorers=tuple(
            (spec, kind, _equipped(scorer, sandbox, bench, plugins)) for spec, kind, scorer in built
        ),
        fail_if=tuple((rule, compile_pattern(rule.regex)) for rule in case.fail_if),
    )


def _equipped(
    scorer: Scorer,
    sandbox: Sandbox | None,
    bench: Bench | None,
    plugins: ScorerPlugins | None,
) -> Scorer:
    """Return a scorer with what it needs to run."""
    if isinstance(scorer, JudgeScorer):
        return replace(scorer, bench=bench)
    if isinstance(scorer, PluginScorer):
        return replace(scorer, plugins=plugins)
    if isinstance(scorer, (CodeScorer, FileScorer)):
        return replace(scorer, sandbox=sandbox)
    return scorer


def _for_trial(scorer: Scorer, number: int) -> Scorer:
    """Return a scorer that knows which trial it scores, where that matters."""
    if isinstance(scorer, JudgeScorer) and scorer.bench is not None:
        return replace(scorer, bench=replace(scorer.bench, trial=number))
    return scorer


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
        shared = written(document, place)
        kind = kind_of(spec) if spec.runs_as else KINDS.get(spec.name)
        if kind is None:
            hint = did_you_mean(spec.name, list(KINDS)) or OWN_HINT
            problems.append(document.problem(shared, "unknown scorer", hint=hint))
            continue
        shape = (spec.name, repr(spec.params))
        if shape not in known_good:
            found = list(schema_problems(document, kind.schema, spec.params, shared))
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
