"""Patterns that cannot hang."""

import pytest

from evalci.core.pattern import compile_pattern


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        pytest.param("b+", "abbc", True, id="anywhere in the text"),
        pytest.param("^b", "abbc", False, id="anchors hold"),
        pytest.param("(?i)SORRY", "so sorry", True, id="flags"),
        pytest.param("(?s)a.c", "a\nc", True, id="dot and line breaks"),
        pytest.param(r"\d{2}", "7 1", False, id="counts"),
        pytest.param("é.", "caféx", True, id="letters beyond ASCII are one letter"),
        pytest.param("", "anything", True, id="the empty pattern"),
    ],
)
def test_a_pattern_is_searched(pattern: str, text: str, found: bool) -> None:
    assert bool(compile_pattern(pattern).search(text)) is found


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param("(a+)+$", id="nested repetition"),
        pytest.param("(a|aa)+$", id="alternatives that overlap"),
        pytest.param("(.*)*x", id="repeated anything"),
    ],
)
def test_a_pattern_that_hangs_other_engines_ends(pattern: str) -> None:
    assert not compile_pattern(pattern).search("a" * 50_000 + "!")


@pytest.mark.parametrize(
    ("pattern", "cause"),
    [
        pytest.param("(", "missing )", id="an open group"),
        pytest.param("(?=a)", "invalid perl operator", id="look-ahead"),
        pytest.param(r"(a)\1", "invalid escape", id="a backreference"),
        pytest.param("(a{1000}){1000}", "repetition", id="a repetition that explodes"),
    ],
)
def test_a_pattern_the_engine_refuses_says_why(pattern: str, cause: str) -> None:
    with pytest.raises(ValueError, match="RE2 syntax") as caught:
        compile_pattern(pattern)

    assert cause in str(caught.value)
    assert repr(pattern) in str(caught.value)


def test_half_a_surrogate_pair_in_a_models_text_is_no_crash() -> None:
    assert compile_pattern("sorry").search("\ud83d sorry")
