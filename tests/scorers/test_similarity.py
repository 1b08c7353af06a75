"""chrF: the same number as sacrebleu, over all of Unicode."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sacrebleu.metrics.chrf import CHRF as SacrebleuChrf

from evalci.core.golden_set import Protocol
from evalci.core.json_value import Json
from evalci.scorers.similarity import CHRF, chrf
from tests.calls import make_output
from tests.cases import make_case


def reference_chrf(hypothesis: str, reference: str) -> float:
    return float(SacrebleuChrf().sentence_score(hypothesis, [reference]).score) / 100


TEXTS = st.text(max_size=60) | st.text(alphabet="ab \n", max_size=60)


@given(hypothesis=TEXTS, reference=TEXTS)
def test_chrf_is_what_sacrebleu_says(hypothesis: str, reference: str) -> None:
    ours = chrf(hypothesis, reference)

    assert ours == pytest.approx(reference_chrf(hypothesis, reference), abs=1e-9)


@pytest.mark.parametrize(
    ("hypothesis", "reference"),
    [
        pytest.param("", "", id="both empty"),
        pytest.param("", "yes", id="nothing said"),
        pytest.param("yes", "", id="nothing wanted"),
        pytest.param("a", "a", id="one equal character"),
        pytest.param("a", "b", id="one other character"),
        pytest.param("a", "abcdefgh", id="one character of many"),
        pytest.param(" \t\n", "yes", id="white space only"),
        pytest.param("y e s", "yes", id="white space inside"),
        pytest.param("a\u00a0b\u2003c", "abc", id="white space of Unicode"),
        pytest.param("👍🏽 done", "👍 done", id="emoji with a skin tone"),
        pytest.param("👨‍👩‍👧", "👨‍👩‍👦", id="emoji joined"),
        pytest.param("日本語の文", "日本語文", id="no spaces at all"),
        pytest.param("aaaaaaaaaa", "aaa", id="repeats are clipped"),
        pytest.param("the cat sat", "the cat sat on the mat", id="a prefix"),
        pytest.param("the quick fox " * 200, "the slow fox " * 150, id="long"),
    ],
)
def test_chrf_is_what_sacrebleu_says_at_the_edges(hypothesis: str, reference: str) -> None:
    ours = chrf(hypothesis, reference)

    assert ours == pytest.approx(reference_chrf(hypothesis, reference), abs=1e-9)


@given(text=st.text(min_size=1, max_size=50).filter(lambda text: bool("".join(text.split()))))
def test_a_text_is_fully_like_itself(text: str) -> None:
    assert chrf(text, text) == pytest.approx(1.0)


def test_the_score_is_the_number_and_its_reason_shows_it() -> None:
    case = make_case(expected="the cat sat on the mat")

    score = CHRF.build({}, case).score(case, make_output("the cat sat"))

    assert score.value == pytest.approx(chrf("the cat sat", "the cat sat on the mat"))
    assert score.reason == f"chrF {score.value:.2f}"


def test_no_answer_is_a_zero_with_a_reason() -> None:
    case = make_case(protocol=Protocol.CODE)

    score = CHRF.build({}, case).score(case, make_output(" \n"))

    assert (score.value, score.reason) == (0.0, "no answer found in the output")


def test_half_a_surrogate_pair_in_an_answer_is_scored() -> None:
    case = make_case(expected="yes")

    score = CHRF.build({}, case).score(case, make_output("yes \ud83d"))

    assert score.value is None or 0.0 < score.value < 1.0


@pytest.mark.parametrize(
    "expected",
    [
        pytest.param(None, id="nothing"),
        pytest.param("  \n", id="white space"),
        pytest.param(7, id="a number"),
        pytest.param({"a": 1}, id="an object"),
    ],
)
def test_without_a_reference_text_there_is_no_chrf(expected: Json) -> None:
    case = make_case(expected=expected)

    with pytest.raises(ValueError, match="needs `expected` as text"):
        CHRF.build({}, case)
