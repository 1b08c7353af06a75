"""The history on a branch of the repository: lines of JSON that commits append, no checkout."""

import base64
import json
import os
import random
import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from evalci.core.history import Query, RunRecord, selected
from evalci.core.history_file import parse_records, record_line
from evalci.core.history_trend import CaseMean, Span, case_means
from evalci.core.json_value import Json, parse_json, value_at
from evalci.core.trial import shortened
from evalci.errors import BadInputError, NotPublishedError

TIMEOUT_S = 120
RACES = 30  # how often others may be faster
FAILURES = 3
PAUSE_S = 0.1
MAX_PAUSE_S = 3.0
README = """\
# History of evaluations

Written by `evalci history add`: a file for each golden set, model and month, a line for each run.
It holds scores and hashes, no prompts and no answers. `evalci history query` reads it.
"""
_RACE = re.compile(
    r"fetch first|non-fast-forward|cannot lock ref|already exists|failed to update ref"
    r"|incorrect old value|stale info|remote ref updated"
)
# What a hook sets to say which repository, index or objects to use; ours is the folder's.
_POINTERS = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX"}
_IDENTITY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "evalci"), ("EMAIL", "evalci@users.noreply.github.com"))
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """Where the branch lives, and the token that opens it where git itself knows none.

    ``server`` is the address that the token is for, such as https://github.com.
    """

    branch: str
    name: str = "origin"
    server: str = "https://github.com"
    token: str = ""

    def variables(self) -> dict[str, str]:
        """Return what tells git the token; nothing of it is in a command line or a file."""
        if not self.token:
            return {}
        secret = base64.b64encode(f"x-access-token:{self.token}".encode()).decode()
        key = f"http.{self.server.rstrip('/')}/.extraheader"
        return {
            "GIT_CONFIG_COUNT": "2",
            "GIT_CONFIG_KEY_0": key,
            "GIT_CONFIG_VALUE_0": "",  # forget those of the checkout: GitHub refuses two
            "GIT_CONFIG_KEY_1": key,
            "GIT_CONFIG_VALUE_1": f"AUTHORIZATION: basic {secret}",
        }


