"""The sandbox: one shared supervisor an image, one container a check where that is needed."""

import hashlib
import json
import re
import secrets
import shutil
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from evalci.core.sandbox import (
    DEFAULT_IMAGE,
    LOCAL,
    Check,
    CheckResult,
    Engine,
    SandboxPolicy,
)
from evalci.edges.sandbox.child import ChildWire
from evalci.edges.sandbox.engine import WORK, ContainerEngine
from evalci.edges.sandbox.plain import PlainContainers
from evalci.edges.sandbox.pool import SupervisorPool
from evalci.edges.sandbox.reach import connect
from evalci.edges.sandbox.recipe import (
    IDENTITY,
    build,
    image_name,
    import_running,
    is_made,
    recipe_identity,
)
from evalci.edges.sandbox.session import Session
from evalci.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.resources.abc import Traversable

NOT_RUN = {126, 127}  # the exit codes of a shell that cannot run a program
_NOT_THERE = re.compile("not found|No such file")
_MODULES = ("usage", "confine", "checks", "supervisor")
# Makes modules of texts, so that an image needs nothing of evalci in it.
_BOOT = """\
import json, sys, types
for name, text in json.loads(sys.argv[1]):
    module = sys.modules["evalci.inside." + name] = types.ModuleType("evalci.inside." + name)
    exec(compile(text, name, "exec"), module.__dict__)
module.main(sys.argv[2])
"""


def supervisor_command(options: Mapping[str, object]) -> list[str]:
    """Return the arguments with which a Python becomes the supervisor."""
    *modules, runner, names = _code_in(files("evalci.inside"))
    given = json.dumps({**options, **dict([runner, names])})
    return ["-I", "-c", _BOOT, json.dumps(modules), given]


def code_identity(folder: "Traversable | None" = None) -> str:
    """Return the hash of our own code that runs inside: it has a part in every score there."""
    texts = [text.encode() for _, text in _code_in(folder or files("evalci.inside"))]
    return hashlib.sha256(b"|".join([_BOOT.encode(), *texts])).hexdigest()[:16]


def _code_in(folder: "Traversable") -> list[tuple[str, str]]:
    names = (*_MODULES, "runner", "names")
    return [(name, (folder / f"{name}.py").read_text(encoding="utf-8")) for name in names]


def reference(policy: SandboxPolicy, image: str) -> str:
    """Return the name of an image; `default` is the policy's, and its `default` the recipe's."""
    chosen = policy.image if image == DEFAULT_IMAGE else image
    return image_name() if chosen == DEFAULT_IMAGE else chosen


def declared_identity(policy: SandboxPolicy, image: str) -> str:
    """Return what an image would be here, for when no engine is there to ask."""
    name = reference(policy, image)
    if policy.engine is Engine.LOCAL:
        return f"{LOCAL} {image}"
    return recipe_identity() if name == image_name() else name


