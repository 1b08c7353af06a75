"""Renders every case of a golden set, and says clearly why one cannot be rendered."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from evalci.core.case_set import CaseSet
from evalci.core.golden_set import Case
from evalci.core.ports import Renderer, RenderFailure
from evalci.core.problem import Problem, did_you_mean, raise_problems
from evalci.core.prompt import Prompt, unsupplied
from evalci.core.trial import Message


def variable_problems(found: CaseSet, prompts: Mapping[str, Prompt]) -> list[Problem]:
    """Return a problem for every variable of a prompt that none of its cases supplies."""
    users: dict[str, list[Case]] = defaultdict(list)
    for case in found.cases:
        users[case.prompt].append(case)
    problems = []
    for path, cases in users.items():
        for variable, template in unsupplied(prompts[path], cases).items():
            source, start = prompts[path].lines[template]
            text = prompts[path].templates[template]
            lines = [n for n, line in enumerate(text.split("\n")) if variable in line]
            line = start + (lines[0] if lines else 0)
            problems.append(_unsupplied(found, cases, variable, source=source, line=line))
    return problems


def rendered_cases(
    found: CaseSet, prompts: Mapping[str, Prompt], renderer: Renderer
) -> dict[str, tuple[Message, ...]]:
    """Return the messages of every case by id: system, the case's own turns, then the body."""
    templates = {name: text for p in prompts.values() for name, text in p.templates.items()}
    jobs = [prompts[case.prompt].job(case) for case in found.cases]
    answers = renderer.render(templates, jobs)
    rendered: dict[str, tuple[Message, ...]] = {}
    failed: dict[RenderFailure, list[Case]] = defaultdict(list)
    for case, answer in zip(found.cases, answers, strict=False):
        if isinstance(answer, RenderFailure):
            failed[answer].append(case)
        else:
            systems = len(prompts[case.prompt].system)
            rendered[case.id] = (*answer[:systems], *case.messages, *answer[systems:])
    raise_problems(_render_problem(found, prompts, f, cases) for f, cases in failed.items())
    return rendered


def _render_problem(
    found: CaseSet, prompts: Mapping[str, Prompt], failure: RenderFailure, cases: Sequence[Case]
) -> Problem:
    source, start = prompts[cases[0].prompt].lines.get(failure.template, (failure.template, 1))
    line = start + failure.line - 1 if failure.line else 0
    message = failure.message
    if message.endswith(" is undefined") and message.startswith("'"):
        return _unsupplied(found, cases, message.split("'")[1], source=source, line=line)
    return Problem(source=source, line=line, message=f"{message} ({found.where(cases)})")


def _unsupplied(
    found: CaseSet, cases: Sequence[Case], variable: str, *, source: str, line: int
) -> Problem:
    hint = did_you_mean(variable, [*cases[0].inputs, "context_files"]) or "add it to `inputs`"
    message = f"nobody supplies `{variable}` ({found.where(cases)})"
    return Problem(source=source, line=line, message=message, hint=hint)
