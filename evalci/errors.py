"""Exit codes and every exception that evalci raises on purpose."""

from enum import IntEnum, StrEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """What the process tells its caller; the README holds the same table."""

    OK = 0
    GATE_FAILED = 1
    USAGE = 2
    BAD_INPUT = 3
    NOT_MEASURED = 4
    NOT_PUBLISHED = 5
    BUG = 70
    INTERRUPTED = 130


class EvalciError(Exception):
    """A failure with a sentence for the user and the exit code that goes with it."""

    exit_code: ClassVar[ExitCode] = ExitCode.BUG

    def __init__(self, message: str, *, hint: str = "") -> None:
        """Keep the sentence and, apart from it, what to do next."""
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """Return one line (or one per problem) with the hint at its end."""
        return f"{self.message}; {self.hint}" if self.hint else self.message


class UsageError(EvalciError):
    """The options of a command do not fit together."""

    exit_code = ExitCode.USAGE


class BadInputError(EvalciError):
    """A golden set, prompt, config, baseline or run file is not valid."""

    exit_code = ExitCode.BAD_INPUT


class NothingFailedError(BadInputError):
    """There is nothing that failed before to run again; what the last run left stays in sight."""


class NobodyAnswersError(BadInputError):
    """There is nobody to ask: the variable of a key is not set, or a recording is missing.

    ``variable`` is the one that is not set, empty for a recording.
    """

    def __init__(self, message: str, *, hint: str = "", variable: str = "") -> None:
        """Keep the sentence, what to do next, and what is not set."""
        super().__init__(message, hint=hint)
        self.variable = variable


class NotMeasuredError(EvalciError):
    """A provider, a sandbox or a budget failed, so there is no verdict."""

    exit_code = ExitCode.NOT_MEASURED


class CallFault(StrEnum):
    """How a model call can fail; every one but a rejected request may go away by itself."""

    UNREACHABLE = "unreachable"
    RATE_LIMITED = "rate limited"
    TIMEOUT = "timeout"
    SERVER = "server error"
    DROPPED = "connection dropped"
    MALFORMED = "malformed answer"
    EMPTY = "empty answer"
    REJECTED = "request rejected"


class CallError(NotMeasuredError):
    """One model call failed; ``retry_after_s`` is what the vendor asked us to wait, or None.

    ``sent`` counts the requests that were sent in vain.
    """

    def __init__(
        self, message: str, *, fault: CallFault, retry_after_s: float | None = None, sent: int = 1
    ) -> None:
        """Keep what the retry policy needs to know."""
        super().__init__(message)
        self.fault = fault
        self.retry_after_s = retry_after_s
        self.sent = sent

    @property
    def transient(self) -> bool:
        """Tell whether sending the call again may help."""
        return self.fault is not CallFault.REJECTED


class StopRunError(NotMeasuredError):
    """No further call can succeed (bad key, unknown model, unreachable endpoint).

    ``sent`` counts the requests that were sent in vain.
    """

    def __init__(self, message: str, *, hint: str = "", sent: int = 0) -> None:
        """Keep the sentence, what to do next, and what it cost to find out."""
        super().__init__(message, hint=hint)
        self.sent = sent


class BudgetError(StopRunError):
    """The next call does not fit into what is left of the budget."""


class SandboxError(StopRunError):
    """The sandbox cannot run anything: no engine, no image, no toolchain."""


class SandboxHangsError(SandboxError):
    """The container engine was asked and said nothing, for as long as one waits."""


class NotPublishedError(EvalciError):
    """GitHub would not take what there is to say."""

    exit_code = ExitCode.NOT_PUBLISHED


class ApiFault(StrEnum):
    """How a request to GitHub can fail; the first three may go away by themselves."""

    UNREACHABLE = "unreachable"
    SERVER = "server error"
    RATE_LIMITED = "rate limited"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    MISSING = "not there"
    REJECTED = "request rejected"


class GitHubError(NotPublishedError):
    """One request to GitHub failed; ``retry_after_s`` is how long it asked us to wait, or None."""

    def __init__(
        self, message: str, *, fault: ApiFault, retry_after_s: float | None = None, hint: str = ""
    ) -> None:
        """Keep what the retry policy needs to know."""
        super().__init__(message, hint=hint)
        self.fault = fault
        self.retry_after_s = retry_after_s

    @property
    def transient(self) -> bool:
        """Tell whether sending the request again may help."""
        return self.fault in {ApiFault.UNREACHABLE, ApiFault.SERVER, ApiFault.RATE_LIMITED}
