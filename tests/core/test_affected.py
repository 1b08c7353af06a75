"""Why a case is measured: each cause by itself, and what no file explains."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from evalci.core.affected import Cause, causes_of
from evalci.core.baseline import Baseline
from evalci.core.run import PromptRef, RunCase, Standing
from tests.fakes import (
    make_baseline,
    make_baseline_case,
    make_carried,
    make_hashes,
    make_run,
    make_run_case,
)

OTHER = make_hashes(request="request-other")


def cause_names(
    case: RunCase, baseline: Baseline | None = None, **changes: Any
) -> Mapping[Cause, str]:
    """Return the causes of a case whose prompt includes a file that the baseline knew."""
    files = {"prompts/style.md": "template-2"}
    before = baseline or make_baseline(
        prompts={"prompts/review.md": "template-1", "prompts/style.md": "template-2"}
    )
    prompt = PromptRef(path="prompts/review.md", hash="template-1", includes=files, cases=1)
    run = replace(make_run(case), prompts=(prompt,), **changes)
    return {why.cause: why.what for why in causes_of(case, run, before)}


def test_without_a_baseline_that_is_why() -> None:
    (why,) = causes_of(make_run_case((), None), make_run(), None)

    assert why.cause is Cause.NO_BASELINE


def test_what_is_carried_forward_has_no_cause() -> None:
    assert cause_names(make_carried()) == {}


@pytest.mark.parametrize(
    ("case", "changes", "expected"),
    [
        pytest.param(make_run_case((), None), {}, {Cause.NEW: ""}, id="new case"),
        pytest.param(
            make_run_case((), standing=Standing.EDITED),
            {},
            {Cause.EDITED: "golden_sets/demo/cases.yaml"},
            id="edited case",
        ),
        pytest.param(
            make_run_case((), standing=Standing.EDITED, hashes=OTHER),
            {},
            {Cause.EDITED: "golden_sets/demo/cases.yaml"},
            id="edited inputs explain another request",
        ),
        pytest.param(
            make_run_case((), standing=Standing.RESCORED), {}, {Cause.SCORING: ""}, id="scorers"
        ),
        pytest.param(
            make_run_case(()), {"selection": "all"}, {Cause.SELECTED: "all"}, id="selected"
        ),
        pytest.param(
            make_run_case((), hashes=OTHER),
            {},
            {Cause.UNRECORDED: ""},
            id="another request that nothing explains",
        ),
        pytest.param(
            make_run_case((), hashes=OTHER, prompt="prompts/new.md"),
            {},
            {Cause.PROMPT: "prompts/new.md"},
            id="another prompt",
        ),
    ],
)
def test_a_cause(case: RunCase, changes: dict[str, Any], expected: dict[Cause, str]) -> None:
    assert cause_names(case, **changes) == expected


@pytest.mark.parametrize("path", ["prompts/review.md", "prompts/style.md"])
def test_the_edited_prompt_or_include_is_named(path: str) -> None:
    before = {"prompts/review.md": "template-1", "prompts/style.md": "template-2", path: "old"}

    found = cause_names(make_run_case((), hashes=OTHER), make_baseline(prompts=before))

    assert found == {Cause.PROMPT: path}


def test_the_model_and_its_parameters_are_told_apart() -> None:
    known = {"prompts/review.md": "template-1", "prompts/style.md": "template-2"}
    before = make_baseline(prompts=known, model_id="openai/old", params={})

    found = cause_names(make_run_case((), hashes=OTHER), before)

    assert found == {Cause.MODEL: "openai/old → openai/stand-in", Cause.PARAMS: ""}


def test_a_prompt_that_did_not_change_the_request_is_no_cause() -> None:
    before = make_baseline(make_baseline_case(), prompts={"prompts/review.md": "old"})

    assert cause_names(make_run_case(()), before, selection="all") == {Cause.SELECTED: "all"}
