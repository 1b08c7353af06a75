"""The comment of several publishers: who wins, in what order, and in how much room."""

import re
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalci.core.gate import decide
from evalci.report.comment import (
    NOTHING,
    Section,
    build_sections,
    holds,
    merged_comment,
    worth_a_comment,
)
from evalci.report.delimiters import END, delimited, read_sections
from evalci.report.markdown import MARKER, render_markdown
from evalci.report.outcomes import ICONS
from evalci.report.overrides import comment_words
from evalci.report.view import build_view
from tests.report import faces
from tests.report.faces import FACES
from tests.report.publications import (
    HEAD,
    NEXT_HEAD,
    URL,
    hostile_run,
    make_failure,
    make_origin,
    make_section,
    named,
    sections_of,
)
from tests.report.test_escape import EVERY, tokens_of
from tests.report.test_markdown import huge_run

LIMIT = 60_000
DELIMITER = re.compile(r" ?<!-- evalci:(?:section|line|end).*?-->\n?")


def shown(comment: str) -> str:
    """Return a comment without its delimiters."""
    return DELIMITER.sub("", comment).strip("\n")


def keys(comment: str) -> list[str]:
    return [section.key for section in read_sections(comment)]


def later(section: Section, **changes: Any) -> Section:
    """Return a section of the run after the next push."""
    return replace(section, run_id=8, head=NEXT_HEAD, **changes)


@pytest.mark.parametrize("face", [pytest.param(name, id=name) for name in FACES])
def test_a_single_section_reads_like_the_report_of_its_run(face: str) -> None:
    run = FACES[face]()
    verdict = decide(run)
    view = build_view(run, verdict)
    ready = comment_words(verdict, HEAD) if verdict.blocking else ""

    comment = merged_comment([], sections_of(run))

    expected = render_markdown(replace(view, proceed=f"{view.proceed}{ready}"))
    assert shown(comment) == expected.strip("\n")
    assert comment.startswith(f"{MARKER}\n<!-- evalci:section ")


def test_two_legs_end_with_one_comment_whoever_is_first() -> None:
    one = sections_of(named(faces.regression(), "one"))
    two = sections_of(named(faces.passed(), "two"))

    first = merged_comment([merged_comment([], one)], two)
    second = merged_comment([merged_comment([], two)], one)

    assert first == second
    assert keys(first) == ["one.main", "two.main"]
    assert "### 🔴 evalci: 1 of 2 checks blocks\n" in first


def test_several_sections_have_one_heading_and_one_each() -> None:
    comment = merged_comment([], sections_of(faces.passed(), named(faces.regression(), "other")))

    headings = [line for line in comment.splitlines() if line.startswith("#")]
    assert headings == [
        "### 🔴 evalci: 1 of 2 checks blocks",
        "#### 🔴 `other.main`: this change makes `review` worse (blocking)",
        "#### 🟢 `demo.main`: no regression: no category fell by more than its limit",
    ]


@pytest.mark.parametrize(
    ("icons", "heading"),
    [
        pytest.param("🟢🟢🟢", "🟢 evalci: all 3 checks pass", id="all pass"),
        pytest.param("🔴🟢🔴", "🔴 evalci: 2 of 3 checks block", id="two block"),
        pytest.param("🔴🔴", "🔴 evalci: all 2 checks block", id="all block"),
        pytest.param("🔴⚫", "🔴 evalci: 1 of 2 checks blocks", id="blocking is worse"),
        pytest.param("🟢⚫🟡", "⚫ evalci: 1 of 3 checks is not measured", id="not measured"),
        pytest.param("🟢🟡🟡", "🟡 evalci: 2 of 3 checks are not settled", id="not settled"),
        pytest.param("🟢⚪", "⚪ evalci: 1 of 2 checks is unverified", id="unverified"),
        pytest.param("🟢🔵", "🔵 evalci: 1 of 2 checks has no baseline yet", id="no baseline"),
    ],
)
def test_the_heading_says_in_words_what_is_worst(icons: str, heading: str) -> None:
    mine = [make_section(f"s{n}.main", icon=icon) for n, icon in enumerate(icons)]

    comment = merged_comment([], mine)

    assert comment.splitlines()[1] == f"### {heading}"


def test_sections_stand_worst_first_then_by_key() -> None:
    mine = [make_section(key, icon=icon) for key, icon in zip("dcba", "🟢🔴⚫🔴", strict=True)]

    assert keys(merged_comment([], mine)) == ["a", "c", "b", "d"]


