"""Diffs as models write them."""

from difflib import unified_diff

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from evalci.core.unified_diff import DiffError, apply_diff, parse_diff

OLD = "".join(f"line {n}\n" for n in range(1, 21))
NEW = OLD.replace("line 10\n", "line ten\n")
HEAD = "--- a/f\n+++ b/f\n"
BODY = " line 8\n line 9\n-line 10\n+line ten\n line 11\n line 12\n"


def applied(diff: str, **files: str) -> dict[str, str]:
    return apply_diff(files or {"f": OLD}, parse_diff(diff))[0]


@pytest.mark.parametrize(
    "diff",
    [
        pytest.param(f"{HEAD}@@ -8,5 +8,5 @@\n{BODY}", id="as git writes it"),
        pytest.param(
            f"diff --git a/f b/f\nindex 1..2 100644\n{HEAD}@@ -8,5 +8,5 @@ f()\n{BODY}", id="git"
        ),
        pytest.param(f"--- f\n+++ f\n@@ -8,5 +8,5 @@\n{BODY}", id="no prefixes"),
        pytest.param(f"{HEAD}@@ -3,9 +3,2 @@\n{BODY}", id="wrong line and counts"),
        pytest.param(f"{HEAD}@@ ... @@\n{BODY}", id="no line at all"),
        pytest.param(f"{HEAD}@@\n{BODY}", id="a bare hunk"),
        pytest.param(f"{HEAD}@@ -8 +8 @@\n{BODY.replace(' line 12', ' line twelve')}", id="fuzz"),
        pytest.param(
            f"{HEAD}@@ -8 +8 @@\n{BODY.replace('line 9', 'line 9  ')}", id="blanks at the end"
        ),
        pytest.param(f"{HEAD}@@ -8,5 +8,5 @@\n{BODY}".replace("\n", "\r\n"), id="CRLF"),
        pytest.param(f"Here:\n{HEAD}@@ -8,5 +8,5 @@\n{BODY}\nDone.\n", id="prose around it"),
        pytest.param(
            f"{HEAD}@@ -8,5 +8,5 @@\n{BODY}\\ No newline at end of file\n", id="no newline"
        ),
        pytest.param(
            f"Here:\n{HEAD}@@ -8,5 +8,5 @@\n{BODY}\n- I changed it.\n- All.\n",
            id="a list below",
        ),
        pytest.param(f"--- ./f\n+++ ./f\n@@ -8,5 +8,5 @@\n{BODY}", id="dots"),
        pytest.param(f"{HEAD}@@ -{'9' * 5000} +8 @@\n{BODY}", id="an absurd line"),
    ],
)
def test_a_diff_applies(diff: str) -> None:
    assert applied(diff) == {"f": NEW}


@pytest.mark.parametrize(
    ("diff", "message"),
    [
        pytest.param("no diff", "no diff found", id="no diff"),
        pytest.param(f"{HEAD}@@ -1 +1 @@\n-line 99\n+x\n", "f: hunk 1 does not apply", id="misfit"),
        pytest.param(
            HEAD.replace("/f", "/g") + "@@ -1 +1 @@\n-x\n", "g: no such file", id="no file"
        ),
        pytest.param("--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+x\n", "is there already", id="twice"),
    ],
)
def test_a_diff_that_does_not_fit_is_an_error(diff: str, message: str) -> None:
    with pytest.raises(DiffError, match=message):
        applied(diff)


def test_a_repeated_place_is_chosen_by_its_line() -> None:
    old = "a\nb\n" * 5

    found = applied("--- f\n+++ f\n@@ -7,2 +7,2 @@\n-a\n+A\n b\n", f=old)

    assert found["f"].split("\n").index("A") == 6


def test_a_new_a_deleted_and_a_renamed_file() -> None:
    diff = (
        "diff --git a/new b/new\nnew file mode 100644\n--- /dev/null\n+++ b/new\n"
        "@@ -0,0 +1 @@\n+n\n"
        "diff --git a/gone b/gone\ndeleted file mode 100644\n--- a/gone\n+++ /dev/null\n"
        "@@ -1 +0,0 @@\n-g\n"
        "diff --git a/x b/y\nrename from x\nrename to y\n"
    )

    written, deleted = apply_diff({"gone": "g\n", "x": "x\n"}, parse_diff(diff))

    assert (written, deleted) == ({"new": "n\n", "y": "x\n"}, frozenset({"gone", "x"}))


def test_a_removed_comment_of_sql_is_no_head_of_a_file() -> None:
    diff = f"{HEAD}@@ -1,3 +1,3 @@\n a\n--- old\n+-- new\n b\n"

    assert applied(diff, f="a\n-- old\nb\n") == {"f": "a\n-- new\nb\n"}


def test_a_blank_line_ends_no_hunk_that_claims_nothing() -> None:
    diff = f"{HEAD}@@ -1 +1 @@\n-a\n+A\n\n-b\n+B\n"

    assert applied(diff, f="a\n\nb\n") == {"f": "A\n\nB\n"}


def test_counts_that_are_full_at_a_blank_line_do_not_end_a_hunk() -> None:
    diff = f"{HEAD}@@ -1,2 +1,2 @@\n-a\n+A\n b\n\n c\n+d\n-e\n"

    assert applied(diff, f="a\nb\n\nc\ne\n") == {"f": "A\nb\n\nc\nd\n"}


def test_files_without_lines() -> None:
    diff = (
        "diff --git a/p/new b/p/new\nnew file mode 100644\nindex 0000000..e69de29\n"
        "diff --git a/gone b/gone\ndeleted file mode 100644\nindex e69de29..0000000\n"
        "diff --git a/x b/x\nold mode 100644\nnew mode 100755\n"
    )

    written, deleted = apply_diff({"gone": "", "x": "x\n"}, parse_diff(diff))

    assert (written, deleted) == ({"p/new": ""}, frozenset({"gone"}))


LINES = st.lists(
    st.sampled_from(["a", "b", "", "def f():", "    return 1", "--x", "-- x", "++y"]), max_size=30
)


@given(before=LINES, after=LINES)
@example(before=["", ""], after=["a", "", ""])
def test_what_difflib_writes_applies(before: list[str], after: list[str]) -> None:
    old, new = ("".join(f"{line}\n" for line in lines) for lines in (before, after))
    diff = "".join(unified_diff(old.splitlines(True), new.splitlines(True), "a/f", "b/f"))

    found = applied(diff, f=old) if diff else {"f": old}

    assert found.get("f") == new
