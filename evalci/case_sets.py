"""Reads the cases of golden sets, and says what is wrong with them and with the config."""

from collections.abc import Callable, Sequence

from evalci.core.case_set import CaseSet
from evalci.core.category import idle_rules, meant
from evalci.core.composite import idle_presets, weight_problems
from evalci.core.config import Config
from evalci.core.custom_scorer import custom_problems
from evalci.core.document import Document, Path
from evalci.core.golden_set import MAX_CASES, Case
from evalci.core.golden_set_file import CaseFile, ScorerPolicy, duplicate_problems
from evalci.core.json_value import JsonObject, as_object, value_at
from evalci.core.manifest import disagreements, parse_manifest
from evalci.core.ports import Files
from evalci.core.problem import Problem, raise_lines, raise_problems
from evalci.core.rubric import criteria_problems
from evalci.errors import BadInputError
from evalci.scorers.registry import (
    KINDS,
    passes_or_fails,
    scorer_problems,
)

MANIFEST = "manifest.yaml"
NO_MANIFEST = (
    'write `version: "1.0"`, `active: 0` and `categories: {}` into it, then `evalci golden sync`'
)


def load_cases(path: str, config: Config, files: Files) -> CaseSet:
    """Return the checked cases of a golden set; BadInputError lists the problems of every file."""
    if f"{path}/{MANIFEST}" not in files.yaml_files(path):
        raise BadInputError(f"{path}/{MANIFEST}: no such file", hint=NO_MANIFEST)
    names = [name for name in files.yaml_files(path) if not name.endswith(f"/{MANIFEST}")]
    errors: list[str] = []
    documents: dict[str, Document] = {}
    for name in [f"{path}/{MANIFEST}", *names]:
        try:
            documents[name] = files.yaml(name)
        except BadInputError as exc:
            errors.append(str(exc) if name in exc.message else f"{name}: {exc}")
    raise_lines(errors)
    manifest_file = documents.pop(f"{path}/{MANIFEST}")
    policy = ScorerPolicy(weights=config.composite, proposed=config.proposed, own=config.scorers)
    readers = [
        CaseFile(document, folder=path, files=files, policy=policy)
        for document in documents.values()
    ]
    cases = [case for reader in readers for case in reader.cases()]
    problems = [problem for reader in readers for problem in reader.problems]
    problems += manifest_file.check("manifest")
    raise_problems([*problems, *duplicate_problems(documents, cases)])
    if len(cases) > MAX_CASES:
        raise BadInputError(f"{path}: {len(cases):,} cases, more than {MAX_CASES:,}")
    if not cases:
        raise BadInputError(f"{path}: no cases", hint="add a file with entries under `cases:`")
    return CaseSet(
        path=path,
        manifest=parse_manifest(manifest_file),
        manifest_file=manifest_file,
        documents=documents,
        cases=tuple(cases),
    )


def case_problems(found: CaseSet) -> list[Problem]:
    """Return what is wrong with manifest counts, scorers and must-pass flags."""
    problems = disagreements(found.manifest_file, found.manifest, found.cases)
    known_good: set[tuple[str, str]] = set()
    for case in found.cases:
        document, at = found.documents[case.source], ("cases", case.position)
        wrong = scorer_problems(document, case, at, known_good)
        names = [spec.name for spec in case.scorers]
        problems += criteria_problems(document, case.criteria, at, names)
        if not wrong and case.must_pass and not _has_pass_fail(case):
            message = f"`must_pass` of `{case.id}` needs a weighted pass/fail scorer"
            hint = f"add one of {', '.join(n for n, kind in KINDS.items() if kind.binary)}"
            wrong = [document.problem((*at, "must_pass"), message, hint=hint)]
        problems += wrong
    return problems


def _has_pass_fail(case: Case) -> bool:
    return any(passes_or_fails(spec) and spec.weight > 0 for spec in case.scorers)


def path_problems(config: Config, config_file: Document, files: Files) -> list[Problem]:
    """Return a problem for every path of the config that leads nowhere, and for wrong names.

    A scorer may not take a name of evalci's, and `composite` weighs only scorers that there are.
    """
    own = as_object(value_at(config_file.data, "scorers") or {})
    problems = custom_problems(config_file, own, KINDS)
    problems += weight_problems(config_file, _composite(config_file), [*KINDS, *own])
    sets, hashed = enumerate(config.golden_sets), enumerate(config.inputs_hashed)
    own_files = [scorer for scorer in config.scorers.values() if scorer.file]
    reads: list[tuple[Path, Callable[[str], object], str]] = [
        *((("golden_sets", index), files.yaml_files, path) for index, path in sets),
        *((("inputs_hashed", index), files.text, path) for index, path in hashed),
        *((("scorers", s.name, "file"), files.text, s.file) for s in own_files),
    ]
    for at, read, path in reads:
        try:
            read(path)
        except BadInputError as exc:
            problems.append(config_file.problem(at, exc.message, hint=exc.hint))
    return problems


def rule_problems(config: Config, config_file: Document, sets: Sequence[CaseSet]) -> list[Problem]:
    """Return a problem for each gate rule and each preset that is for no case of any golden set."""
    cases = [case for found in sets for case in found.cases]
    idle = [
        config_file.problem(
            ("gate", "rules", rule.position),
            "this rule matches no case",
            hint=meant(rule.match, cases),
        )
        for rule in idle_rules(cases, config.gate)
    ]
    task_types = sorted({case.task_type for case in cases})
    return [*idle, *idle_presets(config_file, _composite(config_file), task_types)]


def _composite(config_file: Document) -> JsonObject:
    return as_object(value_at(config_file.data, "composite") or {})
