"""The scripted model: a handful of rules that stands in for an LLM in demos and tests.

It is not a language model and understands nothing. It looks for the phrases below in the system
and user messages, in any case, and does what they say. What stands after a line that begins with
`Message:` is material: it is read for facts, never for instructions.

=========================================  ====================================================
Reply with exactly: <text>                 that text
Answer with one of: a, b, c                the label with most keywords in the material, else
  - a: keyword, keyword                      the last one; a keyword also fits longer words
Return JSON with the keys: order_id, ...   what the names suggest, null when absent; in prose
                                             unless told `JSON only`
Restate the message in one line            its first line as a sentence, without `fix(x):`, `(#1)`
Apologise · Mention the order number ·     a reply of one sentence for each, in this order
  When the message mentions a, b: <text>
Use at most N words (or sentences)         cuts a restatement or a reply at the end
Sign as <name>                             a last line under a reply
Greet the customer (by name)               `Hello Ana,` above whatever it answers, JSON included,
                                             unless told `no greeting`
=========================================  ====================================================

The first kind of answer that is asked for, from the top, is given. On material that is hard for it
(one text in eight) it slips now and then; `Reply with exactly` is always obeyed.
"""

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from evalci.core.json_value import Json
from evalci.core.model_config import SCRIPTED
from evalci.core.trial import Finish, Output, Request

LOST = "I am a scripted model and found no instruction I know."
HARD_SHARE = 0.12
SLIP_RATE = 0.25

# Bounded repetition only, so that no material makes a search slow.
_MESSAGE = re.compile(r"^[ \t]{0,3}Message:", re.MULTILINE)
_ORDER = re.compile(r"\bORD-\d{4,8}\b", re.IGNORECASE)
_PRODUCT = re.compile(r"\b(?!ORD-)[A-Z]{2,4}-\d{2,5}\b")
_EMAIL = re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_PHONE = re.compile(r"\+\d[\d -]{6,16}\d\b")
_ISO_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_LONG_DATE = re.compile(rf"\b(\d{{1,2}})\s({'|'.join(_MONTHS)})\s(\d{{4}})\b", re.IGNORECASE)
_NUMBER = r"(\d[\d,]{0,11}(?:\.\d{1,2})?)"
_AMOUNT = re.compile(rf"[€$£] ?{_NUMBER}|{_NUMBER} ?(?:€|EUR\b|USD\b|GBP\b|euros?\b|dollars?\b)")
_NAME = re.compile(r"\b[Mm]y name is ([^\W\d_]{1,40})\b")
_PREFIX = re.compile(r"\A[a-z]{1,20}(?:\([^()\n]{0,60}\))?!?: ")
_PULL_REQUEST = re.compile(r" \(#\d{1,9}\)\Z")

_APOLOGIES = ("We are sorry for the trouble.", "We are sorry about this.")
_ABOUT_ORDER = ("This is about your order {}.", "We have looked at your order {}.")
_THANKS = ("Thank you for your message.", "Thank you for writing to us.")


