"""Makers of a call to a model: the model, what it is asked and what it answers."""

from dataclasses import replace
from typing import Any

from evalci.core.model_config import ModelConfig
from evalci.core.trial import Message, Output, Request


def make_model(**changes: Any) -> ModelConfig:
    """Return a model config named `main`."""
    return replace(ModelConfig(name="main", id="openai/stand-in"), **changes)


def make_request(**changes: Any) -> Request:
    """Return the first trial of case `a-1`."""
    request = Request(
        case="a-1",
        trial=0,
        model=make_model(),
        messages=(Message(role="user", content="Is it?"),),
        params={},
        hash="request-a-1",
    )
    return replace(request, **changes)


def make_output(text: str = "yes", **changes: Any) -> Output:
    """Return an answer of a stand-in model."""
    return replace(Output(text=text, requested_model="openai/stand-in"), **changes)