class BranchHistory:
    """Keeps runs on a branch of the remote that no working tree ever sees.

    An appended line is a commit on top of the remote's; when somebody else was faster the push is
    rejected, and the line is appended to theirs. So nothing is lost, and nothing is ever forced.
    """

    def __init__(
        self, folder: Path, remote: Remote, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """``folder`` lies in a clone of the repository."""
        self._folder = folder
        self._remote = remote
        self._sleep = sleep
        self._ref = f"refs/heads/{remote.branch}"

    def add(self, record: RunRecord) -> bool:
        """Keep a run for good; False when one with its id was there already.

        Raises NotPublishedError when the remote does not take it.
        """
        line = record_line(record)
        parse_records(line, "the run")  # what nobody could read is not written
        path = f"{record.golden_set}.{record.model}/{record.at[:7]}.jsonl"
        races = failures = 0
        while True:
            tip = self._tip()
            before = self._text(tip, path)
            if _has(before, record.id):
                return races + failures > 0  # a push that seemed to fail had landed
            commit = self._commit(tip, {path: f"{before}{line}\n"}, f"Run {record.id} of {path}")
            problem = self._push(commit)
            if problem is None:
                return True
            races, failures = (races + 1, 0) if _RACE.search(problem) else (races, failures + 1)
            if races >= RACES or failures >= FAILURES:
                raise self._rejected(problem)
            self._pause(races + failures)

    def runs(self, query: Query) -> tuple[RunRecord, ...]:
        """Return the runs that a query asks for, oldest first; without cases unless it says so."""
        tip = self._tip()
        if tip is None:
            return ()
        return selected(self._records(tip, query), query)

    def means(self, query: Query, span: Span) -> tuple[CaseMean, ...]:
        """Return the mean of each case asked for, in pieces that periods can be joined from."""
        return case_means(self.runs(replace(query, cases=True)), span)

    def close(self) -> None:
        """Nothing is open."""

    def _records(self, tip: str, query: Query) -> Iterator[RunRecord]:
        for path in filter(None, self._git("ls-tree", "-r", "-z", "--name-only", tip).split("\0")):
            if path.endswith(".jsonl") and _may_hold(path, query):
                yield from parse_records(self._text(tip, path), f"{self._remote.branch}:{path}")

    def _tip(self) -> str | None:
        """Return the newest commit of the remote's branch, fetched; None without the branch."""
        listed = self._git("ls-remote", self._remote.name, self._ref)
        tip = listed.split("\t")[0].strip() or None
        if tip is not None and self._run("cat-file", "-e", f"{tip}^{{commit}}").returncode:
            options = ("--quiet", "--no-tags", "--no-write-fetch-head", "--refmap=")
            self._git("fetch", *options, self._remote.name, self._ref)
            # The next fetch then brings only what is new; without it, it brings everything.
            self._run("update-ref", f"refs/evalci/{self._remote.branch}", tip)
        return tip

    def _text(self, tip: str | None, path: str) -> str:
        """Return a file of a commit, empty where there is none."""
        if tip is None or not self._git("ls-tree", "--name-only", tip, "--", path):
            return ""
        return self._git("cat-file", "blob", f"{tip}:{path}")

    def _commit(self, tip: str | None, files: Mapping[str, str], message: str) -> str:
        """Return a commit on top of another one, made beside working tree and index."""
        with tempfile.TemporaryDirectory() as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            if tip is not None:
                self._git("read-tree", tip, variables=index)
            first = {"README.md": README} if tip is None else {}
            for path, text in {**first, **files}.items():
                blob = self._git("hash-object", "-w", "--stdin", text=text).strip()
                entry = f"100644,{blob},{path}"
                self._git("update-index", "--add", "--cacheinfo", entry, variables=index)
            tree = self._git("write-tree", variables=index).strip()
        parents = () if tip is None else ("-p", tip)
        made = self._git("commit-tree", tree, *parents, "-m", message, variables=_IDENTITY)
        return made.strip()

    def _push(self, commit: str) -> str | None:
        """Return why the remote did not take a commit, None when it did."""
        done = self._run(
            "push", "--quiet", "--no-verify", self._remote.name, f"{commit}:{self._ref}"
        )
        return None if done.returncode == 0 else done.stderr or "git push failed"

    def _pause(self, times: int) -> None:
        """Wait a random while, so that writers do not meet again."""
        self._sleep(random.uniform(0, min(MAX_PAUSE_S, PAUSE_S * 2**times)))  # noqa: S311  # jitter

    def _rejected(self, problem: str) -> NotPublishedError:
        where = f"branch {self._remote.branch} of {self._remote.name}"
        message = f"the history could not be written to {where}: {_last_line(problem)}"
        return NotPublishedError(message, hint="in Actions, the job needs `contents: write`")

    def _git(
        self, *arguments: str, text: str = "", variables: Mapping[str, str] | None = None
    ) -> str:
        """Return what git says, or raise BadInputError with the reason that it gives."""
        done = self._run(*arguments, text=text, variables=variables)
        if done.returncode:
            raise BadInputError(f"git {arguments[0]}: {_last_line(done.stderr)}")
        return done.stdout

    def _run(
        self, *arguments: str, text: str = "", variables: Mapping[str, str] | None = None
    ) -> "subprocess.CompletedProcess[str]":
        own = {name: value for name, value in os.environ.items() if name not in _POINTERS}
        fixed = {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
        try:
            return subprocess.run(  # noqa: S603  # fixed program, no shell
                ["git", "-C", str(self._folder), *arguments],  # noqa: S607  # the user's git
                input=text,
                capture_output=True,
                check=False,
                encoding="utf-8",
                errors="replace",
                timeout=TIMEOUT_S,
                env={**own, **fixed, **self._remote.variables(), **(variables or {})},
            )
        except OSError as exc:
            raise BadInputError(f"cannot start git: {exc.strerror}") from None
        except subprocess.TimeoutExpired:
            raise NotPublishedError(f"git {arguments[0]} took over {TIMEOUT_S} s") from None


def _has(text: str, run: str) -> bool:
    """Tell whether one of the rows is a run; a case may have its id, too."""
    rows = (row for row in text.split("\n") if json.dumps(run) in row)
    return any(value_at(_loaded(row), "id") == run for row in rows)


def _loaded(row: str) -> Json:
    """Return a row as it is, None for what is no JSON: whoever reads will say so."""
    try:
        return parse_json(row)
    except ValueError:
        return None


def _may_hold(path: str, query: Query) -> bool:
    """Tell by its path whether a file may hold a run that is asked for."""
    month = path.rpartition("/")[2].removesuffix(".jsonl")
    early = query.since != "" and month < query.since[:7]
    return not early and not (query.until and month > query.until)


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    told = [line for line in lines if line.startswith(("fatal:", "error:", "!", "remote:"))]
    return shortened((told or lines or ["it failed without a word"])[-1], 200)