def test_a_publisher_replaces_its_own_sections_and_keeps_the_others() -> None:
    body = merged_comment([], [make_section("mine"), make_section("theirs")])

    comment = merged_comment([body], [make_section("mine", icon="🔴", text="It fell.")])

    texts = {section.key: section.text for section in read_sections(comment)}
    assert texts == {"mine": "It fell.", "theirs": make_section("theirs").text}


def test_several_comments_of_ours_become_one() -> None:
    bodies = [merged_comment([], [make_section(key)]) for key in ("a", "b", "a")]

    assert keys(merged_comment(bodies, [make_section("c")])) == ["a", "b", "c"]


@pytest.mark.parametrize(
    "newer",
    [
        pytest.param({"run_id": 8}, id="a later run"),
        pytest.param({"attempt": 2}, id="another attempt"),
        pytest.param({"run_id": 8, "head": NEXT_HEAD}, id="a later push"),
    ],
)
def test_a_job_that_finishes_late_overwrites_nothing_newer(newer: dict[str, Any]) -> None:
    old, new = make_section(text="It passed."), replace(make_section(text="It fell."), **newer)

    comment = merged_comment([merged_comment([], [new])], [old])

    assert comment == merged_comment([], [new])
    assert holds(comment, [old])


def test_a_section_from_before_the_last_push_is_a_line() -> None:
    body = merged_comment([], [make_section("old.main", title="no regression: all is `fine`")])

    comment = merged_comment([body], [later(make_section("new.main"))])

    heading = "### 🟢 evalci: 1 of 2 checks passes, 1 not measured since the last push"
    line = "- ⚪ `old.main`: measured at `aaaaaaa`, before the last push: no regression: all is"
    assert shown(comment).splitlines()[1] == heading
    assert f"{line} `fine`" in shown(comment).splitlines()
    assert "All of old.main is well" not in comment


def test_a_section_of_mine_from_before_the_last_push_is_a_line_too() -> None:
    body = merged_comment([], [later(make_section("new.main"))])

    comment = merged_comment([body], [make_section("late.main")])

    assert "`late.main`: measured at `aaaaaaa`, before the last push" in comment
    assert "All of late.main is well" not in comment


def test_a_line_becomes_a_section_again_when_it_is_measured_again() -> None:
    body = merged_comment([], [make_section("a"), make_section("b")])
    body = merged_comment([body], [later(make_section("b"))])

    comment = merged_comment([body], [later(make_section("a"))])

    assert comment == merged_comment([], [later(make_section("a")), later(make_section("b"))])


def whole_failure(run_id: int = 7) -> tuple[Section, ...]:
    failure = make_failure(golden_set="", model="")
    return build_sections([], [failure], make_origin(run_id), max_examples=5)


def test_a_failed_command_leaves_no_passed_beside_it_after_a_push() -> None:
    body = merged_comment([], [make_section()])
    origin = make_origin(8, head=NEXT_HEAD)
    mine = build_sections([], [make_failure(golden_set="", model="")], origin, max_examples=5)

    comment = merged_comment([body], mine)

    assert comment.splitlines()[1].startswith("### ⚫ evalci: 1 of 2 checks is not measured")
    assert "before the last push: no regression" in comment


def test_a_failed_command_is_forgotten_once_a_newer_one_did_not_fail() -> None:
    body = merged_comment([], [*whole_failure(), make_section("other")])

    comment = merged_comment([body], [make_section(run_id=8)])

    assert keys(comment) == ["demo.main", "other"]


def test_a_failed_command_stays_beside_another_leg_of_the_same_run() -> None:
    body = merged_comment([], whole_failure())

    comment = merged_comment([body], [make_section()])

    assert keys(comment) == ["", "demo.main"]
    assert "#### ⚫ the whole check: not measured: an input is not valid" in comment


def test_the_failure_of_an_old_run_does_not_come_back() -> None:
    body = merged_comment([], [make_section(run_id=8)])

    comment = merged_comment([body], whole_failure())

    assert comment == body
    assert holds(comment, whole_failure())


def test_a_failure_that_is_not_there_yet_is_missed() -> None:
    body = merged_comment([], [make_section()])

    assert not holds(body, whole_failure())


