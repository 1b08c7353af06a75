"""A branch of the repository's remote, of which no more is fetched than somebody asks for."""

import base64
import os
import re
import shutil
import subprocess
import tempfile
import weakref
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from evalci.core.trial import shortened
from evalci.errors import BadInputError, NotPublishedError

TIMEOUT_S = 300
MAX_FILE_BYTES = 90_000_000  # GitHub refuses files of 100 MB
_AT_ONCE = 16  # files in memory at the same time
_RACE = re.compile(
    r"fetch first|non-fast-forward|cannot lock ref|already exists|failed to update ref"
    r"|incorrect old value|stale info|remote ref updated"
)
_NEVER = re.compile(r"exists; cannot create|directory file conflict")
_HINTS = {
    _NEVER: "another branch has the beginning of this name: name another in `history.url`",
    re.compile(r"\b403\b|denied|not granted|could not read Username|Authentication"): (
        "in Actions, the job needs `permissions: {contents: write}`"
    ),
    re.compile(r"Protected branch|rule violations|hook declined"): (
        "let this job push to the branch, or name another place in `history.url`"
    ),
}
# What a hook sets to say which repository, index or objects to use; ours is one of our own.
_POINTERS = {
    f"GIT_{name}"
    for name in (
        *("DIR", "WORK_TREE", "COMMON_DIR", "INDEX_FILE", "PREFIX", "NAMESPACE", "SHALLOW_FILE"),
        *("OBJECT_DIRECTORY", "ALTERNATE_OBJECT_DIRECTORIES", "QUARANTINE_PATH"),
    )
}
_IDENTITY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "evalci"), ("EMAIL", "evalci@users.noreply.github.com"))
}
# How to reach a remote, of all that a repository's own config says.
_REACH = re.compile(
    r"(url|http|credential|protocol)\..+|core\.(sshcommand|gitproxy)|ssh\.variant"
    r"|remote\..+\.(url|pushurl|proxy|proxyauthmethod)"
)
_OURS = (
    *(("core.hooksPath", os.devnull), ("maintenance.auto", "false"), ("gc.auto", "0")),
    ("fetch.negotiationAlgorithm", "noop"),  # what is asked for is never here already
    *(("push.followTags", "false"), ("push.gpgSign", "false"), ("push.recurseSubmodules", "no")),
)
_FETCH = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--filter=blob:none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """Where the branch lives, and the token that opens it where git itself knows none.

    ``server`` is the address that the token is for, such as https://github.com.
    """

    branch: str
    name: str = "origin"
    server: str = "https://github.com"
    token: str = ""

    def settings(self) -> tuple[tuple[str, str], ...]:
        """Return what tells git the token; nothing of it is in a command line or a file."""
        if not self.token:
            return ()
        secret = base64.b64encode(f"x-access-token:{self.token}".encode()).decode()
        key = f"http.{self.server.rstrip('/')}/.extraheader"
        # The first forgets those of the checkout: GitHub refuses two.
        return (key, ""), (key, f"AUTHORIZATION: basic {secret}")


