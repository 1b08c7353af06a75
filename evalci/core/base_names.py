"""Under which names the base keeps the baseline of what a change may have renamed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

from evalci.core.base_cases import base_cases
from evalci.core.base_edits import NOT_USED
from evalci.core.base_policy import Policy
from evalci.core.baseline import baseline_path
from evalci.core.case_set import CaseSet
from evalci.core.config import Config
from evalci.core.model_config import ModelConfig
from evalci.core.run import PolicyChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names of a golden set and of a model config, which a baseline is filed under."""

    golden_set: str
    model: str

    def baseline(self, config: Config) -> str:
        """Return where that baseline lies."""
        return baseline_path(config, self.golden_set, self.model)


def base_names(policy: Policy, found: CaseSet, model: ModelConfig) -> Names:
    """Return the names under which the base has the baseline of a golden set with a model.

    Neither a new name nor a known one of somebody else is a way around a baseline. What `run.model`
    names is held against what it names in the base: that is what a merge would change. A golden
    set of which the base has no baseline is what the base calls a set that the change has no more,
    and of which it has cases.
    """
    own = Names(golden_set=found.name, model=model.name)
    if policy.files is None or policy.base_config is None:
        return own
    models = dict.fromkeys((*_usual(policy, model), model.name))
    for golden_set, name in product((found.name, *_gone(policy, found)), models):
        names = Names(golden_set=golden_set, model=name)
        if policy.files.text(names.baseline(policy.config)) is not None:
            return names
    return own


def _usual(policy: Policy, model: ModelConfig) -> Iterator[str]:
    if policy.base_config is not None and model.name == policy.config.model:
        yield policy.base_config.model


def _gone(policy: Policy, found: CaseSet) -> list[str]:
    """Return the sets that only the base has, and cases of which are found, most of them first."""
    before = policy.base_config.golden_sets if policy.base_config else ()
    now = {path.rsplit("/", 1)[-1] for path in policy.config.golden_sets}
    ids = {case.id for case in found.cases}
    names = [name for path in before if (name := path.rsplit("/", 1)[-1]) not in now]
    shared = {name: len(ids & base_cases(policy, name).keys()) for name in names}
    return sorted(filter(shared.get, shared), key=lambda name: (-shared[name], name))


def renaming(
    config: Config,
    names: Names,
    found: CaseSet,
    model: ModelConfig,
    *,
    own: Callable[[str], str | None],
) -> tuple[PolicyChange, ...]:
    """Return the line that says which baseline decides, where it is one of another name.

    ``own`` returns what the change itself has at a path: a baseline that was left under its old
    name is none after the merge.
    """
    path = Names(golden_set=found.name, model=model.name).baseline(config)
    before = names.baseline(config)
    if path == before:
        return ()
    effect = NOT_USED if own(path) is not None else "which is missing: rename the file, too"
    return (PolicyChange(path="baseline", old=before, new=f"{path}, {effect}"),)
