"""What a request asks and an answer says, in the words of the OpenAI, Anthropic and Gemini APIs."""

import re
from collections.abc import Mapping
from typing import Any

from tests.vendor_replies import Dialect, Received, Reply

TOKENS_IN, TOKENS_OUT = 20, 10

_REASONS = {
    Dialect.OPENAI: {"stop": "stop", "length": "length", "filter": "content_filter"},
    Dialect.ANTHROPIC: {"stop": "end_turn", "length": "max_tokens", "filter": "refusal"},
    Dialect.GEMINI: {"stop": "STOP", "length": "MAX_TOKENS", "filter": "SAFETY"},
}


def prompt_of(dialect: Dialect, body: Mapping[str, Any]) -> str:
    """Return the last thing that a request says."""
    if dialect is Dialect.GEMINI:
        return str(body["contents"][-1]["parts"][-1]["text"])
    content = body["messages"][-1]["content"]
    return content if isinstance(content, str) else str(content[-1]["text"])


def body_of(reply: Reply, received: Received) -> dict[str, Any]:
    """Return what a reply to a request says: an answer or an error."""
    return _good(reply, received) if reply.status == 200 else _error(reply, received)


def _good(reply: Reply, received: Received) -> dict[str, Any]:
    text = _echo(received.prompt) if reply.text is None else reply.text
    reason = _REASONS[received.dialect][reply.finish]
    version = f"{received.model}-{reply.version}"
    match received.dialect:
        case Dialect.OPENAI:
            message = {"role": "assistant", "content": text}
            return {
                "id": f"chatcmpl-{received.number}",
                "object": "chat.completion",
                "created": 1772452800,
                "model": version,
                "system_fingerprint": f"fp-{reply.version}",
                "choices": [{"index": 0, "finish_reason": reason, "message": message}],
                "usage": {
                    "prompt_tokens": TOKENS_IN,
                    "completion_tokens": TOKENS_OUT,
                    "total_tokens": TOKENS_IN + TOKENS_OUT,
                },
            }
        case Dialect.ANTHROPIC:
            return {
                "id": f"msg_{received.number}",
                "type": "message",
                "role": "assistant",
                "model": version,
                "content": [{"type": "text", "text": text}] if text else [],
                "stop_reason": reason,
                "stop_sequence": None,
                "usage": {"input_tokens": TOKENS_IN, "output_tokens": TOKENS_OUT},
            }
        case Dialect.GEMINI:
            content = {"role": "model", "parts": [{"text": text}] if text else []}
            return {
                "candidates": [{"content": content, "finishReason": reason, "index": 0}],
                "usageMetadata": {
                    "promptTokenCount": TOKENS_IN,
                    "candidatesTokenCount": TOKENS_OUT,
                    "totalTokenCount": TOKENS_IN + TOKENS_OUT,
                },
                "modelVersion": version,
            }


def _echo(prompt: str) -> str:
    found = re.search(r"Reply with exactly: (.*)", prompt)
    return found[1].strip() if found else "yes"


def _error(reply: Reply, received: Received) -> dict[str, Any]:
    match received.dialect:
        case Dialect.OPENAI:
            code = reply.code or None
            return {"error": {"message": reply.message, "type": "error", "code": code}}
        case Dialect.ANTHROPIC:
            return {"type": "error", "error": {"type": "api_error", "message": reply.message}}
        case Dialect.GEMINI:
            named = {429: "RESOURCE_EXHAUSTED", 503: "UNAVAILABLE", 404: "NOT_FOUND"}
            status = named.get(reply.status, "INTERNAL")
            return {"error": {"code": reply.status, "message": reply.message, "status": status}}
