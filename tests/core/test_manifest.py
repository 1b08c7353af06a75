"""The manifest: its shape, its counts, and how `golden sync` rewrites it."""

import pytest

from evalci.core.golden_set import Case
from evalci.core.manifest import disagreements, parse_manifest, synced
from evalci.edges.yaml_text import parse_yaml
from evalci.errors import BadInputError
from tests.inputs import document, make_case

GOOD = """\
version: "2.4"
last_updated: 2026-11-15
active: 3
categories: {reply: 1, triage: 2}
rotation: {per_quarter: 0.20, archive: archive/}
changelog:
  - {version: "2.4", date: 2026-11-15, changes: "Rotated"}
"""


def cases(**counts: int) -> list[Case]:
    """Return as many cases of each task_type as asked."""
    return [
        make_case(id=f"{name}-{number}", dimensions={"task_type": (name,)})
        for name, count in counts.items()
        for number in range(count)
    ]


def complaints(text: str, **counts: int) -> list[str]:
    parsed = document(text, "manifest.yaml")
    return [str(p) for p in disagreements(parsed, parse_manifest(parsed), cases(**counts))]


def test_a_manifest_says_its_version_and_counts() -> None:
    manifest = parse_manifest(document(GOOD))

    assert (manifest.version, manifest.active) == ("2.4", 3)
    assert manifest.categories == {"reply": 1, "triage": 2}


def test_a_whole_float_is_a_count() -> None:
    manifest = parse_manifest(document("version: '1'\nactive: 3.0\ncategories: {a: 1e1}\n"))

    assert (manifest.active, manifest.categories) == (3, {"a": 10})


def test_all_problems_of_a_manifest_come_at_once() -> None:
    text = "version: 2.4\nactive: -1\ncategories: {a: many}\nlast_updated: soon\n"

    with pytest.raises(BadInputError) as caught:
        parse_manifest(document(text, "manifest.yaml"))

    assert str(caught.value).splitlines() == [
        'manifest.yaml:1: `version`: 2.4 is not text; write it in quotes: "2.4"',
        "manifest.yaml:2: `active`: -1 is less than the minimum of 0; number of cases",
        "manifest.yaml:3: `categories.a`: 'many' is not a whole number",
        "manifest.yaml:4: `last_updated`: 'soon' is not valid here; a date such as 2026-11-15",
    ]


def test_missing_keys_share_one_line() -> None:
    with pytest.raises(BadInputError) as caught:
        parse_manifest(document("version: '1'\n", "manifest.yaml"))

    assert str(caught.value) == "manifest.yaml:1: missing key `active`, `categories`"


def test_counts_that_agree_are_no_problem() -> None:
    assert complaints(GOOD, reply=1, triage=2) == []


def test_a_wrong_count_names_both_numbers_and_the_command_that_mends_it() -> None:
    assert complaints(GOOD, reply=1, triage=3) == [
        "manifest.yaml:3: `active`: says 3, the case files hold 4; run `evalci golden sync`",
        (
            "manifest.yaml:4: `categories.triage`: says 2, the case files hold 3; "
            "run `evalci golden sync`"
        ),
    ]


@pytest.mark.parametrize(
    ("counts", "line"),
    [
        pytest.param(
            {"triage": 3},
            "manifest.yaml:4: `categories.reply`: no case has the task_type `reply`; "
            "run `evalci golden sync`",
            id="a category without a case",
        ),
        pytest.param(
            {"reply": 1, "triage": 2, "search": 0, "docs": 1},
            "manifest.yaml:4: `categories`: task_type `docs` is missing, the case files hold 1; "
            "run `evalci golden sync`",
            id="a task_type without a category",
        ),
    ],
)
def test_categories_and_cases_must_know_each_other(counts: dict[str, int], line: str) -> None:
    assert line in complaints(GOOD, **counts)


def test_syncing_rewrites_the_counts_and_nothing_else() -> None:
    assert synced(GOOD, cases(triage=4, docs=1)) == (
        GOOD.replace("active: 3", "active: 5").replace(
            "categories: {reply: 1, triage: 2}", 'categories: {"docs": 1, "triage": 4}'
        )
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "# ours\nversion: '1'\nactive: 9 # old\ncategories:\n  triage: 8\n  reply: 1\n# end\n",
            "# ours\nversion: '1'\nactive: 2\ncategories: {\"triage\": 2}\n# end\n",
            id="a block of categories; comments stay",
        ),
        pytest.param(
            "version: '1'\ncategories: {\n  triage: 8,\n}\nactive: 9\n",
            "version: '1'\ncategories: {\"triage\": 2}\nactive: 2\n",
            id="braces over several lines; the order stays",
        ),
        pytest.param(
            "version: '1'\n",
            "version: '1'\ncategories: {\"triage\": 2}\nactive: 2\n",
            id="missing keys are added",
        ),
        pytest.param(
            "version: '1'\nactive: 9\ncategories: {triage: 8}",
            "version: '1'\nactive: 2\ncategories: {\"triage\": 2}\n",
            id="no line break at the end",
        ),
        pytest.param(
            "version: '1'\n\nactive: 9\n\ncategories:\n  triage: 8\n\nchangelog: []\n",
            "version: '1'\n\nactive: 2\n\ncategories: {\"triage\": 2}\n\nchangelog: []\n",
            id="empty lines stay",
        ),
    ],
)
def test_syncing_keeps_every_other_line(before: str, after: str) -> None:
    assert synced(before, cases(triage=2)) == after


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("triage", id="a plain name"),
        pytest.param("code review: deep", id="a name that needs quotes"),
        pytest.param("yes", id="a name that YAML 1.1 would not read as text"),
        pytest.param("dépannage", id="letters beyond ASCII"),
        pytest.param("launch 🚀", id="letters beyond 16 bits"),
    ],
)
def test_a_synced_manifest_agrees_with_its_cases(name: str) -> None:
    text = synced(GOOD, cases(**{name: 2}))
    parsed = parse_yaml(text, "manifest.yaml")

    assert disagreements(parsed, parse_manifest(parsed), cases(**{name: 2})) == []
    assert synced(text, cases(**{name: 2})) == text
