"""Blind judging: nobody reads in prose who wrote an answer, and code is left as it is."""

import pytest

from evalci.core.families import author_names, family_of
from evalci.core.golden_set import Protocol
from evalci.core.masking import MASK, masked
from evalci.core.model_config import ModelConfig
from tests.signatures import AUTHOR, SIGNATURES, TELLING

NAMES = author_names(AUTHOR, "claude")


@pytest.mark.parametrize("signature", SIGNATURES)
def test_a_signature_of_the_author_is_masked(signature: str) -> None:
    found = masked(signature, names=NAMES)

    assert not any(name in found.text.casefold() for name in TELLING)
    assert MASK in found.text
    assert found.count > 0


@pytest.mark.parametrize(
    ("text", "left"),
    [
        pytest.param("ChatGPT-4o and Gemini 2.5 Pro", f"{MASK} and {MASK}", id="other models"),
        pytest.param("Qwen2.5 by DeepSeek-V3", f"{MASK} by {MASK}", id="numbers in names"),
        pytest.param("made by OpenAI's people", f"made by {MASK}'s people", id="genitive"),
        pytest.param("Llama 3. Then more.", f"{MASK}. Then more.", id="the full stop stays"),
        pytest.param("As an AI language model, I", f"{MASK}, I", id="self-reference"),
        pytest.param("I'm just an AI assistant.", f"{MASK}.", id="self-reference, short"),
        pytest.param("Open AI and x.ai", f"{MASK} and {MASK}", id="makers in two words"),
        pytest.param("PaLM 2 or o3-mini", f"{MASK} or {MASK}", id="a space for a dash"),
        pytest.param("GPTs and Claudes", f"{MASK} and {MASK}", id="plural"),
        pytest.param("Cla\u200bude", MASK, id="a letter without width"),
        pytest.param("Cl\u0430ude", MASK, id="a Cyrillic letter"),
        pytest.param("\uff23laude", MASK, id="a wide letter"),
        pytest.param("My knowledge cutoff is May.", f"{MASK} is May.", id="knowledge cutoff"),
    ],
)
def test_names_of_other_models_and_self_references_are_masked(text: str, left: str) -> None:
    assert masked(text).text == left


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Monclaude and claudette sing.", id="inside another word"),
        pytest.param("A magnum opuscule.", id="the beginning of another word"),
        pytest.param("I said that the model is fine.", id="the word model"),
        pytest.param("OpenAIsm", id="a longer word"),
    ],
)
def test_other_words_are_left(text: str) -> None:
    assert masked(text, names=NAMES).count == 0


@pytest.mark.parametrize(
    ("id", "signature"),
    [
        pytest.param("openai/gpt-5", "I am o3, made by Open AI.", id="gpt"),
        pytest.param("openai/gpt-5", "Regards, Copilot", id="gpt by another name"),
        pytest.param("gemini/gemini-3-pro", "I am Bard, from Google; once PaLM.", id="gemini"),
        pytest.param("groq/llama-3.3-70b", "Llama 3.3, by Meta AI.", id="llama"),
        pytest.param("mistral/mistral-large", "Mistral Large and Le Codestral.", id="mistral"),
        pytest.param("xai/grok-4", "Grok here, from xAI (x.ai).", id="grok"),
        pytest.param("dashscope/qwen-max", "I am Qwen of Alibaba.", id="qwen"),
        pytest.param("cohere/command-r", "Command-R by Cohere.", id="command"),
        pytest.param("azure_ai/phi-4", "Phi 4, trained by Microsoft.", id="phi"),
        pytest.param("bedrock/amazon.nova-pro-v1", "Amazon Nova Pro says so.", id="nova"),
        pytest.param("deepseek/deepseek-chat", "DeepSeek-V3 wrote it.", id="deepseek"),
    ],
)
def test_a_signature_of_each_family_is_masked(id: str, signature: str) -> None:
    author = ModelConfig(name="main", id=id)

    text = masked(signature, names=author_names(author, family_of(author))).text.casefold()

    told = "o3 openai copilot bard google palm llama mistral codestral grok xai x.ai qwen alibaba"
    told += " command cohere phi microsoft amazon nova deepseek"
    assert [name for name in told.split() if name in text] == []


