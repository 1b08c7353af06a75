"""The false-alarm certificate: its file, its key, and the sentence that a footer quotes."""

from dataclasses import replace
from typing import Any

import pytest

from evalci.core.certificate import (
    Certificate,
    Source,
    certificate_key,
    certificate_path,
    certificate_text,
    parse_certificate,
    quoted,
    reference,
    sentence,
)
from evalci.core.json_value import as_object, parse_json
from evalci.core.policy import GatePolicy, Limits, MaxDrop, Mode
from evalci.errors import BadInputError
from tests.baselines import make_baseline, make_baseline_case
from tests.inputs import make_document

POLICY = GatePolicy(default=Limits(max_drop=MaxDrop(points=0.05)))
BASELINE = make_baseline(make_baseline_case((1.0, 0.0), id="a-1"))


def make_certificate(**changes: Any) -> Certificate:
    certificate = Certificate(
        golden_set="demo",
        model="main",
        mode=Mode.EVIDENCE,
        source=Source.RESAMPLED,
        runs=1000,
        red=12,
        undecided=5,
        calls_per_case=2.5,
        key="0123456789abcdef",
    )
    return replace(certificate, **changes)


def test_it_lies_beside_its_baseline() -> None:
    path = certificate_path("baselines", "demo", "main")

    assert path == "baselines/demo.main.certificate.json"


def test_what_is_written_is_what_is_read() -> None:
    certificate = make_certificate()

    document = make_document(parse_json(certificate_text(certificate)))

    assert parse_certificate(document) == certificate


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"format": 2}, "`format`", id="another format"),
        pytest.param({"runs": 0}, "`runs`", id="no runs"),
        pytest.param({"red": 999, "undecided": 2}, "more runs", id="more red than runs"),
        pytest.param({"mode": "vibes"}, "`mode`", id="unknown mode"),
        pytest.param({"note": "<b>"}, "unknown key `note`", id="unknown key"),
    ],
)
def test_anything_else_is_refused(changes: dict[str, Any], words: str) -> None:
    data = {**as_object(parse_json(certificate_text(make_certificate()))), **changes}

    with pytest.raises(BadInputError, match=words):
        parse_certificate(make_document(data))


@pytest.mark.parametrize(
    ("certificate", "expected"),
    [
        pytest.param(
            make_certificate(),
            "false alarms of this gate here: 1.2 % of 1,000 simulated runs with nothing changed "
            "(95 %: 0.7–2.1 %)",
            id="evidence",
        ),
        pytest.param(
            make_certificate(red=0),
            "false alarms of this gate here: 0 % of 1,000 simulated runs with nothing changed "
            "(95 %: 0–0.4 %)",
            id="none seen",
        ),
        pytest.param(
            make_certificate(mode=Mode.THRESHOLD, red=624),
            "how often this rule is wrong here: red in 62 % of 1,000 simulated runs with nothing "
            "changed (95 %: 59–65 %)",
            id="the plain rule",
        ),
        pytest.param(
            make_certificate(source=Source.LIVE, runs=20, red=1, undecided=0),
            "false alarms of this gate here: 5.0 % of 20 runs from live trials with nothing "
            "changed (95 %: 0.9–24 %)",
            id="live",
        ),
    ],
)
def test_the_sentence_gives_the_rate_with_its_interval(
    certificate: Certificate, expected: str
) -> None:
    kept = reference(certificate, key=certificate.key)

    assert sentence(kept, certificate.mode) == expected


def test_a_certificate_of_another_baseline_says_so() -> None:
    kept = reference(make_certificate(), key="another")

    assert sentence(kept, Mode.EVIDENCE).endswith(
        "; baseline or gate changed since, evalci stats aa renews it"
    )


def test_a_certificate_of_another_mode_is_not_quoted() -> None:
    certificate = make_certificate(mode=Mode.EVIDENCE)

    kept = quoted(certificate, key=certificate.key, mode=Mode.THRESHOLD)

    assert kept is None


def test_the_key_follows_scores_and_policy_and_nothing_else() -> None:
    key = certificate_key(BASELINE, POLICY)

    assert certificate_key(replace(BASELINE, commit=None), POLICY) == key
    assert certificate_key(BASELINE, replace(POLICY, mode=Mode.EXACT)) != key
    other = make_baseline(make_baseline_case((1.0, 1.0), id="a-1"))
    assert certificate_key(other, POLICY) != key
