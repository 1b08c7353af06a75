"""What a check in the sandbox sees of names and imports, without running any of them."""

import pytest

from evalci.inside.names import used_in


@pytest.mark.parametrize(
    ("code", "kind", "name"),
    [
        pytest.param("eval('1')", "names", "eval", id="a builtin"),
        pytest.param("__builtins__.eval('1')", "names", "eval", id="a builtin by the module"),
        pytest.param("import builtins as b\nb.eval('1')", "names", "eval", id="by another name"),
        pytest.param("from builtins import eval as e\ne('1')", "names", "eval", id="renamed"),
        pytest.param("import os.path", "modules", "os.path", id="a module"),
        pytest.param("__import__('socket')", "modules", "socket", id="a module by its name"),
        pytest.param(
            "import importlib\nimportlib.import_module('socket')",
            "modules",
            "socket",
            id="imported",
        ),
        pytest.param("from os import system", "parts", "os.system", id="a part"),
        pytest.param("import os\nos.system('x')", "parts", "os.system", id="a part as attribute"),
        pytest.param("import os as o\no.system('x')", "parts", "os.system", id="of a renamed one"),
        pytest.param("import os.path\nos.path.join('x')", "parts", "os.path.join", id="deep"),
        pytest.param("from os import *\nsystem('x')", "parts", "os.system", id="by a star"),
        pytest.param("import a.b\nfrom c.d import e", "foreign", "a", id="what is foreign"),
    ],
)
def test_what_code_uses_is_seen(code: str, kind: str, name: str) -> None:
    assert name in used_in(code.encode())[kind]


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("model.eval()", id="a method"),
        pytest.param("import pandas as pd\npd.eval('1')", id="a function of a module"),
        pytest.param("x = 'eval'", id="a text"),
    ],
)
def test_what_only_has_the_name_of_a_builtin_is_none(code: str) -> None:
    assert used_in(code.encode())["names"] == []
