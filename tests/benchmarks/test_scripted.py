"""The rule-based model on hostile material: its patterns take time in proportion to the text."""

import time

from evalci.core.model_config import ModelConfig
from evalci.core.trial import Message, Request
from evalci.edges.llm.scripted import ScriptedClient
from tests.benchmarks.children import table

PROMPT = "Return JSON with the keys: order_id, email, amount, phone\nJSON only.\nMessage:\n"
PIECES = ("a", "+1 ", "1,", "a.")
ROUNDS = 3


def seconds(size: int) -> float:
    """Return how long the quickest of a few answers took."""
    text = PROMPT + "".join(piece * size for piece in PIECES)
    model = ModelConfig(name="main", id="scripted/demo")
    messages = (Message(role="user", content=text),)
    request = Request(case="a", trial=1, model=model, messages=messages, params={}, hash="h")
    found = []
    for _ in range(ROUNDS):
        started = time.process_time()
        ScriptedClient().complete(request)
        found.append(time.process_time() - started)
    return min(found)


def test_eight_times_the_text_takes_at_most_sixteen_times_as_long() -> None:
    ratio = seconds(80_000) / seconds(10_000)

    table([("80,000 of each piece, of 10,000 (quadratic: 64)", ratio, "<=", 16)])
    assert ratio <= 16
