"""Why a case is measured: each cause by itself, and what no file explains."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from evalci.core.affected import Cause, causes_of, unknown_dependencies
from evalci.core.run import FileChange, PromptRef, RunCase, Standing
from tests.cases import make_hashes
from tests.runs import make_baseline_ref, make_carried, make_run, make_run_case

OTHER = make_hashes(request="request-other")


def cause_names(case: RunCase, *edited: str, **changes: Any) -> Mapping[Cause, str]:
    """Return the causes of a case whose prompt includes a file, some of them edited since."""
    prompt = PromptRef(
        path="prompts/review.md", hash="t-1", includes={"prompts/style.md": "t-2"}, cases=1
    )
    found = tuple(FileChange(path=path, old="old", new="t", affects=1) for path in edited)
    parts = {"baseline": make_baseline_ref(), "prompts": (prompt,), "changes": found, **changes}
    run = replace(make_run(case), **parts)
    return {why.cause: why.what for why in causes_of(case, run)}


def test_without_a_baseline_that_is_why() -> None:
    assert cause_names(make_run_case((), None), baseline=None) == {Cause.NO_BASELINE: ""}


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
    assert cause_names(make_run_case((), hashes=OTHER), path) == {Cause.PROMPT: path}


def test_the_model_and_its_parameters_are_told_apart() -> None:
    old = make_baseline_ref(model_id="openai/old", params={"top_p": 1})

    found = cause_names(make_run_case((), hashes=OTHER), baseline=old)

    assert found == {Cause.MODEL: "openai/old → openai/stand-in", Cause.PARAMS: ""}


def test_a_prompt_that_did_not_change_the_request_is_no_cause() -> None:
    found = cause_names(make_run_case(()), "prompts/review.md", selection="all")

    assert found == {Cause.SELECTED: "all"}


def test_a_program_of_ones_own_is_a_cause() -> None:
    assert cause_names(make_run_case(()), untraced=True) == {Cause.UNTRACED: ""}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({}, [], id="nothing unknown"),
        pytest.param({"cases": (make_run_case((), hashes=OTHER),)}, ["run (1)"], id="unrecorded"),
        pytest.param({"untraced": True}, ["as in the baseline (1)"], id="a program"),
    ],
)
def test_what_nobody_knows_is_said(changes: dict[str, Any], words: list[str]) -> None:
    lines = unknown_dependencies(replace(make_run(make_run_case(())), **changes))

    assert len(lines) == len(words)
    assert all(word in line for word, line in zip(words, lines, strict=True))
