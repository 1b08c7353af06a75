"""The text of a pull request: what is taken over, what stays the base's, and what is refused."""

from dataclasses import replace

import pytest

from evalci.core.head_text import (
    EXECUTABLE,
    FILE,
    MAX_FILES,
    SUBMODULE,
    SYMLINK,
    LaidOver,
    Reach,
    TextChange,
    TreeEntry,
    laid_over,
    proposal,
    unmeasured_words,
)
from evalci.errors import BadInputError

REACH = Reach(
    golden_sets=("golden/desk",),
    prompts=("prompts/triage.md", "prompts/style.md", "root.md"),
    never=("evalci.yaml", "golden/desk/frozen", "prompts/retrieval.yaml", "baselines"),
)
PROMPT = "prompts/triage.md"


def file(content: str = "a", *, mode: str = FILE, size: int = 10) -> TreeEntry:
    """Return a file with a content."""
    return TreeEntry(mode=mode, id=content, size=size)


BASE = {PROMPT: file(), "golden/desk/cases.yaml": file(), "evalci.yaml": file()}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param(PROMPT, True, id="a prompt of the base"),
        pytest.param("prompts/new.md", True, id="a new prompt beside one"),
        pytest.param("prompts/deep/new.md", True, id="a new prompt below one's folder"),
        pytest.param("prompts/package.json", False, id="a file of another kind beside one"),
        pytest.param("root.md", True, id="a prompt at the top"),
        pytest.param("README.md", False, id="its neighbour at the top"),
        pytest.param("golden/desk/cases.yaml", True, id="cases"),
        pytest.param("golden/desk/docs/a.txt", True, id="a text that a case reads"),
        pytest.param("golden/desk/tests/test_a.py", False, id="a test, which is code"),
        pytest.param("golden/desk/conftest.py", False, id="code that is found by its name"),
        pytest.param("golden/desk/run.sh", False, id="a script"),
        pytest.param("golden/desk/Makefile", False, id="a file without suffix"),
        pytest.param("golden/desk/recordings/main.jsonl", False, id="recorded answers"),
        pytest.param("golden/desk/.github/x.yaml", False, id="a hidden folder"),
        pytest.param("golden/desk/frozen/a.yaml", False, id="what is never taken"),
        pytest.param("golden/desk2/cases.yaml", False, id="a folder with a longer name"),
        pytest.param("evalci.yaml", False, id="the config"),
        pytest.param("prompts/retrieval.yaml", False, id="an input of the pipeline"),
        pytest.param("baselines/desk.main.json", False, id="a baseline"),
        pytest.param("app/settings.yaml", False, id="anything else"),
        pytest.param(".github/workflows/ci.yml", False, id="a workflow"),
    ],
)
def test_what_is_in_reach(path: str, expected: bool) -> None:
    assert REACH.takes(path) is expected


def test_an_edited_prompt_is_taken_over() -> None:
    head = {**BASE, PROMPT: file("b", size=12)}

    found = proposal(head, BASE, BASE, REACH)

    assert found.changes == (TextChange(path=PROMPT, id="b", size=12),)


def test_a_removed_file_is_removed() -> None:
    head = {path: entry for path, entry in BASE.items() if path != PROMPT}

    found = proposal(head, BASE, BASE, REACH)

    assert found.changes == (TextChange(path=PROMPT, id=None),)


def test_what_the_base_changed_since_is_no_change_of_the_pull_request() -> None:
    tip = {**BASE, PROMPT: file("newer")}

    found = proposal(BASE, BASE, tip, REACH)

    assert found.changes == ()


def test_changed_code_beside_the_text_is_named_and_left_out() -> None:
    head = {**BASE, "golden/desk/test_a.py": file("b")}

    found = proposal(head, BASE, BASE, REACH)

    assert (found.changes, found.left_out) == ((), ("golden/desk/test_a.py",))


def test_an_executable_text_is_a_text() -> None:
    head = {**BASE, PROMPT: file("b", mode=EXECUTABLE)}

    assert proposal(head, BASE, BASE, REACH).changes[0].id == "b"


