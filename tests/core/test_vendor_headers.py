"""What the headers of an answer tell about it."""

import pytest

from evalci.core.vendor_headers import copied


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("Helicone-Cache", "HIT", id="helicone"),
        pytest.param("llm_provider-cf-aig-cache-status", "HIT", id="cloudflare"),
        pytest.param("x-portkey-cache-status", "SEMANTIC HIT", id="portkey"),
        pytest.param("x-litellm-cache-hit", "True", id="litellm"),
        pytest.param("x-cache", "Hit from cloudfront", id="a network"),
    ],
)
def test_a_repeated_answer_is_seen(name: str, value: str) -> None:
    assert copied({"date": "today", name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("Helicone-Cache", "MISS", id="a miss"),
        pytest.param("cf-cache-status", "DYNAMIC", id="never kept"),
        pytest.param("cache-control", "max-age=60", id="another matter"),
        pytest.param("x-litellm-cache-hit", "False", id="false"),
        pytest.param("x-baseball", "HIT", id="no cache"),
        pytest.param("x-cache-hits", "0", id="a count"),
    ],
)
def test_other_answers_are_new(name: str, value: str) -> None:
    assert not copied({name: value})
