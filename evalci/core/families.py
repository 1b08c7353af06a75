"""Which family a model belongs to, and the names that give its family away."""

from collections.abc import Mapping

from evalci.core.model_config import SCRIPTED, ModelConfig

# What stands in model ids and what models call themselves, by family.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "claude": ("claude", "anthropic", "sonnet", "opus", "haiku"),
    "gpt": ("gpt", "chatgpt", "openai", "davinci"),
    "gemini": ("gemini", "gemma", "deepmind", "palm-2"),
    "llama": ("llama", "codellama", "meta ai"),
    "mistral": ("mistral", "mixtral", "codestral", "ministral", "magistral", "devstral"),
    "qwen": ("qwen", "qwq", "tongyi"),
    "deepseek": ("deepseek",),
    "grok": ("grok", "xai"),
    "command": ("cohere", "command-r", "command-a"),
    "phi": ("phi-2", "phi-3", "phi-4"),
    "glm": ("chatglm", "glm", "zhipu"),
    "kimi": ("kimi", "moonshot"),
    "nova": ("nova-micro", "nova-lite", "nova-pro", "nova-premier"),
    "granite": ("ibm granite", "granite-3", "granite-4"),
}
_O_SERIES = ("o1", "o3", "o4")
# Words that mean something else as well: hidden only where they would name the author.
_ALSO_WORDS = {"sonnet", "opus", "haiku", "davinci"}
MODEL_NAMES: tuple[str, ...] = (
    *(name for names in _NAMES.values() for name in names if name not in _ALSO_WORDS),
    *("bing chat", "minimax", "jamba", "yi-34b", "ernie bot"),
)


def family_of(model: ModelConfig) -> str:
    """Return a model's family: as configured, else by its id; empty when nobody knows."""
    if model.family:
        return model.family.casefold()
    if model.scripted:
        return SCRIPTED.rstrip("/")
    # The vendor in front says who serves a model, not who made it: many speak OpenAI's dialect.
    name = model.id.casefold().partition("/")[2] or model.id.casefold()
    for family, words in _NAMES.items():
        if any(word in name for word in words):
            return family
    return "gpt" if name.startswith(_O_SERIES) else ""


def author_names(model: ModelConfig, family: str) -> tuple[str, ...]:
    """Return what would tell a judge who wrote an answer, beyond the names of all models.

    A part of an id counts when it looks like a name: with a digit, a dash or an underscore.
    """
    parts = [] if model.scripted or model.commanded else model.id.split("/")
    named = [part for part in parts if any(c.isdigit() or c in "-_" for c in part)]
    own = (family, *named, *_NAMES.get(family, ()))
    return tuple(sorted({name for name in own if len(name) > 2}))
