"""What the base revision decides, and which edits of it wait until they are merged."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from evalci.core.base_family import with_base_families
from evalci.core.config import Config, parse_config
from evalci.core.custom_scorer import trusted_scorers
from evalci.core.document import Document, dotted, shown
from evalci.core.json_value import Json, as_object, same_json
from evalci.core.ports import BaseFiles
from evalci.core.run import BaseRef, PolicyChange
from evalci.errors import BadInputError

SECTIONS = ("gate", "override", "baseline", "judge", "budget", "composite", "sandbox")
MAX_CHANGES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The config in force, and the edits that are not; ``base`` None means the files as they are.

    ``config`` has the policy of the base and everything else from the change itself. ``unmerged``
    are the model configs that need a key, or an address, which the base gives to none.
    """

    config: Config
    base: BaseRef | None = None
    files: BaseFiles | None = None
    base_config: Config | None = None
    changes: tuple[PolicyChange, ...] = ()
    unmerged: tuple[str, ...] = ()


def policy_of(
    config: Config, document: Document, base: BaseRef, files: BaseFiles, *, places: Iterable[str]
) -> Policy:
    """Return the policy that judges a change; ``places`` are where the base may keep its config.

    A base without a valid config cannot decide: then the change's own policy does, and says so.
    It names no entry point either way.
    """
    alone = replace(config, scorers=trusted_scorers(config.scorers, {}))
    try:
        found = _first(files, places)
        before = None if found is None else parse_config(found)
    except BadInputError as exc:
        change = PolicyChange(path=config.source, old=f"not valid: {exc.message}", new="decides")
        return Policy(config=alone, base=base, files=files, changes=(change,))
    if found is None or before is None:
        change = PolicyChange(path=config.source, new="new: its own policy decides")
        return Policy(config=alone, base=base, files=files, changes=(change,))
    models, families = with_base_families(config.models, before.models)
    changes = (*_section_changes(found, document), *_choice_changes(before, config), *families)
    return Policy(
        config=replace(
            config,
            models=models,
            gate=before.gate,
            baseline=before.baseline,
            composite=before.composite,
            proposed=config.composite,
            scorers=trusted_scorers(config.scorers, before.scorers),
            budget=before.budget,
            sandbox=before.sandbox,
            override=before.override,
            report=replace(config.report, private=config.report.private or before.report.private),
            judge=before.judge or config.judge,
        ),
        base=base,
        files=files,
        base_config=before,
        changes=changes[:MAX_CHANGES],
    )


def _first(files: BaseFiles, places: Iterable[str]) -> Document | None:
    found = (files.document(path) for path in places)
    return next((document for document in found if document is not None), None)


def _section_changes(before: Document, now: Document) -> Iterator[PolicyChange]:
    old, new = as_object(before.data), as_object(now.data)
    # Where the base has no judge, that of the change judges: no old score is held against it.
    for section in (each for each in SECTIONS if each != "judge" or each in old):
        yield from value_changes(old.get(section), new.get(section), (section,))


def _choice_changes(before: Config, now: Config) -> Iterator[PolicyChange]:
    """Yield what a change takes out of the check: a golden set, or the model with its baseline."""
    for path in before.golden_sets:
        if path not in now.golden_sets:
            yield PolicyChange(path="golden_sets", old=path, new="no longer measured")
    if before.report.private and not now.report.private:
        yield PolicyChange(path="report.private", old="true", new="false")
    if before.model != now.model:
        new = f"{now.model}, held against the baseline of {before.model} if there is one"
        yield PolicyChange(path="run.model", old=before.model, new=new)
    for judge in before.judge.models if before.judge else ():
        other = now.models.get(judge.name)
        if other != judge:
            new = f"{other.id}, another config" if other else "removed"
            yield PolicyChange(path=f"models.{judge.name} (judge)", old=judge.id, new=new)


def value_changes(old: Json, new: Json, at: tuple[str | int, ...]) -> Iterator[PolicyChange]:
    """Yield each place at which two values of a config differ, as deep as both go."""
    if same_json(old, new):
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in (*old, *(key for key in new if key not in old)):
            yield from value_changes(old.get(key), new.get(key), (*at, key))
    elif isinstance(old, (list, tuple)) and isinstance(new, (list, tuple)):
        for index in range(max(len(old), len(new))):
            left = old[index] if index < len(old) else None
            right = new[index] if index < len(new) else None
            yield from value_changes(left, right, (*at, index))
    else:
        yield PolicyChange(path=dotted(at), old=_shown(old), new=_shown(new))


def _shown(value: Json) -> str:
    return "" if value is None else shown(value, 120)
