"""The section `drift` of evalci.yaml."""

import pytest

from evalci.core.drift_config import DriftPolicy
from tests.core.configs import complaints, parsed


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        pytest.param("", DriftPolicy(match={}, trials=3, issue_label="evalci-drift"), id="nothing"),
        pytest.param("drift: {trials: 5}", DriftPolicy(trials=5), id="trials"),
        pytest.param(
            "drift: {match: {tags: canary, task_type: [a, b]}}",
            DriftPolicy(match={"tags": ("canary",), "task_type": ("a", "b")}),
            id="a match",
        ),
        pytest.param(
            "drift: {issue_label: vendor moved}",
            DriftPolicy(issue_label="vendor moved"),
            id="label",
        ),
    ],
)
def test_what_it_says(more: str, expected: DriftPolicy) -> None:
    assert parsed(more).drift == expected


@pytest.mark.parametrize(
    ("more", "line"),
    [
        pytest.param("drift: {trails: 3}", "evalci.yaml:6: `drift.trails`", id="an unknown key"),
        pytest.param("drift: {trials: 1}", "evalci.yaml:6: `drift.trials`", id="one trial"),
        pytest.param(
            "drift: {match: {tag: a}}", "no such dimension; did you mean `tags`", id="a dimension"
        ),
        pytest.param(
            'drift: {issue_label: "a,b"}', "evalci.yaml:6: `drift.issue_label`", id="two labels"
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_line(more: str, line: str) -> None:
    (found,) = complaints(more)

    assert line in found
