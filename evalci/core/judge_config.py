"""The `judge` section: who judges whose answers, how often, and how blind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from evalci.core.calibration import DEFAULT_LIMITS, CalibrationLimits
from evalci.core.document import Document, Path
from evalci.core.families import author_names, contradicted, family_named, family_of
from evalci.core.json_value import JsonObject, as_object, integer, number
from evalci.core.model_config import ModelConfig
from evalci.core.problem import Problem, did_you_mean
from evalci.errors import BadInputError

REPEATS = 2


class CrossFamily(StrEnum):
    """What happens to a judge of the same family as the model it judges."""

    ERROR = "error"
    WARN = "warn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """The judge of one model's answers: who it is, how often it is asked, what is hidden from it.

    ``author`` are the names that would give the model away, empty where the judge is not blind.
    ``akin`` means that judge and model are of one family, which the config allows.
    """

    model: ModelConfig
    repeats: int = REPEATS
    author: tuple[str, ...] = ()
    blind: bool = True
    akin: bool = False

    def as_json(self) -> JsonObject:
        """Return what of it can change a score, for the harness hash."""
        command: JsonObject = {"command": list(self.model.command)} if self.model.command else {}
        return {
            **command,
            "id": self.model.id,
            "params": self.model.params,
            "repeats": self.repeats,
            "blind": self.blind,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A judge that the config names; ``place`` is the line that does."""

    model: ModelConfig
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgePolicy:
    """The judge for everybody, and the judges ``by_family`` of the author."""

    default: Seat
    by_family: Mapping[str, Seat] = field(default_factory=dict)
    cross_family: CrossFamily = CrossFamily.ERROR
    blind: bool = True
    repeats: int = REPEATS
    calibration: CalibrationLimits = DEFAULT_LIMITS

    @property
    def models(self) -> tuple[ModelConfig, ...]:
        """Return every judge there is, the default one first."""
        return (self.default.model, *(seat.model for seat in self.by_family.values()))

    def judge_of(self, author: ModelConfig) -> Judge:
        """Return who judges a model's answers.

        BadInputError with the line of the config when that is a model of the same family, when
        nobody knows the family of one of them, or when the stated one is not that of the id: a
        model rates its own kind higher.
        """
        family = family_of(author)
        seat = self.by_family.get(family, self.default)
        _require_true_family(author, seat.place)
        _require_true_family(seat.model, seat.place)
        akin = family_of(seat.model) == family
        if self.cross_family is CrossFamily.ERROR:
            _require_family(author, seat.place)
            _require_family(seat.model, seat.place)
            if akin:
                raise _akin(seat, author, family)
        return Judge(
            model=seat.model,
            repeats=self.repeats,
            author=author_names(author, family) if self.blind else (),
            blind=self.blind,
            akin=akin,
        )


def _require_family(model: ModelConfig, place: str) -> None:
    if not family_of(model):
        message = f"{place}: nobody knows the family of model `{model.name}` ({model.id})"
        raise BadInputError(message, hint=f"give `models.{model.name}.family`")


def _require_true_family(model: ModelConfig, place: str) -> None:
    if other := contradicted(model):
        what = f"model `{model.name}` has the family `{model.family.strip()}`"
        hint = f"correct `models.{model.name}.family`, or leave it out"
        message = f"{place}: {what}, but {model.id} is of `{other}`"
        raise BadInputError(message, hint=hint)


def _akin(seat: Seat, author: ModelConfig, family: str) -> BadInputError:
    who = f"judge `{seat.model.name}` and model `{author.name}` are both of the family `{family}`"
    hint = "name a judge of another family here or under `judge.routes`, or set"
    return BadInputError(f"{seat.place}: {who}", hint=f"{hint} `judge.cross_family: warn`")


def judge_policy(
    document: Document, data: JsonObject, models: Mapping[str, ModelConfig]
) -> JudgePolicy | None:
    """Return the `judge` section of a config without problems, None where it has none."""
    if "judge" not in data:
        return None
    section = as_object(data["judge"])
    routes = as_object(section.get("routes", {}))
    return JudgePolicy(
        default=_seat(document, ("judge", "model"), str(section["model"]), models),
        by_family={
            family_named(family): _seat(document, ("judge", "routes", family), str(name), models)
            for family, name in routes.items()
        },
        cross_family=CrossFamily(str(section.get("cross_family", CrossFamily.ERROR))),
        blind=bool(section.get("blind", True)),
        repeats=integer(section.get("repeats"), REPEATS),
        calibration=_limits(as_object(section.get("calibration", {}))),
    )


def _limits(data: JsonObject) -> CalibrationLimits:
    return CalibrationLimits(
        max_age_days=integer(data.get("max_age_days"), DEFAULT_LIMITS.max_age_days),
        max_mad=number(data.get("max_mad"), DEFAULT_LIMITS.max_mad),
    )


def _seat(document: Document, at: Path, name: str, models: Mapping[str, ModelConfig]) -> Seat:
    line = document.line_of(at)
    place = f"{document.source}:{line}" if line else document.source
    return Seat(model=models[name], place=place)


def judge_problems(document: Document, data: JsonObject) -> list[Problem]:
    """Return a problem for each judge that no model config stands for."""
    section, known = as_object(data.get("judge", {})), list(as_object(data["models"]))
    routes = as_object(section.get("routes", {}))
    named: list[tuple[Path, str]] = [(("judge", "routes", f), str(n)) for f, n in routes.items()]
    named += [(("judge", "model"), str(section["model"]))] if section else []
    return [
        document.problem(at, f"no model config is named `{name}`", hint=did_you_mean(name, known))
        for at, name in named
        if name not in known
    ]
