"""What happened between two runs of a history."""

from collections.abc import Sequence
from typing import Any

import pytest

from evalci.core.history import JudgeRecord, ReferenceRecord, RunRecord
from evalci.core.history_events import Event, EventKind, events_of
from evalci.core.history_gathering import gathered
from tests.records import make_case_record, make_record

EARLY, LATE = "2026-07-06T06:00:00+00:00", "2026-07-13T06:00:00+00:00"


def happened(records: Sequence[RunRecord]) -> tuple[Event, ...]:
    (series,) = gathered(records)
    return events_of(series.points)


def events(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[EventKind, Any, Any]]:
    """Return kind, before and after of what happened from one run to the next."""
    records = [make_record("a", at=EARLY, **before), make_record("b", at=LATE, **after)]
    return [(event.kind, event.before, event.after) for event in happened(records)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param({}, {}, [], id="nothing"),
        pytest.param(
            {"resolved_models": ("m-1",)},
            {"resolved_models": ("m-2",)},
            [(EventKind.MODEL, ("m-1",), ("m-2",))],
            id="another model answers",
        ),
        pytest.param(
            {"resolved_models": ("m",), "fingerprints": ("f-1",)},
            {"resolved_models": ("m",), "fingerprints": ("f-2",)},
            [(EventKind.FINGERPRINT, ("f-1",), ("f-2",))],
            id="the fingerprint alone",
        ),
        pytest.param(
            {"judge": JudgeRecord(id="j", resolved=("j-1",))},
            {"judge": JudgeRecord(id="j", resolved=("j-2",))},
            [(EventKind.JUDGE, ("j", "j-1"), ("j", "j-2"))],
            id="another judge",
        ),
        pytest.param(
            {"baseline": ReferenceRecord(accepted_at=EARLY)},
            {"baseline": ReferenceRecord(accepted_at=LATE)},
            [(EventKind.BASELINE, (EARLY,), (LATE,))],
            id="a new baseline",
        ),
        pytest.param(
            {}, {"baseline": ReferenceRecord(accepted_at=LATE)}, [], id="the first baseline"
        ),
        pytest.param(
            {"golden_set_version": "1.0"},
            {"golden_set_version": "1.1", "golden_set_hash": "new", "scoring": "other"},
            [(EventKind.GOLDEN_SET, ("1.0", "golden-set"), ("1.1", "new"))],
            id="the golden set, and with it the scoring",
        ),
        pytest.param(
            {}, {"scoring": "other", "selection": "affected"}, [], id="the scoring of other cases"
        ),
        pytest.param(
            {},
            {"scoring": "other"},
            [(EventKind.SCORING, ("scoring",), ("other",))],
            id="the scoring alone",
        ),
    ],
)
def test_what_happened(
    before: dict[str, Any], after: dict[str, Any], expected: list[tuple[EventKind, Any, Any]]
) -> None:
    assert events(before, after) == expected


def test_an_edited_prompt_concerns_the_categories_that_are_asked_anew() -> None:
    def record(id_: str, at: str, hash_: str) -> Any:
        cases = (
            make_case_record(id="r", category="reply", request=hash_),
            make_case_record(id="t", category="triage", request="same"),
        )
        return make_record(id_, at=at, prompts={"reply.md": hash_}, cases=cases)

    (event,) = happened([record("a", EARLY, "old"), record("b", LATE, "new")])

    assert (event.kind, event.after) == (EventKind.PROMPT, ("reply.md new",))
    assert event.categories == ("reply",)


def test_a_run_that_does_not_know_a_prompt_hides_no_edit() -> None:
    hashes: list[dict[str, str]] = [{"a.md": "old"}, {}, {"a.md": "new"}]
    records = [
        make_record(f"run-{n}", at=f"2026-07-0{n + 1}", prompts=prompts)
        for n, prompts in enumerate(hashes)
    ]

    (event,) = happened(records)

    assert (event.at, event.before, event.after) == ("2026-07-03", ("old",), ("a.md new",))


def test_a_fingerprint_that_comes_back_is_not_new() -> None:
    records = [
        make_record(f"run-{n}", at=f"2026-07-0{n + 1}", fingerprints=found)
        for n, found in enumerate([("a", "b"), ("a",), ("b",)])
    ]

    assert happened(records) == ()


def test_an_override_names_its_categories() -> None:
    (event,) = happened([make_record(overrides=("review",))])

    assert (event.kind, event.categories) == (EventKind.OVERRIDE, ("review",))
