"""Redaction: known values and whatever looks like a key, in texts and in JSON."""

import json
from collections.abc import Callable

import pytest

from evalci.core.json_value import Json
from evalci.core.redaction import MASK, Redactor

# Put together here, so that no scanner takes this file for a leak.
KEYS = {
    "openai": "sk-" + "proj-Ab1_" * 4,
    "anthropic": "sk-" + "ant-api03-" + "x" * 24,
    "aws": "AKIA" + "ABCDEFGH12345678",
    "aws, temporary": "ASIA" + "ABCDEFGH12345678",
    "google": "AIza" + "Sy0123456789abcdefghijklmnopqrstuvw",
    "github": "ghp_" + "a1B2" * 9,
    "github, app": "ghs_" + "a1B2" * 9,
    "github, fine-grained": "github_pat_" + "11ABC_" * 5,
    "gitlab": "glpat-" + "a1B2c3D4e5F6g7H8i9J0",
    "slack": "xoxb-" + "123456789012-abcdef",
    "hugging face": "hf_" + "AbCd" * 8,
    "groq": "gsk_" + "AbCd" * 8,
    "json web token": ".".join(
        ["eyJ" + "hbGciOiJIUzI1NiJ9", "eyJ" + "zdWIiOiIxMjM0In0", "c2lnbmF0dXJl"]
    ),
    "xai": "xai-" + "a1B2" * 20,
    "nvidia": "nvapi-" + "a1B2" * 16,
    "stripe": "sk_live_" + "a1B2" * 6,
    "webhook": "whsec_" + "a1B2c3D4" * 4 + "=",
    "npm": "npm_" + "a1B2" * 9,
    "pypi": "pypi-" + "AgEIcHlwaS5vcmc_a1-B2" * 4,
    "replicate": "r8_" + "a1B2c" * 7 + "de",
    "fireworks": "fw_" + "a1B2" * 6,
    "sendgrid": ".".join(["SG", "a1B2-_" * 4, "c3D4-_" * 7]),
    "azure storage": "AccountKey=" + "a1B2/+" * 14 + "ab==",
    "azure bus": "SharedAccessKey=" + "a1B2/+" * 7 + "a=",
    "google, by oauth": "ya29." + "a0Af" * 12,
    "bearer": "Bearer " + "abcdefghij0123456789+/==",
    "bearer, lower case": "bearer " + "abcdefghij0123456789",
}


@pytest.mark.parametrize("secret", KEYS.values(), ids=KEYS)
def test_what_looks_like_a_key_is_masked(secret: str) -> None:
    assert Redactor().text(f"before {secret} after") == f"before {MASK} after"


@pytest.mark.parametrize("before", ["\\n", "KEY_", "%3D", "="])
@pytest.mark.parametrize("secret", KEYS.values(), ids=KEYS)
def test_a_key_is_masked_also_behind_escapes_and_names(secret: str, before: str) -> None:
    # A model may print a key inside a quoted string or a URL, where `\n` ends in a letter.
    assert secret[10:] not in Redactor().text(f"{before}{secret} after")


def test_a_private_key_is_masked_whole_and_also_when_it_is_cut_off() -> None:
    begin, end = "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----"

    whole = Redactor().text(f"a\n{begin}\nMIIE+/=\nabc\n{end}\nb")
    cut_off = Redactor().text(f"a\n{begin}\nMIIE+/=\nabc")

    assert whole == f"a\n{MASK}\nb"
    assert cut_off == f"a\n{MASK}"


PEM = "\n".join(["-----BEGIN PRIVATE KEY-----", "MIIEvQ" * 10, "AB+/=="])
CLOSED = f"{PEM}\n-----END PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(json.dumps({"private_key": CLOSED}), id="inside JSON"),
        pytest.param(json.dumps({"private_key": PEM}), id="inside JSON, cut off"),
        pytest.param(json.dumps(json.dumps({"private_key": CLOSED})), id="inside JSON inside JSON"),
        pytest.param(CLOSED.replace("\n", "\n> "), id="quoted"),
        pytest.param(PEM.replace("\n", "\r\n"), id="CRLF"),
        pytest.param(
            CLOSED.replace("-----\nM", "-----\nProc-Type: 4,ENCRYPTED\n\nM"), id="with headers"
        ),
        pytest.param(
            PEM.replace("-----\nM", "-----\nDEK-Info: AES,AB\n\nM"), id="with headers, cut off"
        ),
    ],
)
def test_a_private_key_is_masked_however_it_is_written(text: str) -> None:
    assert "MIIEvQ" not in Redactor().text(text)


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(str, id="as it is"),
        pytest.param(json.dumps, id="JSON"),
        pytest.param(lambda text: json.dumps({"a": json.dumps([text])}), id="JSON inside JSON"),
        pytest.param(repr, id="Python"),
        pytest.param(lambda text: json.dumps(repr(json.dumps(text))), id="all at once"),
        pytest.param(lambda text: text.replace("\n", "\r\n"), id="CRLF"),
    ],
)
@pytest.mark.parametrize("secret", ["quote\" 'back\\slash", "first é line\nand 🔑 another\tone"])
def test_a_known_value_is_masked_however_it_is_escaped(
    written: Callable[[str], str], secret: str
) -> None:
    redactor = Redactor([secret])

    masked = redactor.text(written(f"<{secret}>"))

    assert f"<{MASK}>" in masked
    assert not redactor.harmless(json.dumps([written(secret)]))


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param("no UTF-8 \udc80 in it", id="half a surrogate pair"),
        pytest.param("'\u20ac\"" * 40_000, id="very long"),
        pytest.param("'\u20ac\"" * 3_333, id="long"),
        pytest.param("(a|b)*\n[c]{2}\\Q", id="signs of patterns"),
    ],
)
def test_any_value_may_be_a_secret(secret: str) -> None:
    assert Redactor([secret]).text(f"a {secret} b") == f"a {MASK} b"