class DockerSandbox:
    """Containers of a Docker engine."""

    def __init__(self, policy: SandboxPolicy) -> None:
        """Reach the engine; SandboxError when there is none."""
        self._policy = policy
        self._engine = ContainerEngine(connect(), policy)
        slots = self._engine.slots
        self._pool = SupervisorPool(self._open, alone_at_once=slots, timeout_s=policy.timeout_s)
        self._plain = PlainContainers(self._engine.plain, policy, at_once=slots)
        self._without_python: set[str] = set()
        self._lock = threading.Lock()

    def identity(self, image: str) -> str:
        """Return the digest of an image, or the identity that the default one was made with."""
        name = self._reference(image)
        if name != image_name():
            return name
        labels = self._engine.image_labels(image_name())
        return (labels or {}).get(IDENTITY) or recipe_identity()

    def require(self, image: str, say: "Callable[[str], None]") -> None:
        """Make sure that the engine has an image; SandboxError when it cannot get it."""
        name = self._reference(image)
        if self._engine.image_labels(name) is not None:
            return
        if "@" not in name:
            hint = "`evalci sandbox build` makes the default one"
            raise SandboxError(f"the engine has no sandbox image `{image}`", hint=hint)
        for line in self._engine.pull(name):
            say(line)

    def run(self, check: Check) -> CheckResult:
        """Run a check in the shared container of its image, else in one of its own.

        SandboxError when the image lacks the program that is to run.
        """
        result = self._once(check)
        if result.code in NOT_RUN and self._lacks(check):
            raise SandboxError(f"the image `{check.image}` cannot run `{check.program}`")
        return result

    def _lacks(self, check: Check) -> bool:
        """Ask the image itself: an answer may print and exit as it likes, but has no file here."""
        has_shell = check.command[:1] == ("sh",) or check.image in self._without_python
        if not check.program or not has_shell:
            return False
        look = ("sh", "-c", 'command -v "$0"', check.program)
        return self._once(replace(check, files=(), workdir=".", command=look)).code != 0

    def _once(self, check: Check) -> CheckResult:
        if check.image not in self._without_python:
            try:
                return self._pool.run(check)
            except _NoPythonError:
                with self._lock:
                    self._without_python.add(check.image)
        return self._plain.run(replace(check, image=self._reference(check.image)))

    def _reference(self, image: str) -> str:
        """Return the name by which the engine knows an image; `default` is the policy's."""
        return reference(self._policy, image)

    def close(self) -> None:
        """Remove every container."""
        self._pool.close()
        self._engine.close()

    def _open(self, image: str, shared: bool) -> Session:
        slots = self._engine.slots if shared else 1
        options = {"slots": slots, "work": WORK, "uid": 10_000 + 2 * secrets.randbelow(10_000)}
        command = ["python3", *supervisor_command(options)]
        try:
            name = self._reference(image)
            return Session(self._engine.supervised(name, command, slots=slots), self._policy)
        except SandboxError as exc:
            if "python3" in exc.message and _NOT_THERE.search(exc.message):
                raise _NoPythonError(exc.message) from exc
            raise


class _NoPythonError(SandboxError):
    """An image has no python3, so no supervisor can run in it."""


class LocalSandbox:
    """A child process with limits, and no isolation: only for code that one trusts."""

    def __init__(self, policy: SandboxPolicy) -> None:
        """Make the folder in which every check gets one."""
        self._policy = policy
        self._folder = tempfile.mkdtemp(prefix="evalci-local-")
        self._pool = SupervisorPool(self._open, alone_at_once=2, timeout_s=policy.timeout_s)

    def identity(self, image: str) -> str:
        """Return a name that never equals a container's."""
        return f"{LOCAL} {image}"

    def require(self, image: str, say: "Callable[[str], None]") -> None:
        """Refuse every image but the default, which here is this interpreter."""
        del say
        if image != DEFAULT_IMAGE:
            message = f"`sandbox: {{engine: local}}` cannot run the image `{image}`"
            raise SandboxError(message, hint="use the docker engine")

    def run(self, check: Check) -> CheckResult:
        """Run a check as this user."""
        return self._pool.run(check)

    def close(self) -> None:
        """End what still runs, and remove the folders."""
        self._pool.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _open(self, image: str, shared: bool) -> Session:
        del image
        options = {"slots": 2 if shared else 1, "work": str(Path(self._folder)), "uid": None}
        return Session(ChildWire(supervisor_command(options)), self._policy)


def open_sandbox(policy: SandboxPolicy) -> DockerSandbox | LocalSandbox:
    """Return the sandbox that a policy asks for, never a weaker one."""
    if policy.engine is Engine.LOCAL:
        return LocalSandbox(policy)
    return DockerSandbox(policy)


def default_image() -> str:
    """Return the name of the default image, empty where the engine has none of this recipe."""
    client = connect()
    try:
        return image_name() if is_made(client) else ""
    finally:
        client.close()


def build_default_image(say: "Callable[[str], None]", *, pull: bool) -> str:
    """Make the default image and return a line that names it; SandboxError when nothing works."""
    client = connect()
    try:
        if pull:
            try:
                identity = build(client, say)
            except SandboxError as exc:
                say(f"{exc}; importing the running Python instead")
                identity = import_running(client, say)
        else:
            identity = import_running(client, say)
    finally:
        client.close()
    return f"{image_name()}: {identity}"
