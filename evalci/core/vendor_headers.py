"""Reads what the headers of an answer tell about it."""

from collections.abc import Mapping


def copied(headers: Mapping[str, object]) -> bool:
    """Tell whether a cache between us and the model repeats an answer it gave before.

    Gateways say so in a header of their own: `helicone-cache: HIT`, `cf-aig-cache-status: HIT`,
    `x-litellm-cache-hit: true`. A prompt cache is no such thing: its answers are drawn anew.
    """
    return any("cache" in name.lower() and _hit(name, value) for name, value in headers.items())


def _hit(name: str, value: object) -> bool:
    words = str(value).lower().split()
    return "hit" in words or (name.lower().endswith("cache-hit") and words == ["true"])