@pytest.mark.parametrize("family", ["command", "phi", "nova", "granite"])
def test_a_family_that_is_a_plain_word_hides_no_plain_words(family: str) -> None:
    author = ModelConfig(name="main", id="openai/stand-in", family=family)
    text = "Run the command a second time; phi and a nova shine on granite."

    assert masked(text, names=author_names(author, family)).text == text


def test_a_name_that_would_read_as_english_needs_its_dash() -> None:
    author = ModelConfig(name="main", id="openai/my-own-model", family="acme")

    found = masked("By my-own-model; my own model.", names=author_names(author, "acme"))

    assert found.text == f"By {MASK}; my own model."


@pytest.mark.parametrize("text", ["Это работает: x² ≤ ½ …", "naïve café, ﬁne"])
def test_letters_that_hide_no_name_stay_as_they_are(text: str) -> None:
    assert masked(text, names=NAMES).text == text


def test_a_word_that_would_name_another_family_and_means_something_else_is_left() -> None:
    assert masked("Write a haiku.", names=("gpt",)).count == 0


@pytest.mark.parametrize(
    ("text", "protocol"),
    [
        pytest.param("```python\nimport openai  # claude\n```\n", Protocol.TEXT, id="a block"),
        pytest.param("Call `openai.chat(claude)` first.", Protocol.TEXT, id="a span"),
        pytest.param("import anthropic\nclaude = 1\n", Protocol.CODE, id="code without a fence"),
        pytest.param("FILE: app.py\nimport openai\n", Protocol.FILE_BLOCKS, id="file blocks"),
        pytest.param("--- a/x.py\n+++ b/x.py\n+claude = 1\n", Protocol.UNIFIED_DIFF, id="a diff"),
        pytest.param("~~~\nclaude\n~~~", Protocol.TEXT, id="a block between tildes"),
    ],
)
def test_code_is_left_as_it_is(text: str, protocol: Protocol) -> None:
    found = masked(text, names=NAMES, protocol=protocol)

    assert found.text == text
    assert found.count == 0


@pytest.mark.parametrize(
    ("text", "left"),
    [
        pytest.param(
            "I am Claude.\n```\nclaude()\n```\nClaude out.",
            f"I am {MASK}.\n```\nclaude()\n```\n{MASK} out.",
            id="around a block",
        ),
        pytest.param(
            '```json\n{"by": "Claude"}\n```', f'```json\n{{"by": "{MASK}"}}\n```', id="JSON is text"
        ),
        pytest.param("Claude\nFILE: a.py\nclaude()", f"{MASK}\nFILE: a.py\nclaude()", id="before"),
        pytest.param(
            "FILE: a.py\n```\nclaude()\n```\nYours, Claude",
            f"FILE: a.py\n```\nclaude()\n```\nYours, {MASK}",
            id="behind a file",
        ),
        pytest.param(
            "--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n claude\n+claude()\n\nYours, Claude",
            f"--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n claude\n+claude()\n\nYours, {MASK}",
            id="behind a diff",
        ),
    ],
)
def test_prose_beside_code_is_masked(text: str, left: str) -> None:
    kinds = {"FILE:": Protocol.FILE_BLOCKS, "+++": Protocol.UNIFIED_DIFF}
    protocol = next((kind for sign, kind in kinds.items() if sign in text), Protocol.TEXT)

    assert masked(text, names=NAMES, protocol=protocol).text == left


@pytest.mark.parametrize(
    ("model", "family"),
    [
        pytest.param("anthropic/claude-sonnet-4-6", "claude", id="claude"),
        pytest.param("bedrock/anthropic.claude-3-haiku", "claude", id="served by another"),
        pytest.param("openai/gpt-4o", "gpt", id="gpt"),
        pytest.param("o3-mini", "gpt", id="no vendor in front"),
        pytest.param("gemini/gemini-3-pro", "gemini", id="gemini"),
        pytest.param("groq/llama-3.3-70b", "llama", id="llama"),
        pytest.param("openai/my-local-model", "", id="a dialect is no family"),
        pytest.param("scripted/demo", "scripted", id="scripted"),
        pytest.param("command/bot", "", id="a pipeline"),
    ],
)
def test_a_family_is_read_off_the_name_of_a_model(model: str, family: str) -> None:
    assert family_of(ModelConfig(name="main", id=model)) == family


def test_a_configured_family_wins() -> None:
    assert family_of(ModelConfig(name="main", id="openai/gpt-4o", family="Acme")) == "acme"
