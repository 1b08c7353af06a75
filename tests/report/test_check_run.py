"""Check runs: their names, what blocks a merge, and what their page says."""

from dataclasses import replace

import pytest

from evalci.core.run import Run
from evalci.report.check_run import (
    CheckReport,
    Conclusion,
    build_check_reports,
    name_into,
    name_of_failure,
    name_of_run,
)
from tests.report import faces
from tests.report.faces import FACES
from tests.report.hostile_texts import EVERY
from tests.report.markdown_tokens import tokens_of
from tests.report.publications import hostile_run, make_failure, named
from tests.report.test_markdown import huge_run
from tests.runs import make_run, make_run_case

CONCLUSIONS = {
    "regression": Conclusion.FAILURE,
    "must-pass only": Conclusion.FAILURE,
    "below floor": Conclusion.FAILURE,
    "not settled": Conclusion.NEUTRAL,
    "evidence one carried": Conclusion.SUCCESS,
    "not measured": Conclusion.ACTION_REQUIRED,
    "no baseline": Conclusion.NEUTRAL,
    "carried forward": Conclusion.SUCCESS,
    "improved": Conclusion.SUCCESS,
    "pass": Conclusion.SUCCESS,
    "not comparable": Conclusion.NEUTRAL,
    "edited cases": Conclusion.NEUTRAL,
    "policy changed": Conclusion.FAILURE,
    "unverified": Conclusion.NEUTRAL,
    "overridden": Conclusion.NEUTRAL,
    "overridden in part": Conclusion.FAILURE,
    "overridden must-pass": Conclusion.NEUTRAL,
    "not run": Conclusion.NEUTRAL,
    "of a fork": Conclusion.NEUTRAL,
    "evidence worse": Conclusion.FAILURE,
    "evidence better": Conclusion.SUCCESS,
    "evidence no worse": Conclusion.SUCCESS,
    "evidence not settled": Conclusion.NEUTRAL,
    "evidence leaning": Conclusion.FAILURE,
    "evidence budget gone": Conclusion.NEUTRAL,
    "evidence advisory": Conclusion.NEUTRAL,
    "evidence pooled small": Conclusion.FAILURE,
    "evidence whole": Conclusion.FAILURE,
    "evidence both directions": Conclusion.SUCCESS,
    "evidence not comparable": Conclusion.NEUTRAL,
    "evidence slices": Conclusion.SUCCESS,
    "exact worse": Conclusion.FAILURE,
    "code gates": Conclusion.FAILURE,
    "every table": Conclusion.FAILURE,
}


def report_of(run: Run) -> CheckReport:
    (report,) = build_check_reports([run], [])
    return report


@pytest.mark.parametrize("face", [pytest.param(name, id=name) for name in FACES])
def test_each_face_ends_in_its_conclusion(face: str) -> None:
    assert report_of(FACES[face]()).conclusion is CONCLUSIONS[face]


def test_recordings_of_the_change_itself_never_make_a_check_green() -> None:
    run = replace(faces.carried_forward(), unverified="replayed from its own recordings")

    assert report_of(run).conclusion is Conclusion.NEUTRAL


@pytest.mark.parametrize(
    ("default", "name"),
    [
        pytest.param(True, "evalci / demo", id="the model of the config"),
        pytest.param(False, "evalci / demo / main", id="another model"),
    ],
)
def test_a_check_is_named_after_its_golden_set(default: bool, name: str) -> None:
    run = faces.passed()
    failure = make_failure(default=default)

    reports = build_check_reports(
        [replace(run, model=replace(run.model, default=default))], [failure]
    )

    assert [report.name for report in reports] == [name, name]


def test_what_has_no_run_must_be_looked_at_and_is_no_regression() -> None:
    (report,) = build_check_reports([], [make_failure()])

    assert report == CheckReport(
        name="evalci / demo",
        conclusion=Conclusion.ACTION_REQUIRED,
        title="not measured: an input is not valid",
        summary="```text\nevalci.yaml:5: wrong\n```\n\n"
        "**To proceed**: correct what the message names and push again.",
    )


def test_the_failure_of_a_whole_command_has_the_name_of_the_program() -> None:
    (report,) = build_check_reports([], [make_failure(golden_set="", model="", error="")])

    assert report.name == "evalci"
    assert report.summary.startswith("**To proceed**")


def test_every_run_and_every_failure_has_a_check() -> None:
    runs = [named(faces.passed(), "a"), named(faces.regression(), "b")]

    reports = build_check_reports(runs, [make_failure(golden_set="c")])

    assert [r.name for r in reports] == ["evalci / a", "evalci / b", "evalci / c"]


def test_a_check_says_what_the_comment_says() -> None:
    report = report_of(faces.regression())

    assert report.title == "🔴 this change makes review worse (blocking)"
    assert report.summary.startswith("> [!CAUTION]\n> **1 category regressed")
    assert "**To proceed**: fix it" in report.summary
    assert [(a.path, a.start_line) for a in report.annotations] == [("prompts/review.md", 2)]


def test_a_private_check_holds_no_answer() -> None:
    (report,) = build_check_reports([faces.regression()], [], private=True)

    assert "Looks good" not in report.summary


def test_a_check_of_a_huge_run_fits() -> None:
    report = report_of(huge_run(cases=90, categories=90))

    assert len(report.summary) <= 60_000
    assert len(report.title) <= 250
    assert len(report.annotations) <= 50


def test_a_long_reason_to_stop_fits_into_the_title() -> None:
    assert len(report_of(make_run(make_run_case(), stopped="x" * 9_000)).title) <= 250


@pytest.mark.parametrize("text", EVERY)
def test_no_data_escapes_its_place(text: str) -> None:
    failure = make_failure(golden_set=text or "x", model=text, error=text, default=False)

    reports = build_check_reports([hostile_run(text)], [failure])

    tokens = [token for report in reports for token in tokens_of(report.summary)]
    assert not [t.type for t in tokens if t.type in {"link_open", "image", "heading_open"}]
    assert not ["<!--" for report in reports if "<!--" in report.summary]
    assert all("\n" not in report.name + report.title for report in reports)


@pytest.mark.parametrize(
    ("golden_set", "branch", "expected"),
    [
        pytest.param("desk", "", "evalci / desk", id="the default branch"),
        pytest.param("desk", "release/1", "evalci / desk -> release/1", id="another branch"),
        pytest.param("desk -> main", "", "evalci / desk - main", id="a golden set called like one"),
    ],
)
def test_a_check_names_the_branch_that_is_not_the_default(
    golden_set: str, branch: str, expected: str
) -> None:
    run = named(make_run(), golden_set)

    assert name_into(name_of_run(run), branch) == expected


def test_two_projects_of_a_repository_share_no_check_run() -> None:
    top = named(make_run(), "desk")

    names = [name_of_run(top), name_of_run(replace(top, folder="services/shop"))]

    assert names == ["evalci / desk", "evalci / services/shop/desk"]


@pytest.mark.parametrize(
    ("folder", "golden_set", "name"),
    [
        pytest.param("shop", "desk", "evalci / shop/desk", id="a golden set"),
        pytest.param("", "", "evalci", id="the whole command"),
        pytest.param("shop", "", "evalci / shop/", id="the whole command of a project"),
    ],
)
def test_a_failure_has_the_check_run_of_its_project(
    folder: str, golden_set: str, name: str
) -> None:
    failure = replace(make_failure(golden_set=golden_set, model=""), folder=folder)

    assert name_of_failure(failure) == name
