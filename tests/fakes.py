"""One fake per port of `evalci.core.ports`, and makers of the nouns that tests talk about."""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from evalci.core.baseline import Acceptance, Baseline, BaselineCase, BaselineTrial
from evalci.core.category import Category
from evalci.core.document import Document
from evalci.core.golden_set import Case, ScorerSpec
from evalci.core.hashes import CaseHashes
from evalci.core.json_value import Json
from evalci.core.model_config import ModelConfig
from evalci.core.policy import Limits, MaxDrop, Mode
from evalci.core.ports import RenderFailure, RenderJob, Revision
from evalci.core.run import (
    BaselineRef,
    GateRef,
    GoldenSetRef,
    ModelRef,
    PromptRef,
    Provenance,
    Run,
    RunCase,
    Standing,
)
from evalci.core.sandbox import Check, CheckResult
from evalci.core.trial import Message, Output, Request, Score, Trial
from evalci.edges.yaml_text import parse_yaml
from evalci.errors import BadInputError

COMMIT = "0123456789abcdef0123456789abcdef01234567"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

Answer = Output | str | Exception
Answers = Callable[[Request], Answer] | Sequence[Answer]


class FakeClient:
    """Answers from a function, or from a list in its order; an exception is raised.

    ``requests`` holds what was asked, ``most_in_flight`` how many calls ever ran at once.
    """

    def __init__(self, answers: Answers) -> None:
        """A list must hold an answer for every call."""
        self.requests: list[Request] = []
        self.most_in_flight = 0
        self._lock = threading.Lock()
        self._in_flight = 0
        self._answer = answers if callable(answers) else _in_turn(answers)

    def complete(self, request: Request) -> Output:
        """Return or raise the next answer."""
        with self._counted(request):
            answer = self._answer(request)
        if isinstance(answer, Exception):
            raise answer
        return make_output(answer) if isinstance(answer, str) else answer

    @contextmanager
    def _counted(self, request: Request) -> Iterator[None]:
        with self._lock:
            self.requests.append(request)
            self._in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self._in_flight)
        try:
            yield
        finally:
            with self._lock:
                self._in_flight -= 1


def _in_turn(answers: Sequence[Answer]) -> Callable[[Request], Answer]:
    waiting = deque(answers)

    def answer(request: Request) -> Answer:
        if not waiting:
            raise AssertionError(f"no answer left for `{request.case}`")
        return waiting.popleft()

    return answer


class FakeClock:
    """Starts at noon and moves on by ``step`` after each look at it."""

    def __init__(self, start: datetime = NOON, *, step: timedelta = timedelta(seconds=1)) -> None:
        """A step of zero stops the clock."""
        self._next = start
        self._step = step

    def now(self) -> datetime:
        """Return the moment, then move on."""
        moment = self._next
        self._next += self._step
        return moment


class FakeTime:
    """Seconds that pass only when somebody sleeps; ``naps`` are the sleeps so far."""

    def __init__(self) -> None:
        """Begin at zero."""
        self.seconds = 0.0
        self.naps: list[float] = []

    def clock(self) -> float:
        """Return the seconds that passed."""
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.naps.append(seconds)
        self.seconds += seconds


@dataclass(frozen=True, kw_only=True)
class FakeHistory:
    """Version control from values: ``texts`` by (commit, path), ``refs`` by name."""

    commit: str | None = COMMIT
    branch: str | None = "main"
    dirty: bool = False
    name: str = "Ada"
    refs: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def revision(self) -> Revision:
        """Return where the working tree is said to stand."""
        return Revision(commit=self.commit, branch=self.branch, dirty=self.dirty)

    def commit_of(self, ref: str) -> str | None:
        """Return the commit that a name was given."""
        return self.refs.get(ref)

    def text_at(self, commit: str, path: str) -> str | None:
        """Return the text that was given for a commit."""
        return self.texts.get((commit, path))

    def author(self) -> str:
        """Return the name that was given."""
        return self.name


