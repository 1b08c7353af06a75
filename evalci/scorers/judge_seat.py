"""Finds the judge of a golden set's cases, and makes it part of how they are scored."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from evalci.core.case_set import CaseSet
from evalci.core.config import Config
from evalci.core.golden_set import Case, ScorerSpec
from evalci.core.json_value import JsonObject, as_list, as_object, number
from evalci.core.judge_config import Judge
from evalci.core.model_config import ModelConfig
from evalci.core.problem import Problem, raise_problems
from evalci.scorers.judge import NAME
from evalci.scorers.violations import START, VIOLATIONS


def judge_for(found: CaseSet, config: Config, author: ModelConfig) -> Judge | None:
    """Return who judges a model's answers, None where no case asks for a judge.

    BadInputError where a case does and the config names none, where the judge is of the model's
    own family, or where a single reply would decide.
    """
    cases = [case for case in found.cases if _wants_judge(case)]
    raise_problems(_problems(found, cases, config))
    if not cases or config.judge is None:
        return None
    return config.judge.judge_of(author)


def _problems(found: CaseSet, cases: Iterable[Case], config: Config) -> Iterator[Problem]:
    for case in cases:
        place = f"the scorer `judge` of `{case.id}`"
        if config.judge is None:
            yield found.problem(case, f"{place} needs a `judge:` section in {config.source}")
        elif config.judge.repeats == 1 and judged_alone(case.scorers):
            hint = "set `judge.repeats` to 2 or more, or add a scorer"
            message = f"{place} decides alone, and one reply does not tell how noisy it is"
            yield replace(found.problem(case, message), hint=hint)


def _wants_judge(case: Case) -> bool:
    return any(spec.name == NAME for spec in case.scorers)


def with_judge(case: Case, judge: Judge | None) -> Case:
    """Return a case whose judge is part of how it is scored, so that its harness hash knows it."""
    if judge is None or all(spec.name != NAME for spec in case.scorers):
        return case
    return replace(case, scorers=tuple(_seated(spec, judge) for spec in case.scorers))


def _seated(spec: ScorerSpec, judge: Judge) -> ScorerSpec:
    if spec.name != NAME:
        return spec
    return replace(spec, params={**spec.params, "judge": judge.as_json()})


def judged_alone(specs: Iterable[ScorerSpec]) -> bool:
    """Tell whether nothing but a judge decides a case's composite, by itself or through rules."""
    weighty = [spec for spec in specs if spec.weight > 0]
    return bool(weighty) and all(spec.name == NAME or _by_judge(spec) for spec in weighty)


def judge_share(specs: Iterable[ScorerSpec]) -> float:
    """Return how far a case's composite moves where its judge goes from 0 to 1.

    A rule of `violations` that looks at the judge moves it as well, by what the rule deducts.
    """
    weights = [(spec.weight, _reach(spec)) for spec in specs if spec.weight > 0]
    total = sum(weight for weight, _ in weights)
    return sum(weight * reach for weight, reach in weights) / total if total else 0.0


def _reach(spec: ScorerSpec) -> float:
    """Return how far a scorer's value moves where the judge goes from 0 to 1."""
    if spec.name == NAME:
        return 1.0
    start = number(spec.params.get("start"), START)
    return sum(number(rule.get("weight"), 0.0) for rule in _judge_rules(spec)) / start


def _by_judge(spec: ScorerSpec) -> bool:
    rules = _judge_rules(spec)
    return bool(rules) and len(rules) == len(as_list(spec.params.get("rules")))


def _judge_rules(spec: ScorerSpec) -> list[JsonObject]:
    """Return the rules of `violations` that look at the judge's score."""
    if spec.name != VIOLATIONS.name:
        return []
    rules = map(as_object, as_list(spec.params.get("rules")))
    return [rule for rule in rules if rule.get("scorer") == NAME]