@pytest.mark.parametrize(
    ("head", "message"),
    [
        pytest.param({PROMPT: file("b", mode=SYMLINK)}, "is a symlink", id="a symlinked prompt"),
        pytest.param(
            {"golden/desk/more": file("b", mode=SYMLINK)}, "is a symlink", id="a symlinked folder"
        ),
        pytest.param(
            {"prompts/sub": file("b", mode=SUBMODULE)}, "is a submodule", id="a submodule"
        ),
        pytest.param(
            {"golden/desk/big.yaml": file("b", size=100_000_000)}, "larger than 2 MB", id="100 MB"
        ),
        pytest.param(
            {f"prompts/{i}.md": file("b", size=1_900_000) for i in range(11)},
            "larger than 20 MB in all",
            id="many large ones",
        ),
        pytest.param(
            {f"prompts/{i}.md": file("b") for i in range(MAX_FILES + 1)},
            "201 changed files",
            id="too many",
        ),
        pytest.param({f"prompts/{'x' * 200}.md": file("b")}, "more than 200", id="a long path"),
    ],
)
def test_what_is_refused_as_a_whole(head: dict[str, TreeEntry], message: str) -> None:
    with pytest.raises(BadInputError) as error:
        proposal({**BASE, **head}, BASE, BASE, REACH)

    assert message in str(error.value)


def test_a_link_of_the_base_is_not_written_through() -> None:
    base = {**BASE, PROMPT: file("link", mode=SYMLINK)}

    with pytest.raises(BadInputError, match="is a symlink"):
        proposal({**base, PROMPT: file("b")}, base, base, REACH)


def test_a_file_that_both_sides_changed_is_refused() -> None:
    tip = {**BASE, PROMPT: file("newer")}

    with pytest.raises(BadInputError, match="changed on both sides; update the branch"):
        proposal({**BASE, PROMPT: file("b")}, BASE, tip, REACH)


def test_a_file_that_both_sides_changed_alike_is_none() -> None:
    same = {**BASE, PROMPT: file("b")}

    assert proposal(same, BASE, same, REACH).changes[0].id == "b"


def test_the_digest_names_head_place_and_content() -> None:
    found = proposal({**BASE, PROMPT: file("b")}, BASE, BASE, REACH)
    (change,) = found.changes
    others = [replace(change, path="prompts/style.md"), replace(change, id="c")]

    digests = {replace(found, changes=(other,)).digest("1") for other in others}
    digests |= {found.digest("1"), found.digest("2")}

    assert len(digests) == 4
    assert all(len(digest) == 32 for digest in digests)


# What is not measured


def test_every_other_change_is_left_out_and_what_decides_comes_first() -> None:
    whole = {**BASE, PROMPT: file("b"), "app.py": file(), "evalci.yaml": file("b")}

    found = proposal(whole, BASE, BASE, REACH, whole=whole)

    assert (found.left_out, found.complete) == (("evalci.yaml", "app.py"), True)


def test_without_the_whole_list_only_what_is_in_reach_is_known() -> None:
    head = {**BASE, "golden/desk/test_a.py": file()}

    found = proposal(head, BASE, BASE, REACH, whole=None)

    assert (found.left_out, found.complete) == (("golden/desk/test_a.py",), False)


@pytest.mark.parametrize(
    ("path", "read", "decides", "expected"),
    [
        pytest.param("lib/a.rst", {"lib/a.rst"}, set(), True, id="a file that is read"),
        pytest.param("lib/a.rst", {"lib/b.rst"}, set(), False, id="its neighbour"),
        pytest.param("src/new.py", {"src"}, set(), True, id="a new file of a fixture"),
        pytest.param("lib", {"lib/a.rst"}, set(), True, id="a link that stood for a folder"),
        pytest.param("ci/x.yml", set(), {"ci"}, True, id="below what decides"),
        pytest.param("app/evalci.yaml", set(), set(), True, id="a config, wherever it lies"),
        pytest.param("app.py", set(), {"."}, True, id="anything, where all of it counts"),
        pytest.param("app.py", {"lib/a.rst"}, {"ci"}, False, id="anything else"),
    ],
)
def test_what_a_merge_would_measure(
    path: str, read: set[str], decides: set[str], expected: bool
) -> None:
    laid = LaidOver(head="a" * 40, taken=(), left_out=(path,))

    assert laid.unmeasured(read, decides) == ((path,) if expected else ())


def test_what_lies_over_the_base_is_handed_on_as_it_is() -> None:
    laid = LaidOver(head="a" * 40, taken=("a.md",), left_out=("b.py",), complete=False)

    assert laid_over(laid.as_json()) == laid


@pytest.mark.parametrize(
    ("paths", "complete", "expected"),
    [
        pytest.param((), True, "", id="nothing"),
        pytest.param(
            ("a.py",), True, "not measured: a.py, changed here and read from the base", id="one"
        ),
        pytest.param(
            ("a.py", "b", "c"),
            False,
            "not measured: a.py and 2 more, changed here and read from the base",
            id="several",
        ),
        pytest.param(
            (), False, "not measured: GitHub does not list all that is changed here", id="unknown"
        ),
    ],
)
def test_why_a_good_verdict_is_not_one_of_the_whole(
    paths: tuple[str, ...], complete: bool, expected: str
) -> None:
    assert unmeasured_words(paths, complete=complete) == expected
