"""The faces of the report: one run for each, with fixed ids and a stopped clock."""

from dataclasses import replace

from evalci.core.policy import OnInconclusive
from evalci.core.proposal import FORK, Proposal
from evalci.core.run import BaseRef, FileChange, PolicyChange, Run, Standing
from tests.core.overrides import granted, in_evidence, with_overrides, worse_run
from tests.report import evidence_faces, gate_faces, table_faces
from tests.report.cases import DIFF, answered, several
from tests.runs import make_baseline_ref, make_carried, make_category, make_limits, make_run

GOOD = (1.0, 1.0, 1.0)
BAD = (0.0, 0.0, 0.0)


def regression() -> Run:
    change = FileChange(
        path="prompts/review.md",
        old="1" * 64,
        new="2" * 64,
        affects=6,
        diff=DIFF,
        added=1,
        removed=1,
    )
    cases = [
        answered("review-1", BAD, GOOD),
        answered("review-2", (1.0, 0.0, 1.0), GOOD),
        *(answered(f"review-{n}", GOOD, GOOD) for n in range(3, 7)),
        *several(6, "docs", GOOD, GOOD),
    ]
    return make_run(*cases, changes=(change,))


def must_pass_only() -> Run:
    cases = [answered(f"review-{n}", (1.0,) * 5, GOOD) for n in range(2, 31)]
    return make_run(answered("review-1", (0.0,) * 5, GOOD, must_pass=True), *cases)


def below_floor() -> Run:
    cases = [answered(f"review-{n}", BAD, BAD) for n in range(1, 7)]
    return make_run(*cases, categories=[make_category(limits=make_limits(min_score=0.7))])


def not_settled() -> Run:
    now = [(1.0, 1.0, 0.0), GOOD, (1.0, 0.0, 0.0), GOOD, (1.0, 1.0, 0.0), GOOD]
    cases = [answered(f"review-{n}", values, values) for n, values in enumerate(now, 1)]
    limits = make_limits(min_score=0.8, on_inconclusive=OnInconclusive.NEUTRAL)
    return make_run(*cases, categories=[make_category(limits=limits)])


def not_measured() -> Run:
    cases = [answered(f"review-{n}", (1.0, None, None), GOOD) for n in range(1, 5)]
    return make_run(*cases, *several(5, "docs", GOOD, GOOD))


def no_baseline() -> Run:
    return make_run(*several(5, "review", GOOD, None), *several(1, "docs", BAD, None))


def carried_forward() -> Run:
    return make_run(*(make_carried(id=f"review-{n}") for n in range(1, 7)))


def improved() -> Run:
    return make_run(*several(6, "review", GOOD, (1.0, 0.0, 1.0)))


def passed() -> Run:
    return make_run(
        *several(6, "review", GOOD, GOOD),
        *(make_carried(id=f"docs-{n}", category="docs") for n in range(1, 7)),
    )


def not_comparable() -> Run:
    cases = several(5, "review", GOOD, GOOD)
    return make_run(*(replace(case, standing=Standing.EDITED) for case in cases))


BASE = BaseRef(
    commit="fedcba9876543210fedcba9876543210fedcba98", source="first parent of the merge commit"
)


def policy_changed() -> Run:
    changes = (
        PolicyChange(path="evalci.yaml: gate.default.max_drop.pp", old="5", new="50"),
        PolicyChange(path="golden_sets/demo: review-1 must_pass", old="true"),
        PolicyChange(path="baselines/demo.main.json", old="1.00", new="0.20"),
        PolicyChange(path="overrides/1.yaml", new="review: all is well"),
    )
    predates = make_baseline_ref(predates="abcdef0123456789abcdef0123456789abcdef01")
    return replace(regression(), base=BASE, policy_changes=changes, baseline=predates)


def unverified() -> Run:
    reason = "replayed from recordings of this pull request"
    return make_run(*several(6, "review", GOOD, GOOD), base=BASE, unverified=reason)


def overridden() -> Run:
    """Two regressions are let through, one by a comment and one by a file."""
    run = in_evidence(worse_run("review", "search", others=("docs",)))
    review, search = granted(run), granted(run, category="search")
    both = (review, replace(search, source="overrides/demo.main.search.0123456.yaml"))
    return replace(with_overrides(run, *both), base=BASE)


def overridden_in_part() -> Run:
    """One regression is let through, the override of another one counts no more."""
    run = overridden()
    review, search = run.overrides
    ended = replace(search, refused="it ended on 2026-03-01")
    return replace(run, overrides=(review, ended))


def overridden_must_pass() -> Run:
    run = must_pass_only()
    return with_overrides(run, granted(run, category="review-1"))


def not_run() -> Run:
    cases = (replace(case, trials=()) for case in several(4, "review", GOOD, GOOD))
    proposal = Proposal(head="0a1b2c3d" * 5, foreign=True, not_run=FORK)
    return make_run(
        *cases, make_carried(id="docs-1", category="docs"), base=BASE, proposal=proposal
    )


def of_a_fork() -> Run:
    return replace(regression(), base=BASE, proposal=Proposal(head="0a1b2c3d" * 5, foreign=True))


def edited_cases() -> Run:
    return replace(not_comparable(), base=BASE)


FACES = {
    "regression": regression,
    "must-pass only": must_pass_only,
    "below floor": below_floor,
    "not settled": not_settled,
    "not measured": not_measured,
    "no baseline": no_baseline,
    "carried forward": carried_forward,
    "improved": improved,
    "pass": passed,
    "not comparable": not_comparable,
    "edited cases": edited_cases,
    "policy changed": policy_changed,
    "unverified": unverified,
    "overridden": overridden,
    "overridden in part": overridden_in_part,
    "overridden must-pass": overridden_must_pass,
    "not run": not_run,
    "of a fork": of_a_fork,
    **evidence_faces.FACES,
    **gate_faces.FACES,
    **table_faces.FACES,
}