class FakeFiles:
    """A repository in a dictionary from path to text."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """The dictionary is copied."""
        self._texts = dict(texts)

    def text(self, path: str) -> str:
        """Return the text of a path."""
        if path not in self._texts:
            raise BadInputError(f"no such file: `{path}`")
        return self._texts[path]

    def yaml(self, path: str) -> Document:
        """Return the parsed text of a path."""
        return parse_yaml(self.text(path), path)

    def json(self, path: str) -> Document:
        """Return the parsed text of a path: JSON is YAML."""
        return self.yaml(path)

    def parse(self, text: str, source: str, first_line: int) -> Document:
        """Parse a text like the real files do."""
        return parse_yaml(text, source, first_line)

    def yaml_files(self, folder: str) -> tuple[str, ...]:
        """Return the paths directly inside a folder."""
        found = [path for path in self._texts if path.rpartition("/")[0] == folder]
        if not found:
            raise BadInputError(f"no such folder: `{folder}`")
        return tuple(sorted(path for path in found if path.endswith((".yaml", ".yml"))))

    def tree(self, folder: str) -> tuple[str, ...]:
        """Return the paths below a folder, relative to it."""
        start = f"{folder}/"
        return tuple(sorted(p.removeprefix(start) for p in self._texts if p.startswith(start)))

    def exists(self, path: str) -> bool:
        """Tell whether the dictionary has a path."""
        return path in self._texts


class FakeSandbox:
    """Gives every check the same result, or raises; ``checks`` holds what was asked."""

    def __init__(self, result: CheckResult | Exception) -> None:
        """The one result there is."""
        self.checks: list[Check] = []
        self._result = result

    def identity(self, image: str) -> str:
        """Return the name of the image."""
        return image

    def run(self, check: Check) -> CheckResult:
        """Return or raise the result."""
        self.checks.append(check)
        if isinstance(self._result, Exception):
            raise self._result
        return self._result


class FakeRenderer:
    """Puts variables where ``{{ name }}`` stands, and fails where ``failures`` has the template."""

    def __init__(self, failures: Mapping[str, RenderFailure] | None = None) -> None:
        """``failures`` are by template name."""
        self._failures = dict(failures or {})

    def render(
        self, templates: Mapping[str, str], jobs: Sequence[RenderJob]
    ) -> list[tuple[Message, ...] | RenderFailure]:
        """Return the messages of each job, or the failure of its first failing template."""
        return [self._render(templates, job) for job in jobs]

    def _render(
        self, templates: Mapping[str, str], job: RenderJob
    ) -> tuple[Message, ...] | RenderFailure:
        for _, name in job.parts:
            if name in self._failures:
                return self._failures[name]
        return tuple(
            Message(role=role, content=_filled(templates[name], job.variables))
            for role, name in job.parts
        )


def _filled(template: str, variables: Mapping[str, Json]) -> str:
    for name, value in variables.items():
        template = template.replace("{{ " + name + " }}", str(value))
    return template


def make_document(data: Json, source: str = "file.json") -> Document:
    """Return a document that says line 0 of everything."""
    return Document(source=source, data=data, line_of=lambda _: 0)


def make_output(text: str = "yes", **changes: Any) -> Output:
    """Return an answer of a stand-in model."""
    return replace(Output(text=text, requested_model="openai/stand-in"), **changes)


def make_model(**changes: Any) -> ModelConfig:
    """Return a model config named `main`."""
    return replace(ModelConfig(name="main", id="openai/stand-in"), **changes)


def make_request(**changes: Any) -> Request:
    """Return the first trial of case `a-1`."""
    request = Request(
        case="a-1",
        trial=0,
        model=make_model(),
        messages=(Message(role="user", content="Is it?"),),
        params={},
        hash="request-a-1",
    )
    return replace(request, **changes)


def make_case(**changes: Any) -> Case:
    """Return a case of task type `review` whose answer must be exactly `yes`."""
    case = Case(
        id="a-1",
        source="golden_sets/demo/cases.yaml",
        position=0,
        dimensions={"task_type": ("review",)},
        prompt="prompts/review.md",
        inputs={},
        expected="yes",
        scorers=(ScorerSpec(name="exact", params={}, weight=1.0),),
    )
    return replace(case, **changes)


def make_hashes(name: str = "a-1", **changes: str) -> CaseHashes:
    """Return hashes that are words, one set for each name."""
    hashes = CaseHashes(
        request=f"request-{name}", harness=f"harness-{name}", content=f"content-{name}"
    )
    return replace(hashes, **changes)


def make_trial(**changes: Any) -> Trial:
    """Return a scored trial; unless told, it passed when its composite is 1."""
    composite = changes.setdefault("composite", 1.0)
    if composite is None:
        defaults: dict[str, Any] = {"failure": "timeout"}
    else:
        defaults = {
            "passed": composite == 1.0,
            "scores": (Score(scorer="exact", value=composite),),
            "output": make_output(),
        }
    return Trial(**{"case": "a-1", "trial": 0, **defaults, **changes})


def make_baseline_case(
    scores: Sequence[float] = (1.0, 1.0, 1.0), *, id: str = "a-1", **changes: Any
) -> BaselineCase:
    """Return a case with one accepted trial a score; a score of 1 has passed."""
    trials = tuple(
        BaselineTrial(score=score, passed=score == 1.0, scores={"exact": score}) for score in scores
    )
    case = BaselineCase(id=id, prompt="prompts/review.md", hashes=make_hashes(id), trials=trials)
    return replace(case, **changes)


def make_run_case(
    now: Sequence[float | None] = (1.0,),
    before: Sequence[float] | None = (1.0, 1.0, 1.0),
    *,
    id: str = "a-1",
    **changes: Any,
) -> RunCase:
    """Return a measured case from its composites now (None = unscored) and in the baseline.

    Without ``before`` the case is new.
    """
    trials = tuple(make_trial(case=id, trial=n, composite=value) for n, value in enumerate(now))
    case = RunCase(
        id=id,
        category="review",
        source="golden_sets/demo/cases.yaml",
        prompt="prompts/review.md",
        hashes=make_hashes(id),
        standing=Standing.NEW if before is None else Standing.COMPARABLE,
        planned=len(trials),
        trials=trials,
        baseline=None if before is None else make_baseline_case(before, id=id),
    )
    return replace(case, **changes)


def make_carried(before: Sequence[float] = (1.0, 1.0, 1.0), **changes: Any) -> RunCase:
    """Return a case that was carried forward from its baseline."""
    return make_run_case((), before, carried=True, **changes)


def make_limits(pp: float = 5.0, **changes: Any) -> Limits:
    """Return limits of so many points."""
    return replace(Limits(max_drop=MaxDrop(points=pp / 100)), **changes)


def make_category(name: str = "review", limits: Limits | None = None) -> Category:
    """Return a category held to 5 points unless told."""
    return Category(name=name, limits=limits or make_limits())


def make_run(*cases: RunCase, categories: Sequence[Category] | None = None, **changes: Any) -> Run:
    """Return a complete run in threshold mode; its categories are those of its cases."""
    names = sorted({case.category for case in cases})
    found = [make_category(name) for name in names] if categories is None else categories
    run = Run(
        id="0123456789abcdef",
        golden_set=GoldenSetRef(
            name="demo", path="golden_sets/demo", version="1.2.0", hash="golden-set"
        ),
        model=ModelRef(name="main", id="openai/stand-in", params={"temperature": 0.2}),
        gate=GateRef(mode=Mode.THRESHOLD, incomplete=0.10, categories=tuple(found)),
        provenance=Provenance(
            evalci="0.1.0",
            started_at="2026-03-02T12:00:00+00:00",
            finished_at="2026-03-02T12:01:00+00:00",
            commit=COMMIT,
            branch="main",
        ),
        prompts=(PromptRef(path="prompts/review.md", hash="template-1", cases=len(cases)),),
        cases=cases,
        baseline=make_baseline_ref() if any(case.baseline for case in cases) else None,
    )
    return replace(run, **changes)


def make_baseline_ref(**changes: Any) -> BaselineRef:
    """Return what a run says of the baseline it is held against."""
    ref = BaselineRef(
        path="baselines/demo.main.json",
        commit=COMMIT,
        accepted_at="2026-03-01T09:00:00+00:00",
        golden_set_version="1.2.0",
        trials=3,
        model_id="openai/stand-in",
    )
    return replace(ref, **changes)


def make_acceptance(**changes: Any) -> Acceptance:
    """Return Ada's acceptance."""
    acceptance = Acceptance(by="Ada", reason="first baseline", at="2026-03-01T09:00:00+00:00")
    return replace(acceptance, **changes)


def make_baseline(*cases: BaselineCase, **changes: Any) -> Baseline:
    """Return a baseline of the golden set `demo` with the model `main`."""
    baseline = Baseline(
        golden_set="demo",
        golden_set_version="1.2.0",
        golden_set_hash="golden-set",
        model="main",
        model_id="openai/stand-in",
        params={"temperature": 0.2},
        resolved_models=("stand-in-2026",),
        fingerprints=(),
        prompts={"prompts/review.md": "template-1"},
        commit=COMMIT,
        dirty=False,
        accepted=make_acceptance(),
        cases=cases or (make_baseline_case(),),
    )
    return replace(baseline, **changes)
