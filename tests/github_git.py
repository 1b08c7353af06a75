"""The git data of a GitHub server: commits, trees, contents and refs."""

import base64
import hashlib
import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.github_rules import Refusal, invalid, known, require


@dataclass(frozen=True, slots=True)
class GitObjects:
    """The commits, trees and contents of a real git repository, as the API shows them."""

    folder: Path | None = None

    def commit(self, sha: str) -> dict[str, Any]:
        """Return a commit."""
        return {"sha": sha, "tree": {"sha": self._git("rev-parse", f"{sha}^{{tree}}")}}

    def merge_base(self, one: str, other: str) -> str:
        """Return where two commits part."""
        return self._git("merge-base", one, other)

    def tree(self, sha: str, *, recursive: bool) -> dict[str, Any]:
        """Return the entries of a tree, with those of its folders where it is ``recursive``."""
        deep = ["-r", "-t"] if recursive else []
        lines = self._git("ls-tree", "-z", "--long", *deep, sha).split("\0")
        entries = []
        for about, path in (line.split("\t", 1) for line in lines if line):
            mode, kind, id_, size = about.split()
            sized = {} if size == "-" else {"size": int(size)}
            entries.append({"path": path, "mode": mode, "type": kind, "sha": id_, **sized})
        return {"sha": sha, "tree": entries, "truncated": False}

    def blob(self, sha: str) -> dict[str, Any]:
        """Return a content, in base64 on lines as GitHub sends it."""
        content = self._run("cat-file", "blob", sha)
        return {"sha": sha, "encoding": "base64", "content": base64.encodebytes(content).decode()}

    def _git(self, *arguments: str) -> str:
        return self._run(*arguments).decode().strip()

    def _run(self, *arguments: str) -> bytes:
        if self.folder is None:
            raise Refusal(404, "Not Found")
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, capture_output=True, check=False
        )
        if done.returncode:
            raise Refusal(404, "Not Found")
        return done.stdout


