"""Names of golden sets, which baselines, runs and check runs carry."""

import re

from evalci.core.document import Document
from evalci.core.json_value import JsonObject, as_texts
from evalci.core.problem import Problem

# Nothing that is shown like another name: a check run of GitHub is known by its name alone.
_PLAIN = re.compile(r"[^\W_][\w.-]{0,79}")
_RULE = "letters, digits, dots, dashes and underscores, at most 80"


def name_in(folder: str, name: str) -> str:
    """Return how a repository knows what a project of it names: below ``folder``, as a path.

    A project at the top has no folder, and its names are what they are. No name has a slash.
    """
    return f"{folder}/{name}" if folder else name


def spoken_to(folder: str) -> str:
    """Return how a comment begins that commands the project in a folder of the repository.

    One at the top, or in a folder with white space, has no address: every project hears it.
    """
    return f"/evalci {folder}:" if re.fullmatch(r"\S+", folder) else "/evalci"


def name_problems(document: Document, data: JsonObject) -> list[Problem]:
    """Return a problem for each golden set whose name is not plain, or that another one has.

    Names that differ in their case alone share their files on some file systems.
    """
    names = [path.rstrip("/").rsplit("/", 1)[-1] for path in as_texts(data["golden_sets"])]
    folded = [name.casefold() for name in names]
    problems = []
    for index, name in enumerate(names):
        if not _PLAIN.fullmatch(name):
            message, hint = f"the name {name!r} is not plain", f"name the folder with {_RULE}"
        elif name.casefold() in folded[:index]:
            first = names[folded.index(name.casefold())]
            message = f"a golden set named `{first}` is listed already"
            hint = "rename the folder: baselines and runs carry its name"
        else:
            continue
        problems.append(document.problem(("golden_sets", index), message, hint=hint))
    return problems
