"""The files of a commit through GitHub's API: listed and read as data, never checked out."""

import base64
import binascii

from evalci.core.head_text import MAX_FILE_BYTES, TreeEntry
from evalci.core.json_value import Json, JsonObject, value_at
from evalci.core.ports import GitHubApi, Patience
from evalci.errors import ApiFault, BadInputError, GitHubError

FOLDER = "040000"


class HeadTree:
    """One commit that a pull request brought: whatever it holds, its author chose."""

    def __init__(self, api: GitHubApi, patience: Patience, *, repository: str, commit: str) -> None:
        """``repository`` is `owner/name` of the base, which knows a fork's commits as well."""
        self._api = api
        self._patience = patience
        self._path = f"/repos/{repository}"
        self._commit = commit

    def fork_point(self, tip: str) -> str:
        """Return the best common ancestor of the commit and one of the base."""
        path = f"{self._path}/compare/{tip}...{self._commit}"
        return _text(self._get(path, per_page="1"), "merge_base_commit", "sha")

    def files(self, folders: tuple[str, ...]) -> dict[str, TreeEntry]:
        """Return the files below some folders by path; an empty folder is the top alone.

        BadInputError where a folder is no folder, or holds more than the API lists.
        """
        found: dict[str, TreeEntry] = {}
        root = self._root()
        for folder in folders:
            tree = self._descend(root, folder)
            if tree is not None:
                prefix = f"{folder}/" if folder else ""
                entries = self._entries(tree, folder, recursive=bool(folder))
                found |= {f"{prefix}{name}": entry for name, entry in entries.items()}
        return {path: entry for path, entry in found.items() if entry.mode != FOLDER}

    def everything(self) -> dict[str, TreeEntry] | None:
        """Return every file by path, None when there are more than the API lists."""
        answer = self._tree(self._root(), recursive=True)
        if value_at(answer, "truncated"):
            return None
        return {path: e for path, e in _listed(answer).items() if e.mode != FOLDER}

    def text(self, entry_id: str, path: str) -> str:
        """Return the text of a file; BadInputError when it is none, or too large."""
        blob = self._get(f"{self._path}/git/blobs/{entry_id}")
        try:
            content = base64.b64decode(_text(blob, "content"))
            if len(content) > MAX_FILE_BYTES:
                raise BadInputError(f"`{path}` is larger than {MAX_FILE_BYTES // 1_000_000} MB")
            return content.decode()
        except (binascii.Error, UnicodeDecodeError):
            raise BadInputError(f"`{path}` is not UTF-8 text") from None

    def _descend(self, root: str, folder: str) -> str | None:
        """Return the tree of a folder, None when there is none; no link is followed."""
        tree = root
        for part in folder.split("/") if folder else ():
            entry = self._entries(tree, folder, recursive=False).get(part)
            if entry is None:
                return None
            if entry.mode != FOLDER:
                raise BadInputError(f"`{folder}` is no folder, or lies behind a symlink")
            tree = entry.id
        return tree

    def _entries(self, tree: str, folder: str, *, recursive: bool) -> dict[str, TreeEntry]:
        answer = self._tree(tree, recursive=recursive)
        if value_at(answer, "truncated"):
            raise BadInputError(f"`{folder}` holds more files than GitHub lists")
        return _listed(answer)

    def _root(self) -> str:
        return _text(self._get(f"{self._path}/git/commits/{self._commit}"), "tree", "sha")

    def _tree(self, tree: str, *, recursive: bool) -> Json:
        deep = {"recursive": "1"} if recursive else {}
        return self._get(f"{self._path}/git/trees/{tree}", **deep)

    def _get(self, path: str, **parameters: str) -> Json:
        return self._patience.insist(lambda: self._api.get(path, **parameters))


def _listed(answer: Json) -> dict[str, TreeEntry]:
    entries = value_at(answer, "tree")
    if not isinstance(entries, list):
        raise GitHubError("GitHub's answer holds no tree", fault=ApiFault.SERVER)
    return {_text(entry, "path"): _entry(entry) for entry in entries}


def _entry(data: JsonObject) -> TreeEntry:
    size = value_at(data, "size")
    return TreeEntry(
        mode=_text(data, "mode"),
        id=_text(data, "sha"),
        size=size if isinstance(size, int) else None,
    )


def _text(data: Json, *path: str) -> str:
    value = value_at(data, *path)
    if not isinstance(value, str):
        message = f"GitHub's answer has no `{'.'.join(path)}`"
        raise GitHubError(message, fault=ApiFault.SERVER)
    return value
