"""Live answers through litellm, which is imported with the first call and not before."""

import asyncio
import contextvars
import gc
import logging
import os
import re
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from copy import deepcopy
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

from evalci.core.budget import Tariff
from evalci.core.model_config import RESERVED_PARAM, ModelConfig, Price
from evalci.core.problem import did_you_mean
from evalci.core.stopwatch import Stopwatch
from evalci.core.trial import Output, Request
from evalci.core.vendor_answer import Cost, as_output, refused
from evalci.errors import BadInputError, CallError, CallFault, NobodyAnswersError

T = TypeVar("T")
GAP_S = 0.002  # between the beginnings of two calls; their CPU takes longer
_LOCK = threading.Lock()
_RATES = (
    "input_cost_per_token",
    "output_cost_per_token",
    "cache_creation_input_token_cost",
    "cache_read_input_token_cost",
)


class LiveClient:
    """One call, one attempt, one deadline; retrying is the wrapper's business.

    ``api_key`` is the key of the model config; None leaves it to litellm, which reads the
    vendor's own variable. With an `api_base` of its own and no key, a placeholder is sent: a
    vendor's key never goes to another host than the vendor's.
    """

    def __init__(
        self, *, api_key: str | None, timeout_s: float, guard: Callable[[Any], None]
    ) -> None:
        """``timeout_s`` is for the whole of a call; ``guard`` sees litellm before its first one."""
        self._api_key = api_key
        self._timeout_s = timeout_s
        self._guard = guard
        self._loop: asyncio.AbstractEventLoop | None = None
        self._litellm: Any = None
        self._context = contextvars.Context()
        self._next_at = 0.0
        self._stopwatch = Stopwatch(time.perf_counter, time.process_time)
        self._costs: dict[tuple[str, Price | None], Cost] = {}

    def complete(self, request: Request) -> Output:
        """Return the vendor's answer; CallError or StopRunError otherwise."""
        litellm = self._ready(request.model)
        try:
            answer, latency_s = self._wait(self._call(litellm, request))
        except BadInputError:
            raise
        except TimeoutError:
            message = f"no answer within {self._timeout_s:g} s"
            raise CallError(message, fault=CallFault.TIMEOUT) from None
        except Exception as exc:
            from evalci.core.vendor_error import filtered, translated  # a good run needs neither

            if filtered(exc):
                return refused(request)
            raise translated(exc, request.model, now=datetime.now(UTC)) from exc
        cost = self._costs[(request.model.id, request.model.price)]
        return as_output(request, answer, latency_s=latency_s, cost=cost)

    def tariff(self, model: ModelConfig) -> Tariff:
        """Return the price and the longest answer of a model, as far as anybody knows."""
        return _tariff(self._ready(model), model)

    async def _call(self, litellm: Any, request: Request) -> tuple[Any, float]:
        model = request.model
        reserved = [name for name in request.params if re.search(RESERVED_PARAM, name)]
        if reserved:
            raise BadInputError(f"`{reserved[0]}` is not a parameter of the model")
        where: dict[str, Any] = {}
        if model.api_base:
            where = {"api_base": model.api_base, "api_key": self._api_key or "none"}
        elif self._api_key:
            where = {"api_key": self._api_key}
        await self._turn()
        seconds = self._stopwatch.begin()
        async with asyncio.timeout(self._timeout_s):
            answer = await litellm.acompletion(
                model=model.id,
                messages=[message.as_json() for message in request.messages],
                num_retries=0,
                max_retries=0,
                timeout=self._timeout_s,
                **where,
                # A copy of its own: litellm writes into what it gets.
                **deepcopy({**_held_to(litellm, request), **request.params}),
            )
        return answer, seconds()

    async def _turn(self) -> None:
        """Let a call begin ``GAP_S`` after the one before.

        Those that begin at once are answered at once, and then each waits until all are read.
        """
        now = time.monotonic()
        self._next_at = max(self._next_at + GAP_S, now)
        if self._next_at > now:
            await asyncio.sleep(self._next_at - now)

    def _ready(self, model: ModelConfig) -> Any:
        """Return litellm, imported once, with the event loop running."""
        with _LOCK:
            if self._litellm is None:
                litellm = _import_litellm()
                _require_vendor(litellm, model)
                _require_key(litellm, model, self._api_key)
                self._guard(litellm)
                self._context.run(_unlogged)
                self._loop, self._litellm = _running_loop(), litellm
            if (model.id, model.price) not in self._costs:
                _register(self._litellm, model)
                self._costs[(model.id, model.price)] = _price(self._litellm, model)
            return self._litellm

    def _wait(self, call: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the loop; a lock is half the price of a concurrent future."""
        if self._loop is None:
            raise RuntimeError("the event loop is not running")
        ended: list[T | BaseException] = []
        done = threading.Lock()
        done.acquire()

        async def run() -> None:
            try:
                ended.append(await call)
            except BaseException as exc:  # noqa: BLE001  # the waiting thread raises it
                ended.append(exc)
            finally:
                done.release()

        task: list[asyncio.Task[None]] = []  # the loop itself keeps weak references only
        self._loop.call_soon_threadsafe(
            lambda: task.append(asyncio.ensure_future(run())), context=self._context
        )
        done.acquire()
        if isinstance(ended[0], BaseException):
            raise ended[0]
        return ended[0]


def known_tariff(model: ModelConfig) -> Tariff:
    """Return the price and the longest answer of a model that is not asked: no key is needed."""
    return _tariff(_import_litellm(), model)


def _tariff(litellm: Any, model: ModelConfig) -> Tariff:
    try:
        known = litellm.get_model_info(model=model.id)
    except Exception:  # noqa: BLE001  # litellm raises a bare Exception for an unknown model
        known = {}
    return Tariff(
        price=model.price or _known_price(known),
        max_output_tokens=known.get("max_output_tokens") or known.get("max_tokens"),
    )


def _held_to(litellm: Any, request: Request) -> dict[str, Any]:
    """Return the parameter that holds a model to a schema, where its vendor is known to have it."""
    if not request.reply_schema or not litellm.supports_response_schema(model=request.model.id):
        return {}
    schema = {"name": "reply", "strict": True, "schema": request.reply_schema}
    return {"response_format": {"type": "json_schema", "json_schema": schema}}


@cache
def _running_loop() -> asyncio.AbstractEventLoop:
    """Return the one event loop of all clients, in a thread of its own.

    litellm keeps a worker for the loop that it was last called from, and drops it on another.
    """
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="model-calls", daemon=True).start()
    return loop


def _import_litellm() -> Any:
    """Import litellm without its price download, and keep the collector out of the way."""
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    # Spares the OpenAI SDK, a third of the CPU of a call; `false` brings it back.
    os.environ.setdefault("EXPERIMENTAL_OPENAI_BASE_LLM_HTTP_HANDLER", "true")
    gc.disable()
    try:
        import litellm
    finally:
        gc.enable()
        gc.freeze()
        gc.set_threshold(10_000, 50, 50)  # each of its calls leaves cycles behind
    litellm.suppress_debug_info = True
    litellm.telemetry = False
    litellm.response_cost_calculator = _unpriced
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        # It quotes prompts, answers and headers, and asks no redactor.
        logging.getLogger(name).disabled = True
    return litellm


def _unpriced(**_answer: Any) -> Any:
    """Return no price; litellm would work one out for its log, a fifth of the CPU of a call."""


def _unlogged() -> None:
    """Mark the calls of this context as ones that litellm need not log, as it marks its own.

    Nobody listens, and the entry that it works out for each call is a sixth of the call's CPU. A
    litellm without the mark logs as ever.
    """
    with suppress(ImportError):
        from litellm._internal_context import is_internal_call

        is_internal_call.set(True)


def _register(litellm: Any, model: ModelConfig) -> None:
    """Make a model known that litellm does not know: it would look for it with every call.

    A price of zero stands for an unknown one, here as in litellm's own answers.
    """
    if model.id in litellm.model_cost:
        return
    try:
        litellm.get_model_info(model=model.id)
    except Exception:  # noqa: BLE001  # a bare Exception says that the model is unknown
        with suppress(Exception):
            _, vendor, _, _ = litellm.get_llm_provider(model.id)
            entry = {"litellm_provider": vendor, "mode": "chat", **dict.fromkeys(_RATES, 0.0)}
            litellm.register_model({model.id: entry})


def _require_vendor(litellm: Any, model: ModelConfig) -> None:
    """Raise BadInputError for an id that names no vendor."""
    try:
        litellm.get_llm_provider(model.id, api_base=model.api_base)
    except Exception:  # noqa: BLE001  # whatever it raises: it would raise it for every call
        vendors = [getattr(vendor, "value", vendor) for vendor in litellm.provider_list]
        near = did_you_mean(model.id.partition("/")[0], vendors)
        hint = near if near.startswith("did") else "write <vendor>/<model>, such as openai/gpt-4o"
        message = f"model `{model.name}`: `{model.id}` names no known vendor"
        raise BadInputError(message, hint=hint) from None


def _require_key(litellm: Any, model: ModelConfig, api_key: str | None) -> None:
    """Raise NobodyAnswersError when the vendor's own variable is needed and not set."""
    if api_key or model.api_base:
        return
    missing = litellm.validate_environment(model=model.id).get("missing_keys") or []
    if missing:
        instead = "give `api_base`" if "_BASE" in missing[0] else "name another in `api_key_env`"
        raise NobodyAnswersError(
            f"model `{model.name}` ({model.id}) needs the environment variable {missing[0]}",
            hint=f"set it, or {instead}",
            variable=str(missing[0]),
        )


def _price(litellm: Any, model: ModelConfig) -> Cost:
    """Return what so many tokens in and out cost: as configured, else by litellm's table."""
    price = model.price
    if price is None:
        try:
            info = litellm.get_model_info(model=model.id)
        except Exception:  # noqa: BLE001  # litellm raises a bare Exception for an unknown model
            return lambda _i, _o: None
        if any("_above_" in key and value for key, value in info.items()):
            return lambda i, o: _looked_up(litellm, model, i, o)
        price = _known_price(info)
    return lambda i, o: None if price is None else price.cost_usd(input_tokens=i, output_tokens=o)


def _looked_up(litellm: Any, model: ModelConfig, tokens_in: int, tokens_out: int) -> float | None:
    """Ask litellm, which is slow, where a price depends on the length of the prompt."""
    parts = litellm.cost_per_token(
        model=model.id, prompt_tokens=tokens_in, completion_tokens=tokens_out
    )
    return float(sum(parts)) or None


def _known_price(info: Mapping[str, Any]) -> Price | None:
    """Return the price in an entry of litellm's table, where zero stands for an unknown one."""
    rates = info.get("input_cost_per_token") or 0.0, info.get("output_cost_per_token") or 0.0
    if not any(rates):
        return None
    return Price(input_per_mtok=rates[0] * 1e6, output_per_mtok=rates[1] * 1e6)