@pytest.mark.parametrize(
    ("code", "title", "proceed"),
    [
        pytest.param(None, "the run was killed before it ended", "run it again; ", id="killed"),
        pytest.param(2, "wrong options", "correct the options that the message", id="usage"),
        pytest.param(3, "an input is not valid", "correct what the message names", id="bad input"),
        pytest.param(4, "no case has a verdict", "run it again once the cause", id="no verdict"),
        pytest.param(70, "evalci itself failed", "see the log of the step", id="a bug"),
        pytest.param(130, "the run was interrupted", "run it again; finished trials", id="^C"),
        pytest.param(99, "the run ended with exit code 99", "run it again; ", id="another code"),
    ],
)
def test_what_has_no_run_says_why_and_how_to_proceed(
    code: int | None, title: str, proceed: str
) -> None:
    mine = build_sections([], [make_failure(exit_code=code)], make_origin(), max_examples=5)

    comment = merged_comment([], mine)

    assert f"\n### ⚫ evalci: not measured: {title}\n" in comment
    assert f"\n**To proceed**: {proceed}" in comment
    assert "**There is no verdict of `demo` with `main` for `aaaaaaa`.**" in comment
    assert "```text\nevalci.yaml:5: wrong\n```" in comment


def test_only_the_first_lines_of_an_error_are_shown() -> None:
    failure = make_failure(error="\n".join(f"line {n}" for n in range(500)))

    comment = merged_comment([], build_sections([], [failure], make_origin(), max_examples=5))

    assert "line 11\n… (488 more lines)\n```" in comment
    assert "line 12\n" not in comment


def test_an_error_on_one_long_line_is_cut() -> None:
    failure = make_failure(error="x" * 100_000)

    comment = merged_comment([], build_sections([], [failure], make_origin(), max_examples=5))

    assert len(comment) < 4_000


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        pytest.param(sections_of(faces.carried_forward()), False, id="all carried forward"),
        pytest.param(sections_of(faces.passed()), True, id="something was measured"),
        pytest.param(sections_of(faces.no_baseline()), True, id="no baseline"),
        pytest.param(
            sections_of(faces.carried_forward(), named(faces.regression(), "other")),
            True,
            id="one of two",
        ),
        pytest.param(
            sections_of(
                replace(
                    faces.carried_forward(), policy_changes=faces.policy_changed().policy_changes
                )
            ),
            True,
            id="a policy change",
        ),
        pytest.param(
            sections_of(replace(faces.carried_forward(), removed=("gone-1",))), True, id="a change"
        ),
        pytest.param(
            sections_of(replace(faces.carried_forward(), unverified="own recordings")),
            True,
            id="unverified",
        ),
        pytest.param(
            sections_of(replace(faces.carried_forward(), stopped="no key")), True, id="stopped"
        ),
        pytest.param(whole_failure(), True, id="a failure"),
        pytest.param((), False, id="nothing at all"),
    ],
)
def test_a_comment_is_worth_it_when_something_changed(
    sections: Sequence[Section], expected: bool
) -> None:
    assert worth_a_comment(sections) is expected


def test_a_private_comment_holds_no_prompt_and_no_answer() -> None:
    run = faces.regression()

    text = merged_comment(
        [], build_sections([run], (), make_origin(), max_examples=5, private=True)
    )

    assert not [w for w in ("Looks good", "leaks", "Be brief", "Prompt diff") if w in text]
    assert "| `review-1` | broken: 3/3 → 0/3 |  |" in text


def test_the_number_of_examples_is_the_callers() -> None:
    mine = build_sections([faces.FACES["evidence worse"]()], (), make_origin(), max_examples=1)

    assert "**Top failing examples** (1 of 4)" in mine[0].text


ONE = merged_comment([], [make_section("a"), make_section("b")])


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param(MARKER, [], id="the marker only"),
        pytest.param(NOTHING, [], id="no section"),
        pytest.param(ONE, ["a", "b"], id="as we wrote it"),
        pytest.param(ONE.replace("\n", "\r\n"), ["a", "b"], id="edited in a browser"),
        pytest.param(ONE[: ONE.rindex(END) - 9], ["a"], id="cut in half"),
        pytest.param(ONE.replace(END, "", 1), ["b"], id="no end"),
        pytest.param(f"{END}\n{ONE}", ["a", "b"], id="an end too many"),
        pytest.param(ONE + ONE, ["a", "b"], id="twice the same"),
        pytest.param(ONE.replace('{"key":"a"', '{"key":"a'), ["b"], id="no JSON"),
        pytest.param(ONE.replace('"key":"a",', ""), ["b"], id="no key"),
        pytest.param(ONE.replace('"key":"a"', '"key":["a"]'), ["b"], id="a key that is no text"),
        pytest.param(ONE.replace('"run_id":7', '"run_id":"7"', 1), ["b"], id="a text for a number"),
        pytest.param(ONE.replace('"run_id":7', '"run_id":true', 1), ["b"], id="true for a number"),
        pytest.param(ONE.replace('"attempt":1', '"attempt":-1', 1), ["b"], id="below zero"),
        pytest.param(ONE.replace('"run_id":7', f'"run_id":{"9" * 30}', 1), ["b"], id="too large"),
        pytest.param(
            ONE.replace('"run_id":7', f'"run_id":{"9" * 5000}', 1), ["b"], id="much too large"
        ),
        pytest.param(ONE.replace('"run_id":7', '"run_id":NaN', 1), ["b"], id="no number"),
        pytest.param(
            ONE.replace('"attempt":1', f'"attempt":{"[" * 9000}{"]" * 9000}', 1), ["b"], id="deep"
        ),
        pytest.param(ONE.replace('"title":"no', '"title":"\\ud83d no'), ["a", "b"], id="half pair"),
        pytest.param(ONE.replace('"icon":"🟢"', '"icon":"🤖"'), ["a", "b"], id="unknown icon"),
        pytest.param(ONE.replace('"event":"', '"other":1,"event":"'), ["a", "b"], id="more keys"),
        pytest.param(ONE.replace("well", "well " * 60_000, 1), ["a", "b"], id="300,000 characters"),
        pytest.param("<!-- evalci:section {" * 15_000, [], id="many beginnings"),
        pytest.param("<!-- evalci:line {}} --> {" * 11_000, [], id="many lines"),
    ],
)
def test_of_what_a_comment_held_the_readable_part_is_kept(body: str, kept: list[str]) -> None:
    comment = merged_comment([body], [make_section("mine")])

    assert keys(comment) == [*kept, "mine"]
    assert len(comment) <= LIMIT
    assert comment.count(MARKER) == 1


