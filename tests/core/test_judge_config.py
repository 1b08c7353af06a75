"""Who judges whom: another family, a route for each family, or one clear line."""

import pytest

from evalci.core.config import parse_config
from evalci.core.families import family_of
from evalci.core.judge_config import JudgePolicy
from evalci.core.model_config import ModelConfig
from evalci.errors import BadInputError
from tests.inputs import document

CONFIG = """\
version: 1
golden_sets: [golden/desk]
models:
  main: {id: anthropic/claude-sonnet-4-6}
  judge: {id: gemini/gemini-3-pro}
  other: {id: openai/gpt-4o}
run: {model: main}
judge:
  model: judge
"""
GEMINI = ModelConfig(name="g", id="gemini/gemini-2.5-flash")
CLAUDE = ModelConfig(name="main", id="anthropic/claude-sonnet-4-6")


def policy(text: str = CONFIG) -> JudgePolicy:
    found = parse_config(document(text, "evalci.yaml")).judge
    assert found is not None
    return found


def test_a_judge_of_another_family_judges_twice_and_blind_by_default() -> None:
    judge = policy().judge_of(CLAUDE)

    assert (judge.model.name, judge.repeats, judge.blind, judge.akin) == ("judge", 2, True, False)
    assert "claude" in judge.author


def test_a_judge_of_the_same_family_is_an_error_with_the_line_of_the_config() -> None:
    with pytest.raises(BadInputError) as caught:
        policy().judge_of(GEMINI)

    assert str(caught.value) == (
        "evalci.yaml:9: judge `judge` and model `g` are both of the family `gemini`; name a judge "
        "of another family here or under `judge.routes`, or set `judge.cross_family: warn`"
    )


def test_a_route_gives_another_judge_to_a_family() -> None:
    routed = policy(CONFIG + "  routes: {Gemini: other}\n")

    assert routed.judge_of(GEMINI).model.name == "other"
    assert routed.judge_of(CLAUDE).model.name == "judge"


def test_a_route_to_the_same_family_names_its_own_line() -> None:
    routed = policy(CONFIG + "  routes:\n    gemini: judge\n")

    with pytest.raises(BadInputError, match=r"^evalci\.yaml:11: "):
        routed.judge_of(GEMINI)


def test_a_team_with_one_vendor_is_warned() -> None:
    assert policy(CONFIG + "  cross_family: warn\n").judge_of(GEMINI).akin


def test_a_family_that_nobody_knows_is_asked_for() -> None:
    with pytest.raises(BadInputError, match=r"family of model `bot`.*give `models\.bot\.family`"):
        policy().judge_of(ModelConfig(name="bot", id="command/bot"))


@pytest.mark.parametrize("family", ["anthropic", "claude ", "Anthropic", "claude-opus", "claude"])
def test_one_family_by_another_name_is_the_same_family(family: str) -> None:
    own = CONFIG.replace("gemini/gemini-3-pro}", f'openai/stand-in, family: "{family}"}}')

    with pytest.raises(BadInputError, match="are both of the family `claude`"):
        policy(own).judge_of(CLAUDE)


@pytest.mark.parametrize(
    ("id", "family"),
    [
        pytest.param("anthropic/claude-opus-4-1", "gpt", id="another known family"),
        pytest.param("bedrock/anthropic.claude-opus-4-1", "acme", id="a family nobody knows"),
    ],
)
def test_a_family_that_the_id_denies_is_refused(id: str, family: str) -> None:
    author = ModelConfig(name="main", id=id, family=family)

    with pytest.raises(BadInputError, match=rf"^evalci\.yaml:9: .*`{family}`, but .* of `claude`"):
        policy().judge_of(author)


def test_a_distilled_model_may_be_of_either_family() -> None:
    author = ModelConfig(name="main", id="groq/deepseek-r1-distill-llama-70b", family="deepseek")

    assert not policy().judge_of(author).akin


@pytest.mark.parametrize(
    ("vendor", "family"),
    [
        ("Google", "gemini"),
        ("meta", "llama"),
        ("OpenAI", "gpt"),
        ("Open AI", "gpt"),
        ("xAI", "grok"),
    ],
)
def test_a_vendor_stands_for_the_family_it_makes(vendor: str, family: str) -> None:
    assert family_of(ModelConfig(name="main", id="openai/stand-in", family=vendor)) == family


def test_a_judge_that_is_not_blind_masks_nothing() -> None:
    judge = policy(CONFIG + "  blind: false\n").judge_of(CLAUDE)

    assert (judge.blind, judge.author) == (False, ())


@pytest.mark.parametrize(
    ("more", "line"),
    [
        pytest.param("  routes: {gpt: jugde}\n", ":10: `judge.routes.gpt`: no model", id="route"),
        pytest.param("  repeats: 0\n", "evalci.yaml:10: `judge.repeats`: ", id="no repeats"),
        pytest.param("  cross_family: off\n", "evalci.yaml:10: `judge.cross_family`: ", id="off"),
        pytest.param("  blnid: true\n", "did you mean `blind`", id="unknown key"),
    ],
)
def test_a_wrong_section_has_a_line(more: str, line: str) -> None:
    with pytest.raises(BadInputError) as caught:
        parse_config(document(CONFIG + more, "evalci.yaml"))

    assert line in str(caught.value)


def test_a_judge_without_a_model_config_is_refused_with_a_near_miss() -> None:
    with pytest.raises(BadInputError, match="no model config is named `jugde`; did you mean"):
        policy(CONFIG.replace("  model: judge", "  model: jugde"))
