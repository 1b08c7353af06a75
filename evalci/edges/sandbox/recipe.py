"""The default image: its recipe, and making it where images can be pulled and where they cannot."""

import hashlib
import io
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from evalci.errors import SandboxError

if TYPE_CHECKING:
    from docker import DockerClient

IDENTITY = "org.evalci.identity"
ROOT = "/opt/python"
IMPORTER = "2"  # raise it when an imported image would differ
Say = Callable[[str], None]


def recipe() -> dict[str, bytes]:
    """Return the files that the default image is made from, by name."""
    folder = files("evalci") / "sandbox_image"
    return {name: (folder / name).read_bytes() for name in ("Dockerfile", "requirements.txt")}


def recipe_identity(*extra: str) -> str:
    """Return the hash of the recipe: base digest, locked requirements, and what else differs."""
    parts = [*recipe().values(), *(text.encode() for text in extra)]
    return f"recipe {hashlib.sha256(b'|'.join(parts)).hexdigest()[:16]}"


def image_name() -> str:
    """Return the name of the default image of this evalci."""
    return f"evalci-sandbox:{recipe_identity().split()[1]}"


def is_made(client: "DockerClient") -> bool:
    """Tell whether the engine has the default image; SandboxError when it does not say."""
    from docker.errors import DockerException

    try:
        return bool(client.images.list(name=image_name()))
    except (DockerException, OSError) as exc:
        raise SandboxError(f"the engine does not list its images: {exc}") from exc


def build(client: "DockerClient", say: Say) -> str:
    """Build the default image from its recipe and return its identity; SandboxError on failure."""
    from docker.errors import DockerException

    identity = recipe_identity()
    try:
        events = client.api.build(
            fileobj=_context(),
            custom_context=True,
            encoding="gzip",
            tag=image_name(),
            rm=True,
            decode=True,
            labels={IDENTITY: identity},
        )
        for event in events:
            if "error" in event:
                raise SandboxError(f"cannot build the image: {str(event['error']).strip()}")
            if text := str(event.get("stream") or event.get("status") or "").strip():
                say(text)
    except (DockerException, OSError) as exc:
        raise SandboxError(f"cannot build the image: {exc}") from exc
    return identity


def _context() -> io.BytesIO:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in recipe().items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    buffer.seek(0)
    return buffer


def import_running(client: "DockerClient", say: Say) -> str:
    """Make the default image from the interpreter that runs this, and return its identity.

    For machines that can reach a package index but no registry of images. The tools are the same
    locked ones; the interpreter is another than the recipe's, and so is the identity.
    """
    from docker.errors import DockerException

    if sys.platform != "linux":
        raise SandboxError("only Linux can import its own interpreter", hint="pull the base image")
    identity = recipe_identity("imported", sys.version, IMPORTER)
    with tempfile.TemporaryDirectory(prefix="evalci-image-") as folder:
        root = Path(folder)
        say(f"copying Python {sys.version.split()[0]}")
        _copy_interpreter(root)
        say("installing the locked tools")
        _install_tools(root)
        say("importing")
        try:
            with tempfile.TemporaryFile() as stream:
                with tarfile.open(fileobj=stream, mode="w") as archive:
                    archive.add(root, arcname="/", filter=_as_root)
                stream.seek(0)
                name, _, tag = image_name().partition(":")
                changes = [f"ENV PATH={ROOT}/bin:/usr/bin:/bin", f"LABEL {IDENTITY}='{identity}'"]
                client.api.import_image_from_data(stream, repository=name, tag=tag, changes=changes)
        except (DockerException, OSError) as exc:
            raise SandboxError(f"cannot import the image: {exc}") from exc
    return identity


def _as_root(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = "root"
    if info.name == "tmp":
        info.mode = 0o1777
    return info


def _copy_interpreter(root: Path) -> None:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    library, target = Path(sysconfig.get_path("stdlib")), root / ROOT[1:] / "lib" / version
    skip = shutil.ignore_patterns("site-packages", "test", "tests", "__pycache__", "config-*")
    shutil.copytree(library, target, ignore=skip, symlinks=False)
    program = Path(sys.executable).resolve()
    (root / ROOT[1:] / "bin").mkdir()
    for name in ("python3", "python"):
        shutil.copy2(program, root / ROOT[1:] / "bin" / name)
    _copy_libraries(root, [program, *target.glob("lib-dynload/*.so")])
    for folder in ("tmp", "proc", "dev", "sys", "etc"):
        (root / folder).mkdir(exist_ok=True)
    (root / "etc/passwd").write_text("root:x:0:0::/:/bin/sh\n", encoding="ascii")


def _copy_libraries(root: Path, programs: list[Path]) -> None:
    for place in _libraries(programs):
        copy = root / place.relative_to("/")
        if not place.is_relative_to(root):
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(place, copy)


def _libraries(programs: list[Path]) -> Iterator[Path]:
    """Yield the shared libraries that programs load, at the places where they look for them."""
    done = subprocess.run(  # noqa: S603  # our own interpreter
        ["ldd", *map(str, programs)],  # noqa: S607  # wherever the system has it
        capture_output=True,
        text=True,
        check=False,
    )
    found = {word for word in done.stdout.split() if word.startswith("/") and ":" not in word}
    for name in sorted(found):
        yield Path(os.path.normpath(name))


def _install_tools(root: Path) -> None:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    target = root / ROOT[1:] / "lib" / version / "site-packages"
    with tempfile.TemporaryDirectory() as folder:
        lock = Path(folder, "requirements.txt")
        lock.write_bytes(recipe()["requirements.txt"])
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes"]
        command += ["--no-deps", "--compile", "--target", str(target), "-r", str(lock)]
        done = subprocess.run(  # noqa: S603  # pip of our own interpreter
            command, capture_output=True, text=True, check=False
        )
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise SandboxError(f"pip could not install the tools: {lines[-1] if lines else '?'}")
    _copy_libraries(root, [*target.glob("bin/*"), *target.rglob("*.so")])
    compiled = [sys.executable, "-m", "compileall", "-q", "-s", str(root), "-p", "/"]
    subprocess.run([*compiled, str(root / ROOT[1:])], check=False)  # noqa: S603  # the same
