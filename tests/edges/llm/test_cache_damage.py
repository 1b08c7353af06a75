"""What becomes of a cache whose file is damaged, in the way, or of no use."""

import re
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from evalci.edges.llm.cache import FILE
from evalci.errors import BadInputError
from tests.calls import make_output
from tests.edges.llm.shelf import Shelf


def noise(data: bytes) -> bytes:
    """Return a file whose header is good, and nothing else, the same at every run."""
    return data[:100] + Random(1).randbytes(len(data) - 100)  # noqa: S311  # nothing secret


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda _: b"not a database at all, but some text of some length", id="text"),
        pytest.param(lambda data: b"\0" * len(data), id="zeros"),
        pytest.param(noise, id="noise"),
    ],
)
def test_a_damaged_file_is_set_aside_with_a_warning(
    shelf: Shelf, damage: Callable[[bytes], bytes]
) -> None:
    shelf.keep(*range(50))
    shelf.store.close()
    damaged = damage(shelf.store.place.read_bytes())
    shelf.store.place.write_bytes(damaged)

    after = Shelf(shelf.folder)
    after.kept(0)
    after.kept(1)

    (aside,) = [p for p in shelf.folder.iterdir() if re.search(r"damaged-\d+$", p.name)]
    assert aside.read_bytes() == damaged
    assert after.kept(0) == [True]
    assert len(after.warnings) == 1
    assert f"kept as {aside.name}, and begun anew" in after.warnings[0]


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(b'{"text": 1', id="half of it"),
        pytest.param(b'{"text": "\xff", "finish": "stop"}', id="no UTF-8"),
        pytest.param(b'{"text": 5, "requested_model": "m", "finish": "stop"}', id="no text"),
    ],
)
def test_an_entry_that_makes_no_sense_gives_way_to_a_new_one(shelf: Shelf, row: bytes) -> None:
    shelf.keep(0)
    shelf.sql("UPDATE answers SET output = CAST(? AS TEXT)", row)

    assert shelf.kept(0, 0) == [False, True]
    assert shelf.warnings == []


def test_the_answer_in_hand_is_kept_in_the_new_file(shelf: Shelf) -> None:
    shelf.keep(*range(50))
    shelf.store.close()
    ((page,),) = shelf.sql("SELECT rootpage FROM sqlite_master WHERE name = 'answers'")
    data = bytearray(shelf.store.place.read_bytes())
    data[(page - 1) * 4096 : page * 4096] = b"\xee" * 4096
    shelf.store.place.write_bytes(data)
    after = Shelf(shelf.folder)

    after.store.put("key", make_output("in hand"))

    assert after.store.get("key") is not None
    assert len(after.warnings) == 1


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    folder.mkdir()
    (folder / FILE).symlink_to(tmp_path / "elsewhere.sqlite")

    shelf = Shelf(folder)

    assert shelf.kept(0, 0) == [False, False]
    assert not (tmp_path / "elsewhere.sqlite").exists()
    assert len(shelf.warnings) == 1


def test_a_store_that_cannot_be_used_costs_no_run(shelf: Shelf) -> None:
    shelf.sql("DROP TABLE answers")

    assert shelf.kept(0, 0) == [False, False]
    assert len(shelf.warnings) == 1
    assert "the cache is not used" in shelf.warnings[0]


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way")

    with pytest.raises(BadInputError, match="cannot use"):
        Shelf(tmp_path / "cache")
