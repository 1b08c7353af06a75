"""The comment of several publishers in its room, and what holds of any of them."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalci.report.comment import (
    NOTHING,
    Section,
    build_sections,
    holds,
    merged_comment,
)
from evalci.report.delimiters import read_sections
from evalci.report.markdown import MARKER
from evalci.report.outcomes import ICONS
from tests.report import faces
from tests.report.markdown_tokens import tokens_of
from tests.report.publications import (
    HEAD,
    LIMIT,
    NEXT_HEAD,
    URL,
    keys,
    later,
    make_failure,
    make_origin,
    make_section,
    named,
    sections_of,
    shown,
)
from tests.report.test_markdown import huge_run


def test_huge_runs_share_the_room() -> None:
    runs = [named(huge_run(), f"huge-{n}") for n in range(4)]

    comment = merged_comment([], sections_of(*runs))

    assert len(comment) <= LIMIT
    assert comment.count("**Top failing examples**") == 4
    assert comment.count("**To proceed**: fix it") == 4


def test_a_text_of_another_publisher_that_is_too_long_is_cut_to_its_verdict() -> None:
    theirs = make_section("theirs", icon="🔴", title="it fell", proceed="fix it", text="x" * 59_000)
    body = merged_comment([], [theirs])

    comment = merged_comment([body], sections_of(*(named(faces.regression(), n) for n in "abc")))

    link = f"Details are in the [step summary]({URL})."
    block = f"#### 🔴 `theirs`: it fell\n**To proceed**: fix it.\n\n{link}"
    assert len(body) <= LIMIT >= len(comment)
    assert block in shown(comment)
    assert comment.count("| 🔴 |") == 3


def test_a_short_section_is_not_shortened_for_a_long_one() -> None:
    mine = [make_section("long", icon="🔴", text="x" * 200_000), make_section("short")]

    comment = merged_comment([], mine)

    assert make_section("short").text in comment


@pytest.mark.parametrize("count", [12, 60, 200, 201, 1_000])
@pytest.mark.parametrize("size", [100, 5_000, 70_000])
def test_any_number_of_sections_of_any_size_fits(count: int, size: int) -> None:
    mine = [
        make_section(
            f"golden-set-{n:04}.main",
            text=f"{'x' * size}\n\n**To proceed**: nothing to do.",
            icon="🔴" if n % 50 == 9 else "🟢",
        )
        for n in range(count)
    ]

    comment = merged_comment([], mine)

    lines = shown(comment).splitlines()
    blocking = count // 50 + (count % 50 > 9)
    verb = "blocks" if blocking == 1 else "block"
    assert len(comment) <= LIMIT
    assert lines[:2] == [MARKER, f"### 🔴 evalci: {blocking} of {count} checks {verb}"]
    assert "`golden-set-0009.main`: no regression" in comment
    assert any(line.startswith("**To proceed**: ") for line in lines)
    assert holds(comment, mine)


def test_what_has_no_line_is_counted() -> None:
    mine = [make_section(f"{n}", title="long " * 30) for n in range(200)]

    comment = merged_comment([], mine)

    lines = [line for line in comment.splitlines() if line.startswith("- ")]
    assert lines[-1] == f"- and {200 - len(lines) + 1} more"
    assert len(lines) > 50
    assert len(keys(comment)) == 200


def test_long_titles_are_cut_in_a_line_without_becoming_live() -> None:
    title = "`@octocat " + "y" * 400 + "` [x](https://evil.example)"
    old = make_section("old", title=title)

    comment = merged_comment([merged_comment([], [old])], [later(make_section("new"))])

    tokens = tokens_of(comment)
    assert "before the last push: `@octocat yy" in comment
    assert not [t for t in tokens if t.type == "link_open"]
    assert any(t.type == "code_inline" and "@octocat" in t.content for t in tokens)


def test_keys_too_long_to_keep_stay_apart() -> None:
    runs = [named(faces.passed(), "x" * 300 + end) for end in "ab"]

    comment = merged_comment([], sections_of(*runs))

    assert len(set(keys(comment))) == 2


def test_nothing_to_say_says_so() -> None:
    assert merged_comment([], []) == NOTHING
    assert NOTHING.startswith(f"{MARKER}\n### ⚫ evalci: not measured")


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        pytest.param(URL, True, id="GitHub's"),
        pytest.param("", False, id="none"),
        pytest.param("javascript:alert(1)", False, id="a script"),
        pytest.param("https://x.example/a) [b](c", False, id="one that would end the link"),
    ],
)
def test_only_a_plain_address_becomes_a_link(url: str, linked: bool) -> None:
    mine = build_sections([], [make_failure()], make_origin(run_url=url), max_examples=5)

    assert (f"]({url})" in merged_comment([], mine)) is linked


SOME_ICON = st.sampled_from(list(dict.fromkeys(ICONS.values())))


WORDS = st.text(alphabet="abc `*@|\n", max_size=30).map(lambda text: text.strip("\n"))


SIZES = st.sampled_from([0, 10, 1_000, 20_000, 70_000])


@st.composite
def any_section(draw: st.DrawFn, sizes: st.SearchStrategy[int] = SIZES) -> Section:
    run_id = draw(st.integers(1, 4))
    text = draw(WORDS) + "x" * draw(sizes)
    return make_section(
        draw(st.sampled_from(["", "a", "b", "c", "d"])),
        run_id=run_id,
        attempt=draw(st.integers(1, 2)),
        head=f"{run_id // 2}" * 40,
        icon=draw(SOME_ICON),
        title=" ".join(draw(WORDS).split()),
        text=text,
        shorter=tuple(text[: len(text) // n] for n in (2, 8)),
    )


SECTIONS = st.lists(any_section(), max_size=6)


SMALL = st.lists(any_section(st.sampled_from([0, 100])), max_size=6)


@settings(max_examples=60)
@given(bodies=st.lists(SECTIONS, max_size=3), mine=SECTIONS)
def test_a_merged_comment_fits_holds_mine_and_is_stable(
    bodies: list[list[Section]], mine: list[Section]
) -> None:
    comment = merged_comment([merged_comment([], body) for body in bodies], mine)

    assert len(comment) <= LIMIT
    assert holds(comment, mine)
    assert merged_comment([comment], mine) == comment


@settings(max_examples=60)
@given(sections=SMALL, order=st.randoms(use_true_random=False))
def test_the_order_in_which_jobs_finish_does_not_matter(
    sections: list[Section], order: Random
) -> None:
    apart = list({(s.key, s.age): s for s in sections}.values())
    shuffled = order.sample(apart, len(apart))

    one_by_one, other_way = "", ""
    for section in apart:
        one_by_one = merged_comment([one_by_one], [section])
    for section in shuffled:
        other_way = merged_comment([other_way], [section])

    assert one_by_one == other_way
    assert all(holds(one_by_one, [section]) for section in apart)


@settings(max_examples=60)
@given(sections=SMALL)
def test_the_newest_section_of_a_key_is_the_one_that_stays(sections: list[Section]) -> None:
    comment = ""
    for section in sections:
        comment = merged_comment([comment], [section])

    ages = {section.key: section.age for section in read_sections(comment)}
    newest = {s.key: max(o.age for o in sections if o.key == s.key) for s in sections}
    newest = {k: v for k, v in newest.items() if k or v == max(newest.values())}
    assert ages == newest


def test_the_head_of_the_newest_run_is_the_one_that_counts() -> None:
    comment = merged_comment([], [make_section("a"), later(make_section("b"))])

    heads = {section.key: section.head for section in read_sections(comment)}
    assert heads == {"a": HEAD, "b": NEXT_HEAD}
    assert "`a`: measured at `aaaaaaa`" in comment