class GitBranch:
    """Reads and appends to a branch through a bare repository of its own, gone when it is closed.

    So the user's clone stays as it is, and a fetch brings one commit and its folders, however
    many years the branch is old; the files come when they are read.
    """

    def __init__(self, folder: Path, remote: Remote, *, limit: int = MAX_FILE_BYTES) -> None:
        """``folder`` lies in a clone of the repository, whose remote and credentials are used.

        ``limit`` is how many bytes a file may have.
        """
        self._limit = limit
        self.name = remote.branch
        self._folder = folder
        self._remote = remote
        self._ref = f"refs/heads/{remote.branch}"
        self.bare = Path(tempfile.mkdtemp(prefix="evalci-history-"))
        self._remove = weakref.finalize(self, shutil.rmtree, self.bare, ignore_errors=True)

    def tip(self) -> str | None:
        """Return the newest commit of the branch, fetched; None without the branch.

        Raises NotPublishedError when the remote does not answer.
        """
        refs = f"+{self._ref}:{self._ref}"
        done = self._git(*_FETCH, "--depth=1", self._remote.name, refs)
        if done.returncode and "couldn't find remote ref" in _text(done.stderr):
            return None
        _refuse(done)
        return self._said("rev-parse", self._ref).strip()

    def files(self, tip: str) -> dict[str, str]:
        """Return the files of a commit: the id of each by its path."""
        rows = self._said("ls-tree", "-r", "-z", tip).split("\0")
        pairs = [row.split("\t", 1) for row in rows if row.startswith("100")]
        return {path: about.split()[2] for about, path in pairs}

    def texts(self, files: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """Yield path and text of some files, given like those that `files` returns.

        Raises BadInputError for one that is too large to be of ours.
        """
        if files:
            self._bring(set(files.values()))
        paths = tuple(files)
        for start in range(0, len(paths), _AT_ONCE):
            some = paths[start : start + _AT_ONCE]
            self._refuse_large({path: files[path] for path in some})
            yield from zip(some, self._read([files[path] for path in some]), strict=True)

    def push(self, tip: str | None, files: Mapping[str, str], message: str) -> bool:
        """Put files into a commit on top of another one; False when somebody else was faster.

        Raises NotPublishedError when the remote does not take it.
        """
        for path, text in files.items():
            if len(text.encode()) > self._limit:
                raise NotPublishedError(f"{path} would have more than {self._limit:,} bytes")
        commit = self._commit(tip, files, message)
        options = ("--quiet", "--no-verify")
        done = self._git("push", *options, self._remote.name, f"{commit}:{self._ref}")
        said = _text(done.stderr)
        if done.returncode and _RACE.search(said) and not _NEVER.search(said):
            return False
        _refuse(done)
        return True

    def close(self) -> None:
        """Remove what was fetched."""
        self._remove()

    def _bring(self, ids: set[str]) -> None:
        """Fetch files that are not here, all in one."""
        listed = self._said("rev-list", "--objects", "--missing=print", "--max-count=1", self._ref)
        absent = ids & {row.removeprefix("?") for row in listed.split("\n") if row.startswith("?")}
        if absent:
            wanted = "".join(f"{id_}\n" for id_ in sorted(absent))
            _refuse(self._git(*_FETCH, "--stdin", self._remote.name, text=wanted))

    def _refuse_large(self, files: Mapping[str, str]) -> None:
        ids = "".join(f"{id_}\n" for id_ in files.values())
        sizes = self._said("cat-file", "--batch-check=%(objectsize)", text=ids).split()
        for path, size in zip(files, sizes, strict=True):
            if int(size) > self._limit:
                raise BadInputError(f"{self.name}:{path}: more than {self._limit:,} bytes")

    def _read(self, ids: Sequence[str]) -> Iterator[str]:
        done = self._git("cat-file", "--batch", text="".join(f"{id_}\n" for id_ in ids))
        _refuse(done)
        rest = done.stdout
        for _ in ids:
            head, _, rest = rest.partition(b"\n")
            size = int(head.split()[2])
            yield _text(rest[:size])
            rest = rest[size + 1 :]

    def _commit(self, tip: str | None, files: Mapping[str, str], message: str) -> str:
        with tempfile.TemporaryDirectory() as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            if tip is not None:
                self._said("read-tree", tip, variables=index)
            for path, text in files.items():
                blob = self._said("hash-object", "-w", "--stdin", text=text).strip()
                entry = f"100644,{blob},{path}"
                self._said("update-index", "--add", "--cacheinfo", entry, variables=index)
            tree = self._said("write-tree", "--missing-ok", variables=index).strip()
        parents = () if tip is None else ("-p", tip)
        made = self._said("commit-tree", tree, *parents, "-m", message, variables=_IDENTITY)
        return made.strip()

    def _said(
        self, *arguments: str, text: str = "", variables: Mapping[str, str] | None = None
    ) -> str:
        """Return what git says in our repository; NotPublishedError when it fails."""
        done = self._git(*arguments, text=text, variables=variables)
        _refuse(done)
        return _text(done.stdout)

    def _git(
        self, *arguments: str, text: str = "", variables: Mapping[str, str] | None = None
    ) -> "subprocess.CompletedProcess[bytes]":
        own = {"GIT_DIR": str(self.bare), **(variables or {})}
        return _run(arguments, self._top, {**self._variables, **own}, text)

    @cached_property
    def _top(self) -> Path:
        """Return the top of the user's clone, where the path of a remote begins."""
        done = _run(("rev-parse", "--show-toplevel"), self._folder, _environment())
        if done.returncode:
            message = f"the history is to be on a branch: {_told(_text(done.stderr))}"
            hint = "`--history sqlite:///.evalci/history.sqlite` keeps it in a file"
            raise BadInputError(message, hint=hint)
        return Path(_text(done.stdout).rstrip("\n"))

    @cached_property
    def _variables(self) -> dict[str, str]:
        """Return the environment of git in our repository, which this makes."""
        outside, name = _environment(), self._remote.name
        if _run(("config", "--get", f"remote.{name}.url"), self._top, outside).returncode:
            hint = f"`git remote add {name} …` names one"
            raise BadInputError(
                f"the history is to be on a branch of the remote `{name}`, "
                "which this repository does not have",
                hint=hint,
            )
        own = _run(("config", "--local", "--includes", "--list", "-z"), self._top, outside)
        reach = [pair for pair in _pairs(_text(own.stdout)) if _REACH.fullmatch(pair[0])]
        settings = (*reach, *_OURS, *self._remote.settings())
        init = ("init", "--quiet", "--bare", "--template=", str(self.bare))
        _refuse(_run(init, self._top, outside))
        return {**outside, **_configured(settings, outside)}


def _pairs(listed: str) -> Iterator[tuple[str, str]]:
    """Yield the settings that `git config --list -z` prints; one without a value is true."""
    for row in filter(None, listed.split("\0")):
        key, equals, value = row.partition("\n")
        yield key, value if equals else "true"


def _configured(
    settings: Sequence[tuple[str, str]], environment: Mapping[str, str]
) -> dict[str, str]:
    """Return variables that add settings to those that an environment already holds."""
    known = environment.get("GIT_CONFIG_COUNT", "")
    first = int(known) if known.isdecimal() else 0
    found = {"GIT_CONFIG_COUNT": str(first + len(settings))}
    for number, (key, value) in enumerate(settings, first):
        found |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return found


def _environment() -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if name not in _POINTERS}
    return {**own, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


def _run(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], text: str = ""
) -> "subprocess.CompletedProcess[bytes]":
    try:
        return subprocess.run(  # noqa: S603  # fixed program, no shell
            ["git", *arguments],  # noqa: S607  # the user's git
            cwd=folder,
            input=text.encode(),
            capture_output=True,
            check=False,
            timeout=TIMEOUT_S,
            env=environment,
        )
    except OSError as exc:
        raise BadInputError(f"cannot start git: {exc.strerror}") from None
    except subprocess.TimeoutExpired:
        raise NotPublishedError(f"git {arguments[0]} took over {TIMEOUT_S} s") from None


def _refuse(done: "subprocess.CompletedProcess[bytes]") -> None:
    """Raise NotPublishedError, with what to do, for a command of git that failed."""
    if done.returncode:
        said = _text(done.stderr)
        hint = next((hint for form, hint in _HINTS.items() if form.search(said)), "")
        raise NotPublishedError(_told(said), hint=hint)


def _told(said: str) -> str:
    """Return the reason in what git says: the remote's own words, else the first complaint."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    remote = [line.removeprefix("remote:").strip() for line in lines if line.startswith("remote:")]
    told = " ".join(filter(None, remote))
    first = (line for line in lines if not line.lower().startswith(("warning:", "hint:", "to ")))
    return shortened(told or next(first, "git failed without a word"), 200)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
