"""Where keys go in a change: only where the base sends them."""

from dataclasses import replace

import pytest

from evalci.core.base_policy import Policy
from evalci.core.config import Config, parse_config
from evalci.core.model_config import ModelConfig
from evalci.core.model_reach import with_base_reach
from evalci.edges.yaml_text import parse_yaml
from tests.calls import make_model

PLAIN = make_model(id="openai/a")
OWN = make_model(id="openai/a", api_base="https://llm.example", api_key_env="LLM_KEY")
PIPELINE = make_model(id="command/rag", command=("rag",), env=("LLM_KEY",))


def config(*models: ModelConfig) -> Config:
    """Return a config with these models."""
    text = "version: 1\ngolden_sets: [g]\nmodels: {main: {id: openai/a}}\nrun: {model: main}\n"
    by_name = {model.name: model for model in models}
    return replace(parse_config(parse_yaml(text, "evalci.yaml")), models=by_name)


def judged(now: ModelConfig, *base: ModelConfig) -> Policy:
    """Return the policy of a change that has one model config."""
    return with_base_reach(Policy(config=config(now), base_config=config(*base)))


def reach(model: ModelConfig) -> tuple[str | None, str | None, tuple[str, ...]]:
    return model.api_base, model.api_key_env, model.env


@pytest.mark.parametrize(
    ("base", "now", "listed"),
    [
        pytest.param(PLAIN, OWN, ["api_base", "api_key_env"], id="a key gets an address"),
        pytest.param(
            OWN,
            replace(OWN, api_base="https://evil.example"),
            ["api_base"],
            id="another address",
        ),
        pytest.param(OWN, PLAIN, ["api_base", "api_key_env"], id="no address any more"),
        pytest.param(
            PIPELINE, replace(PIPELINE, env=("LLM_KEY", "PROD_KEY")), ["env"], id="one more key"
        ),
        pytest.param(PIPELINE, replace(PIPELINE, command=("rag2",)), [], id="another command"),
        pytest.param(OWN, replace(OWN, id="openai/b"), [], id="another model of the vendor"),
        pytest.param(OWN, OWN, [], id="nothing"),
    ],
)
def test_a_known_model_is_reached_as_before(
    base: ModelConfig, now: ModelConfig, listed: list[str]
) -> None:
    policy = judged(now, base)

    assert reach(policy.config.models["main"]) == reach(base)
    assert [change.path for change in policy.changes] == [f"models.main.{key}" for key in listed]
    assert policy.unmerged == ()


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(replace(OWN, name="new"), id="a new model with an address"),
        pytest.param(replace(PIPELINE, name="new", env=("PROD_KEY",)), id="a new command"),
        pytest.param(replace(OWN, id="huggingface/a"), id="the key of another vendor"),
    ],
)
def test_a_new_way_to_a_key_gets_none_until_it_is_merged(now: ModelConfig) -> None:
    policy = judged(now, PLAIN, replace(PIPELINE, name="rag"))

    assert policy.unmerged == (now.name,)
    assert reach(policy.config.models[now.name]) == (None, None, ())


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(replace(PLAIN, name="new", id="anthropic/b"), id="a vendor with its own key"),
        pytest.param(replace(OWN, name="new"), id="as another model of the base"),
    ],
)
def test_a_new_model_may_be_reached_as_one_of_the_base(now: ModelConfig) -> None:
    policy = judged(now, OWN)

    assert policy.unmerged == ()
    assert policy.config.models["new"] == now


def test_a_price_of_the_change_does_not_count_against_its_budget() -> None:
    base = config_model("{input_per_mtok: 5, output_per_mtok: 9}")
    now = config_model("{input_per_mtok: 0, output_per_mtok: 0.001}")

    policy = judged(now, base)

    assert policy.config.models["main"].price == base.price
    assert [(c.path, c.old, c.new) for c in policy.changes] == [
        ("models.main.price", "5 and 9", "0 and 0.001")
    ]


def config_model(price: str) -> ModelConfig:
    text = f"version: 1\ngolden_sets: [g]\nmodels: {{main: {{id: openai/a, price: {price}}}}}\n"
    return parse_config(parse_yaml(text + "run: {model: main}\n", "evalci.yaml")).models["main"]


def test_a_base_without_a_config_takes_nothing_away() -> None:
    policy = Policy(config=config(OWN))

    assert with_base_reach(policy) is policy
