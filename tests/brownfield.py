"""A small web service of ours to be changed: a code base, its tests, and answers good and bad."""

from difflib import unified_diff

from evalci.core.golden_set import Case, CodeTarget, ContextFile, Protocol, ScorerSpec
from evalci.core.json_value import Json
from tests.inputs import make_case

ROUTER = '''\
"""Routes requests to functions by path."""

from collections.abc import Callable

Handler = Callable[[dict[str, str]], object]


class Router:
    """Knows which function answers which path."""

    def __init__(self) -> None:
        self.routes: dict[str, Handler] = {}

    def get(self, path: str) -> Callable[[Handler], Handler]:
        """Register a function for a path."""

        def register(handler: Handler) -> Handler:
            self.routes[path] = handler
            return handler

        return register

    def call(self, path: str, query: dict[str, str]) -> tuple[int, object]:
        """Answer a request."""
        if path not in self.routes:
            return 404, None
        return 200, self.routes[path](query)
'''
MAIN = '''\
"""The service."""

from app.router import Router

router = Router()
ITEMS = {"1": "lamp", "2": "chair"}


@router.get("/items")
def items(query: dict[str, str]) -> object:
    """List what there is."""
    return sorted(ITEMS.values())
'''
OWN_TEST = '''\
"""What the service did so far."""

from app.main import router


def test_items() -> None:
    assert router.call("/items", {}) == (200, ["chair", "lamp"])
'''
FIXTURE = {"app/__init__.py": "", "app/router.py": ROUTER, "app/main.py": MAIN}
FIXTURE |= {"tests/test_items.py": OWN_TEST}
HIDDEN = """\
from app.main import router


def test_one_item():
    assert router.call("/item", {"id": "1"}) == (200, "lamp")


def test_unknown_item():
    assert router.call("/item", {"id": "9"}) == (200, None)
"""
NEW_CODE = '''

@router.get("/item")
def item(query: dict[str, str]) -> object:
    """Return one item."""
    return ITEMS.get(query["id"])
'''
NEW_TEST = """

def test_item() -> None:
    assert router.call("/item", {"id": "2"}) == (200, "chair")
"""
BROKEN_IMPORT = MAIN.replace("from app.router", "from app.routing")


def block(path: str, text: str) -> str:
    """Return a section of a `file_blocks` answer."""
    return f"FILE: {path}\n```python\n{text}```\n"


def diff(path: str, before: str, after: str) -> str:
    """Return a unified diff of one file."""
    lines = unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{path}", f"b/{path}"
    )
    return "".join(lines)


GOOD_BLOCKS = (
    "Here are the two files.\n\n"
    + block("app/main.py", MAIN + NEW_CODE)
    + block("tests/test_items.py", OWN_TEST + NEW_TEST)
)
GOOD_DIFF = (
    "```diff\n"
    + diff("app/main.py", MAIN, MAIN + NEW_CODE)
    + diff("tests/test_items.py", OWN_TEST, OWN_TEST + NEW_TEST)
    + "```\n"
)
BAD_DIFF = GOOD_DIFF.replace("ITEMS = ", "THINGS = ").replace(
    "    return sorted", "    yield sorted"
)
NO_TEST = block("app/main.py", MAIN + NEW_CODE)
MISSING_IMPORT = block("app/main.py", BROKEN_IMPORT + NEW_CODE) + block(
    "tests/test_items.py", OWN_TEST + NEW_TEST
)
SYNTAX = block("app/main.py", MAIN + "def item(:\n")
UNTYPED = GOOD_BLOCKS.replace(
    "def item(query: dict[str, str]) -> object:", "def item(query: dict[str, str]) -> int:"
)


def brownfield_case(protocol: Protocol) -> Case:
    """Return the case: add an endpoint, and a test for it; five gates judge the answer."""
    hidden = [{"path": "tests/test_hidden.py", "text": HIDDEN}]
    specs: dict[str, dict[str, Json]] = {
        "applies": {},
        "compiles": {},
        "constraints": {"must_update_tests": True},
        "tests": {"files": hidden, "requirements": {"R1 one item": ["test_one_item"]}},
        "types": {"strict": False},
    }
    return make_case(
        protocol=protocol,
        target=CodeTarget(
            fixture=tuple(ContextFile(path=p, content=t) for p, t in FIXTURE.items())
        ),
        expected={"files": {"app/main.py": MAIN + NEW_CODE}},
        scorers=tuple(ScorerSpec(name=n, params=p, weight=1.0) for n, p in specs.items()),
    )