def test_the_lines_of_a_known_value_are_masked_one_by_one() -> None:
    assert "MIIEvQ" not in Redactor([CLOSED]).text(f"the second line is {'MIIEvQ' * 10}")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("desk-test-of-the-new-prompt", id="the id of a case that looks like a key"),
        pytest.param("Basic internationalization is done", id="one long word"),
        pytest.param("bearer authentication/authorization", id="two words"),
        pytest.param("sk-short", id="too short"),
        pytest.param("whsec_, npm_install, pypi-release and r8_x", id="other prefixes alone"),
        pytest.param("fw_update_of_the_newest_version", id="a name that begins with fw"),
        pytest.param("see SG.3 and SG.net-of-a-long-name.org", id="no key of SendGrid"),
        pytest.param("AccountKey=<your key>; SharedAccessKey=$KEY", id="where a key belongs"),
        pytest.param("risk-assessment-framework", id="a word that ends in sk"),
        pytest.param("task-classification-002", id="the id of a case"),
        pytest.param("The AKIA prefix, the hf_ prefix and ghp_ too.", id="prefixes alone"),
        pytest.param("0123456789abcdef0123456789abcdef01234567", id="a commit"),
        pytest.param("bearer of bad news", id="prose"),
        pytest.param("", id="empty"),
    ],
)
def test_other_text_is_left_alone(text: str) -> None:
    assert Redactor().text(text) == text


def test_a_known_value_is_masked_wherever_it_stands() -> None:
    redactor = Redactor(["hunter2-hunter2"])

    assert redactor.text("a hunter2-hunter2b\nhunter2-hunter2") == f"a {MASK}b\n{MASK}"


def test_no_secret_survives_as_the_rest_of_a_shorter_one() -> None:
    redactor = Redactor(["abcdef", "abcdefghijkl"])

    assert redactor.text("abcdefghijkl and abcdef") == f"{MASK} and {MASK}"


def test_white_space_around_a_value_does_not_belong_to_it() -> None:
    assert Redactor(["  secret-value\n"]).text("x secret-value y") == f"x {MASK} y"


@pytest.mark.parametrize("value", ["", "   ", "12345"])
def test_a_value_too_short_to_be_a_secret_is_left_alone(value: str) -> None:
    assert Redactor([value]).text("1 12345    6") == "1 12345    6"


def test_a_value_is_text_and_no_pattern() -> None:
    redactor = Redactor(["a.c+e(f"])

    assert redactor.text("abcccef a.c+e(f") == f"abcccef {MASK}"


def test_text_that_is_still_to_be_scored_loses_known_values_only() -> None:
    looks_like_one = KEYS["github"]
    redactor = Redactor(["secret-value"])

    assert redactor.known(f"secret-value {looks_like_one}") == f"{MASK} {looks_like_one}"


def test_redacting_twice_changes_nothing_more() -> None:
    redactor = Redactor(["secret-value"])
    once = redactor.text(f"secret-value {KEYS['openai']}")

    assert redactor.text(once) == once


def test_json_is_redacted_in_depth_and_keeps_its_shape() -> None:
    value: Json = {
        "n": 1,
        "none": None,
        "list": ["secret-value", 2.5, True, {"deep": f"x {KEYS['aws']}"}],
        "secret-value": "key",
    }

    assert Redactor(["secret-value"]).json(value) == {
        "n": 1,
        "none": None,
        "list": [MASK, 2.5, True, {"deep": f"x {MASK}"}],
        MASK: "key",
    }


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param('with"quotes"', id="quotes"),
        pytest.param("back\\slash", id="a backslash"),
        pytest.param("two\nlines", id="two lines"),
        pytest.param("größte-Hürde", id="other letters"),
    ],
)
def test_a_secret_that_json_escapes_is_found_in_a_value(secret: str) -> None:
    value: Json = {"a": [{"b": f"<{secret}>"}], secret: "c", "d": (secret,)}

    masked = Redactor([secret]).json(value)

    assert masked == {"a": [{"b": f"<{MASK}>"}], MASK: "c", "d": [MASK]}


def test_a_harmless_value_stays_as_it_is() -> None:
    value: Json = {"a": ["basic", {"b": "bearer of news"}], "c": 1.5, "d": None}

    assert Redactor(["other-secret"]).json(value) == value


@pytest.mark.parametrize("word", ["BEARER", "Bearer", "ba\u017fic", "bearer"])
def test_a_word_of_a_pattern_is_seen_however_it_is_written(word: str) -> None:
    assert "A" * 30 not in Redactor().text(f"{word} {'A' * 30}")


def test_half_a_surrogate_pair_neither_breaks_masking_nor_comes_through() -> None:
    secret = KEYS["openai"]

    assert not Redactor().harmless('{"reason": "bad \ud800"}')
    assert Redactor().json({"reason": f"bad \ud800 {secret}"}) == {"reason": f"bad ? {MASK}"}
