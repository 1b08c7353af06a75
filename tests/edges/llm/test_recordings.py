"""Recorded answers: written, read, merged, and replayed by request and trial."""

import json
from dataclasses import replace
from typing import Any

import pytest

from evalci.core.ports import ModelClient
from evalci.core.redaction import Redactor
from evalci.core.trial import Finish, Output
from evalci.edges.llm.recordings import (
    Key,
    ReplayClient,
    merged,
    read_recordings,
    recordings_text,
)
from evalci.errors import BadInputError
from tests.calls import make_model, make_output, make_request

SOURCE = "golden_sets/demo/recordings/main.jsonl"


def written(*outputs: tuple[Key, Output]) -> str:
    return recordings_text(outputs, clean=Redactor(["top-secret-value"]).text)


def line(**changes: object) -> str:
    entry = {"format": 1, "request": "r", "trial": 0, "output": {"text": "yes"}, **changes}
    return json.dumps(entry)


def full_output(text: str = "yes") -> Output:
    return make_output(
        text,
        resolved_model="m-2026",
        fingerprint="fp",
        finish=Finish.TRUNCATED,
        finish_reason="length",
        input_tokens=10,
        output_tokens=0,
    )


def test_a_recorded_answer_is_replayed_for_its_request_and_trial() -> None:
    outputs = {("r-1", 0): make_output("first"), ("r-1", 1): make_output("second")}
    client: ModelClient = ReplayClient(outputs, source=SOURCE)

    texts = [client.complete(make_request(hash="r-1", trial=n)).text for n in (1, 0)]

    assert texts == ["second", "first"]


def test_a_replayed_answer_is_marked_and_names_the_model_that_was_asked() -> None:
    client = ReplayClient({("r-1", 0): full_output()}, source=SOURCE)

    found = client.complete(make_request(hash="r-1", model=make_model(id="openai/other")))

    assert (found.recorded, found.requested_model) == (True, "openai/other")
    assert (found.resolved_model, found.latency_s, found.cost_usd) == ("m-2026", None, None)


@pytest.mark.parametrize(
    "changes", [{"hash": "other"}, {"trial": 2}], ids=["another request", "another trial"]
)
def test_a_missing_recording_names_the_case(changes: dict[str, object]) -> None:
    client = ReplayClient({("r-1", 0): make_output()}, source=SOURCE)
    request = make_request(**{"case": "a-7", "hash": "r-1", **changes})

    with pytest.raises(BadInputError, match=rf"^{SOURCE}: no recording for trial \d of `a-7`"):
        client.complete(request)


def test_recordings_come_back_as_they_were() -> None:
    outputs = {("r-1", 0): full_output(), ("r-1", 1): make_output("no")}

    found = read_recordings(written(*outputs.items()), SOURCE)

    assert found.keys() == outputs.keys()
    first = found["r-1", 0]
    assert (first.text, first.finish, first.finish_reason) == ("yes", Finish.TRUNCATED, "length")
    assert (first.resolved_model, first.fingerprint) == ("m-2026", "fp")
    assert (first.input_tokens, first.output_tokens) == (10, 0)
    second = found["r-1", 1]
    assert (second.text, second.finish, second.input_tokens) == ("no", Finish.STOP, None)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("a\nb\r\nc\r", id="line ends"),
        pytest.param("a\x0bb\x0cc\x1cd", id="separators in ASCII"),
        pytest.param("a\u2028b\u2029c", id="separators in Unicode"),
        pytest.param("a\x85b", id="next line"),
        pytest.param('"\\\x00😀', id="quotes, a zero, a smile"),
    ],
)
def test_any_text_can_be_recorded(text: str) -> None:
    found = read_recordings(written((("r-1", 0), make_output(text))), SOURCE)

    assert found["r-1", 0].text == text


def test_the_file_is_sorted_with_one_line_an_answer() -> None:
    text = written(
        (("r-2", 0), make_output()), (("r-1", 10), make_output()), (("r-1", 9), make_output())
    )

    entries = [json.loads(each) for each in text.splitlines()]

    assert [(e["request"], e["trial"]) for e in entries] == [("r-1", 9), ("r-1", 10), ("r-2", 0)]
    assert all(each == json.dumps(json.loads(each), sort_keys=True) for each in text.splitlines())


@pytest.mark.parametrize("field", ["text", "resolved_model", "fingerprint", "finish_reason"])
def test_secrets_are_not_recorded(field: str) -> None:
    changes: dict[str, Any] = {field: "a top-secret-value b"}
    text = written((("r-1", 0), replace(full_output(), **changes)))

    assert getattr(read_recordings(text, SOURCE)["r-1", 0], field) == "a [redacted] b"


def test_empty_lines_do_not_matter() -> None:
    assert len(read_recordings(f"\n{line()}\n\n{line(trial=1)}\n", SOURCE)) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param("{", id="not JSON"),
        pytest.param("[]", id="no object"),
        pytest.param("1", id="a number"),
        pytest.param(line(format=2), id="another format"),
        pytest.param('{"format": 1}', id="missing keys"),
        pytest.param(line(trial="first"), id="a trial in words"),
        pytest.param(line(output=None), id="no output"),
        pytest.param(line(output="yes"), id="an output in words"),
        pytest.param(line(output=["yes"]), id="an output in a list"),
        pytest.param(line(output={"text": "", "finish": "tired"}), id="an unknown finish"),
        pytest.param(line(output={"text": "", "input_tokens": "ten"}), id="tokens in words"),
        pytest.param(line(output={"text": "", "resolved_model": 5}), id="a model that is a number"),
    ],
)
def test_a_wrong_line_is_named(wrong: str) -> None:
    with pytest.raises(BadInputError, match=rf"^{SOURCE}:2: not a recording of format 1"):
        read_recordings(f"{line()}\n{wrong}\n", SOURCE)


def test_new_recordings_replace_old_ones_and_those_of_gone_requests_are_dropped() -> None:
    before = {
        ("kept", 0): make_output("old"),
        ("kept", 1): make_output("old"),
        ("gone", 0): make_output("old"),
    }

    found = dict(merged(before, [(("kept", 1), make_output("new"))], wanted=["kept"]))

    assert {key: output.text for key, output in found.items()} == {
        ("kept", 0): "old",
        ("kept", 1): "new",
    }
