"""Override files: what is written is read back, and what is wrong has its line."""

from dataclasses import replace

import pytest

from evalci.core.override_file import is_override, override_path, override_text, parse_override
from evalci.edges.yaml_text import parse_yaml
from evalci.errors import BadInputError
from tests.core.overrides import granted, worse_run

PATH = "overrides/x.yaml"
GIVEN = granted(worse_run("review"), source=PATH)


def parsed(text: str) -> object:
    return parse_override(parse_yaml(text, PATH), PATH)


@pytest.mark.parametrize(
    "reason",
    ["plain words and some more", 'a "quote": # and {braces}', "ünïcode 👁 and ☃", "back\\slash"],
)
def test_a_file_is_read_back_as_it_was(reason: str) -> None:
    given = replace(GIVEN, reason=reason)

    assert parsed(override_text(given)) == given


def test_its_place_is_named_after_what_it_covers() -> None:
    given = replace(GIVEN, category="review/security *", digest="0123456" + "7" * 57)

    assert override_path(given) == "overrides/demo.main.review-security.0123456.yaml"


def test_a_name_from_outside_stays_in_its_folder() -> None:
    assert override_path(replace(GIVEN, golden_set="../../x")).startswith("overrides/x.main.")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        pytest.param(
            "reason:", "raeson:", "unknown key `raeson`; did you mean `reason`?", id="a typo"
        ),
        pytest.param('until: "2026-04-01"', 'until: "soon"', "'soon' is not valid", id="no day"),
        pytest.param('by: "ada"', 'by: ""', "`by`: is empty", id="by nobody"),
        pytest.param('by: "ada"', "by: [ada]", "is not text", id="a list"),
        pytest.param('digest: "', 'digest: "xyz', "`digest`", id="no digest"),
    ],
)
def test_a_problem_has_its_line(old: str, new: str, problem: str) -> None:
    text = override_text(GIVEN).replace(old, new)

    with pytest.raises(BadInputError) as caught:
        parsed(text)

    assert problem in str(caught.value)
    assert str(caught.value).startswith(f"{PATH}:")


def test_a_key_that_is_missing_is_named() -> None:
    with pytest.raises(BadInputError, match="missing key `reason`"):
        parsed("\n".join(x for x in override_text(GIVEN).splitlines() if "reason" not in x))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("overrides/x.yaml", True),
        ("overrides/x.yml", True),
        ("overrides/README.md", False),
        ("prompts/x.yaml", False),
    ],
)
def test_which_files_are_overrides(path: str, expected: bool) -> None:
    assert is_override(path) is expected
