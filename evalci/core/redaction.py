"""The one function that every sink passes its text through: no secret leaves."""

from collections.abc import Iterable, Mapping
from functools import cache
from json import dumps
from typing import Any

from evalci.core.json_value import Json, encodable

MASK = "[redacted]"
MIN_SECRET_CHARS = 6
_PATTERNS = (
    r"sk-(?:proj|svcacct|admin|ant|or|lf|live|test)-[A-Za-z0-9_-]{16,}",  # OpenAI, Anthropic
    r"sk-[A-Za-z0-9]{20,}",  # and those who followed
    r"(?:AKIA|ASIA)[A-Z0-9]{16}",  # AWS access key id
    r"AIza[A-Za-z0-9_-]{30,}",  # Google
    r"gh[pousr]_[A-Za-z0-9]{20,}",  # GitHub
    r"github_pat_[A-Za-z0-9_]{20,}",
    r"glpat-[A-Za-z0-9_-]{16,}",  # GitLab
    r"xox[abprs]-[A-Za-z0-9-]{10,}",  # Slack
    r"hf_[A-Za-z0-9]{20,}",  # Hugging Face
    r"gsk_[A-Za-z0-9]{20,}",  # Groq
    r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",  # JSON web token
    r"(?i:basic\s+)[A-Za-z0-9+/]{20,}=*",
    r"(?i:bearer\s+)[A-Za-z0-9._~+/-]{20,}=*",
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----[A-Za-z0-9+/=\s]*(?:-----END [A-Z ]*PRIVATE KEY-----)?",
)
# In some case, one of these stands in whatever a pattern matches: looking for them is cheap.
_SIGNS = (
    *("sk-", "akia", "asia", "aiza", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
    *("glpat-", "xox", "hf_", "gsk_", "eyj", "basic", "bearer", "-----begin"),
)
_SHORTEST = 15
_KNOWN_KEYS = 10_000


class Redactor:
    """Masks known secret values, then whatever looks like a key."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        """``values`` are the secrets themselves; those too short to be one are left alone."""
        secrets = {value.strip() for value in values}
        known = {value for value in secrets if len(value) >= MIN_SECRET_CHARS}
        # The longest first, so that no secret survives as the rest of a shorter one.
        self._values = sorted(known, key=lambda value: (-len(value), value))
        self._escaped = [dumps(value, ensure_ascii=False)[1:-1] for value in self._values]
        self._keys: dict[str, str] = {}

    def known(self, text: str) -> str:
        """Mask only the known values; safe for text that is still to be scored."""
        for value in self._values:
            if value in text:
                text = text.replace(value, MASK)
        return text

    def text(self, text: str) -> str:
        """Mask known values and everything that looks like a key.

        What comes out can be written anywhere: half a surrogate pair becomes a question mark.
        """
        text = encodable(self.known(text))
        if len(text) < _SHORTEST or not _signs().search(text):
            return text
        masked: str = _engine().sub(MASK, text)
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
        """Tell at a glance that a JSON text holds no secret; not every harmless one is seen as one.

        JSON escapes letter by letter, so an escaped secret stands in the JSON of what holds it.
        """
        try:
            return not (_signs().search(text) or any(known in text for known in self._escaped))
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


@cache
def _signs() -> Any:
    import re2

    options = re2.Options()
    options.case_sensitive = False
    options.never_capture = True
    return re2.compile("|".join(re2.escape(sign) for sign in _SIGNS), options)


@cache
def _engine() -> Any:
    import re2

    return re2.compile("|".join(_PATTERNS))
