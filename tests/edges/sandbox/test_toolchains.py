"""Golden sets in other languages: an image, a command, and how its output is read."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalci.core.golden_set import CodeTarget, Protocol, ScorerSpec
from evalci.core.json_value import Json
from evalci.core.sandbox import SandboxPolicy
from evalci.core.trial import Score
from evalci.edges.sandbox import DockerSandbox
from evalci.errors import SandboxError
from evalci.scorers.registry import prepare
from tests.calls import make_output
from tests.inputs import make_case
from tests.toolchains import import_toolchain

pytestmark = [pytest.mark.docker, pytest.mark.slow]

NODE_TEST = """\
const { add } = require('./solution.js');
let n = 0;
for (const [a, b, sum] of [[1, 2, 3], [-1, 1, 0]]) {
  console.log(`${add(a, b) === sum ? 'ok' : 'not ok'} ${++n} - ${a} and ${b}`);
}
console.log(`1..${n}`);
"""
JAVA_TEST = """\
public class Check {
    public static void main(String[] args) {
        if (Solution.add(1, 2) != 3) { System.err.println("1 + 2"); System.exit(1); }
        System.out.println("all " + "good");
    }
}
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[DockerSandbox]:
    opened = DockerSandbox(SandboxPolicy(timeout_s=60, memory_mb=768, processes=256))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def node() -> str:
    return import_toolchain("node", ["node"])


@pytest.fixture(scope="module")
def java() -> str:
    home = Path(str(shutil.which("javac"))).resolve().parent.parent
    return import_toolchain("java", ["javac", "java"], [home])


def judged(sandbox: DockerSandbox, language: str, code: str, params: dict[str, Json]) -> Score:
    name = {"java": "Solution.java", "javascript": "solution.js"}[language]
    case = make_case(
        dimensions={"task_type": ("generation",), "language": (language,)},
        protocol=Protocol.CODE,
        target=CodeTarget(file=name),
        scorers=(ScorerSpec(name="tests", params=params, weight=1.0),),
    )
    answer = make_output(f"Sure:\n\n```{language}\n{code}\n```\n")
    (score,) = prepare(case, sandbox).trial(0, answer).scores
    return score


def node_params(image: str) -> dict[str, Json]:
    return {
        "image": image,
        "command": "node check.js",
        "parse": "tap",
        "files": [{"path": "check.js", "text": NODE_TEST}],
        "expected_tests": ["1 and 2", "-1 and 1"],
    }


@pytest.mark.node
@pytest.mark.parametrize(
    ("body", "value", "reason"),
    [
        pytest.param("return a + b", 1.0, "", id="passes"),
        pytest.param("return a + 2", 0.5, "1/2: -1 and 1", id="half right"),
        pytest.param("process.exit(0)", 0.0, "0/2: 1 and 2: did not run", id="leaves"),
    ],
)
def test_node(sandbox: DockerSandbox, node: str, body: str, value: float, reason: str) -> None:
    code = f"exports.add = (a, b) => {{ {body}; }};"

    score = judged(sandbox, "javascript", code, node_params(node))

    assert (score.value, score.reason) == (value, reason)


@pytest.mark.node
def test_node_that_hangs(sandbox: DockerSandbox, node: str) -> None:
    params = {**node_params(node), "timeout_s": 3}

    score = judged(sandbox, "javascript", "exports.add = () => { while (true); };", params)

    assert (score.value, score.reason) == (0.0, "timed out after 3 s")


@pytest.mark.node
def test_an_image_without_python_has_shared_memory(sandbox: DockerSandbox, node: str) -> None:
    code = "require('fs').writeFileSync('/dev/shm/x', 'ok'); console.log('written')"
    params: dict[str, Json] = {"image": node, "command": ["node", "solution.js"]}

    assert judged(sandbox, "javascript", code, params).value == 1.0


@pytest.mark.java
@pytest.mark.parametrize(
    ("body", "value", "reason"),
    [
        pytest.param("return a + b;", 1.0, "", id="passes"),
        pytest.param("return a - b;", 0.0, "no match", id="fails"),
        pytest.param("return a +;", 0.0, "no match", id="does not compile"),
    ],
)
def test_java(sandbox: DockerSandbox, java: str, body: str, value: float, reason: str) -> None:
    code = f"public class Solution {{ static int add(int a, int b) {{ {body} }} }}"
    home = Path(str(shutil.which("javac"))).resolve().parent
    params: dict[str, Json] = {
        "image": java,
        "command": f"{home}/javac *.java && {home}/java Check",
        "parse": "regex",
        "pattern": "all good",
        "files": [{"path": "Check.java", "text": JAVA_TEST}],
    }

    score = judged(sandbox, "java", code, params)

    assert (score.value, score.reason.partition(": ")[2] or score.reason) == (value, reason)


@pytest.mark.node
@pytest.mark.parametrize("command", [["cargo", "test"], "cargo test"])
def test_a_command_that_is_not_in_the_image_is_not_the_models_fault(
    sandbox: DockerSandbox, node: str, command: Json
) -> None:
    params: dict[str, Json] = {"image": node, "command": command}

    with pytest.raises(SandboxError, match="cannot run `cargo`"):
        judged(sandbox, "javascript", "1", params)


@pytest.mark.node
def test_an_answer_cannot_pretend_that_the_image_lacks_its_program(
    sandbox: DockerSandbox, node: str
) -> None:
    params: dict[str, Json] = {"image": node, "command": ["node", "solution.js"]}
    code = "console.log('sh: node: not found'); process.exit(127)"

    assert judged(sandbox, "javascript", code, params).value == 0.0
