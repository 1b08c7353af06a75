"""What a report says of the base: which one decides, and what counts later."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from evalci.core.run import BaseRef, PolicyChange, Run
from evalci.report.view import plain_text
from tests.report import faces
from tests.report.views import view_of
from tests.runs import make_run, make_run_case

ELSEWHERE = "in a pull request of its own that is merged first"


@pytest.mark.parametrize(
    ("face", "proceed"),
    [
        pytest.param(
            faces.regression,
            f"fix it, or accept it on purpose {ELSEWHERE}: "
            'evalci baseline accept --top-up --category review --reason "…"',
            id="regression",
        ),
        pytest.param(
            faces.no_baseline,
            'accept this one with evalci baseline accept --reason "first baseline" and commit it: '
            "it counts after the merge",
            id="no baseline",
        ),
        pytest.param(
            faces.not_comparable,
            "renew the baseline, in force after the merge: "
            'evalci run --all && evalci baseline accept --top-up --reason "…"',
            id="not comparable",
        ),
        pytest.param(
            faces.not_settled,
            "run it with more trials: evalci run --trials 6",
            id="what needs no baseline",
        ),
    ],
)
def test_where_the_base_decides_a_new_baseline_counts_later(
    face: Callable[[], Run], proceed: str
) -> None:
    view = view_of(replace(face(), base=faces.BASE))

    assert plain_text(view.proceed) == proceed


def test_an_unverified_run_says_why_and_who_can_help() -> None:
    view = view_of(faces.unverified())

    assert (
        plain_text(view.title)
        == "⚪ evalci: unverified: replayed from recordings of this pull request"
    )
    assert (view.icon, view.alert) == ("⚪", "NOTE")
    assert view.proceed == "have a maintainer look at it, or run it against the model"


def test_policy_changes_have_both_sides() -> None:
    lines = [plain_text(line) for line in view_of(faces.policy_changed()).policy_changes]

    assert lines == [
        "evalci.yaml: gate.default.max_drop.pp 5 → 50",
        "golden_sets/demo: review-1 must_pass true → removed",
        "baselines/demo.main.json 1.00 → 0.20",
        "overrides/1.yaml absent → review: all is well",
    ]


def test_a_long_policy_value_is_cut() -> None:
    run = make_run(make_run_case(), policy_changes=(PolicyChange(path="gate", new="x" * 5_000),))

    (line,) = view_of(run).policy_changes

    assert len(line) < 120


def test_the_footer_names_the_base_and_a_baseline_that_predates_it() -> None:
    footer = plain_text(view_of(faces.policy_changed()).footer)

    assert " · baseline of 0123456, 1 day old, predates abcdef0 · " in footer
    assert " · base fedcba9 (first parent of the merge commit) · " in footer


def test_a_base_without_a_source_is_named_alone() -> None:
    run = replace(faces.passed(), base=BaseRef(commit="fedcba9876", source=""))

    assert " · base fedcba9 · " in plain_text(view_of(run).footer)
