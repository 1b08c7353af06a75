"""Families of models as the base states them: a change does not choose who may judge it."""

from collections.abc import Mapping
from dataclasses import replace

from evalci.core.families import family_of
from evalci.core.model_config import ModelConfig
from evalci.core.run import PolicyChange

Models = Mapping[str, ModelConfig]


def with_base_families(models: Models, base: Models) -> tuple[Models, tuple[PolicyChange, ...]]:
    """Return model configs whose family is that which the base has for their id, and the edits.

    Who judges an answer, and which names are hidden from that judge, follows from its family. Of an
    id that the base does not have, the change says it, as far as the id does not.
    """
    by_id = {model.id: model for model in base.values()}
    found, changes = dict(models), []
    for name, now in models.items():
        same = base.get(name)
        before = same if same is not None and same.id == now.id else by_id.get(now.id)
        if before is not None and family_of(before) != family_of(now):
            found[name] = replace(now, family=before.family)
            path = f"models.{name}.family"
            changes.append(PolicyChange(path=path, old=before.family, new=now.family))
    return found, tuple(changes)
