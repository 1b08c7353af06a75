"""The calibration of a judge: how far it agrees with people or with another judge, and its file."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

from evalci.core.document import Document
from evalci.core.json_value import Json, JsonObject, as_object, as_texts, integer, number
from evalci.core.problem import Problem, raise_problems
from evalci.core.stats.agreement import Agreement, Pair, agreement_of
from evalci.core.trial import JudgedBy

FORMAT = 1
DIGITS = 6
MAX_AGE_DAYS = 90
MAX_MAD = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationLimits:
    """When a calibration no longer vouches for a judge: its age, and the distance it found."""

    max_age_days: int = MAX_AGE_DAYS
    max_mad: float = MAX_MAD


DEFAULT_LIMITS = CalibrationLimits()


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionAgreement:
    """How a judge agrees with the others on one criterion."""

    id: str
    agreement: Agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeFacts:
    """Which judge was compared: its model config's ``name`` and the model's ``id``.

    ``rubrics`` are the hashes of what it went by, ``resolved`` what the vendor says answered.
    """

    name: str
    id: str
    rubrics: tuple[str, ...] = ()
    resolved: tuple[str, ...] = ()


def judge_facts_of(name: str, model_id: str, judged: Iterable[JudgedBy]) -> JudgeFacts:
    """Return which judge gave some scores; those of other models are left out."""
    own = [by for by in judged if by.model == model_id]
    return JudgeFacts(
        name=name,
        id=model_id,
        rubrics=tuple(sorted({by.rubric for by in own})),
        resolved=tuple(sorted({answered for by in own for answered in by.resolved})),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What is known of a judge on a golden set, on the day ``measured_on`` (ISO 8601, UTC).

    ``against`` says who else rated. Biases are the judge's values minus theirs: below 0 the judge
    is stricter. ``overall`` takes all criteria together; its scales differ, so it has no kappa as a
    rule. ``nameless`` counts the labels that do not say which text they score. ``stratified`` says
    that the answers are a sample by strata, which is not weighted back to all answers.
    """

    golden_set: str
    judge: JudgeFacts
    against: str
    measured_on: str
    overall: Agreement
    criteria: tuple[CriterionAgreement, ...]
    nameless: int = 0
    stratified: bool = False
    format: int = FORMAT

    @property
    def worst(self) -> CriterionAgreement:
        """Return the criterion with the largest mean absolute difference."""
        return max(self.criteria, key=lambda one: (one.agreement.mad, one.id))


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationRef:
    """What a run keeps of the calibration in force, with the limits of its policy.

    ``worst`` is the criterion with the largest mean absolute difference. ``cases`` counts the cases
    that were compared; the rest is as in a Calibration.
    """

    judge: str
    against: str
    measured_on: str
    mad: float
    worst: str
    worst_mad: float
    bias: float
    low: float | None = None
    high: float | None = None
    cases: int = 0
    nameless: int = 0
    stratified: bool = False
    rubrics: tuple[str, ...] = ()
    resolved: tuple[str, ...] = ()
    max_age_days: int = MAX_AGE_DAYS
    max_mad: float = MAX_MAD


def calibrated(
    pairs: Mapping[str, Sequence[Pair]],
    *,
    golden_set: str,
    judge: JudgeFacts,
    against: str,
    nameless: int = 0,
) -> Calibration:
    """Return the calibration that some pairs make, by criterion; its day is not set yet.

    ValueError without a pair.
    """
    every = [pair for found in pairs.values() for pair in found]
    return Calibration(
        golden_set=golden_set,
        judge=judge,
        against=against,
        measured_on="",
        nameless=nameless,
        overall=agreement_of(every),
        criteria=tuple(
            CriterionAgreement(id=name, agreement=agreement_of(pairs[name]))
            for name in sorted(pairs)
        ),
    )


def outweighs(before: Calibration, now: Calibration, limits: CalibrationLimits) -> bool:
    """Tell whether an earlier calibration of the same judge rests on more cases than a new one.

    One that is too old, of another version of the judge, or of other rubrics does not.
    """
    one, other = before.judge, now.judge
    covered = set(other.rubrics) <= set(one.rubrics) and set(other.resolved) <= set(one.resolved)
    days = age_in_days(before.measured_on, now.measured_on)
    fresh = days is not None and days <= limits.max_age_days
    return one.id == other.id and covered and fresh and before.overall.cases > now.overall.cases


