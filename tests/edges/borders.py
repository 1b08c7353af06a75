"""A reader of files whose border is wider than its base."""

from pathlib import Path

from evalci.edges.files import RepoFiles
from evalci.edges.yaml_text import parse_yaml


def nested(tmp_path: Path) -> RepoFiles:
    """Return the reader of a folder `sub` whose border is the folder around it."""
    (tmp_path / "repo/sub").mkdir(parents=True)
    return RepoFiles(base=tmp_path / "repo/sub", border=tmp_path / "repo", parse=parse_yaml)
