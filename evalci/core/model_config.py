"""A model config: the LLM, its parameters, and where it answers."""

from dataclasses import dataclass, field

from evalci.core.json_value import JsonObject

SCRIPTED = "scripted/"
COMMAND = "command/"
# Parameters say what is asked, never where, with which key, or how often: a parameter of a prompt
# could otherwise send a key to another host. The JSON Schemas hold the same pattern.
RESERVED_PARAM = (
    "(key|secret|password|credential|base|url|endpoint|header|client|provider|proxy|mock"
    "|fallback|retries|timeout|callback|deployment)|(^|_)token$|^(model|messages|stream|cache|caching)$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a model costs, in dollars per million tokens."""

    input_per_mtok: float
    output_per_mtok: float

    def cost_usd(self, *, input_tokens: int, output_tokens: int) -> float:
        """Return the cost of one call in dollars."""
        dollars = input_tokens * self.input_per_mtok + output_tokens * self.output_per_mtok
        return dollars / 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelConfig:
    """The requested model (``id``) with its parameters; ``name`` is its key in `evalci.yaml`.

    ``api_base``, ``api_key_env`` and ``price`` say how to reach it, not what is asked, so they
    are no part of a request hash. ``price`` None means that the price table decides.
    """

    name: str
    id: str
    family: str = ""
    params: JsonObject = field(default_factory=dict)
    api_base: str | None = None
    api_key_env: str | None = None
    price: Price | None = None
    command: tuple[str, ...] = ()
    env: tuple[str, ...] = ()

    @property
    def scripted(self) -> bool:
        """Tell whether this is the rule-based stand-in, which needs neither key nor network."""
        return self.id.startswith(SCRIPTED)

    @property
    def commanded(self) -> bool:
        """Tell whether this is the user's own pipeline."""
        return self.id.startswith(COMMAND)
