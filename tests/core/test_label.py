"""Labels from people: CSV as spreadsheets write it, JSON lines, and every line that is none."""

import pytest

from evalci.core.label import Label, labels_text, parse_labels
from evalci.errors import BadInputError

HEAD = "sample,item,criterion,score,reviewer,note\n"


def one(text: str) -> Label:
    (label,) = parse_labels(text, "ada.csv")
    return label


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("item,criterion,score,reviewer\na1,right,2,Ada\n", id="commas"),
        pytest.param("item;criterion;score;reviewer\r\na1;right;2;Ada\r\n", id="semicolons"),
        pytest.param(" Item ,CRITERION,Score,reviewer\na1, right ,2.0, Ada\n", id="sloppy"),
        pytest.param("reviewer,x,item,score,criterion\nAda,?,a1,2,right\n", id="other order"),
        pytest.param(
            'item,criterion,score,reviewer\n"a1","right","2","Ada"\n\n,,,\n', id="empty rows"
        ),
        pytest.param(
            '{"item": "a1", "criterion": "right", "score": 2, "reviewer": "Ada"}', id="JSON lines"
        ),
    ],
)
def test_a_label_reads_the_same_from_every_form(text: str) -> None:
    label = one(text)

    found = (label.item, label.criterion, label.score, label.reviewer)
    assert found == ("a1", "right", 2, "Ada")


def test_a_label_knows_its_line_past_answers_of_several_lines() -> None:
    text = (
        'item,criterion,score,reviewer,answer\na1,right,,,"three\nlines\nlong"\na2,right,1,Ada,\n'
    )

    assert one(text).line == 5


@pytest.mark.parametrize("score", ["", "-"], ids=["left empty", "cannot tell"])
def test_a_row_without_a_score_says_nothing(score: str) -> None:
    assert one(f"{HEAD}s,a1,right,{score},Ada,\ns,a2,right,1,Ada,\n").item == "a2"


def test_a_note_is_kept_without_a_score() -> None:
    assert one(f"{HEAD}s,a1,right,-,Ada,unclear\n").note == "unclear"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("", "ada.csv: no score in it", id="empty"),
        pytest.param(HEAD, "ada.csv: no score in it; a reviewer fills in", id="only a header"),
        pytest.param(
            "item,criterion,score,reviwer\n",
            "no column `reviewer`; did you mean",
            id="typo",
        ),
        pytest.param("criterion,score,reviewer\n", "ada.csv:1: no column `item`", id="no answer"),
        pytest.param(f"{HEAD}s,a1,right,good,Ada,\n", "`score` 'good' is not", id="word"),
        pytest.param(f"{HEAD}s,a1,right,1.5,Ada,\n", "2: `score` '1.5' is not", id="between"),
        pytest.param(f"{HEAD}s,a1,right,nan,Ada,\n", "ada.csv:2: `score` 'nan' is not", id="nan"),
        pytest.param(f"{HEAD}s,,right,1,Ada,\n", "2: neither `item` nor `case`", id="no item"),
        pytest.param(f"{HEAD}s,a1,right,1,,\n", "ada.csv:2: `reviewer` is empty", id="nobody"),
        pytest.param(f'{HEAD}s,"a1,right,1,Ada,\n', "ada.csv:2: not valid CSV", id="open quote"),
        pytest.param('{"item": }', "ada.csv:1: not valid JSON", id="broken JSON"),
        pytest.param('{"item": "a"}\n[]', "ada.csv:2: not a JSON object", id="a list"),
        pytest.param(
            '{"case": "a", "trial": "x", "criterion": "c", "score": 1, "reviewer": "A"}',
            "ada.csv:1: `trial` 'x' is not a whole number",
            id="trial",
        ),
    ],
)
def test_what_is_no_label_is_named_with_its_line(text: str, line: str) -> None:
    with pytest.raises(BadInputError) as caught:
        parse_labels(text, "ada.csv")

    assert line in str(caught.value)


def test_labels_come_back_as_they_were_written() -> None:
    label = Label(
        source="ada.csv", line=1, reviewer="Ada, „A“", criterion="c", score=0, case="x", trial=0
    )

    assert one(labels_text([label])) == label