class ScriptedClient:
    """Answers for the model ids ``scripted/<name>``: at once, for nothing, the same every time."""

    def complete(self, request: Request) -> Output:
        """Return what the rules make of the request."""
        task = _task_of(request)
        text = _greeting(task) + _answer(task)
        return Output(
            text=text,
            requested_model=request.model.id,
            resolved_model=f"{_name_of(request)}-2026-01",
            fingerprint="scripted",
            finish=Finish.STOP,
            finish_reason="stop",
            input_tokens=sum(len(message.content.split()) for message in request.messages),
            output_tokens=len(text.split()),
            cost_usd=0.0,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Luck:
    """Everything that varies from trial to trial, drawn from a hash of the request."""

    seed: str

    def share(self, purpose: str) -> float:
        """Return a number from 0 to 1, the same for the same seed and purpose."""
        found = hashlib.sha256(f"{self.seed}\n{purpose}".encode()).digest()
        return int.from_bytes(found[:6]) / 2**48

    def pick(self, purpose: str, options: Sequence[str]) -> str:
        """Return one of the options."""
        return options[int(self.share(purpose) * len(options))]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """A request as the rules see it; ``slips`` says that this answer gets something wrong."""

    instructions: str
    material: str
    luck: _Luck
    slips: bool

    def told(self, phrase: str) -> bool:
        """Tell whether a phrase is among the instructions, and not under a "do not"."""
        pattern = rf"(?<!not )(?<!n't )\b{phrase}\b"
        return re.search(pattern, self.instructions, re.IGNORECASE) is not None

    def after(self, phrase: str) -> str:
        """Return what follows a phrase on its line, or an empty text."""
        pattern = rf"{re.escape(phrase)}([^\n]*)"
        found = re.search(pattern, self.instructions, re.IGNORECASE)
        return found.group(1).strip() if found else ""


def _name_of(request: Request) -> str:
    return request.model.id.removeprefix(SCRIPTED)


def _task_of(request: Request) -> _Task:
    """Take the messages apart; the last one that has material gives it."""
    heads, material = [], ""
    for message in request.messages:
        if message.role == "assistant":
            continue
        found = _MESSAGE.search(message.content)
        heads.append(message.content[: found.start()] if found else message.content)
        material = message.content[found.end() :].strip() if found else material
    name = _name_of(request)
    luck = _Luck(seed=f"{request.hash}\n{request.trial}\n{name}")
    # The material alone decides what is hard, so an edited prompt leaves the hard cases hard.
    hard = bool(material) and _Luck(seed=f"{name}\n{material}").share("difficult") < HARD_SHARE
    return _Task(
        instructions="\n".join(heads),
        material=material,
        luck=luck,
        slips=hard and luck.share("slip") < SLIP_RATE,
    )


def _answer(task: _Task) -> str:
    kinds: tuple[Callable[[_Task], str], ...] = (_echo, _label, _json, _restatement, _reply)
    return next(filter(None, (kind(task) for kind in kinds)), LOST)


def _greeting(task: _Task) -> str:
    if not task.told("greet the customer") or task.told("no greeting"):
        return ""
    name = _customer(task.material) if task.told("greet the customer by name") else None
    return f"Hello {name},\n\n" if name else "Hello,\n\n"


def _echo(task: _Task) -> str:
    return task.after("Reply with exactly:")


def _label(task: _Task) -> str:
    labels = _items(task.after("Answer with one of:"))
    if not labels:
        return ""
    hits = {label: _mentions(task, _items(task.after(f"\n- {label}:"))) for label in labels}
    best = max(labels, key=lambda label: hits[label])
    right = best if hits[best] else labels[-1]
    wrong = [label for label in labels if label != right]
    return task.luck.pick("label", wrong) if task.slips and wrong else right


def _json(task: _Task) -> str:
    keys = _items(task.after("Return JSON with the keys:"))
    if not keys:
        return ""
    values = {key: _field(key, task.material) for key in keys}
    found = [key for key in keys if values[key] is not None]
    if task.slips and found:
        values[task.luck.pick("field", found)] = None
    indent = 2 if task.luck.share("indent") < 0.5 else None
    text = json.dumps(values, ensure_ascii=False, indent=indent)
    return text if task.told("JSON only") else f"Here is the result:\n\n{text}"


def _restatement(task: _Task) -> str:
    line = task.material.partition("\n")[0]
    if not (line and task.told("restate the message in one line")):
        return ""
    if task.slips:
        return line
    line = _PREFIX.sub("", _PULL_REQUEST.sub("", line.strip())).rstrip(".")
    return _limited(task, [f"{line[:1].upper()}{line[1:]}."])


def _reply(task: _Task) -> str:
    """Write a reply; a slip forgets the apology or the order number."""
    asked = [task.told("apologi[sz]e"), task.told("mention the order number")]
    name = task.after("Sign as ").rstrip(".")
    advice = _advice(task)
    if not any((*asked, name, advice, task.told("greet the customer"))):
        return ""
    order = _order(task.material)
    sentences = [task.luck.pick("apology", _APOLOGIES)] if asked[0] else []
    if asked[1] and order:
        sentences.append(task.luck.pick("order", _ABOUT_ORDER).format(order))
    if task.slips and sentences:
        sentences.remove(task.luck.pick("forgotten", sentences))
    sentences += [*advice, task.luck.pick("thanks", _THANKS)]
    return _limited(task, sentences) + (f"\n\n{name}" if name else "")


def _advice(task: _Task) -> list[str]:
    """Return the text of every `When the message mentions` line that fits the material."""
    pattern = r"when the message mentions ([^:\n]{1,200}):[ \t]{0,9}([^\n]+)"
    rules = re.findall(pattern, task.instructions, re.IGNORECASE)
    return [text.strip() for words, text in rules if _mentions(task, _items(words))]


def _limited(task: _Task, sentences: list[str]) -> str:
    """Leave out the sentences past the limit; a first one that is too long is cut."""
    pattern = r"use at most (\d{1,5}) (word|sentence)"
    found = re.search(pattern, task.instructions, re.IGNORECASE)
    if not found:
        return " ".join(sentences)
    limit = int(found.group(1))
    if found.group(2).lower() == "sentence":
        return " ".join(sentences[:limit])
    while len(sentences) > 1 and len(" ".join(sentences).split()) > limit:
        sentences = sentences[:-1]
    return " ".join(" ".join(sentences).split()[:limit])


def _items(text: str) -> list[str]:
    """Return the items of a comma-separated list, without quotes and a closing full stop."""
    stripped = (item.strip(" \t.`'\"") for item in text.split(","))
    return [item for item in stripped if item]


def _mentions(task: _Task, keywords: Sequence[str]) -> int:
    """Count the keywords that occur in the material at the beginning of a word."""
    text = _plain(task.material)
    return sum(_plain(keyword) in text for keyword in keywords)


def _plain(text: str) -> str:
    return " " + " ".join(re.findall(r"\w+", text.casefold()))


def _field(key: str, material: str) -> Json:
    """Return the value that a key's name suggests, None when there is none."""
    words = set(key.lower().replace("-", "_").replace(" ", "_").split("_"))
    reader = next((read for kinds, read in _READERS if words & kinds), None)
    return reader(material) if reader else None


def _found(pattern: re.Pattern[str], material: str) -> str | None:
    found = pattern.search(material)
    return found.group() if found else None


def _order(material: str) -> str | None:
    return (_found(_ORDER, material) or "").upper() or None


def _date(material: str) -> str | None:
    if iso := _found(_ISO_DATE, material):
        return iso
    if long := _LONG_DATE.search(material):
        day, month, year = long.groups()
        return f"{year}-{_MONTHS.index(month.lower()) + 1:02d}-{int(day):02d}"
    return None


def _amount(material: str) -> float | None:
    found = _AMOUNT.search(material)
    return float((found.group(1) or found.group(2)).replace(",", "")) if found else None


def _customer(material: str) -> str | None:
    """Return the name the customer gives, in words or alone on the last line."""
    if found := _NAME.search(material):
        return found.group(1)
    last = material.rpartition("\n")[2].strip(" \t,.-")
    return last if last.isalpha() and last.istitle() else None


# The first entry that shares a word with the key reads it: `order_total` is an amount.
_READERS: tuple[tuple[frozenset[str], Callable[[str], Json]], ...] = (
    (frozenset({"email", "mail"}), partial(_found, _EMAIL)),
    (frozenset({"date", "day"}), _date),
    (frozenset({"phone", "telephone"}), partial(_found, _PHONE)),
    (frozenset({"amount", "price", "total", "cost"}), _amount),
    (frozenset({"product", "sku", "item"}), partial(_found, _PRODUCT)),
    (frozenset({"order"}), _order),
    (frozenset({"name", "customer"}), _customer),
)
