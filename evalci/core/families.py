"""Which family a model belongs to, and the names that give its family away."""

from collections.abc import Iterable, Mapping

from evalci.core.model_config import SCRIPTED, ModelConfig

# What stands in model ids and what models call themselves, by family.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "claude": ("claude", "anthropic", "sonnet", "opus", "haiku"),
    "gpt": ("gpt", "chatgpt", "openai", "open ai", "davinci"),
    "gemini": ("gemini", "gemma", "deepmind", "palm-2"),
    "llama": ("llama", "codellama", "meta ai"),
    "mistral": ("mistral", "mixtral", "codestral", "ministral", "magistral", "devstral"),
    "qwen": ("qwen", "qwq", "tongyi"),
    "deepseek": ("deepseek",),
    "grok": ("grok", "xai", "x.ai"),
    "command": ("cohere", "command-r", "command-a"),
    "phi": ("phi-2", "phi-3", "phi-4"),
    "glm": ("chatglm", "glm", "zhipu"),
    "kimi": ("kimi", "moonshot"),
    "nova": ("nova-micro", "nova-lite", "nova-pro", "nova-premier"),
    "granite": ("ibm granite", "granite-3", "granite-4"),
}
# Who makes the models of a family, where its name says something else.
_MAKERS: Mapping[str, str] = {
    "google": "gemini",
    "meta": "llama",
    "facebook": "llama",
    "x ai": "grok",
    "alibaba": "qwen",
    "amazon": "nova",
    "microsoft": "phi",
    "ibm": "granite",
    "z.ai": "glm",
    "palm": "gemini",
}
_O_SERIES = ("o1", "o3", "o4")
# Words that mean something else as well: hidden only where they would name the author.
_ALSO_WORDS = {"sonnet", "opus", "haiku", "davinci"}
# What a family goes by as well: hidden only where it would name the author.
_ALSO_CALLED: Mapping[str, tuple[str, ...]] = {
    "gpt": (*_O_SERIES, "copilot"),
    "gemini": ("google", "bard", "palm"),
    "llama": ("facebook", "meta platforms"),
    "qwen": ("alibaba",),
    "nova": ("amazon",),
    "phi": ("microsoft",),
    "granite": ("ibm",),
}
# Families whose name is a plain word; those of their models are not.
_PLAIN_WORDS = {"command", "phi", "nova", "granite"}
MODEL_NAMES: tuple[str, ...] = (
    *(name for names in _NAMES.values() for name in names if name not in _ALSO_WORDS),
    *("bing chat", "minimax", "jamba", "yi-34b", "ernie bot", "github copilot"),
    *("microsoft copilot", "google bard", "o1-mini", "o1-preview", "o3-mini", "o3-pro", "o4-mini"),
)


def family_of(model: ModelConfig) -> str:
    """Return a model's family: as configured, else by its id; empty when nobody knows."""
    if model.family.strip():
        return family_named(model.family)
    if model.scripted:
        return SCRIPTED.rstrip("/")
    return next(iter(_in_id(model)), "")


def family_named(text: str) -> str:
    """Return the family that a name stands for: `Anthropic` and `claude-opus` are both claude."""
    name = " ".join(text.casefold().split())
    if name in _NAMES:
        return name
    return _MAKERS.get(name) or next(iter(_families_in(name)), name)


def contradicted(model: ModelConfig) -> str:
    """Return the family that an id names where the config states another one, else nothing.

    The name of a pipeline of the user's own says nothing.
    """
    found = [] if model.commanded else _in_id(model)
    return found[0] if found and family_of(model) not in found else ""


def _in_id(model: ModelConfig) -> list[str]:
    """Return each family that an id names: a distilled model names two."""
    if model.scripted:
        return []
    return _families_in(_made(model.id))


def _made(id_: str) -> str:
    """Return an id without the vendor in front, who serves a model and need not have made it."""
    return id_.casefold().partition("/")[2] or id_.casefold()


def families_in(names: Iterable[str]) -> set[str]:
    """Return the families that the names of models tell, as their vendors write them."""
    return {family for name in names for family in _families_in(_made(name))}


def _families_in(name: str) -> list[str]:
    found = [family for family, words in _NAMES.items() if any(word in name for word in words)]
    return found or ["gpt"] * name.startswith(_O_SERIES)


def author_names(model: ModelConfig, family: str) -> tuple[str, ...]:
    """Return what would tell a judge who wrote an answer, beyond the names of all models.

    A part of an id counts when it looks like a name: with a digit, a dash or an underscore.
    """
    parts = [] if model.scripted or model.commanded else model.id.split("/")
    named = [part for part in parts if any(c.isdigit() or c in "-_" for c in part)]
    own = {name for name in (family, *named) if len(name) > 2} - _PLAIN_WORDS
    return tuple(sorted({*own, *_NAMES.get(family, ()), *_ALSO_CALLED.get(family, ())}))
