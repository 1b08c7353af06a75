"""Makes a golden set ready for measuring: prompts, scorers, hashes, and every problem in them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from evalci.case_sets import case_problems
from evalci.core.case_set import CaseSet
from evalci.core.category import Category, category_of
from evalci.core.config import Config
from evalci.core.golden_set import Case, GoldenSet, ScorerSpec
from evalci.core.hashes import (
    CaseHashes,
    content_hash,
    golden_set_hash,
    harness_hash,
    request_hash,
    template_hash,
)
from evalci.core.json_value import canonical
from evalci.core.judge_config import Judge
from evalci.core.model_config import ModelConfig
from evalci.core.plan import Prepared
from evalci.core.ports import Files, Renderer
from evalci.core.problem import Problem, raise_lines, raise_problems
from evalci.core.prompt import Prompt, load_prompt, params_of, prompts_used
from evalci.core.rendering import rendered_cases, variable_problems
from evalci.core.trial import Message, Request
from evalci.errors import BadInputError
from evalci.scorers.judge import questions_of
from evalci.scorers.judge_seat import judge_for, judge_share, judged_alone, with_judge
from evalci.scorers.registry import (
    VERSIONS,
    images_of,
    is_graded,
    is_quick,
    running,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """One golden set with one model, ready to be planned and measured; ``judge`` where asked."""

    golden_set: GoldenSet
    model: ModelConfig
    categories: tuple[Category, ...]
    prepared: tuple[Prepared, ...]
    prompts: Mapping[str, Prompt]
    inputs_hashed: Mapping[str, str]
    judge: Judge | None = None

    @property
    def traced(self) -> bool:
        """Tell whether the hashes know all that an answer or a score depends on."""
        judge = self.judge.model if self.judge else self.model
        return self.traces(self.model) and self.traces(judge)

    def traces(self, model: ModelConfig) -> bool:
        """Tell whether the hashes know all that the answers of a model or judge depend on.

        A program of the user's own may read anything; `inputs_hashed` says what it reads.
        """
        return bool(self.inputs_hashed) or not model.commanded

    def request(self, item: Prepared, trial: int) -> Request:
        """Return what a trial of a case asks the model."""
        return Request(
            case=item.case.id,
            trial=trial,
            model=self.model,
            messages=item.messages,
            params=item.params,
            hash=item.hashes.request,
            inputs=item.case.inputs,
        )


def load_project(
    found: CaseSet,
    *,
    config: Config,
    model: ModelConfig,
    files: Files,
    renderer: Renderer,
    identity: Callable[[str], str] = str,
) -> Project:
    """Return a golden set ready to be measured with a model; BadInputError with all problems.

    ``identity`` tells what a sandbox image is, for the harness hash.
    """
    raise_problems(case_problems(found))
    judge = judge_for(found, config, model)
    categories, of_case = _categories(found, config)
    prompts = _prompts(found, files)
    raise_problems(variable_problems(found, prompts))
    rendered = rendered_cases(found, prompts, renderer)
    hashed = _inputs_hashed(config, files)
    prepared = []
    for case in (with_judge(case, judge) for case in found.cases):
        place = of_case[case.id], prompts[case.prompt], rendered[case.id]
        prepared.append(_sandboxed(_prepare(case, *place, model, hashed), identity))
    golden_set = GoldenSet(
        name=found.name,
        path=found.path,
        version=found.manifest.version,
        hash=golden_set_hash((item.case.id, item.hashes.content) for item in prepared),
        cases=found.cases,
    )
    return Project(
        golden_set=golden_set,
        model=model,
        categories=categories,
        prepared=tuple(prepared),
        prompts=prompts,
        inputs_hashed=hashed,
        judge=judge,
    )


def judge_questions(project: Project) -> dict[str, int]:
    """Return how many questions a judge is asked about one answer, by case; none without one."""
    repeats = project.judge.repeats if project.judge else 0
    asked = {item.case.id: questions_of(item.case) * repeats for item in project.prepared}
    return asked if repeats else {}


def sandbox_images(cases: Iterable[Case]) -> frozenset[str]:
    """Return the sandbox images that the scorers of some cases run in."""
    of_scorers = {id(case.scorers): case for case in cases}  # thousands may share theirs
    return frozenset(image for case in of_scorers.values() for image in images_of(case))


def quickly_scored(project: Project) -> frozenset[str]:
    """Return the cases whose scores take no noticeable time, and no money, to work out again."""
    cases = [item.case for item in project.prepared]
    quick = {id(case.scorers): is_quick(case.scorers) for case in cases}
    return frozenset(case.id for case in cases if quick[id(case.scorers)])


def foreign_code(cases: Iterable[Case], *, known: Iterable[Case]) -> tuple[str, str] | None:
    """Return the first scorer, with its case, that runs something no known case has run, or None.

    Code and commands that scorers of known cases run may be run for other cases as well. Those of
    the user's own are told nothing that no known case tells them: they may run beside a key.
    """
    trusted = {(spec.name, canonical(spec.params)) for case in known for spec in _started(case)}
    for case in cases:
        for spec in _started(case):
            if (spec.name, canonical(spec.params)) not in trusted:
                return spec.name, case.id
    return None


def _started(case: Case) -> tuple[ScorerSpec, ...]:
    return (*running(case), *(spec for spec in case.scorers if spec.runs_as))


def with_must_pass(project: Project, flags: Mapping[str, bool]) -> Project:
    """Return a project whose cases are must-pass as the flags by id say, else as they are."""
    prepared = tuple(
        replace(item, case=replace(item.case, must_pass=not item.case.must_pass))
        if flags.get(item.case.id, item.case.must_pass) != item.case.must_pass
        else item
        for item in project.prepared
    )
    return replace(project, prepared=prepared)


def with_categories(project: Project, known: Mapping[str, Category]) -> Project:
    """Return a project whose cases are in the categories given by id, else where they were."""
    prepared = tuple(
        replace(item, category=known[item.case.id].name) if item.case.id in known else item
        for item in project.prepared
    )
    given = {
        known[item.case.id].name: known[item.case.id] for item in prepared if item.case.id in known
    }
    categories = {category.name: category for category in project.categories} | given
    return replace(
        project,
        prepared=prepared,
        categories=tuple(categories[name] for name in sorted(categories)),
    )


def _prepare(
    case: Case,
    category: str,
    prompt: Prompt,
    messages: tuple[Message, ...],
    model: ModelConfig,
    inputs_hashed: Mapping[str, str],
) -> Prepared:
    params = params_of(model.params, prompt, case)
    hashes = CaseHashes(
        request=request_hash(
            model=model,
            messages=messages,
            params=params,
            case=case,
            inputs_hashed=inputs_hashed,
        ),
        harness=harness_hash(case, VERSIONS),
        content=content_hash(case),
    )
    return Prepared(
        case=case,
        category=category,
        messages=messages,
        params=params,
        hashes=hashes,
        graded=is_graded(case.scorers),
        judged=judged_alone(case.scorers),
        judge_share=judge_share(case.scorers),
    )


def _sandboxed(item: Prepared, identity: Callable[[str], str]) -> Prepared:
    """Return a prepared case whose harness hash knows the sandbox that its code runs in."""
    images = sorted(images_of(item.case))
    if not images:
        return item
    harness = harness_hash(item.case, VERSIONS, "; ".join(map(identity, images)))
    return replace(item, hashes=replace(item.hashes, harness=harness))


def _categories(found: CaseSet, config: Config) -> tuple[tuple[Category, ...], dict[str, str]]:
    """Return the categories by name, and the category of each case."""
    problems: list[Problem] = []
    categories: dict[str, Category] = {}
    of_case: dict[str, str] = {}
    for case in found.cases:
        try:
            category = category_of(case, config.gate)
        except ValueError as exc:
            problems.append(found.problem(case, f"case `{case.id}` has {exc}"))
            continue
        first = categories.setdefault(category.name, category)
        if first.limits != category.limits:
            message = f"two gate rules both make the category `{category.name}`"
            problems.append(found.problem(case, message, hint="join the rules"))
        of_case[case.id] = category.name
    raise_problems(problems)
    return tuple(categories[name] for name in sorted(categories)), of_case


def _prompts(found: CaseSet, files: Files) -> dict[str, Prompt]:
    users: dict[str, Case] = {}
    for case in found.cases:
        users.setdefault(case.prompt, case)
    prompts, errors = {}, []
    for path in prompts_used(found.cases):
        try:
            prompts[path] = load_prompt(path, files)
        except BadInputError as exc:
            known = exc.message.startswith(path) or ".md:" in exc.message.split(" ")[0]
            errors.append(str(exc) if known else str(found.prompt_problem(users[path], str(exc))))
    raise_lines(errors)
    return prompts


def _inputs_hashed(config: Config, files: Files) -> dict[str, str]:
    return {path: template_hash(files.text(path)) for path in config.inputs_hashed}
