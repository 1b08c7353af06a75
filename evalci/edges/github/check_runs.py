"""Check runs: the verdicts that a branch protection can require."""

import re
import secrets
from collections.abc import Sequence

from evalci.core.annotation import Annotation
from evalci.core.json_value import Json, JsonObject, value_at
from evalci.core.ports import GitHubApi, Patience
from evalci.core.publication import CheckReport, Conclusion, Origin, still_failing
from evalci.errors import ApiFault, GitHubError

PER_REQUEST = 50
# How the id of a check run begins that repeats what a fork said.
POSTED = "evalci-posted-"
_OF_PULL_REQUEST = re.compile(r"evalci-pr([1-9][0-9]{0,15})-")


class CheckRuns:
    """Writes check runs for one commit."""

    def __init__(
        self,
        api: GitHubApi,
        patience: Patience,
        *,
        repository: str,
        origin: Origin,
        number: int | None = None,
    ) -> None:
        """Take a name for this publisher, by which it knows its own check runs again.

        ``number`` is that of the pull request that is spoken of, None where there is none.
        """
        self._api = api
        self._patience = patience
        self._path = f"/repos/{repository}"
        self._origin = origin
        self._number = number
        prefix = POSTED if origin.event == "workflow_run" else f"evalci-pr{number or 0}-"
        self._id = f"{prefix}{origin.run_id}-{origin.attempt}-{secrets.token_hex(6)}"

    def write(self, report: CheckReport) -> None:
        """Create a finished check run with all its annotations."""
        self._patience.insist(lambda: self._complete(report))

    def judged(self) -> frozenset[str]:
        """Return the names of the check runs of this commit that no poster wrote for a fork."""
        path = f"{self._path}/commits/{self._origin.head}/check-runs"
        found = self._patience.insist(
            lambda: list(self._api.items(path, "check_runs", filter="all"))
        )
        return frozenset(
            str(run.get("name"))
            for run in found
            if not str(run.get("external_id") or "").startswith(POSTED)
        )

    def _complete(self, report: CheckReport) -> None:
        """Look what arrived of a check run and send the rest; annotations are only ever added."""
        said = self._said(report.name)
        report = still_failing(report, self._failed_elsewhere(said))
        number, arrived = self._found(said) or self._create(report)
        for start in range(arrived, len(report.annotations), PER_REQUEST):
            body = {"output": _output(report, report.annotations[start : start + PER_REQUEST])}
            self._api.send("PATCH", f"{self._path}/check-runs/{number}", body)

    def _said(self, name: str) -> list[JsonObject]:
        """Return every check run of this commit and name."""
        path = f"{self._path}/commits/{self._origin.head}/check-runs"
        return list(self._api.items(path, "check_runs", check_name=name, filter="all"))

    def _failed_elsewhere(self, said: Sequence[JsonObject]) -> int | None:
        """Return another pull request whose newest check run of this commit is a failure."""
        newest: dict[int, Json] = {}
        for run in sorted(said, key=lambda run: _number(run.get("id"))):
            if found := _OF_PULL_REQUEST.match(str(run.get("external_id"))):
                newest[int(found[1])] = run.get("conclusion")
        if self._number is None:
            return None
        failed = [n for n, end in newest.items() if end == Conclusion.FAILURE and n != self._number]
        return min(failed, default=None)

    def _found(self, said: Sequence[JsonObject]) -> tuple[int, int] | None:
        """Return the id of our check run and how many annotations it has."""
        for run in said:
            if run.get("external_id") == self._id:
                return _number(run.get("id")), _number(value_at(run, "output", "annotations_count"))
        return None

    def _create(self, report: CheckReport) -> tuple[int, int]:
        first = report.annotations[:PER_REQUEST]
        body: dict[str, object] = {
            "name": report.name,
            "head_sha": self._origin.head,
            "external_id": self._id,
            "status": "completed",
            "conclusion": report.conclusion.value,
            "output": _output(report, first),
        }
        if self._origin.run_url:
            body["details_url"] = self._origin.run_url
        created = self._api.send("POST", f"{self._path}/check-runs", body)  # type: ignore[arg-type]  # plain JSON
        return _number(value_at(created, "id")), len(first)


def _output(report: CheckReport, annotations: Sequence[Annotation]) -> JsonObject:
    return {
        "title": report.title,
        "summary": report.summary,
        "annotations": [
            {
                "path": annotation.path,
                "start_line": annotation.start_line,
                "end_line": annotation.end_line,
                "annotation_level": annotation.level.value,
                "title": annotation.title,
                "message": annotation.message,
            }
            for annotation in annotations
        ],
    }


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise GitHubError("GitHub's answer holds no check run", fault=ApiFault.SERVER)
    return value
