"""What a report says has changed since the baseline."""

from dataclasses import replace

from evalci.core.run import FileChange
from evalci.report.view import plain_text
from tests.cases import make_hashes
from tests.report.views import view_of
from tests.runs import make_baseline_ref, make_run, make_run_case


def test_the_changes_name_prompt_model_and_golden_set() -> None:
    before = make_baseline_ref(
        golden_set_version="1.1.0", model_id="openai/old", resolved_models=("old-1",)
    )
    changes = (
        FileChange(path="prompts/review.md", old="a" * 64, new="b" * 64, affects=1),
        FileChange(path="prompts/style.md", old=None, new="c" * 64, affects=1),
    )
    run = make_run(make_run_case(), baseline=before, changes=changes, removed=("x", "y"))
    run = replace(run, provenance=replace(run.provenance, resolved_models=("new-1",)))

    lines = [plain_text(line) for line in view_of(run).changes]

    assert lines == [
        "prompt prompts/review.md aaaaaaa → bbbbbbb: affects 1 of 1 cases",
        "include prompts/style.md new → ccccccc: affects 1 of 1 cases",
        "model main: requested openai/old → openai/stand-in",
        "model main: resolved old-1 → new-1",
        "2 cases of the baseline gone from the golden set",
        "golden set 1.1.0 → 1.2.0",
    ]


def test_a_file_affects_so_many_of_all_cases_not_of_those_selected() -> None:
    change = FileChange(path="prompts/review.md", old="a" * 64, new="b" * 64, affects=6)
    run = make_run(make_run_case(), changes=(change,), unselected=tuple("bcdefgh"))

    (line,) = view_of(run).changes

    assert plain_text(line).endswith("affects 6 of 8 cases")


def test_a_model_that_moved_by_itself_is_blamed_on_the_vendor() -> None:
    before = make_baseline_ref(resolved_models=("m-1",))
    run = make_run(make_run_case(), baseline=before)
    run = replace(run, provenance=replace(run.provenance, resolved_models=("m-2",)))

    lines = [plain_text(line) for line in view_of(run).changes]

    assert lines == ["model main: resolved m-1 → m-2 (the vendor moved)"]


def test_new_parameters_are_a_change() -> None:
    before = make_baseline_ref(params={"top_p": 1.0, "stop": ["a"]})
    model = replace(make_run().model, params={"top_p": 0.5, "stop": ("a",)})

    (line,) = view_of(make_run(make_run_case(), baseline=before, model=model)).changes

    assert plain_text(line).startswith("model main: parameters {'top_p': 1.0")


def test_equal_parameters_are_no_change() -> None:
    before = make_baseline_ref(params={"top_p": 1, "stop": ["a"]})
    model = replace(make_run().model, params={"top_p": 1.0, "stop": ("a",)})

    assert view_of(make_run(make_run_case(), baseline=before, model=model)).changes == ()


def test_requests_that_differ_for_no_known_reason_are_a_change() -> None:
    odd = make_run_case(hashes=make_hashes(request="other"))

    (line,) = view_of(make_run(odd)).changes

    assert line.endswith("all those cases run (1)")
