"""Keeps a request, its prompt and its key at the host that they were meant for."""

from typing import Any


def stay_at_host(litellm: Any) -> None:
    """Let no client of litellm follow a redirect.

    httpx follows, and takes along to any other host what it does not know as a secret: the header
    that holds a vendor's key, but for `Authorization`, and the prompt. litellm has no setting for
    that, but its clients go through one cache, which is its own to replace, and where it would make
    a client for each call, as for text completions, it takes one that it is given.
    """
    kept = litellm.in_memory_llm_clients_cache
    if not isinstance(kept, _Stays):
        kind = type("_Clients", (_Stays, type(kept)), {})
        litellm.in_memory_llm_clients_cache = kind()
    if litellm.aclient_session is None:
        from litellm.llms.openai.common_utils import BaseOpenAILLM  # loaded with litellm

        litellm.aclient_session = BaseOpenAILLM.get_async_http_client()
        litellm.aclient_session.follow_redirects = False


class _Stays:
    """A cache of clients, in front of litellm's own class, that holds each of them back."""

    def set_cache(self, key: str, value: Any, *args: Any, **kwargs: Any) -> Any:
        """Keep a client: a handler of litellm, or one of an SDK, with a client of httpx inside."""
        inside: list[Any] = [getattr(value, name, None) for name in ("client", "_client")]
        for one in (value, *inside):
            if hasattr(one, "follow_redirects"):
                one.follow_redirects = False
        return super().set_cache(key, value, *args, **kwargs)  # type: ignore[misc]  # litellm's class, which comes after it, has it