@dataclass(kw_only=True)
class GitData:
    """The git data that a repository was given through the API, beside that of its ``objects``."""

    shas: set[str] = field(default_factory=set)
    blobs: dict[str, bytes] = field(default_factory=dict)
    trees: dict[str, dict[str, str]] = field(default_factory=dict)
    commits: dict[str, dict[str, Any]] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    objects: GitObjects = field(default_factory=GitObjects)

    def push(self, branch: str, files: Mapping[str, str], *, sha: str = "") -> str:
        """Put a commit with these files on a branch, as if somebody had pushed it."""
        tree = {path: self._blob(text.encode()) for path, text in files.items()}
        tip = self.refs.get(f"heads/{branch}")
        return self._commit(self._tree(tree), [tip] if tip else [], sha=sha, branch=branch)

    def _commit(self, tree: str, parents: list[str], *, sha: str = "", branch: str = "") -> str:
        sha = sha or _digest({"tree": tree, "parents": parents, "n": len(self.commits)})
        self.commits[sha] = {
            "sha": sha,
            "tree": {"sha": tree},
            "parents": [{"sha": parent} for parent in parents],
        }
        self.shas.add(sha)
        if branch:
            self.refs[f"heads/{branch}"] = sha
        return sha

    def _blob(self, content: bytes) -> str:
        sha = hashlib.sha1(b"blob" + content, usedforsecurity=False).hexdigest()
        self.blobs[sha] = content
        return sha

    def _tree(self, entries: Mapping[str, str]) -> str:
        sha = _digest(dict(entries))
        self.trees[sha] = dict(entries)
        return sha

    def blob(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Create a blob."""
        require(body, ("content",))
        known(body, {"content", "encoding"})
        encoding = body.get("encoding", "utf-8")
        if encoding not in {"utf-8", "base64"}:
            raise invalid("encoding", "encoding is not utf-8 or base64")
        text = body["content"]
        plain = encoding == "utf-8"
        content = text.encode() if plain else base64.b64decode(text, validate=True)
        return {"sha": self._blob(content)}

    def tree(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Create a tree on top of another."""
        require(body, ("tree",))
        known(body, {"tree", "base_tree"})
        base = body.get("base_tree")
        if base is not None and base not in self.trees:
            raise Refusal(404, "Not Found")
        entries = dict(self.trees[base]) if base else {}
        for entry in body["tree"]:
            known(entry, {"path", "mode", "type", "sha", "content"})
            if entry.get("mode") not in {"100644", "100755", "040000", "160000", "120000"}:
                raise invalid("tree.mode", "tree.mode is not a file mode")
            if entry["sha"] is None and entry["path"] not in entries:
                raise Refusal(422, "GitRPC::BadObjectState")
            if entry["sha"] is None:
                del entries[entry["path"]]
            elif entry["sha"] not in self.blobs:
                raise invalid("tree.sha", f"tree.sha {entry['sha']} is not a valid blob")
            else:
                entries[entry["path"]] = entry["sha"]
        return {"sha": self._tree(entries)}

    def new_commit(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Create a commit."""
        require(body, ("message", "tree"))
        known(body, {"message", "tree", "parents", "author", "committer", "signature"})
        if body["tree"] not in self.trees:
            raise invalid("tree", "Tree SHA does not exist")
        parents = list(body.get("parents", []))
        if any(parent not in self.commits for parent in parents):
            raise invalid("parents", "Parent SHA does not exist")
        return self.commits[self._commit(body["tree"], parents)]

    def commit(self, sha: str) -> dict[str, Any]:
        """Return a commit that is there, one of a fork's among them."""
        if sha in self.commits:
            return self.commits[sha]
        return self.objects.commit(sha)

    def ref(self, name: str) -> dict[str, Any]:
        """Return a ref that is there; ``name`` begins with `heads/`."""
        if name not in self.refs:
            raise Refusal(404, "Not Found")
        return {"ref": f"refs/{name}", "object": {"type": "commit", "sha": self.refs[name]}}

    def new_ref(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Create a ref."""
        require(body, ("ref", "sha"))
        known(body, {"ref", "sha"})
        ref, sha = body["ref"], body["sha"]
        if not ref.startswith("refs/") or ref.count("/") < 2:
            raise Refusal(422, "Reference name must start with 'refs/' and have two slashes")
        if ref.removeprefix("refs/") in self.refs:
            raise Refusal(422, "Reference already exists")
        if sha not in self.commits:
            raise Refusal(422, "Object does not exist")
        self.refs[ref.removeprefix("refs/")] = sha
        return self.ref(ref.removeprefix("refs/"))

    def move_ref(self, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Point a ref at another commit."""
        require(body, ("sha",))
        known(body, {"sha", "force"})
        if name not in self.refs or body["sha"] not in self.commits:
            raise Refusal(422, "Reference does not exist")
        if not body.get("force") and self.refs[name] not in self.ancestors(body["sha"]):
            raise Refusal(422, "Update is not a fast forward")
        self.refs[name] = body["sha"]
        return self.ref(name)

    def ancestors(self, sha: str) -> set[str]:
        """Return a commit and all before it."""
        found: set[str] = set()
        waiting = [sha]
        while waiting:
            here = waiting.pop()
            if here not in found:
                found.add(here)
                waiting += [parent["sha"] for parent in self.commits[here]["parents"]]
        return found

    def compare(self, base: str, head: str) -> dict[str, Any]:
        """Return how a commit stands to another."""
        if head not in self.commits:
            return {"merge_base_commit": {"sha": self.objects.merge_base(base, head)}}
        base = self.refs.get(f"heads/{base}", base)
        self.commit(base)
        self.commit(head)
        if base == head:
            return {"status": "identical", "merge_base_commit": {"sha": head}}
        if base in self.ancestors(head):
            return {"status": "ahead", "merge_base_commit": {"sha": base}}
        if head in self.ancestors(base):
            return {"status": "behind", "merge_base_commit": {"sha": head}}
        return {"status": "diverged"}

    def files(self, ref: str) -> dict[str, str]:
        """Return the files of a branch."""
        tree = self.trees[self.commits[self.refs[f"heads/{ref}"]]["tree"]["sha"]]
        return {path: self.blobs[sha].decode() for path, sha in tree.items()}


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True).encode()
    return hashlib.sha1(text, usedforsecurity=False).hexdigest()
