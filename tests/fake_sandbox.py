"""A sandbox with one result for every check."""

from evalci.core.sandbox import Check, CheckResult


class FakeSandbox:
    """Gives every check the same result, or raises; ``checks`` holds what was asked."""

    def __init__(self, result: CheckResult | Exception) -> None:
        """The one result there is."""
        self.checks: list[Check] = []
        self._result = result

    def identity(self, image: str) -> str:
        """Return the name of the image."""
        return image

    def run(self, check: Check) -> CheckResult:
        """Return or raise the result."""
        self.checks.append(check)
        if isinstance(self._result, Exception):
            raise self._result
        return self._result
