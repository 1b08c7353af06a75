"""Steady and shaky cases, and their run under a gate that looks at them again and again."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from evalci.check import run_check
from evalci.core.baseline import Baseline
from evalci.core.config import Config
from evalci.core.golden_set import Case
from evalci.core.plan import Selection
from evalci.core.policy import GatePolicy, Mode
from evalci.core.run import Run
from evalci.core.trial import Request, Trial
from tests.baselines import make_baseline, make_baseline_case
from tests.cases import make_case
from tests.check_desk import CONFIG, project_of, started, tools_with
from tests.fake_client import Answer, FakeClient
from tests.runs import make_limits

SIZE = 30
ALWAYS = (1.0,) * 10
HALF = (1.0, 0.0) * 5
STEADY = {f"steady-{n:02}": ALWAYS for n in range(SIZE)}
SHAKY = {f"shaky-{n:02}": HALF for n in range(SIZE)}
Passes = Callable[[str, int], bool]


def passes(case: str, trial: int) -> bool:
    """Let steady cases pass always, and shaky ones a little less often than they did."""
    return case.startswith("steady") or (int(case[-2:]) + trial) % 9 < 4


def config_of(mode: Mode = Mode.EVIDENCE) -> Config:
    """Return the config of a gate in some mode."""
    return Config(
        source=CONFIG.source,
        golden_sets=CONFIG.golden_sets,
        models=CONFIG.models,
        model=CONFIG.model,
        gate=GatePolicy(default=make_limits(), mode=mode),
        baseline=CONFIG.baseline,
        composite={},
    )


def cases_of(scores: Mapping[str, tuple[float, ...]], **changes: bool) -> list[Case]:
    """Return cases whose category is the beginning of their name."""
    return [
        make_case(id=id, dimensions={"task_type": (id.partition("-")[0],)}, **changes)
        for id in scores
    ]


def baseline_of(scores: Mapping[str, tuple[float, ...]]) -> Baseline:
    """Return a baseline that holds those trials."""
    return make_baseline(*(make_baseline_case(trials, id=id) for id, trials in scores.items()))


def measured(
    scores: Mapping[str, tuple[float, ...]],
    answer: Callable[[Request], Answer],
    *,
    mode: Mode = Mode.EVIDENCE,
    earlier: Sequence[Trial] = (),
    must_pass: bool = False,
    trials: int | None = None,
) -> tuple[Run, FakeClient]:
    """Return the run of some cases against their baseline, and the client that answered."""
    project, client = project_of(*cases_of(scores, must_pass=must_pass)), FakeClient(answer)
    run = started(
        project,
        baseline_of(scores),
        selection=Selection(affected=False, match={}),
        trials=trials,
        config=config_of(mode),
    )
    done = run_check(run, project, tools=tools_with(client), concurrency=1, earlier=earlier)
    return done, client


def answers(rule: Passes = passes) -> Callable[[Request], Answer]:
    """Return the answers that pass by a rule."""
    return lambda request: "yes" if rule(request.case, request.trial) else "no"


def asked(client: FakeClient) -> Counter[str]:
    """Return how often each case was asked for."""
    return Counter(request.case for request in client.requests)


def trials_of(run: Run) -> tuple[Trial, ...]:
    """Return all trials of a run."""
    return tuple(trial for case in run.cases for trial in case.trials)