@pytest.mark.parametrize("icon", dict.fromkeys(ICONS.values()))
def test_a_section_of_another_publisher_keeps_its_icon(icon: str) -> None:
    theirs = merged_comment([], [make_section("theirs", icon=icon)])

    comment = merged_comment([theirs], [make_section("mine")])

    assert f"#### {icon} `theirs`" in comment


@given(
    body=st.text(max_size=400) | st.text(alphabet='<!->evalci:sctionld{}"key \n[]:,1', max_size=400)
)
def test_no_body_is_too_strange(body: str) -> None:
    comment = merged_comment([body, f"{MARKER}\n{body}"], [make_section()])

    assert holds(comment, [make_section()])


@given(cut=st.integers(0, len(ONE)), junk=st.text(max_size=20))
def test_a_body_may_be_broken_anywhere(cut: int, junk: str) -> None:
    comment = merged_comment([ONE[:cut] + junk + ONE[cut:]], [make_section("mine")])

    assert set(keys(comment)) >= {"mine"}
    assert len(comment) <= LIMIT


@pytest.mark.slow
@pytest.mark.parametrize("text", EVERY)
def test_no_data_forges_a_delimiter_or_a_heading(text: str) -> None:
    failure = make_failure(golden_set=text or "x", model=text, error=f"{text}\n{END}\n{text}")
    origin = make_origin(head=text, run_url=f"https://github.com/{text}", event=text)
    mine = build_sections([hostile_run(text)], [failure], origin, max_examples=5)
    other = make_section("other", head=mine[0].head)

    comment = merged_comment([merged_comment([], mine)], [other])

    tokens = tokens_of(comment)
    assert sorted(keys(comment)) == sorted({mine[0].key, mine[1].key, "other"})
    assert [t.tag for t in tokens if t.type == "heading_open"].count("h3") == 1
    assert sum(t.type == "heading_open" for t in tokens) == len(keys(comment)) + 1
    assert comment.count("<!--") == 1 + 2 * len(keys(comment))
    assert not [t for t in tokens if t.type == "image"]
    assert {str(t.attrGet("href")) for t in tokens if t.type == "link_open"} <= {origin.run_url}
    assert holds(comment, [*mine, other])


@pytest.mark.parametrize("text", EVERY)
def test_a_section_is_read_as_it_was_written(text: str) -> None:
    origin = make_origin(head=text)
    mine = build_sections([hostile_run(text)], [], origin, max_examples=5)

    read = list(read_sections(merged_comment([], mine)))

    assert read == [replace(mine[0], shorter=())]


def test_a_delimiter_ends_where_we_end_it() -> None:
    section = make_section('--> <!-- "--" ---', title="-->", proceed="--!>", run_url=URL)

    first = delimited(section, "# x", "y").splitlines()[0]

    assert first.count("--") == 2
    assert first.count("<") == first.count(">") == 1


def test_the_text_of_another_publisher_starts_no_comment_of_its_own() -> None:
    body = ONE.replace("All of a is well", f"{MARKER} <!-- half")

    comment = merged_comment([body], [make_section("mine")])

    assert comment.count(MARKER) == 1
    assert "half" in comment


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
