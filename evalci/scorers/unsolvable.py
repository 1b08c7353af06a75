"""The `unsolvable` scorer of control cases: the right answer is to say that there is none."""

from dataclasses import dataclass

from evalci.core.answer import without_reasoning
from evalci.core.golden_set import Case, Protocol
from evalci.core.json_value import JsonObject, as_texts
from evalci.core.pattern import Pattern, compile_pattern
from evalci.core.submission import read_submission
from evalci.core.trial import Output, Score
from evalci.scorers.base import Scorer, ScorerKind, Tier, parameters

# What an answer says that sees the catch. A prompt that asks for a fixed word needs only `says`.
# "Cannot" alone says little ("you cannot go wrong"): what cannot be done must be the task.
_NOT = r"(can(no|')t|can not|could not|couldn't|unable to|impossible to|not possible to|no way to)"
_DO = (
    r"(be (done|solved|answered|determined|computed|satisfied|implemented|derived|found|inferred|"
    r"established|fulfilled|met|known|both)|determine|tell|answer|solve|find|say|know|infer|"
    r"compute|derive|satisfy|identify|verify|establish|provide|give you|help|do (this|that|it)|"
    r"implement|meet|fulfil+|complete|locate|see (a|an|any|the)|confirm|both)"
)
_IS = r"(is|are|it's|that's|remains?)( simply| logically| therefore)?"
SAYS = (
    rf"(?i)\b{_NOT} ((really|reliably|possibly|actually|safely|simply|therefore) )?{_DO}\b",
    rf"(?i)\b{_IS} (impossible|not possible|unsolvable|contradictory|undefined|unknown)\b",
    r"(?i)\b(unsolvable|no (such|solution|valid)|contradict(s|ory|ion|ions|ing)?)\b",
    r"(?i)\binsufficient (information|data|detail|details|context|evidence)\b",
    r"(?i)\b(does not|doesn't) (exist|contain|say|mention|state|specify|include)\b",
    r"(?i)\b(do not|don't) (exist|know|have enough)\b",
    r"(?i)\bnot enough (information|data|detail|details|context|evidence|to)\b",
    r"(?i)\bnot (specified|mentioned|stated|given|found)\b",
)
_CODE = {Protocol.CODE, Protocol.FILE_BLOCKS, Protocol.UNIFIED_DIFF}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsolvable:
    """1 when the answer says that the task cannot be done, and gives no code all the same."""

    says: tuple[Pattern, ...]

    def score(self, case: Case, output: Output) -> Score:
        """Look for the words, and where code was asked for, for its absence."""
        answer = without_reasoning(output.text)
        said = any(pattern.search(answer) for pattern in self.says)
        code = case.protocol in _CODE and read_submission(case, output.text).extracted
        reason = "" if said else "does not say that the task cannot be done"
        if said and code:
            reason = "says that the task cannot be done, and gives code all the same"
        value = float(said and not code)
        return Score(
            scorer="unsolvable", value=value, reason=reason, measures={"recognised": value}
        )


def build_unsolvable(params: JsonObject, case: Case) -> Scorer:
    """Return the scorer; ValueError for a pattern that RE2 refuses."""
    del case
    says = as_texts(params.get("says")) or SAYS
    return Unsolvable(says=tuple(compile_pattern(text) for text in says))


UNSOLVABLE = ScorerKind(
    name="unsolvable",
    tier=Tier.STRUCTURE,
    version=1,
    binary=True,
    schema=parameters(
        says={
            "description": "one pattern (RE2) or a list of them",
            "anyOf": [
                {"type": "string", "minLength": 1},
                {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}},
            ],
        }
    ),
    build=build_unsolvable,
)
