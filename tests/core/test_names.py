"""Names that files and check runs carry: plain, and each one only once."""

import pytest

from evalci.core.config import parse_config
from evalci.errors import BadInputError
from tests.inputs import document

PLAIN = "name the folder with letters, digits, dots, dashes and underscores, at most 80"
TWIN = "is listed already; rename the folder: baselines and runs carry its name"


def config(golden_sets: str) -> str:
    models = "models: {main: {id: scripted/echo}}\nrun: {model: main}"
    return f"version: 1\ngolden_sets: {golden_sets}\n{models}\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(
            config('[a/desk, "b/desk "]'),
            f"evalci.yaml:2: `golden_sets[1]`: the name 'desk ' is not plain; {PLAIN}",
            id="a space at the end, which a check run does not show",
        ),
        pytest.param(
            config('[a/desk, "b/de\\u200bsk"]'),
            f"evalci.yaml:2: `golden_sets[1]`: the name 'de\\u200bsk' is not plain; {PLAIN}",
            id="a letter that nobody sees",
        ),
        pytest.param(
            config(f"[a/{'d' * 81}]"),
            f"evalci.yaml:2: `golden_sets[0]`: the name '{'d' * 81}' is not plain; {PLAIN}",
            id="a name that is cut somewhere",
        ),
        pytest.param(
            config("[a/desk/.]"),
            f"evalci.yaml:2: `golden_sets[0]`: the name '.' is not plain; {PLAIN}",
            id="the folder itself",
        ),
        pytest.param(
            config("[a/desk, b/DESK]"),
            f"evalci.yaml:2: `golden_sets[1]`: a golden set named `desk` {TWIN}",
            id="another case of the letters",
        ),
    ],
)
def test_a_name_that_could_pass_for_another_is_refused(text: str, line: str) -> None:
    with pytest.raises(BadInputError) as caught:
        parse_config(document(text, "evalci.yaml"))

    assert str(caught.value) == line


@pytest.mark.parametrize("name", ["desk", "desk-2", "v1.2", "a_b", "Übersetzung", "2024"])
def test_a_plain_name_is_taken(name: str) -> None:
    assert parse_config(document(config(f"[a/{name}]"), "evalci.yaml")).golden_sets == (
        f"a/{name}",
    )
