"""What a check would measure: affected cases, selections, standings, changed prompt files."""

from collections.abc import Mapping
from typing import Any

import pytest

from evalci.core.hashes import CaseHashes, template_hash
from evalci.core.plan import (
    MAX_DIFF_LINES,
    PlannedTrials,
    Prepared,
    Selection,
    file_changes,
    plan_cases,
    prompt_refs,
    standing_of,
)
from evalci.core.prompt import Prompt, PromptFile
from evalci.core.run import FileChange, RunCase, Standing
from evalci.core.trial import Message
from tests.baselines import make_baseline, make_baseline_case
from tests.cases import make_case, make_hashes
from tests.fake_repository import COMMIT, FakeHistory

FIVE = PlannedTrials(compared=5, other=5)
EVERYTHING = Selection(affected=False, match={})
AFFECTED = Selection(match={})


def prepared(id: str = "a-1", hashes: CaseHashes | None = None, **changes: Any) -> Prepared:
    """Return a case of category `review`, with the hashes that its baseline case has."""
    return Prepared(
        case=make_case(id=id, **changes),
        category="review",
        messages=(Message(role="user", content="Is it?"),),
        params={},
        hashes=hashes or make_hashes(id),
    )


def planned(item: Prepared, *, selection: Selection = AFFECTED) -> RunCase:
    """Return how one case is planned with 5 trials against the usual baseline."""
    (case,) = plan_cases([item], make_baseline(), selection=selection, trials=FIVE)
    return case


def test_a_case_whose_hashes_equal_the_baselines_is_carried_forward() -> None:
    case = planned(prepared())

    assert (case.carried, case.planned, case.standing) == (True, 0, Standing.COMPARABLE)
    assert case.baseline == make_baseline_case()


@pytest.mark.parametrize(
    ("changes", "standing"),
    [
        pytest.param({"request": "other"}, Standing.COMPARABLE, id="another request"),
        pytest.param({"harness": "other"}, Standing.RESCORED, id="other scorers"),
        pytest.param(
            {"content": "other", "request": "other"}, Standing.EDITED, id="inputs and request"
        ),
        pytest.param(
            {"content": "other", "harness": "other"}, Standing.EDITED, id="inputs and scorers"
        ),
    ],
)
def test_a_case_with_another_hash_is_measured(changes: dict[str, str], standing: Standing) -> None:
    case = planned(prepared(hashes=make_hashes(**changes)))

    assert (case.carried, case.planned, case.standing) == (False, 5, standing)


def test_an_edit_that_changes_neither_the_request_nor_the_scoring_is_carried_forward() -> None:
    case = planned(prepared(hashes=make_hashes(content="other")))

    assert (case.carried, case.planned) == (True, 0)


def test_a_case_that_the_baseline_does_not_have_is_new() -> None:
    case = planned(prepared("a-2"))

    assert (case.carried, case.planned, case.standing) == (False, 5, Standing.NEW)
    assert case.baseline is None


def test_without_a_baseline_every_case_is_new() -> None:
    (case,) = plan_cases([prepared()], None, selection=AFFECTED, trials=FIVE)

    assert (case.standing, case.planned) == (Standing.NEW, 5)


def test_everything_is_measured_when_all_is_asked_for() -> None:
    case = planned(prepared(), selection=EVERYTHING)

    assert (case.carried, case.planned, case.standing) == (False, 5, Standing.COMPARABLE)


def test_a_planned_case_keeps_what_the_report_needs() -> None:
    case = planned(prepared(must_pass=True, expected={"a": 1}))

    assert (case.id, case.category) == ("a-1", "review")
    assert case.dimensions == {"task_type": ("review",)}
    assert (case.must_pass, case.expected) == (True, {"a": 1})
    assert (case.source, case.prompt) == ("golden_sets/demo/cases.yaml", "prompts/review.md")
    assert case.trials == ()


def test_cases_stay_in_the_order_of_the_golden_set() -> None:
    items = [prepared("b"), prepared("a"), prepared("c")]

    cases = plan_cases(items, None, selection=EVERYTHING, trials=FIVE)

    assert [case.id for case in cases] == ["b", "a", "c"]


TAGGED = {"task_type": ("review",), "tags": ("security", "slow")}


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        pytest.param(Selection(match={}), ["plain", "tagged"], id="no narrowing"),
        pytest.param(Selection(cases=frozenset({"plain"}), match={}), ["plain"], id="by id"),
        pytest.param(Selection(match={"tags": ("security",)}), ["tagged"], id="by tag"),
        pytest.param(
            Selection(match={"tags": ("fast", "slow")}), ["tagged"], id="one of several values"
        ),
        pytest.param(
            Selection(cases=frozenset({"plain"}), match={"tags": ("slow",)}), [], id="id and tag"
        ),
        pytest.param(Selection(cases=frozenset(), match={}), [], id="no id at all"),
    ],
)
def test_a_selection_narrows_the_set(selection: Selection, expected: list[str]) -> None:
    items = [prepared("plain"), prepared("tagged", dimensions=TAGGED)]

    cases = plan_cases(items, None, selection=selection, trials=FIVE)

    assert [case.id for case in cases] == expected


@pytest.mark.parametrize(
    ("selection", "word"),
    [
        pytest.param(AFFECTED, "affected", id="the default"),
        pytest.param(EVERYTHING, "all", id="all"),
        pytest.param(Selection(cases=frozenset({"a"}), match={}), "chosen cases", id="by id"),
        pytest.param(
            Selection(affected=False, match={"tags": ("x",)}), "chosen cases", id="by tag"
        ),
    ],
)
def test_a_selection_has_a_word_for_the_report(selection: Selection, word: str) -> None:
    assert selection.word == word


