"""What a model's answer does to a code base: found in the text, then applied to the fixture."""

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from evalci.core.answer import fenced_blocks, tagged_blocks, without_reasoning
from evalci.core.file_blocks import file_blocks
from evalci.core.golden_set import Case, CodeTarget, Protocol
from evalci.core.json_value import Json
from evalci.core.python_parts import whole_python
from evalci.core.unified_diff import DiffError, FileDiff, apply_diff, parse_diff

NO_CODE = "no code found"
REFERENCE = ".reference"  # where gates put what they compare an answer with
RESERVED = frozenset({".tmp", REFERENCE})
EXTENSIONS: Mapping[str, str] = {
    "python": "py",
    "javascript": "js",
    "typescript": "ts",
    "java": "java",
    "go": "go",
    "rust": "rs",
    "csharp": "cs",
    "c": "c",
    "cpp": "cpp",
    "ruby": "rb",
}
# The names under which languages appear behind a fence.
_TAGS: Mapping[str, frozenset[str]] = {
    "python": frozenset({"python", "py", "python3"}),
    "javascript": frozenset({"javascript", "js", "node", "mjs"}),
    "typescript": frozenset({"typescript", "ts"}),
    "csharp": frozenset({"csharp", "cs", "c#"}),
    "cpp": frozenset({"cpp", "c++", "cc"}),
    "go": frozenset({"go", "golang"}),
    "rust": frozenset({"rust", "rs"}),
    "ruby": frozenset({"ruby", "rb"}),
}
# What is run or shown beside code, and is not the answer to a question about code.
_OTHER = frozenset({"bash", "sh", "shell", "console", "text", "txt", "output", "diff", "json"})
_CODE_LINE = re.compile(
    r"^(?:\s+\S|@\w|#!|#include|//|/\*|[\])}]|"
    r"(?:def|class|import|from|async|package|func|public|const|let|var|function|use|fn|struct|"
    r"return|if|for|while|try|with|assert|static|private|protected|enum|interface|module|export)\b"
    r".*[\w:;{}()\]\"'\\,]$|[A-Za-z_][\w.\[\]]*\s*(?:=|\(|:\s*\w+\s*=|\+=))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """The files that an answer writes and deletes, or ``problem``: why there are none."""

    written: Mapping[str, str] = field(default_factory=dict)
    deleted: frozenset[str] = frozenset()
    problem: str = ""
    extracted: bool = True

    def applied_to(self, target: CodeTarget) -> dict[str, str]:
        """Return the fixture with the answer applied to it."""
        base = {file.path: file.content for file in target.fixture}
        kept = {path: text for path, text in base.items() if path not in self.deleted}
        return {**kept, **self.written}


def read_submission(case: Case, text: str) -> Submission:
    """Return what an answer does to the code base of its case; reasoning before it is no part."""
    target, text = case.target or CodeTarget(), without_reasoning(text)
    match case.protocol:
        case Protocol.FILE_BLOCKS:
            written = file_blocks(text)
            return _checked(Submission(written=written), target) if written else _nothing()
        case Protocol.UNIFIED_DIFF:
            return _from_diff(text, target)
        case Protocol.CODE | Protocol.TEXT | Protocol.JSON:
            code = code_in(case, text)
            if code is None:
                return _nothing()
            written = {target_file(case): continued(target.continues, code)}
            return _checked(Submission(written=written), target)


def code_in(case: Case, text: str) -> str | None:
    """Return the code in an answer to a case, None when there is none."""
    module = PurePosixPath(target_file(case)).stem
    answer = without_reasoning(text)
    return find_code(answer, _language(case), module=module, given=_given(case))


def _language(case: Case) -> str:
    return case.dimensions.get("language", ("python",))[0].casefold()


def target_file(case: Case) -> str:
    """Return the name of the file that a code answer is written to."""
    given = case.target.file if case.target else ""
    return given or f"solution.{EXTENSIONS.get(_language(case), 'txt')}"


def _nothing() -> Submission:
    return Submission(problem=NO_CODE, extracted=False)


def find_code(
    text: str, language: str, *, module: str = "", given: Iterable[str] = ()
) -> str | None:
    """Return the code in an answer: the longest block of its language, else of any, else all.

    Python that is split over several blocks is put together (``python_parts``). A block that
    imports ``module``, as which the answer is written, uses the answer, and one that stands in the
    texts ``given`` to the model shows what was there before: neither is one where there is another.
    An answer without a fence counts as code from its first line that looks like it; when none does,
    there is no code.
    """
    blocks = [(tag.casefold(), body) for tag, body in tagged_blocks(text) if body.strip()]
    if blocks:
        named = _TAGS.get(language, frozenset({language}))
        uses = re.compile(rf"^\s*(?:from|import)\s+{re.escape(module or '?')}\b", re.MULTILINE)
        blocks = [(tag, body) for tag, body in blocks if not uses.search(body)] or blocks
        for fitting in (
            [body for tag, body in blocks if tag in named],
            [body for tag, body in blocks if tag not in _OTHER],
            [body for _, body in blocks],
        ):
            if fitting:
                old = _standing(fitting, given) if len(fitting) > 1 else ()
                if language == "python":
                    return whole_python(fitting, old)
                return max([body for body in fitting if body not in old] or fitting, key=len)
    return None if fenced_blocks(text) else _unfenced(text)


def _standing(blocks: Sequence[str], given: Iterable[str]) -> list[str]:
    """Return the blocks that stand in one of the texts, up to white space."""
    texts = ["".join(text.split()) for text in given]
    return [block for block in blocks if any("".join(block.split()) in text for text in texts)]


def _given(case: Case) -> Iterator[str]:
    """Yield the texts of a case that are put into its prompt."""
    yield from _texts(case.inputs)
    yield from (file.content for file in case.context_files)


def _texts(value: Json) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            yield from (text for inner in value.values() for text in _texts(inner))
        case list() | tuple():
            yield from (text for inner in value for text in _texts(inner))


def _unfenced(text: str) -> str | None:
    lines = text.replace("\r\n", "\n").split("\n")
    filled = [line for line in lines if line.strip()]
    if not filled:
        return None
    if filled[0][0].isspace():  # it carries on where the prompt ended
        return text
    looks = [index for index, line in enumerate(lines) if _CODE_LINE.match(line)]
    if not looks:
        return None
    first = next(i for i in looks if not lines[i][0].isspace()) if _flush(lines, looks) else 0
    return "\n".join(lines[first : looks[-1] + 1]) + "\n"


def _flush(lines: list[str], looks: list[int]) -> bool:
    return any(not lines[i][0].isspace() for i in looks)


def continued(start: str, code: str) -> str:
    """Return a code answer as the file it makes together with the text that it continues."""
    if not start or code.startswith(start.strip()):
        return code
    first = next((line for line in code.split("\n") if line.strip()), "")
    if first[:1].isspace() or _stands_alone(start):
        return start + ("" if start.endswith("\n") else "\n") + code
    return code


def _stands_alone(start: str) -> bool:
    """Tell whether a text of the golden set is Python that needs no more to be valid."""
    try:
        ast.parse(start)
    except (SyntaxError, ValueError):
        return False
    return True


def _from_diff(text: str, target: CodeTarget) -> Submission:
    fenced = [body for _, body in tagged_blocks(text) if "+++ " in body]
    try:
        diffs = parse_diff("\n".join(fenced) if fenced else text)
    except DiffError:
        return _nothing()
    if escape := _escape([name for diff in diffs for name in _names(diff)]):
        return Submission(problem=escape)
    try:
        written, deleted = apply_diff({f.path: f.content for f in target.fixture}, diffs)
    except DiffError as exc:
        return Submission(problem=str(exc))
    return _checked(Submission(written=written, deleted=deleted), target)


def _names(diff: FileDiff) -> list[str]:
    return [name for name in (diff.old, diff.new) if name is not None]


def _checked(submission: Submission, target: CodeTarget) -> Submission:
    problem = _escape([*submission.written, *submission.deleted])
    problem = problem or _clash(submission.applied_to(target))
    return Submission(problem=problem) if problem else submission


def _escape(paths: Collection[str]) -> str:
    """Return why one of the paths is refused: it leaves the code base, or cannot be a file."""
    for path in paths:
        parts = PurePosixPath(path).parts
        bad = not parts or path.startswith("/") or ".." in parts or ".git" in parts
        odd = any(ord(char) < 32 or char in "\\:\x7f" for char in path) or len(path) > 300
        if bad or odd or str(PurePosixPath(path)) != path:
            return f"path {path[:80]!r} leaves the code base"
        if RESERVED & set(parts):
            return f"path {path[:80]!r} is not the answer's to write"
        if any(len(part.encode("utf-8", "replace")) > 255 for part in parts) or _broken(path):
            return f"path {path[:80]!r} cannot be the name of a file"
    return ""


def _clash(paths: Collection[str]) -> str:
    """Return why files cannot stand in one folder, empty when they can."""
    folders = {str(parent) for path in paths for parent in PurePosixPath(path).parents}
    return next((f"{path!r} is a file and a folder" for path in paths if path in folders), "")


def _broken(path: str) -> bool:
    """Tell whether a path holds half of a character, which no file system takes."""
    return any("\ud800" <= char <= "\udfff" for char in path)
