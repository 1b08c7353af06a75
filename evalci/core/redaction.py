"""The one function that every sink passes its text through: no secret leaves."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from json import dumps
from typing import Any

from evalci.core.json_value import Json, encodable

MASK = "[redacted]"
MIN_SECRET_CHARS = 6
MIN_LINE_CHARS = 20  # of a secret of several lines
MAX_PATTERN_CHARS = 10_000
_PRIVATE_KEY = r"-----BEGIN [A-Z ]*PRIVATE KEY-----"
_PATTERNS = (
    r"sk-(?:proj|svcacct|admin|None|ant|or|lf|live|test)-[A-Za-z0-9_-]{16,}",  # OpenAI, Anthropic
    r"sk-[A-Za-z0-9]{20,}",  # and those who followed
    r"(?:AKIA|ASIA)[A-Z0-9]{16}",  # AWS access key id
    r"AIza[A-Za-z0-9_-]{30,}",  # Google
    r"gh[pousr]_[A-Za-z0-9]{20,}",  # GitHub
    r"github_pat_[A-Za-z0-9_]{20,}",
    r"glpat-[A-Za-z0-9_-]{16,}",  # GitLab
    r"xox[abprs]-[A-Za-z0-9-]{10,}",  # Slack
    r"hf_[A-Za-z0-9]{20,}",  # Hugging Face
    r"gsk_[A-Za-z0-9]{20,}",  # Groq
    r"(?:xai|nvapi|pplx)-[A-Za-z0-9_-]{32,}",  # xAI, NVIDIA, Perplexity
    r"[rs]k_live_[A-Za-z0-9]{16,}",  # Stripe
    r"whsec_[A-Za-z0-9+/]{24,}=*",  # its webhooks, and those of others
    r"npm_[A-Za-z0-9]{30,}",
    r"pypi-[A-Za-z0-9_-]{50,}",
    r"r8_[A-Za-z0-9]{30,}",  # Replicate
    r"fw_[A-Za-z0-9]{20,}",  # Fireworks
    r"SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}",  # SendGrid
    r"(?:Account|SharedAccess)Key=[A-Za-z0-9+/]{40,}=*",  # Azure
    r"ya29\.[A-Za-z0-9_-]{20,}",  # Google, by OAuth
    r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",  # JSON web token
    r"(?i:basic\s+)[A-Za-z0-9+/]{20,}=*",
    r"(?i:bearer\s+)[A-Za-z0-9._~+/-]{20,}=*",
    # Whole, however its lines are quoted or escaped, else as far as it goes.
    _PRIVATE_KEY + r"(?s:.*?)-----END [A-Z ]*PRIVATE KEY-----",
    _PRIVATE_KEY + r"(?:\s*(?:Proc-Type|DEK-Info):[^\n]*)*[A-Za-z0-9+/=\s\\>|]*",
)
# What is spelt like a key, and is words: the end of `desk-test-of-the-new-prompt`.
_WORD = r"[A-Za-z][a-z]{0,19}"
_WORDS = re.compile(rf"(?:sk-|(?:[Bb]earer|[Bb]asic)\s+){_WORD}(?:[-./]{_WORD})*")
# A letter as it may stand in a text that was escaped, once or more often.
_ESCAPES = {
    "\\": r"\\+",
    '"': r"\\*\"",
    "'": r"\\*'",
    "\n": r"(?:\r?\n|(?:\\+r)?\\+n)",
    "\r": r"(?:\r|\\+r)?",
    "\t": r"(?:\t|\\+t)",
}
_SHORTEST = 15
_KNOWN_KEYS = 10_000


class Redactor:
    """Masks known secret values, then whatever looks like a key."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        """``values`` are the secrets themselves; those too short to be one are left alone."""
        known = {form for value in values for form in _forms(value.strip())}
        # The longest first, so that no secret survives as the rest of a shorter one.
        ordered = sorted(known, key=lambda value: (-len(value), value))
        self._values = [value for value in ordered if not _escapable(value)]
        self._patterns = [_escaped(value) for value in ordered if _escapable(value)]
        self._keys: dict[str, str] = {}

    def known(self, text: str) -> str:
        """Mask only the known values; safe for text that is still to be scored."""
        for pattern in self._patterns:
            text = pattern.sub(MASK, encodable(text))
        for value in self._values:
            if value in text:
                text = text.replace(value, MASK)
        return text

    def text(self, text: str) -> str:
        """Mask known values and everything that looks like a key.

        What comes out can be written anywhere: half a surrogate pair becomes a question mark.
        """
        text = encodable(self.known(text))
        if len(text) < _SHORTEST or not _signs().Match(text):
            return text
        masked: str = _engine().sub(_masked, text)
        return masked

    def json(self, value: Json) -> Json:
        """Mask every text inside a value, keys of mappings included."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, (list, tuple)):
            return [self.json(item) for item in value]
        if isinstance(value, dict) and self._harmless(value):
            return value
        if isinstance(value, Mapping):
            return {self._key(key): self.json(item) for key, item in value.items()}
        return value

    def harmless(self, text: str) -> bool:
        """Tell at a glance that a JSON text holds no secret; some harmless ones are not seen so."""
        try:
            return not (
                _signs().Match(text)
                or any(value in text for value in self._values)
                or any(pattern.search(text) for pattern in self._patterns)
            )
        except UnicodeEncodeError:  # half a surrogate pair, which `text` replaces
            return False

    def _harmless(self, value: Json) -> bool:
        try:
            return self.harmless(dumps(value, ensure_ascii=False))
        except (TypeError, ValueError, RecursionError):
            return False

    def _key(self, key: str) -> str:
        """Mask a key of a mapping; there are few of them, and many times."""
        masked = self._keys.get(key)
        if masked is None:
            masked = self.text(key)
            if len(self._keys) < _KNOWN_KEYS:
                self._keys[key] = masked
        return masked


def _forms(value: str) -> Iterator[str]:
    """Yield a secret, and the lines of a long one."""
    if len(value) >= MIN_SECRET_CHARS:
        yield value
        yield from (line for line in value.split() if "\n" in value and len(line) >= MIN_LINE_CHARS)


def _escapable(value: str) -> bool:
    """Tell whether JSON, or Python, may write a value otherwise than it is.

    A pattern of a longer one would take too much memory.
    """
    return len(value) <= MAX_PATTERN_CHARS and ("'" in value or dumps(value)[1:-1] != value)


def _escaped(value: str) -> Any:
    """Return a pattern of a value as it is, and as escaped as often as it may have been."""
    import re2

    return re2.compile("".join(map(_letter, encodable(value))))


def _letter(letter: str) -> str:
    """Return a pattern of a letter and its escapes."""
    if letter.isascii():
        return _ESCAPES.get(letter) or re.escape(letter)
    code = dumps(letter)[1:-1].replace("\\", r"\\+")
    return f"(?:{letter}|{code})"


def _masked(found: Any) -> str:
    text: str = found.group()
    return text if _WORDS.fullmatch(text) else MASK


@cache
def _signs() -> Any:
    """Return each pattern as far as its first count: what matches it begins with a match of that.

    So few texts have one, and looking whether is so cheap, that most need no second look.
    """
    import re2

    beginnings = (re.sub(r"(\{\d+),?\}.*", r"\1}", pattern) for pattern in _PATTERNS[:-2])
    signs = re2.Set.SearchSet()  # says only whether, in half the time of saying where
    signs.Add("|".join([_PRIVATE_KEY, *beginnings]))
    signs.Compile()
    return signs


@cache
def _engine() -> Any:
    import re2

    return re2.compile("|".join(_PATTERNS))
