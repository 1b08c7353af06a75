"""The hashes evalci keeps, each defined here and nowhere else.

All are SHA-256 in hexadecimal over RFC 8785 canonical JSON (so neither key order, nor ``1`` against
``1.0``, nor the machine matters), but for the template hash, which is over the file's own bytes.

=========  ==========================================================================
template   the file's UTF-8 bytes with CRLF and CR written as LF and no byte-order mark
request    requested model id, rendered messages, params, context files, `inputs_hashed`;
           for a `command/` model its command and the inputs, which it is given as they are
harness    expected, criteria, output protocol, scorers with version, params and weight,
           `fail_if`, fixture and sandbox: everything that turns one output into a score
content    what the golden set itself says of a case: inputs, context files, messages,
           params, expected, criteria, protocol
=========  ==========================================================================
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evalci.core.golden_set import Case
from evalci.core.json_value import Json, JsonObject, canonical
from evalci.core.model_config import ModelConfig
from evalci.core.trial import Message, Request

REQUEST_FORMAT = 1
HARNESS_FORMAT = 1
CONTENT_FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseHashes:
    """The three hashes that decide whether a case is affected, and with what it compares."""

    request: str
    harness: str
    content: str


def digest(value: Json) -> str:
    """Return the SHA-256 of a value's canonical JSON."""
    return hashlib.sha256(canonical(value)).hexdigest()


def template_hash(text: str) -> str:
    """Return the hash of a file's text, whatever line endings git checked out."""
    return hashlib.sha256(normalised(text).encode()).hexdigest()


def normalised(text: str) -> str:
    """Return a text with every line ending written as LF, and no byte-order mark."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def request_hash(
    *,
    model: ModelConfig,
    messages: Sequence[Message],
    params: JsonObject,
    case: Case,
    inputs_hashed: Mapping[str, str],
) -> str:
    """Return the hash of what is asked; where and with which key it is asked is left out."""
    given: JsonObject = {}
    if model.commanded:
        given = {"command": list(model.command), "inputs": case.inputs}
    return digest(
        {
            **given,
            "format": REQUEST_FORMAT,
            "model": model.id,
            "messages": [message.as_json() for message in messages],
            "params": params,
            "context_files": _context(case),
            "inputs_hashed": dict(inputs_hashed),
        }
    )


def harness_hash(case: Case, versions: Mapping[str, int], sandbox: str = "") -> str:
    """Return the hash of how an output of the case is scored; ``versions`` by scorer name.

    ``sandbox`` is the identity of what its code runs in, empty for a case that runs none.
    """
    code: JsonObject = {"target": case.target.as_json()} if case.target else {}
    return digest(
        {
            **code,
            **({"sandbox": sandbox} if sandbox else {}),
            "format": HARNESS_FORMAT,
            "expected": case.expected,
            "criteria": case.criteria,
            "protocol": case.protocol.value,
            "scorers": {
                spec.name: {
                    "version": versions[spec.kind],
                    "params": spec.params,
                    "weight": int(spec.weight) if spec.weight.is_integer() else spec.weight,
                }
                for spec in case.scorers
            },
            "fail_if": [rule.regex for rule in case.fail_if],
        }
    )


def content_hash(case: Case) -> str:
    """Return the hash of what the golden set says of a case, apart from prompt and scorers."""
    return digest(
        {
            "format": CONTENT_FORMAT,
            "inputs": case.inputs,
            "context_files": _context(case),
            "messages": [message.as_json() for message in case.messages],
            "params": case.params,
            "expected": case.expected,
            "criteria": case.criteria,
            "protocol": case.protocol.value,
        }
    )


def answer_key(request: Request) -> str:
    """Return the name of one answer: what is asked, of whom and where, and for which trial.

    Two trials of a case never share an answer: they are meant to be independent draws.
    """
    model = request.model
    parts = [str(REQUEST_FORMAT), request.hash, str(request.trial), model.id, model.api_base or ""]
    return hashlib.sha256("\n".join([*parts, *model.command]).encode()).hexdigest()


def golden_set_hash(contents: Iterable[tuple[str, str]]) -> str:
    """Return the hash of a golden set from its (case id, content hash) pairs, in any order."""
    return digest([list(pair) for pair in sorted(contents)])


def short(value: str, length: int = 7) -> str:
    """Return the beginning of a hash, for people."""
    return value[:length]


def _context(case: Case) -> list[Json]:
    return [[file.path, normalised(file.content)] for file in case.context_files]
