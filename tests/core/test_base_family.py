"""The family of a model is the base's word, by its id."""

import pytest

from evalci.core.base_family import with_base_families
from evalci.core.model_config import ModelConfig
from evalci.core.run import PolicyChange


def model(name: str, id_: str, family: str = "") -> ModelConfig:
    return ModelConfig(name=name, id=id_, family=family)


@pytest.mark.parametrize(
    ("now", "base", "family", "listed"),
    [
        pytest.param(
            model("main", "azure/ours", "gpt"),
            [model("main", "azure/ours", "claude")],
            "claude",
            [("claude", "gpt")],
            id="another family for the same model",
        ),
        pytest.param(
            model("main", "azure/ours"),
            [model("main", "azure/ours", "claude")],
            "claude",
            [("claude", "")],
            id="no family any more",
        ),
        pytest.param(
            model("other", "azure/ours", "gpt"),
            [model("main", "azure/ours", "claude")],
            "claude",
            [("claude", "gpt")],
            id="the same model under another name",
        ),
        pytest.param(
            model("main", "azure/theirs", "gpt"),
            [model("main", "azure/ours", "claude")],
            "gpt",
            [],
            id="another model says what it is",
        ),
        pytest.param(
            model("main", "azure/ours", "Anthropic"),
            [model("main", "azure/ours", "claude")],
            "Anthropic",
            [],
            id="the same family in another word",
        ),
        pytest.param(
            model("main", "openai/gpt-5", "gpt"),
            [model("main", "openai/gpt-5")],
            "gpt",
            [],
            id="what the id says already",
        ),
    ],
)
def test_the_base_says_of_which_family_a_model_is(
    now: ModelConfig, base: list[ModelConfig], family: str, listed: list[tuple[str, str]]
) -> None:
    models, changes = with_base_families({now.name: now}, {before.name: before for before in base})

    path = f"models.{now.name}.family"
    assert models[now.name].family == family
    assert list(changes) == [PolicyChange(path=path, old=old, new=new) for old, new in listed]
