"""Which keys a change may use and where it may send them: only as the base does."""

from collections.abc import Iterator
from dataclasses import replace

from evalci.core.base_policy import MAX_CHANGES, Policy
from evalci.core.model_config import ModelConfig
from evalci.core.run import PolicyChange

Models = dict[str, ModelConfig]


def with_base_reach(policy: Policy) -> Policy:
    """Return a policy whose models are reached as those of the base are.

    `api_base` and `api_key_env` say which key goes where, `env` which keys a command sees, and
    `price` what counts against the budget: edits of them wait until they are merged. A model
    config that is new, or asks another vendor, may only be reached as one of the base is; where it
    is not, it gets no key, and its name stands in ``unmerged``.
    """
    if policy.base_config is None:
        return policy
    known = dict(policy.base_config.models)
    models: Models = {}
    changes: list[PolicyChange] = []
    unmerged: list[str] = []
    for name, now in policy.config.models.items():
        before = known.get(name)
        if before is not None and _vendor(before) == _vendor(now):
            models[name] = _as_before(now, before)
            changes += _changes(now, before)
        elif _reach(now) in {_reach(model) for model in known.values()} | {_plain(now)}:
            models[name] = now
        else:
            models[name] = replace(now, api_base=None, api_key_env=None, env=())
            unmerged.append(name)
    return replace(
        policy,
        config=replace(policy.config, models=models),
        changes=(*changes, *policy.changes)[:MAX_CHANGES],
        unmerged=tuple(unmerged),
    )


def _vendor(model: ModelConfig) -> str:
    return model.id.partition("/")[0]


def _reach(model: ModelConfig) -> tuple[str, str | None, str | None, tuple[str, ...]]:
    return _vendor(model), model.api_base, model.api_key_env, model.env


def _plain(model: ModelConfig) -> tuple[str, str | None, str | None, tuple[str, ...]]:
    """Return the reach that needs no leave: the vendor's own address, with the vendor's own key."""
    return _vendor(model), None, None, ()


def _as_before(now: ModelConfig, before: ModelConfig) -> ModelConfig:
    return replace(
        now,
        api_base=before.api_base,
        api_key_env=before.api_key_env,
        env=before.env,
        price=before.price if now.id == before.id else now.price,
    )


def _changes(now: ModelConfig, before: ModelConfig) -> Iterator[PolicyChange]:
    granted = _as_before(now, before)
    pairs = [
        ("api_base", before.api_base, now.api_base, granted.api_base),
        ("api_key_env", before.api_key_env, now.api_key_env, granted.api_key_env),
        ("env", ", ".join(before.env), ", ".join(now.env), ", ".join(granted.env)),
        ("price", _price(before), _price(now), _price(granted)),
    ]
    for key, old, new, kept in pairs:
        if new != kept:
            yield PolicyChange(path=f"models.{now.name}.{key}", old=old or "", new=new or "")


def _price(model: ModelConfig) -> str:
    price = model.price
    return "" if price is None else f"{price.input_per_mtok:g} and {price.output_per_mtok:g}"
