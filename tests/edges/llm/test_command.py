"""The user's own pipeline as a model: what it gets, what it may say, and how it can fail."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from evalci.core.model_config import Price
from evalci.core.trial import Message, Output, Request
from evalci.edges.llm.command import CommandClient
from evalci.errors import BadInputError, CallError, CallFault
from tests.calls import make_model, make_request
from tests.processes import until_free

ANSWER = "print(json.dumps({'text': 'yes'}))"


def request_to(code: str, *, params: dict[str, Any] | None = None, **model: Any) -> Request:
    """Return a request to a pipeline that is a line of Python."""
    script = f"import json, os, sys; question = json.load(sys.stdin); {code}"
    config = make_model(id="command/app", command=(sys.executable, "-c", script), **model)
    return make_request(
        model=config,
        messages=(Message(role="user", content="Is it?"),),
        inputs={"mail": "né"},
        params=params or {},
        trial=3,
    )


def ask(folder: Path, request: Request, *, timeout_s: float = 20.0) -> Output:
    return CommandClient(folder=folder, timeout_s=timeout_s).complete(request)


def failure_of(folder: Path, request: Request, *, timeout_s: float = 20.0) -> CallError:
    with pytest.raises(CallError) as caught:
        ask(folder, request, timeout_s=timeout_s)
    return caught.value


def test_it_gets_messages_inputs_params_and_the_trial(tmp_path: Path) -> None:
    echo = "print(json.dumps({'text': json.dumps(question)}))"

    output = ask(tmp_path, request_to(echo, params={"top_k": 5}))

    assert json.loads(output.text) == {
        "messages": [{"role": "user", "content": "Is it?"}],
        "inputs": {"mail": "né"},
        "params": {"top_k": 5},
        "trial": 3,
    }


def test_a_plain_answer_has_a_latency_and_an_unknown_cost(tmp_path: Path) -> None:
    output = ask(tmp_path, request_to(ANSWER))

    assert (output.text, output.requested_model, output.resolved_model) == (
        "yes",
        "command/app",
        None,
    )
    assert (output.input_tokens, output.cost_usd) == (None, None)
    assert output.latency_s is not None


@pytest.mark.parametrize(
    ("usage", "price", "cost"),
    [
        pytest.param({"cost_usd": 0.02}, None, 0.02, id="as reported"),
        pytest.param(
            {"input_tokens": 10, "output_tokens": 5},
            Price(input_per_mtok=1e5, output_per_mtok=2e5),
            2.0,
            id="by the configured price",
        ),
        pytest.param({"input_tokens": 10, "output_tokens": 5}, None, None, id="unknown"),
        pytest.param({"cost_usd": -1}, None, None, id="less than nothing"),
        pytest.param({"cost_usd": "2"}, None, None, id="no number"),
        pytest.param({"cost_usd": True}, None, None, id="true"),
        pytest.param({"cost_usd": 10**400}, None, None, id="beyond all bounds"),
        pytest.param("a lot", None, None, id="no usage"),
    ],
)
def test_what_it_says_of_its_cost(
    tmp_path: Path, usage: Any, price: Price | None, cost: float | None
) -> None:
    code = f"print(json.dumps({{'text': 'yes', 'model': 'rag-7', 'usage': {usage!r}}}))"

    output = ask(tmp_path, request_to(code, price=price))

    assert output.cost_usd == cost
    assert output.resolved_model == "rag-7"


def test_it_runs_in_the_folder_of_the_config(tmp_path: Path) -> None:
    output = ask(tmp_path, request_to("print(json.dumps({'text': os.getcwd()}))"))

    assert output.text == str(tmp_path.resolve())


def test_it_sees_the_variables_that_are_named_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APP_MODE", "test")
    monkeypatch.setenv("OTHER_API_KEY", "never-to-be-seen")
    names = "print(json.dumps({'text': ' '.join(sorted(os.environ))}))"

    seen = ask(tmp_path, request_to(names, env=("APP_MODE", "NOT_SET"))).text.split()

    assert "APP_MODE" in seen
    assert "OTHER_API_KEY" not in seen
    assert "NOT_SET" not in seen


@pytest.mark.parametrize(
    ("code", "fault", "words"),
    [
        pytest.param(
            "sys.stderr.write('first\\nno index\\n'); sys.exit(3)",
            CallFault.SERVER,
            "the command ended with 3: no index",
            id="an exit code",
        ),
        pytest.param("sys.exit(1)", CallFault.SERVER, "it said nothing", id="without a word"),
        pytest.param("print('yes')", CallFault.MALFORMED, "is not an answer", id="no JSON"),
        pytest.param("print('[1]')", CallFault.MALFORMED, "it has no `text`", id="no object"),
        pytest.param(
            "print(json.dumps({'text': 1}))", CallFault.MALFORMED, "no `text`", id="no text"
        ),
        pytest.param(
            "sys.stdout.buffer.write(b'\\xff')", CallFault.MALFORMED, "not an answer", id="no UTF-8"
        ),
        pytest.param(
            "os.kill(os.getpid(), 9)", CallFault.SERVER, "was ended by SIGKILL", id="a signal"
        ),
        pytest.param(
            "[sys.stdout.write('x' * 10**6) for _ in iter(int, 1)]",
            CallFault.MALFORMED,
            "more than 10 MB",
            id="output without end",
        ),
        pytest.param(
            "[sys.stderr.write('x' * 10**6) for _ in range(20)]; sys.exit('no index')",
            CallFault.SERVER,
            "no index",
            id="much to say about an error",
        ),
    ],
)
def test_a_failure_is_one_of_the_infrastructure(
    tmp_path: Path, code: str, fault: CallFault, words: str
) -> None:
    failure = failure_of(tmp_path, request_to(code))

    assert failure.fault is fault
    assert words in failure.message


@pytest.mark.slow
def test_past_the_deadline_nothing_of_it_is_left(tmp_path: Path) -> None:
    (tmp_path / "held").touch()
    code = (
        "import fcntl, subprocess, time; held = open('held'); fcntl.flock(held, fcntl.LOCK_EX); "
        "subprocess.Popen(['sh', '-c', 'sleep 60; touch late'], pass_fds=[held.fileno()]); "
        "time.sleep(60)"
    )

    failure = failure_of(tmp_path, request_to(code), timeout_s=1.0)
    until_free(tmp_path / "held")

    assert failure.fault is CallFault.TIMEOUT
    assert not (tmp_path / "late").exists()


@pytest.mark.parametrize("session", [False, True], ids=["a child", "one that went its own way"])
def test_what_it_leaves_behind_holds_no_answer_back(tmp_path: Path, *, session: bool) -> None:
    child = f"import subprocess; subprocess.Popen(['sleep', '30'], start_new_session={session})"
    request = request_to(f"{ANSWER}; sys.stdout.flush(); {child}")

    output = ask(tmp_path, request, timeout_s=20.0)

    assert output.text == "yes"


def test_a_command_that_closes_its_output_and_goes_on_runs_into_the_deadline(
    tmp_path: Path,
) -> None:
    code = f"{ANSWER}; sys.stdout.flush(); os.close(1); os.close(2); import time; time.sleep(60)"

    assert failure_of(tmp_path, request_to(code), timeout_s=1.0).fault is CallFault.TIMEOUT


def test_a_command_that_reads_nothing_may_answer(tmp_path: Path) -> None:
    model = make_model(id="command/app", command=("echo", '{"text": "yes"}'))
    request = make_request(model=model, inputs={"q": "x" * 10**6})

    assert ask(tmp_path, request).text == "yes"


def test_a_command_that_no_system_takes_is_named(tmp_path: Path) -> None:
    model = make_model(id="command/app", command=("echo", "a\0b"))

    with pytest.raises(BadInputError, match="`main`: cannot start `echo`: embedded null byte"):
        ask(tmp_path, make_request(model=model))


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    model = make_model(id="command/app", command=("no-such-program-7",))

    with pytest.raises(BadInputError, match="`main`: cannot start `no-such-program-7`"):
        ask(tmp_path, make_request(model=model))
