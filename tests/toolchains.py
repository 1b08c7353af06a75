"""Images of other toolchains, imported from what Debian has installed on this machine."""

import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path

from evalci.edges.sandbox.reach import connect

SHELL = ("sh", "tar")


def import_toolchain(name: str, programs: Iterable[str], folders: Iterable[Path] = ()) -> str:
    """Return the id of an image with a shell, some programs, and whole folders."""
    wanted = [Path(str(shutil.which(program))) for program in (*SHELL, *programs)]
    trees = list(folders)
    binaries = [p for tree in trees for p in tree.rglob("*") if p.suffix == ".so"]
    binaries += [p for tree in trees for p in (tree / "bin").glob("*")]
    client = connect()
    try:
        with tempfile.TemporaryFile() as stream:
            with tarfile.open(fileobj=stream, mode="w", dereference=True) as archive:
                files = (p for tree in trees for p in tree.rglob("*") if _needed(p))
                for place in {*wanted, *_libraries([*wanted, *binaries]), *files}:
                    archive.add(place, arcname=str(place))
            stream.seek(0)
            changes = ["ENV PATH=/usr/local/bin:/usr/bin:/bin"]
            client.api.import_image_from_data(
                stream, repository="evalci-test", tag=name, changes=changes
            )
        return str(client.images.get(f"evalci-test:{name}").id)
    finally:
        client.close()


def _needed(place: Path) -> bool:
    return place.is_file() and place.suffix not in {".zip", ".jmod"}


def _libraries(programs: Iterable[Path]) -> list[Path]:
    done = subprocess.run(["ldd", *map(str, programs)], capture_output=True, text=True, check=False)
    words = {word for word in done.stdout.split() if word.startswith("/") and ":" not in word}
    return [Path(os.path.normpath(word)) for word in sorted(words)]
