"""What the gates that read code send to the sandbox, and what they make of what comes back."""

import pytest

from evalci.core.golden_set import CodeTarget, ContextFile, Protocol
from evalci.core.json_value import JsonObject
from tests.fake_sandbox import FakeSandbox
from tests.inputs import make_case
from tests.scorers.code_cases import result, spec, trial


def test_an_answer_does_not_keep_the_linter_from_its_imports() -> None:
    sandbox = FakeSandbox(result())
    kept = "# isort: off\nimport b\n"
    case = make_case(
        protocol=Protocol.FILE_BLOCKS,
        target=CodeTarget(fixture=(ContextFile(path="a.py", content=kept),)),
        scorers=(spec("lint"),),
    )

    trial(case, sandbox, f"FILE: a.py\n# ruff: isort: skip_file\n{kept}import a  # isort:skip\n")

    assert sandbox.checks[0].files[0].text == f"# skip_file\n{kept}import a  # skip\n"


def test_types_are_checked_beside_the_code_base_as_it_was() -> None:
    sandbox = FakeSandbox(result())
    old = (ContextFile(path="a.py", content="x = 1\n"), ContextFile(path="a.md", content="x\n"))
    case = make_case(
        protocol=Protocol.FILE_BLOCKS, target=CodeTarget(fixture=old), scorers=(spec("types"),)
    )

    trial(case, sandbox, "FILE: a.py\nx = 2\n")

    sent = {file.path: file.text for file in sandbox.checks[0].files}
    assert sent == {"a.md": "x\n", "a.py": "x = 2\n", ".reference/a.py": "x = 1\n"}


@pytest.mark.parametrize(
    ("test", "value"),
    [
        pytest.param("def test_new():\n    assert 1\n", 1.0, id="changed"),
        pytest.param("x = 1\n\n", 0.0, id="as it was"),
        pytest.param(" \n", 0.0, id="blank"),
    ],
)
def test_a_test_counts_as_updated_when_it_is_another(test: str, value: float) -> None:
    found: JsonObject = {"modules": [], "parts": [], "names": [], "foreign": []}
    ids = ("test_a.py", ".reference/test_a.py")
    sandbox = FakeSandbox(result(*({"id": id_, **found} for id_ in ids)))
    case = make_case(
        protocol=Protocol.FILE_BLOCKS,
        target=CodeTarget(fixture=(ContextFile(path="test_a.py", content="x = 1\n"),)),
        scorers=(spec("constraints", must_update_tests=True),),
    )

    (score,) = trial(case, sandbox, f"FILE: test_a.py\n{test}").scores

    assert score.value == value
