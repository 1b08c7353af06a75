"""What `evalci.yaml` says about calls: the budget of a run, and the cache of answers."""

from dataclasses import dataclass

from evalci.core.budget import Budget, Unpriced
from evalci.core.document import Document
from evalci.core.json_value import Json, JsonObject, as_object
from evalci.core.model_config import COMMAND
from evalci.core.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class CachePolicy:
    """Where answers are kept, for how long, and how many of them."""

    dir: str = ".evalci/cache"
    max_age_days: float = 30.0
    max_mb: float = 500.0


DEFAULT_CACHE = CachePolicy()


def budget_of(data: JsonObject) -> Budget:
    """Return the caps of a run."""
    calls, tokens = _number(data.get("calls")), _number(data.get("tokens"))
    return Budget(
        usd=_number(data.get("usd")),
        calls=None if calls is None else int(calls),
        tokens=None if tokens is None else int(tokens),
        unpriced=Unpriced(str(data.get("unpriced", Unpriced.REFUSE))),
    )


def cache_of(data: JsonObject) -> CachePolicy:
    """Return where and how long answers are kept."""
    age, size = _number(data.get("max_age_days")), _number(data.get("max_mb"))
    return CachePolicy(
        dir=str(data.get("dir", DEFAULT_CACHE.dir)).rstrip("/"),
        max_age_days=DEFAULT_CACHE.max_age_days if age is None else age,
        max_mb=DEFAULT_CACHE.max_mb if size is None else size,
    )


def command_problems(document: Document, models: JsonObject) -> list[Problem]:
    """Return a problem for each `command/` model without a command, and the other way round."""
    problems = []
    for name, raw in models.items():
        model = as_object(raw)
        is_command = str(model["id"]).startswith(COMMAND)
        if is_command and "command" not in model:
            message = "a command/ model needs `command`"
            hint = "such as `command: [python, -m, app.answer]`"
            problems.append(document.problem(("models", name, "id"), message, hint=hint))
        for key in ("command", "env"):
            if key in model and not is_command:
                message = f"`{key}` is for models whose id begins with {COMMAND}"
                problems.append(document.problem(("models", name, key), message))
    return problems


def _number(value: Json) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None
