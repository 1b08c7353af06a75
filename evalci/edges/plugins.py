"""Scorers that other packages install: entry points of the group `evalci.scorers`."""

import sysconfig
from collections.abc import Callable, Sequence
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalci.core.json_value import Json, JsonObject
from evalci.errors import BadInputError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "evalci.scorers"


class InstalledScorers:
    """Loads what is installed, and nothing that lies in the repository under test.

    A checkout may hold a package of the same name, or be installed in place: its code must not
    run beside the keys.
    """

    def __init__(self, homes: Sequence[Path] | None = None) -> None:
        """``homes`` are where installed packages lie, by default those of this Python."""
        own = [Path(sysconfig.get_path(name)) for name in ("purelib", "platlib")]
        self._homes = [home.resolve() for home in (own if homes is None else homes)]

    def load(self, entry_point: str) -> Callable[[JsonObject], Json]:
        """Return the function behind an entry point; BadInputError when there is none."""
        found = self._find(entry_point)
        try:
            function: Any = found.load()
        except Exception as exc:
            message = f"the scorer `{entry_point}` cannot be loaded: {type(exc).__name__}: {exc}"
            raise BadInputError(message) from exc
        if not callable(function):
            raise BadInputError(f"the scorer `{entry_point}` is not a function")
        loaded: Callable[[JsonObject], Json] = function
        return loaded

    def version(self, entry_point: str) -> str:
        """Return name and version of the distribution that holds an entry point."""
        found = self._find(entry_point)
        return f"{found.dist.name} {found.dist.version}" if found.dist else ""

    def _find(self, entry_point: str) -> "EntryPoint":
        from importlib import metadata

        for found in metadata.entry_points(group=GROUP, name=entry_point):
            if self._installed(found):
                return found
        hint = "install its package; one that is installed in place does not count"
        raise BadInputError(f"no entry point `{entry_point}` in the group {GROUP}", hint=hint)

    def _installed(self, found: "EntryPoint") -> bool:
        """Tell whether an entry point and its code lie where installed packages do."""
        try:
            spec = util.find_spec(found.module.partition(".")[0])
        except (ImportError, ValueError):
            return False
        if spec is None or not spec.origin or found.dist is None:
            return False
        places = (Path(spec.origin), Path(str(found.dist.locate_file(""))))
        return all(any(p.resolve().is_relative_to(h) for h in self._homes) for p in places)
