"""Everything of the outside world, one thing a file; this bundle is what a command receives."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalci.core.model_config import ModelConfig
    from evalci.core.ports import Clock, ModelClient, Renderer
    from evalci.edges.files import RepoFiles
    from evalci.edges.git import GitHistory


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """The doors to the world around one repository."""

    files: "RepoFiles"
    history: "GitHistory"
    clock: "Clock"
    renderer: "Renderer"


def open_edges(base: Path) -> Edges:
    """Return the real doors, for the folder that holds `evalci.yaml`."""
    from evalci.edges.clock import SystemClock
    from evalci.edges.files import RepoFiles
    from evalci.edges.git import GitHistory, top_level
    from evalci.edges.renderer import ChildRenderer
    from evalci.edges.yaml_text import parse_yaml

    return Edges(
        files=RepoFiles(base=base, border=top_level(base) or base, parse=parse_yaml),
        history=GitHistory(base),
        clock=SystemClock(),
        renderer=ChildRenderer(),
    )


def live_client(model: "ModelConfig", *, timeout_s: float) -> "ModelClient":
    """Return the client that asks a model config for real: scripted, or retry( litellm ).

    Raises BadInputError for an unset key variable, StopRunError when nobody listens.
    """
    if model.scripted:
        from evalci.edges.llm.scripted import ScriptedClient

        return ScriptedClient()
    from evalci.edges.environment import behind_proxy, required_key
    from evalci.edges.llm.live import LiveClient
    from evalci.edges.llm.reach import require_listener
    from evalci.edges.llm.retry import RetryingClient

    key = required_key(model)
    if model.api_base and not behind_proxy():
        require_listener(model.api_base)
    return RetryingClient(LiveClient(api_key=key, timeout_s=timeout_s))
