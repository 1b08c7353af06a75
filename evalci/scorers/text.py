"""Pass/fail scorers that look for text: exact, contains, regex."""

import json
from dataclasses import dataclass

from evalci.core.golden_set import Case, Protocol
from evalci.core.json_value import Json, JsonObject, as_texts, parse_json, same_json
from evalci.core.pattern import Pattern, compile_pattern
from evalci.core.trial import Output, Score
from evalci.scorers.base import Scorer, ScorerKind, Tier, answer_of, parameters

_TEXTS: Json = {
    "description": "one text or a list of texts",
    "anyOf": [
        {"type": "string", "minLength": 1},
        {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}},
    ],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Exact:
    """1 when the answer equals the expected one, white space around it aside.

    With the json protocol, values are compared: key order and spacing do not matter.
    """

    ignore_case: bool

    def score(self, case: Case, output: Output) -> Score:
        """Compare the answer with ``expected``."""
        answer = answer_of(case, output)
        if answer is None:
            return Score(scorer="exact", value=0.0, reason="no answer found in the output")
        if case.protocol is Protocol.JSON:
            return self._score_json(case, answer)
        got, wanted = answer.strip(), str(case.expected).strip()
        same = got == wanted or (self.ignore_case and got.casefold() == wanted.casefold())
        reason = "" if same else f"got {got!r}, expected {wanted!r}"
        return Score(scorer="exact", value=float(same), reason=reason)

    def _score_json(self, case: Case, answer: str) -> Score:
        try:
            got = parse_json(answer)
        except ValueError:
            return Score(scorer="exact", value=0.0, reason=f"not JSON: {answer!r}")
        same = same_json(got, _value_of(case.expected))
        reason = "" if same else f"got {json.dumps(got)}"
        return Score(scorer="exact", value=float(same), reason=reason)


def _value_of(expected: Json) -> Json:
    """Return the expected value; text that is JSON (a reference file) counts as that value."""
    try:
        return parse_json(expected) if isinstance(expected, str) else expected
    except ValueError:
        return expected


def build_exact(params: JsonObject, case: Case) -> Scorer:
    """Return the scorer; it needs ``expected``."""
    if case.expected is None:
        raise ValueError("`exact` needs `expected`")
    as_text = isinstance(case.expected, str) or type(case.expected) is int
    if case.protocol is not Protocol.JSON and not as_text:  # 1.50 would become 1.5, true True
        raise ValueError(
            "`exact` needs `expected` as text, in quotes, or `output: {protocol: json}`"
        )
    return Exact(ignore_case=bool(params.get("ignore_case", False)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Contains:
    """1 when every text appears in the answer."""

    texts: tuple[str, ...]
    ignore_case: bool

    def score(self, case: Case, output: Output) -> Score:
        """Look for each text."""
        answer = answer_of(case, output) or ""
        where = answer.casefold() if self.ignore_case else answer
        missing = [
            text
            for text in self.texts
            if (text.casefold() if self.ignore_case else text) not in where
        ]
        reason = "" if not missing else f"{missing[0]!r} is not in the answer"
        return Score(scorer="contains", value=float(not missing), reason=reason)


def build_contains(params: JsonObject, case: Case) -> Scorer:
    """Return the scorer; without ``text`` it looks for ``expected``."""
    texts = as_texts(params.get("text", case.expected))
    if not texts or not all(texts):
        raise ValueError("`contains` needs `text`, or a case with `expected`")
    return Contains(texts=texts, ignore_case=bool(params.get("ignore_case", True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Regex:
    """1 when the pattern (RE2 syntax) is found in the answer."""

    pattern: str
    compiled: Pattern

    def score(self, case: Case, output: Output) -> Score:
        """Search the answer."""
        answer = answer_of(case, output)
        found = answer is not None and bool(self.compiled.search(answer))
        reason = "" if found else f"nothing matches {self.pattern!r}"
        return Score(scorer="regex", value=float(found), reason=reason)


def build_regex(params: JsonObject, case: Case) -> Scorer:
    """Return the scorer; ValueError for a pattern that RE2 refuses."""
    del case
    pattern = str(params["pattern"])
    return Regex(pattern=pattern, compiled=compile_pattern(pattern))


_IGNORE_CASE: Json = {"type": "boolean"}
EXACT = ScorerKind(
    name="exact",
    tier=Tier.TEXT,
    version=1,
    binary=True,
    schema=parameters(ignore_case=_IGNORE_CASE),
    build=build_exact,
)
CONTAINS = ScorerKind(
    name="contains",
    tier=Tier.TEXT,
    version=1,
    binary=True,
    schema=parameters(text=_TEXTS, ignore_case=_IGNORE_CASE),
    build=build_contains,
)
REGEX = ScorerKind(
    name="regex",
    tier=Tier.TEXT,
    version=1,
    binary=True,
    schema=parameters(required=("pattern",), pattern={"type": "string", "minLength": 1}),
    build=build_regex,
)
