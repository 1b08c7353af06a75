"""The hashes: what changes them, what does not, and that they never change by themselves."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalci.core.golden_set import Case, ContextFile, FailIf, Protocol, ScorerSpec
from evalci.core.hashes import (
    content_hash,
    digest,
    golden_set_hash,
    harness_hash,
    request_hash,
    short,
    template_hash,
)
from evalci.core.json_value import Json, JsonObject
from evalci.core.trial import Message
from tests.calls import make_model
from tests.inputs import make_case

SYSTEM = Message(role="system", content="Be brief.")
USER = Message(role="user", content="Read this:\nMy lamp broke.")
CONTEXT = ContextFile(path="app.py", content="x = 1\n")
CHRF = ScorerSpec(name="chrf", params={}, weight=0.0)
EXACT = ScorerSpec(name="exact", params={"ignore_case": True}, weight=1.0)
VERSIONS = {"chrf": 1, "exact": 2, "regex": 1}
PARAMS = st.dictionaries(
    st.text(max_size=3), st.integers(1 - 2**53, 2**53 - 1) | st.text(max_size=3)
)


def full_case(**changes: Any) -> Case:
    """Return a case that has something in every field a hash reads."""
    fields: dict[str, Any] = {
        "inputs": {"mail": "My lamp broke."},
        "context_files": (CONTEXT,),
        "messages": (Message(role="user", content="Hi"),),
        "params": {"seed": 7},
        "expected": "billing",
        "criteria": [{"id": "short", "text": "is short"}],
        "scorers": (CHRF, EXACT),
        "fail_if": (FailIf(regex="lorem", why="filler"),),
    }
    return make_case(**{**fields, **changes})


def request(**changes: Any) -> str:
    """Return the request hash of one request with some parts changed."""
    parts: dict[str, Any] = {
        "model": make_model(id="openai/gpt-x"),
        "messages": (SYSTEM, USER),
        "params": {"temperature": 0, "top_p": 0.5},
        "case": full_case(),
        "inputs_hashed": {"pipeline.yaml": "ab12"},
    }
    return request_hash(**{**parts, **changes})


# The digests were computed apart from evalci, with `json.dumps(sort_keys=True)` and sha256: a
# change here means that every baseline of every user no longer compares.
@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(
            template_hash("Read this:\n{{ mail }}\n"),
            "24649b83f618da8fa4798ceac6368bc4d5306598fb9265edd4f5c0943dfe570c",
            id="template",
        ),
        pytest.param(
            request(),
            "5faf06bae2d1e64333f9435d4f15d4abcdd36f51d9348343c561e3a7ddbb602d",
            id="request",
        ),
        pytest.param(
            harness_hash(full_case(), VERSIONS),
            "9a9fc5768da8a37ed52d299a115c8fbf6d7bc5d6e284b84dee90f107f1f5b2fc",
            id="harness",
        ),
        pytest.param(
            content_hash(full_case()),
            "8c668201820295de30b1eff71dc6d7d654c0838e5355c592850a1e48d315d348",
            id="content",
        ),
        pytest.param(
            golden_set_hash([("b", "22"), ("a", "11")]),
            "dbbe6436c80ea7decf2dded58088741b04bfbc39e365e0c4cf87aa69f02eb133",
            id="golden set",
        ),
        pytest.param(
            digest({"b": 0.1, "a": [1, True, None, "é€"]}),
            "656492e6118453110d67c8c857a24dda4f89b19fdfb79e8a190288fe01649dd3",
            id="digest",
        ),
    ],
)
def test_a_hash_is_the_same_for_ever(found: str, expected: str) -> None:
    assert found == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a\r\nb\r\n", id="CRLF"),
        pytest.param("a\rb\r", id="CR"),
        pytest.param("a\r\nb\n", id="mixed"),
        pytest.param("\ufeffa\nb\n", id="a byte-order mark"),
    ],
)
def test_a_template_hash_does_not_see_how_a_file_was_checked_out(text: str) -> None:
    assert template_hash(text) == template_hash("a\nb\n")


def test_a_template_hash_sees_the_last_line_break() -> None:
    assert template_hash("a\n") != template_hash("a")


@pytest.mark.parametrize(
    "same",
    [
        pytest.param(
            {"params": {"top_p": 0.5, "temperature": 0.0}}, id="key order, and 0 against 0.0"
        ),
        pytest.param(
            {"case": full_case(context_files=(ContextFile(path="app.py", content="x = 1\r\n"),))},
            id="line endings of a context file",
        ),
        pytest.param({"case": full_case(expected="other")}, id="the expected answer"),
        pytest.param({"case": full_case(scorers=())}, id="the scorers"),
        pytest.param({"case": full_case(must_pass=True)}, id="must_pass"),
        pytest.param({"case": full_case(id="another")}, id="the name of the case"),
        pytest.param({"case": full_case(dimensions={"task_type": ("x",)})}, id="its tags"),
    ],
)
def test_a_request_hash_ignores(same: dict[str, Any]) -> None:
    assert request(**same) == request()


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"model": make_model(id="openai/gpt-y")}, id="the model"),
        pytest.param({"messages": (USER,)}, id="a message less"),
        pytest.param({"messages": (USER, SYSTEM)}, id="the order of messages"),
        pytest.param(
            {"messages": (Message(role="user", content="Be brief."), USER)}, id="a message's role"
        ),
        pytest.param({"params": {"temperature": 0.1, "top_p": 0.5}}, id="a parameter's value"),
        pytest.param({"params": {"temperature": 0}}, id="a parameter less"),
        pytest.param({"params": {"temperature": False, "top_p": 0.5}}, id="false for 0"),
        pytest.param(
            {"case": full_case(context_files=(ContextFile(path="app.py", content="x = 2\n"),))},
            id="a context file's content",
        ),
        pytest.param(
            {"case": full_case(context_files=(ContextFile(path="b.py", content="x = 1\n"),))},
            id="a context file's path",
        ),
        pytest.param({"case": full_case(context_files=())}, id="no context files"),
        pytest.param({"inputs_hashed": {"pipeline.yaml": "cd34"}}, id="a hashed input's content"),
        pytest.param({"inputs_hashed": {}}, id="no hashed inputs"),
    ],
)
def test_a_request_hash_sees(other: dict[str, Any]) -> None:
    assert request(**other) != request()


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"model": make_model(id="command/app", command=("b",))}, id="the command"),
        pytest.param({"case": full_case(inputs={"mail": "other"})}, id="the inputs"),
    ],
)
def test_the_request_hash_of_a_pipeline_sees(other: dict[str, Any]) -> None:
    pipeline = {"model": make_model(id="command/app", command=("a",)), "case": full_case()}

    assert request(**{**pipeline, **other}) != request(**pipeline)


def test_the_request_hash_of_a_plain_model_leaves_the_inputs_to_the_prompt() -> None:
    assert request(case=full_case(inputs={"mail": "other"})) == request()


@pytest.mark.parametrize(
    "same",
    [
        pytest.param({"scorers": (EXACT, CHRF)}, id="the order of scorers"),
        pytest.param({"fail_if": (FailIf(regex="lorem", why="other words"),)}, id="the words"),
        pytest.param({"inputs": {"mail": "other"}}, id="the inputs"),
        pytest.param({"prompt": "prompts/other.md"}, id="the prompt"),
        pytest.param({"must_pass": True}, id="must_pass"),
    ],
)
def test_a_harness_hash_ignores(same: dict[str, Any]) -> None:
    assert harness_hash(full_case(**same), VERSIONS) == harness_hash(full_case(), VERSIONS)


def reweighed(weight: float) -> ScorerSpec:
    return ScorerSpec(name="exact", params={"ignore_case": True}, weight=weight)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"expected": "shipping"}, id="the expected answer"),
        pytest.param({"expected": None}, id="no expected answer"),
        pytest.param({"criteria": None}, id="the criteria"),
        pytest.param({"protocol": Protocol.JSON}, id="the protocol"),
        pytest.param({"scorers": (EXACT,)}, id="a scorer less"),
        pytest.param({"scorers": (CHRF, reweighed(0.5))}, id="a weight"),
        pytest.param(
            {"scorers": (CHRF, ScorerSpec(name="exact", params={}, weight=1.0))}, id="a parameter"
        ),
        pytest.param({"fail_if": (FailIf(regex="ipsum", why="filler"),)}, id="a pattern"),
        pytest.param({"fail_if": ()}, id="no patterns"),
    ],
)
def test_a_harness_hash_sees(other: dict[str, Any]) -> None:
    assert harness_hash(full_case(**other), VERSIONS) != harness_hash(full_case(), VERSIONS)


def test_a_harness_hash_sees_a_new_version_of_a_scorer_that_is_used() -> None:
    case = full_case()

    assert harness_hash(case, {**VERSIONS, "exact": 3}) != harness_hash(case, VERSIONS)
    assert harness_hash(case, {**VERSIONS, "regex": 9}) == harness_hash(case, VERSIONS)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"inputs": {"mail": "other"}}, id="the inputs"),
        pytest.param({"context_files": ()}, id="the context files"),
        pytest.param({"messages": ()}, id="its own messages"),
        pytest.param({"params": {"seed": 8}}, id="its own parameters"),
        pytest.param({"expected": "shipping"}, id="the expected answer"),
        pytest.param({"criteria": None}, id="the criteria"),
        pytest.param({"protocol": Protocol.CODE}, id="the protocol"),
    ],
)
def test_a_content_hash_sees(other: dict[str, Any]) -> None:
    assert content_hash(full_case(**other)) != content_hash(full_case())


@pytest.mark.parametrize(
    "same",
    [
        pytest.param({"prompt": "prompts/other.md"}, id="the prompt"),
        pytest.param({"scorers": ()}, id="the scorers"),
        pytest.param({"id": "another"}, id="the name of the case"),
        pytest.param({"position": 9, "source": "other.yaml"}, id="where the case is written"),
    ],
)
def test_a_content_hash_ignores(same: dict[str, Any]) -> None:
    assert content_hash(full_case(**same)) == content_hash(full_case())


def test_a_golden_set_hash_sees_ids_and_contents() -> None:
    hashes = {
        golden_set_hash([("a", "11"), ("b", "22")]),
        golden_set_hash([("a", "22"), ("b", "11")]),
        golden_set_hash([("a", "11")]),
        golden_set_hash([]),
    }

    assert len(hashes) == 4


def reversed_keys(value: Json) -> Json:
    """Return an equal value whose keys stand in another order."""
    if isinstance(value, dict):
        return {key: reversed_keys(value[key]) for key in reversed(value)}
    return value


@given(PARAMS)
def test_key_order_never_matters(params: JsonObject) -> None:
    assert digest(reversed_keys({"a": params, "b": 1})) == digest({"a": params, "b": 1})


@given(PARAMS, PARAMS)
def test_two_requests_share_a_hash_exactly_when_they_share_their_parameters(
    left: JsonObject, right: JsonObject
) -> None:
    assert (request(params=left) == request(params=right)) is (left == right)


def test_a_hash_is_shown_short() -> None:
    assert (short("0123456789"), short("0123456789", 3)) == ("0123456", "012")
