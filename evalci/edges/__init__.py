"""Everything of the outside world, one thing a file; this bundle is what a command receives."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalci.core.budget import Tariff
    from evalci.core.model_config import ModelConfig
    from evalci.core.ports import Clock, ModelClient, Renderer
    from evalci.edges.files import RepoFiles
    from evalci.edges.git import GitHistory
    from evalci.edges.llm.budget import Purse
    from evalci.edges.llm.cache import AnswerStore
    from evalci.edges.llm.pace import Gates

# A pipeline does its own retrying; it is started again for what may be a passing weakness.
COMMAND_RETRIES = 2


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """How calls are made: the deadline of a request, through which gates, and from which purse.

    ``models`` are all that pay from it: none is asked before a price of each is known, where the
    budget wants that. ``folder`` is where a `command/` model is started. A ``lenient`` client
    leaves out parameters that the vendor rejects, which only a judge can do without.
    """

    timeout_s: float
    gates: "Gates"
    purse: "Purse"
    models: "tuple[ModelConfig, ...]"
    folder: Path
    lenient: bool = False


def live_client(
    model: "ModelConfig", calls: Calls, *, store: "AnswerStore | None" = None
) -> "ModelClient":
    """Return the client of a model config: cache( retry( budget( pace( litellm ) ) ) ).

    Each layer sees what those inside it send: a hit costs nothing, and every retry is paid from the
    budget. Without a ``store`` there is no cache to come near. Raises BadInputError for an unset
    key variable, StopRunError when nobody listens; with a store, not before the first call.
    """
    if model.scripted:
        from evalci.edges.llm.scripted import ScriptedClient

        return ScriptedClient()
    if store is None:
        return _made(model, calls)
    from evalci.edges.llm.cache import CachingClient
    from evalci.edges.llm.deferred import DeferredClient

    return CachingClient(DeferredClient(lambda: _made(model, calls)), store)


def tariff_of(model: "ModelConfig") -> "Tariff":
    """Return what is known of a model's price before it is asked; no key is needed."""
    if model.commanded:
        from evalci.core.budget import Tariff

        return Tariff(price=model.price)
    from evalci.edges.llm.live import known_tariff

    return known_tariff(model)


def _made(model: "ModelConfig", calls: Calls) -> "ModelClient":
    if calls.purse.budget.capped:
        from evalci.edges.llm.budget import require_prices

        paid = [each for each in calls.models if not each.scripted]
        require_prices(paid, calls.purse.budget, tariff_of)
    client = (_command if model.commanded else _vendor)(model, calls)
    if not calls.lenient:
        return client
    from evalci.edges.llm.lenient import LenientClient

    return LenientClient(client)


def _vendor(model: "ModelConfig", calls: Calls) -> "ModelClient":
    from evalci.edges.environment import behind_proxy, forget_empty_secrets, required_key
    from evalci.edges.llm.budget import BudgetedClient
    from evalci.edges.llm.live import LiveClient
    from evalci.edges.llm.pace import PacedClient
    from evalci.edges.llm.reach import require_listener
    from evalci.edges.llm.redirects import stay_at_host
    from evalci.edges.llm.retry import RetryingClient

    key = required_key(model)
    forget_empty_secrets()
    if model.api_base and not behind_proxy():
        require_listener(model.api_base)
    live = LiveClient(api_key=key, timeout_s=calls.timeout_s, guard=stay_at_host)
    client: ModelClient = PacedClient(live, calls.gates)
    if calls.purse.budget.capped:
        client = BudgetedClient(client, calls.purse, tariff_of=live.tariff)
    return RetryingClient(client)


def _command(model: "ModelConfig", calls: Calls) -> "ModelClient":
    from evalci.core.budget import Tariff
    from evalci.edges.llm.budget import BudgetedClient
    from evalci.edges.llm.command import CommandClient
    from evalci.edges.llm.retry import RetryingClient

    client: ModelClient = CommandClient(folder=calls.folder, timeout_s=calls.timeout_s)
    if calls.purse.budget.capped:
        tariff = Tariff(price=model.price)
        client = BudgetedClient(client, calls.purse, tariff_of=lambda _: tariff)
    return RetryingClient(client, retries=COMMAND_RETRIES)
