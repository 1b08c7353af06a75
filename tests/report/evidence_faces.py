"""The faces of the report under the evidence gate: what the numbers of each outcome look like."""

from collections.abc import Sequence
from dataclasses import replace

from evalci.core.policy import LOOKS, Mode, OnInconclusive
from evalci.core.run import FileChange, Run, RunCase, Standing
from tests.report.cases import DIFF, answered
from tests.runs import make_baseline_ref, make_carried, make_category, make_limits, make_run

ALWAYS = (1.0,) * 10
NEVER = (0.0,) * 10
MOSTLY = (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0)
OFTEN = (1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0)
COIN = (1.0, 0.0) * 5
SELDOM = (0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0)
CHANGE = FileChange(
    path="prompts/review.md",
    old="1" * 64,
    new="2" * 64,
    affects=30,
    diff=DIFF,
    added=1,
    removed=1,
)


def cases(
    category: str, *kinds: tuple[int, Sequence[float | None], Sequence[float]], start: int = 1
) -> list[RunCase]:
    """Return numbered cases of a category: so many with these trials now and before."""
    found: list[RunCase] = []
    for count, now, before in kinds:
        for _ in range(count):
            name = f"{category}-{len(found) + start:02}"
            found.append(answered(name, now, before, category=category))
    return found


def turning(
    category: str, count: int, pattern: Sequence[float], before: Sequence[float], *, start: int = 1
) -> list[RunCase]:
    """Return noisy cases: each begins its pattern of trials one step further on."""
    return [
        case
        for n in range(count)
        for case in cases(
            category,
            (1, (*pattern[n % len(pattern) :], *pattern[: n % len(pattern)]), before),
            start=start + n,
        )
    ]


def evidence_run(*found: RunCase, mode: Mode = Mode.EVIDENCE) -> Run:
    """Return a run under the evidence gate, its baseline of ten trials a case."""
    run = make_run(*found, baseline=make_baseline_ref(trials=10))
    return replace(run, gate=replace(run.gate, mode=mode, looks=LOOKS))


def worse() -> Run:
    """One category lost six cases, one in another could be noise, one passes at the first look."""
    refactor = cases(
        "refactor",
        (4, (0.0,) * 4, ALWAYS),
        (1, (0.0, 0.0, 1.0, 0.0), MOSTLY),
        (3, (1.0, 0.0, 1.0, 1.0), OFTEN),
        (4, (0.0, 1.0, 1.0, 1.0), OFTEN),
        (1, (1.0,) * 4, SELDOM),
        (17, (1.0,) * 4, ALWAYS),
    )
    docs = cases("docs", (2, (0.0, 1.0, 1.0, 1.0), MOSTLY), (32, (1.0,), ALWAYS))
    return replace(evidence_run(*refactor, *docs), changes=(CHANGE,))


def better() -> Run:
    return evidence_run(*cases("review", (9, (1.0,), NEVER), (21, (1.0,), ALWAYS)))


def no_worse_than() -> Run:
    return evidence_run(
        *cases("review", (38, (1.0,), ALWAYS)),
        *cases("docs", (2, (0.0, 1.0), MOSTLY), (38, (1.0, 1.0), ALWAYS)),
    )


def one_carried() -> Run:
    """The edit touched one category; the other, sorted before it, was carried forward."""
    carried = [make_carried(id=f"extract-{n}", category="extract") for n in range(1, 31)]
    return evidence_run(*carried, *cases("triage", (38, (1.0,), ALWAYS)))


def open_at_the_cap() -> Run:
    less = (1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0)
    least = (1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0)
    return evidence_run(
        *turning("review", 8, less, COIN),
        *turning("review", 8, least, COIN, start=9),
        *cases("review", (2, (1.0,) * 16, ALWAYS), start=17),
        *cases("docs", (38, (1.0,), ALWAYS)),
    )


def leaning() -> Run:
    """The same under a policy that fails what is undecided."""
    run = open_at_the_cap()
    strict = make_limits(on_inconclusive=OnInconclusive.FAIL)
    categories = (make_category("docs"), make_category("review", strict))
    return replace(run, gate=replace(run.gate, categories=categories))


def budget_gone() -> Run:
    return evidence_run(
        *turning("review", 18, (0.0, 1.0), COIN),
        *cases("review", (2, (0.0, 0.0), COIN), (4, (1.0, 1.0), ALWAYS), start=19),
    )


def advisory() -> Run:
    return evidence_run(*cases("review", (1, (0.0,), ALWAYS), (2, (1.0,), ALWAYS)))


def pooled_small() -> Run:
    return evidence_run(
        *cases("french", (3, (0.0,) * 4, ALWAYS), (1, (1.0,) * 4, ALWAYS)),
        *cases("german", (2, (0.0,) * 4, ALWAYS), (2, (1.0,) * 4, ALWAYS)),
        *cases("docs", (38, (1.0,), ALWAYS)),
    )


def whole_regressed() -> Run:
    """A little lost everywhere: no category alone reaches the limit."""
    less = (1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0)
    names = ("docs", "generation", "refactor", "review")
    return evidence_run(*(case for name in names for case in turning(name, 30, less, OFTEN)))


def both_directions() -> Run:
    return evidence_run(
        *cases(
            "review",
            (5, (0.0,) * 4, ALWAYS),
            (5, (1.0,) * 4, NEVER),
            (10, (1.0,) * 4, ALWAYS),
            (10, (0.0,) * 4, NEVER),
        )
    )


def edited_away() -> Run:
    run = evidence_run(*cases("review", (12, (1.0,), ALWAYS)), *cases("docs", (38, (1.0,), ALWAYS)))
    edited = [
        replace(case, standing=Standing.EDITED) if case.category == "review" else case
        for case in run.cases
    ]
    return replace(run, cases=tuple(edited))


def spoken(found: Sequence[RunCase], *languages: str) -> list[RunCase]:
    """Return cases that take languages and a level of complexity in turn."""
    return [
        replace(
            case,
            dimensions={
                "task_type": (case.category,),
                "complexity": (("low", "high")[n % 2],),
                "language": (languages[n % len(languages)],),
            },
        )
        for n, case in enumerate(found)
    ]


def slices() -> Run:
    """Both categories hold, but the cases in Go fell in both of them, and those in Rust rose."""
    steady = (1.0,) * 4
    return evidence_run(
        *(
            case
            for name in ("docs", "review")
            for case in (
                *spoken(turning(name, 6, (0.0, 1.0, 0.0, 0.0), COIN), "go"),
                *spoken(turning(name, 6, (1.0, 1.0, 0.0, 1.0), COIN, start=7), "rust"),
                *spoken(cases(name, (22, steady, ALWAYS), start=13), "c", "python"),
            )
        )
    )


def exact() -> Run:
    run = worse()
    return replace(run, gate=replace(run.gate, mode=Mode.EXACT))


FACES = {
    "evidence worse": worse,
    "evidence better": better,
    "evidence no worse": no_worse_than,
    "evidence one carried": one_carried,
    "evidence not settled": open_at_the_cap,
    "evidence leaning": leaning,
    "evidence budget gone": budget_gone,
    "evidence advisory": advisory,
    "evidence pooled small": pooled_small,
    "evidence whole": whole_regressed,
    "evidence both directions": both_directions,
    "evidence not comparable": edited_away,
    "evidence slices": slices,
    "exact worse": exact,
}
