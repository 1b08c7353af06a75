"""What an answer may not keep from a type checker, and what it may."""

import pytest

from evalci.scorers.silence import heard

OPEN = "(0 < 1)"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("x: int = ''  # type: ignore", "x: int = ''  # ", id="a comment"),
        pytest.param("# mypy: ignore-errors", "#  ignore-errors", id="a comment for the file"),
        pytest.param("@t.no_type_check", "@t.no_type_check_decorator", id="a decorator"),
        pytest.param("@t.no_type_chec\U0001d5c4", "@t.no_type_check_decorator", id="oddly spelt"),
        pytest.param(
            "if not TYPE_CHECKING:\n    f()", f"if not {OPEN}:\n    f()", id="what only runs"
        ),
        pytest.param(
            "if t.TYPE_CHECKING:\n    import a\nelse:\n    f()",
            f"if {OPEN}:\n    import a\nelse:\n    f()",
            id="the other side",
        ),
        pytest.param(
            "def f():\n    if MYPY: return 1\n    g()",
            f"def f():\n    if {OPEN}: return 1\n    g()",
            id="what follows",
        ),
        pytest.param(
            "PY2 = True\nif PY2: f()", f"PY2 = True\nif {OPEN}: f()", id="a name of its own"
        ),
        pytest.param("assert 'é' and not MYPY", f"assert 'é' and not {OPEN}", id="an assertion"),
        pytest.param("x = [t\n.MYPY, y.MYPY]", f"x = [(0 < 1\n), {OPEN}]", id="over two lines"),
        pytest.param(
            "if MYPY: x = 1\nelse: x = f()", f"if {OPEN}: x = 1\nelse: x = f()", id="a call"
        ),
    ],
)
def test_what_hides_code_from_a_type_checker_is_taken_out(text: str, shown: str) -> None:
    assert heard(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("from t import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a", id="imports"),
        pytest.param(
            "if t.TYPE_CHECKING:\n    from a import B\nelse:\n    B = Queue[int]", id="a stand-in"
        ),
        pytest.param("try:\n    import t\nexcept E:\n    TYPE_CHECKING = False", id="its default"),
        pytest.param("if sys.version_info < (3, 12):\n    f()", id="what runs nowhere either"),
        pytest.param("# TYPE_CHECKING\nx = 'no TYPE_CHECKING'", id="a text"),
        pytest.param("if not TYPE_CHECKING:\n    f(", id="what is no Python"),
    ],
)
def test_what_hides_nothing_stays(text: str) -> None:
    assert heard(text) == text


def test_what_the_code_base_holds_stays() -> None:
    old = "import a  # type: ignore\nif TYPE_CHECKING:\n    import b\nelse:\n    f()\n"

    assert heard(f"x = 1\n{old}", [old]) == f"x = 1\n{old}"


def test_a_test_that_the_code_base_holds_does_not_stand_for_another_one() -> None:
    old = "if TYPE_CHECKING:\n    import b\n"

    assert heard(f"{old}else:\n    f()", [old]).startswith(f"if {OPEN}:")
