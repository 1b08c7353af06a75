"""The one function that every sink passes its text through: no secret leaves."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from evalci.core.json_value import Json

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


class Redactor:
    """Masks known secret values, then whatever looks like a key."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        """``values`` are the secrets themselves; those too short to be one are left alone."""
        secrets = {value.strip() for value in values}
        known = {value for value in secrets if len(value) >= MIN_SECRET_CHARS}
        # The longest first, so that no secret survives as the rest of a shorter one.
        self._values = sorted(known, key=lambda value: (-len(value), value))

    def known(self, text: str) -> str:
        """Mask only the known values; safe for text that is still to be scored."""
        for value in self._values:
            if value in text:
                text = text.replace(value, MASK)
        return text

    def text(self, text: str) -> str:
        """Mask known values and everything that looks like a key."""
        masked: str = _engine().sub(MASK, self.known(text))
        return masked

    def json(self, value: Json) -> Json:
        """Mask every text inside a value, keys of mappings included."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(key): self.json(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.json(item) for item in value]
        return value


@cache
def _engine() -> Any:
    import re2

    return re2.compile("|".join(_PATTERNS))
