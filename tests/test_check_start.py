"""What a run starts with: its plan, where it comes from, its baseline and its name."""

from dataclasses import replace

import pytest

from evalci import __version__
from evalci.check import inputs_id
from evalci.core.baseline import baseline_path
from evalci.core.config import BaselinePolicy
from evalci.core.plan import Selection
from evalci.core.run import Standing
from evalci.errors import BadInputError
from tests.baselines import make_baseline, make_baseline_case
from tests.cases import make_case, make_hashes
from tests.check_desk import CONFIG, composites, project_of, started
from tests.fake_repository import COMMIT


def test_a_started_run_is_planned_and_unmeasured() -> None:
    run = started(project_of(make_case(), make_case(id="a-2")), make_baseline())

    assert [(c.id, c.standing, c.carried, c.planned) for c in run.cases] == [
        ("a-1", Standing.COMPARABLE, True, 0),
        ("a-2", Standing.NEW, False, 2),
    ]
    assert composites(run) == [[], []]


def test_a_started_run_knows_where_it_comes_from() -> None:
    run = started(project_of(make_case()))

    assert (run.golden_set.name, run.golden_set.version) == ("demo", "1.2.0")
    assert (run.model.name, run.model.id) == ("main", "openai/stand-in")
    provenance = run.provenance
    assert (provenance.evalci, provenance.commit, provenance.branch, provenance.dirty) == (
        __version__,
        COMMIT,
        "main",
        True,
    )
    assert provenance.started_at == "2026-03-02T12:00:00+00:00"
    assert (run.inputs_hashed, run.baseline) == ({"data.csv": "hash"}, None)


def test_a_started_run_names_its_baseline() -> None:
    baseline = make_baseline(make_baseline_case((1.0,)), make_baseline_case((1.0,) * 4, id="b"))

    ref = started(project_of(make_case()), baseline).baseline

    assert ref is not None
    assert (ref.path, ref.trials, ref.commit) == ("baselines/demo.main.json", 4, COMMIT)
    assert (ref.model_id, ref.resolved_models) == ("openai/stand-in", ("stand-in-2026",))


def test_what_was_left_out_and_what_is_gone_is_kept_apart() -> None:
    baseline = make_baseline(make_baseline_case(), make_baseline_case(id="gone"))
    selection = Selection(cases=frozenset({"a-1"}), match={})

    run = started(project_of(make_case(), make_case(id="a-2")), baseline, selection=selection)

    assert (run.unselected, run.removed, run.selection) == (("a-2",), ("gone",), "chosen cases")


def test_only_categories_with_a_selected_case_are_gated() -> None:
    other = make_case(id="w-1", dimensions={"task_type": ("writing",)})
    selection = Selection(match={"task_type": ("writing",)})

    run = started(project_of(make_case(), other), selection=selection)

    assert [category.name for category in run.gate.categories] == ["writing"]


def test_a_selection_of_nothing_is_refused() -> None:
    with pytest.raises(BadInputError, match="no case matches the selection"):
        started(project_of(make_case()), selection=Selection(match={"task_type": ("none",)}))


def test_equal_inputs_have_one_name_and_other_inputs_another() -> None:
    run = started(project_of(make_case()))
    later = replace(run, id="", provenance=replace(run.provenance, started_at="2027-01-01"))
    other_case = replace(run.cases[0], hashes=make_hashes(request="other"))
    other_model = replace(run.model, id="openai/other")

    names = [
        inputs_id(each)
        for each in (
            run,
            later,
            replace(run, cases=(other_case,)),
            replace(run, model=other_model),
        )
    ]

    assert names[0] == names[1]
    assert len(set(names)) == 3
    assert inputs_id(run, "salt") != inputs_id(run)


def test_a_baseline_lives_by_golden_set_and_model() -> None:
    config = replace(CONFIG, baseline=BaselinePolicy(dir="evals/baselines"))

    assert baseline_path(config, "demo", "main") == "evals/baselines/demo.main.json"