def test_a_case_without_a_baseline_is_new() -> None:
    assert standing_of(make_hashes(), None) is Standing.NEW


def prompt(path: str, text: str, **includes: str) -> Prompt:
    """Return a prompt; includes are named without their folder and suffix."""
    files = tuple(PromptFile(path=f"prompts/{n}.md", text=t) for n, t in includes.items())
    return Prompt(
        file=PromptFile(path=path, text=text), includes=files, templates={path: text}, lines={}
    )


def changes_between(
    old: Mapping[str, str], *prompts: Prompt, known: bool = True
) -> tuple[FileChange, ...]:
    """Return the changes since a baseline that measured ``old`` texts by path."""
    baseline = make_baseline(prompts={path: template_hash(text) for path, text in old.items()})
    texts = {(COMMIT, path): text for path, text in old.items()} if known else {}
    by_path = {prompt.file.path: prompt for prompt in prompts}
    refs = prompt_refs(by_path, [prepared(prompt=path) for path in by_path])
    return file_changes(by_path, refs, baseline, FakeHistory(texts=texts).text_at)


def test_a_prompt_is_listed_with_its_includes_and_its_cases() -> None:
    prompts = {"prompts/review.md": prompt("prompts/review.md", "Review", style="Short")}

    (ref,) = prompt_refs(prompts, [prepared("a"), prepared("b"), prepared("c", prompt="x.md")])

    assert (ref.path, ref.hash, ref.cases) == ("prompts/review.md", template_hash("Review"), 2)
    assert ref.includes == {"prompts/style.md": template_hash("Short")}


def test_an_edited_prompt_comes_with_its_diff() -> None:
    (change,) = changes_between(
        {"prompts/review.md": "Be kind\nBe short\n"},
        prompt("prompts/review.md", "Be kind\nBe long\nBe loud\n"),
    )

    assert (change.added, change.removed, change.affects) == (2, 1, 1)
    assert change.diff.splitlines() == [
        "--- a/prompts/review.md",
        "+++ b/prompts/review.md",
        "@@ -1,2 +1,3 @@",
        " Be kind",
        "-Be short",
        "+Be long",
        "+Be loud",
    ]


def test_an_edited_include_affects_the_prompts_that_include_it() -> None:
    (change,) = changes_between(
        {"prompts/a.md": "A", "prompts/b.md": "B", "prompts/style.md": "Short"},
        prompt("prompts/a.md", "A", style="Long"),
        prompt("prompts/b.md", "B", style="Long"),
    )

    assert (change.path, change.affects) == ("prompts/style.md", 2)


def test_without_history_the_hashes_stand_alone() -> None:
    (change,) = changes_between(
        {"prompts/review.md": "old"}, prompt("prompts/review.md", "new"), known=False
    )

    assert (change.old, change.new) == (template_hash("old"), template_hash("new"))
    assert (change.diff, change.added, change.removed) == ("", 0, 0)


def test_a_commit_that_holds_another_text_than_was_measured_gives_no_diff() -> None:
    prompts = {"prompts/review.md": prompt("prompts/review.md", "new")}
    baseline = make_baseline(prompts={"prompts/review.md": template_hash("measured, uncommitted")})
    history = FakeHistory(texts={(COMMIT, "prompts/review.md"): "committed"})

    (change,) = file_changes(prompts, prompt_refs(prompts, []), baseline, history.text_at)

    assert change.diff == ""


def test_a_baseline_accepted_before_its_commit_is_compared_with_the_base_revision() -> None:
    prompts = {"prompts/review.md": prompt("prompts/review.md", "new")}
    baseline = make_baseline(
        commit=None, prompts={"prompts/review.md": template_hash("measured, then committed")}
    )
    history = FakeHistory(texts={("ba5e", "prompts/review.md"): "measured, then committed"})

    (change,) = file_changes(
        prompts, prompt_refs(prompts, []), baseline, history.text_at, base="ba5e"
    )

    assert (change.added, change.removed) == (1, 1)


def test_an_unchanged_prompt_is_not_listed() -> None:
    text = {"prompts/review.md": "same\n"}

    assert changes_between(text, prompt("prompts/review.md", "same\r\n")) == ()


def test_new_and_deleted_prompts_are_listed() -> None:
    found = changes_between({"prompts/old.md": "old"}, prompt("prompts/new.md", "new"))

    assert [(c.path, c.old is None, c.new is None) for c in found] == [
        ("prompts/new.md", True, False),
        ("prompts/old.md", False, True),
    ]


def test_a_long_diff_is_cut_but_counted_whole() -> None:
    before = "".join(f"old {n}\n" for n in range(MAX_DIFF_LINES))
    after = "".join(f"new {n}\n" for n in range(MAX_DIFF_LINES))

    (change,) = changes_between({"prompts/review.md": before}, prompt("prompts/review.md", after))

    assert len(change.diff.splitlines()) == MAX_DIFF_LINES
    assert (change.added, change.removed) == (MAX_DIFF_LINES, MAX_DIFF_LINES)


def test_without_a_baseline_nothing_has_changed() -> None:
    prompts = {"prompts/review.md": prompt("prompts/review.md", "new")}

    assert file_changes(prompts, prompt_refs(prompts, []), None, FakeHistory().text_at) == ()
