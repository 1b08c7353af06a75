"""Makers of what publishers say: where they speak from, sections, hostile runs."""

import re
from dataclasses import replace
from typing import Any

from evalci.core.publication import Failure, Origin
from evalci.core.run import BaseRef, FileChange, PolicyChange, Run
from evalci.core.trial import Score
from evalci.report.comment import build_sections
from evalci.report.delimiters import Section, read_sections
from tests.calls import make_output
from tests.runs import make_baseline_ref, make_run, make_run_case, make_trial

HEAD, NEXT_HEAD = "a" * 40, "b" * 40
URL = "https://github.com/octo/repo/actions/runs/7"


def make_origin(run_id: int = 7, **changes: Any) -> Origin:
    """Return the workflow run of a pull request whose head is forty times `a`."""
    origin = Origin(head=HEAD, run_id=run_id, run_url=URL, event="pull_request")
    return replace(origin, **changes)


def make_failure(**changes: Any) -> Failure:
    """Return bad input of the golden set `demo`."""
    failure = Failure(golden_set="demo", model="main", exit_code=3, error="evalci.yaml:5: wrong")
    return replace(failure, **changes)


def make_section(key: str = "demo.main", **changes: Any) -> Section:
    """Return a passed section of the first workflow run."""
    section = Section(
        key=key,
        head=HEAD,
        run_id=7,
        attempt=1,
        run_url=URL,
        event="pull_request",
        icon="🟢",
        title="no regression",
        quiet=False,
        text=f"All of {key} is well.\n\n**To proceed**: nothing to do.",
        proceed="nothing to do",
    )
    return replace(section, **changes)


def named(run: Run, name: str) -> Run:
    """Return a run of another golden set."""
    return replace(run, golden_set=replace(run.golden_set, name=name))


def sections_of(*runs: Run, run_id: int = 7, head: str = HEAD) -> tuple[Section, ...]:
    """Return what a publisher says of runs."""
    return build_sections(runs, (), make_origin(run_id, head=head), max_examples=5)


def whole_failure(run_id: int = 7) -> tuple[Section, ...]:
    """Return what a publisher says of a command that failed before any golden set."""
    failure = make_failure(golden_set="", model="")
    return build_sections([], [failure], make_origin(run_id), max_examples=5)


def hostile_run(text: str) -> Run:
    """Return a failing run in which a text stands wherever data can."""
    run = make_run(make_run_case((0.0,), id=text or "x", category=text, expected=text))
    case = run.cases[0]
    scores = (Score(scorer=text, value=0.0, reason=text),)
    trial = make_trial(
        case=case.id, composite=0.0, output=make_output(text), scores=scores, zeroed_by=text
    )
    change = FileChange(path=text, old=text, new=text, affects=1, diff=text, added=1)
    return replace(
        run,
        golden_set=replace(run.golden_set, name=text, version=text),
        model=replace(run.model, name=text, id=text),
        cases=(replace(case, trials=(trial,), prompt=text),),
        changes=(change,),
        policy_changes=(PolicyChange(path=text, old=text, new=text),),
        base=BaseRef(commit=text, source=text),
        baseline=make_baseline_ref(commit=text, predates=text, resolved_models=(text,)),
        folder=text,
    )


LIMIT = 60_000
DELIMITER = re.compile(r" ?<!-- evalci:(?:section|line|end).*?-->\n?")


def shown(comment: str) -> str:
    """Return a comment without its delimiters."""
    return DELIMITER.sub("", comment).strip("\n")


def keys(comment: str) -> list[str]:
    """Return the keys of the sections of a comment, in their order."""
    return [section.key for section in read_sections(comment)]


def later(section: Section, **changes: Any) -> Section:
    """Return a section of the run after the next push."""
    return replace(section, run_id=8, head=NEXT_HEAD, **changes)