def dated(calibration: Calibration, day: date) -> Calibration:
    """Return a calibration with the day on which it was measured."""
    return replace(calibration, measured_on=day.isoformat())


def calibration_path(folder: str, golden_set: str, judge: str) -> str:
    """Return where a calibration lies: beside the baselines, by the judge's config name."""
    return f"{folder}/{golden_set}.{judge}.calibration.json"


def calibration_text(calibration: Calibration) -> str:
    """Return the file of a calibration: the same bytes on every machine."""
    data = calibration_json(calibration)
    return json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def calibration_json(calibration: Calibration) -> JsonObject:
    """Return a calibration for programs."""
    return {
        "format": calibration.format,
        "golden_set": calibration.golden_set,
        "judge": calibration.judge.name,
        "judge_id": calibration.judge.id,
        "resolved_models": list(calibration.judge.resolved),
        "rubrics": list(calibration.judge.rubrics),
        "nameless_labels": calibration.nameless,
        "stratified": calibration.stratified,
        "against": calibration.against,
        "measured_on": calibration.measured_on,
        "overall": _agreement_json(calibration.overall),
        "criteria": {one.id: _agreement_json(one.agreement) for one in calibration.criteria},
    }


def _agreement_json(agreement: Agreement) -> JsonObject:
    found = asdict(agreement).items()
    return {k: round(v, DIGITS) if isinstance(v, float) else v for k, v in found if v is not None}


def parse_calibration(document: Document) -> Calibration:
    """Return the calibration in a file; BadInputError for anything else."""
    raise_problems([*document.check("calibration"), *_bad_day(document)])
    data = as_object(document.data)
    return Calibration(
        golden_set=str(data["golden_set"]),
        judge=JudgeFacts(
            name=str(data["judge"]),
            id=str(data["judge_id"]),
            rubrics=as_texts(data["rubrics"]),
            resolved=as_texts(data["resolved_models"]),
        ),
        nameless=integer(data.get("nameless_labels"), 0),
        stratified=data.get("stratified") is True,
        against=str(data["against"]),
        measured_on=str(data["measured_on"]),
        overall=_agreement(data["overall"]),
        criteria=tuple(
            CriterionAgreement(id=name, agreement=_agreement(raw))
            for name, raw in as_object(data["criteria"]).items()
        ),
    )


def _bad_day(document: Document) -> Iterable[Problem]:
    data = document.data
    day = data.get("measured_on") if isinstance(data, Mapping) else None
    if isinstance(day, str) and _date(day) is None:
        yield document.problem(("measured_on",), f"`{day}` is not a date such as 2026-11-21")


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _agreement(raw: Json) -> Agreement:
    data = as_object(raw)
    return Agreement(
        pairs=integer(data["pairs"], 1),
        cases=integer(data["cases"], 1),
        mad=number(data["mad"], 0.0),
        bias=number(data["bias"], 0.0),
        low=_optional(data, "low"),
        high=_optional(data, "high"),
        pearson=_optional(data, "pearson"),
        spearman=_optional(data, "spearman"),
        kappa=_optional(data, "kappa"),
        weighted_kappa=_optional(data, "weighted_kappa"),
    )


def _optional(data: JsonObject, key: str) -> float | None:
    return number(data[key], 0.0) if key in data else None


def calibration_ref(calibration: Calibration, limits: CalibrationLimits) -> CalibrationRef:
    """Return a calibration as a run keeps it."""
    overall, worst = calibration.overall, calibration.worst
    return CalibrationRef(
        judge=calibration.judge.id,
        against=calibration.against,
        measured_on=calibration.measured_on,
        mad=overall.mad,
        worst=worst.id,
        worst_mad=worst.agreement.mad,
        bias=overall.bias,
        low=overall.low,
        high=overall.high,
        cases=overall.cases,
        nameless=calibration.nameless,
        stratified=calibration.stratified,
        rubrics=calibration.judge.rubrics,
        resolved=calibration.judge.resolved,
        max_age_days=limits.max_age_days,
        max_mad=limits.max_mad,
    )


def age_in_days(measured_on: str, now: str) -> int | None:
    """Return the days between two ISO 8601 dates, None where one is no date."""
    before, today = _date(measured_on), _date(now)
    return None if before is None or today is None else max(0, (today - before).days)
