"""The cache of answers: what is kept, what is not, and what becomes of a file that is broken."""

import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from evalci.core.redaction import Redactor
from evalci.core.trial import Finish, Output, Request
from evalci.edges.llm.cache import FILE, AnswerStore, CachingClient
from evalci.errors import BadInputError, CallError, CallFault
from tests.fakes import FakeClient, make_model, make_output, make_request

SECRET = "q9Zr7LmX2vKd8TfWb4"  # noqa: S105  # of this test


class Shelf:
    """A store in a folder, with what it warned of."""

    def __init__(self, folder: Path) -> None:
        """Open it."""
        self.warnings: list[str] = []
        self.folder = folder
        self.store = AnswerStore(folder, clean=Redactor([SECRET]).text, warn=self.warnings.append)

    def ask(self, inner: FakeClient, request: Request | None = None) -> Output:
        """Complete a request through the cache."""
        return CachingClient(inner, self.store).complete(request or make_request())

    def keep(self, *trials: int) -> None:
        """Put an answer for each trial into the store."""
        for trial in trials:
            self.ask(FakeClient([f"answer {trial}"]), make_request(trial=trial))

    def kept(self, *trials: int) -> list[bool]:
        """Tell which trials have an answer."""
        return [
            self.ask(FakeClient(["asked"]), make_request(trial=trial)).cached for trial in trials
        ]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "cache")


def test_an_answer_is_paid_once(shelf: Shelf) -> None:
    shelf.ask(FakeClient(["yes"]))

    found = shelf.ask(FakeClient([]))

    assert (found.text, found.cached, found.live) == ("yes", True, False)


def test_a_hit_keeps_provenance_tokens_and_price_but_no_latency(shelf: Shelf) -> None:
    paid = make_output(
        "yes",
        resolved_model="stand-in-2026",
        fingerprint="fp",
        finish=Finish.TRUNCATED,
        finish_reason="length",
        input_tokens=3,
        output_tokens=4,
        cost_usd=0.25,
        latency_s=1.5,
        retries=2,
    )
    shelf.ask(FakeClient([paid]))

    found = shelf.ask(FakeClient([]))

    assert found == replace(paid, cached=True, latency_s=None, retries=0)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(make_request(trial=1), id="another trial"),
        pytest.param(make_request(hash="request-other"), id="another request"),
        pytest.param(make_request(model=make_model(id="openai/other")), id="another model"),
        pytest.param(make_request(model=make_model(api_base="http://a/v1")), id="another place"),
        pytest.param(make_request(model=make_model(command=("a",))), id="another command"),
    ],
)
def test_what_is_asked_otherwise_is_another_answer(shelf: Shelf, other: Request) -> None:
    shelf.ask(FakeClient(["first"]))

    assert shelf.ask(FakeClient(["second"]), other).text == "second"


@pytest.mark.parametrize(
    "same",
    [
        pytest.param(make_request(case="b-2"), id="another case that asks the same"),
        pytest.param(make_request(model=make_model(name="twin")), id="another name"),
        pytest.param(make_request(model=make_model(api_key_env="TEAM_KEY")), id="another key"),
    ],
)
def test_what_is_asked_equally_is_one_answer(shelf: Shelf, same: Request) -> None:
    shelf.ask(FakeClient(["first"]))

    assert shelf.ask(FakeClient([]), same).text == "first"


def test_an_error_is_never_kept(shelf: Shelf) -> None:
    with pytest.raises(CallError):
        shelf.ask(FakeClient([CallError("boom", fault=CallFault.SERVER)]))

    assert shelf.ask(FakeClient(["yes"])).cached is False


@pytest.mark.parametrize("finish", Finish)
def test_every_outcome_of_the_model_is_kept(shelf: Shelf, finish: Finish) -> None:
    shelf.ask(FakeClient([make_output("", finish=finish)]))

    assert shelf.ask(FakeClient([])).finish is finish


@pytest.mark.parametrize(
    "output",
    [
        pytest.param(make_output(f"the key is {SECRET}"), id="in the text"),
        pytest.param(make_output(resolved_model=f"m-{SECRET}"), id="in the model"),
        pytest.param(make_output("sk-ant-" + "a" * 30), id="what looks like a key"),
    ],
)
def test_an_answer_with_a_secret_is_not_kept(shelf: Shelf, output: Output) -> None:
    shelf.ask(FakeClient([output]))

    assert shelf.ask(FakeClient(["yes"])).cached is False
    assert all(SECRET.encode() not in place.read_bytes() for place in shelf.folder.iterdir())


def test_the_next_process_finds_what_this_one_kept(shelf: Shelf) -> None:
    shelf.keep(0)

    assert Shelf(shelf.folder).kept(0) == [True]


def test_the_first_answer_of_a_key_stays(shelf: Shelf) -> None:
    other = Shelf(shelf.folder)
    shelf.store.put("key", make_output("first"))
    other.store.put("key", make_output("second"))

    found = other.store.get("key")

    assert found is not None
    assert found.text == "first"


def test_what_there_is(shelf: Shelf) -> None:
    shelf.ask(FakeClient([make_output(cost_usd=0.5)]), make_request(trial=0))
    shelf.ask(FakeClient([make_output(cost_usd=None)]), make_request(trial=1))

    stock = shelf.store.stock()

    assert (stock.answers, stock.usd, stock.unknown) == (2, 0.5, 1)
    assert stock.bytes > 100
    assert stock.oldest is not None
    assert stock.newest is not None
    assert stock.oldest <= stock.newest


def test_an_empty_store(shelf: Shelf) -> None:
    stock = shelf.store.stock()

    assert (stock.answers, stock.bytes, stock.oldest) == (0, 0, None)


def aged(shelf: Shelf, days: float, trial: int) -> None:
    """Keep an answer that is so old."""
    shelf.keep(trial)
    with sqlite3.connect(shelf.store.place) as database:
        database.execute(
            "UPDATE answers SET stored = stored - ? WHERE output LIKE ?",
            (days * 86_400, f"%answer {trial}%"),
        )
    database.close()


def test_old_answers_are_pruned(shelf: Shelf) -> None:
    for trial, days in enumerate((40, 20, 0)):
        aged(shelf, days, trial)

    assert shelf.store.prune(max_age_days=30, max_mb=1) == 1
    assert shelf.kept(0, 1, 2) == [False, True, True]


def test_past_a_size_the_oldest_are_pruned(shelf: Shelf) -> None:
    for trial, days in enumerate((3, 2, 1)):
        aged(shelf, days, trial)
    each = shelf.store.stock().bytes / 3

    assert shelf.store.prune(max_age_days=30, max_mb=each * 2.5 / 1e6) == 1
    assert shelf.kept(0, 1, 2) == [False, True, True]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda _: b"not a database at all, but some text of some length", id="text"),
        pytest.param(lambda data: b"\0" * len(data), id="zeros"),
        pytest.param(lambda data: data[:100] + os.urandom(len(data) - 100), id="noise"),
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


def test_an_entry_that_makes_no_sense_is_asked_again(shelf: Shelf) -> None:
    shelf.keep(0)
    with sqlite3.connect(shelf.store.place) as database:
        database.execute("UPDATE answers SET output = '{\"text\": 1'")
    database.close()

    assert shelf.kept(0) == [False]


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
    with sqlite3.connect(shelf.store.place) as database:
        database.execute("UPDATE answers SET output = CAST(? AS TEXT)", (row,))
    database.close()

    assert shelf.kept(0, 0) == [False, True]
    assert shelf.warnings == []


def test_the_answer_in_hand_is_kept_in_the_new_file(shelf: Shelf) -> None:
    shelf.keep(*range(50))
    shelf.store.close()
    place = shelf.store.place
    data = bytearray(place.read_bytes())
    with sqlite3.connect(place) as database:
        (pages,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'answers'")
    database.close()
    data[(pages[0] - 1) * 4096 : pages[0] * 4096] = b"\xee" * 4096
    place.write_bytes(data)
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
    with sqlite3.connect(shelf.store.place) as database:
        database.execute("DROP TABLE answers")
    database.close()

    assert shelf.kept(0, 0) == [False, False]
    assert len(shelf.warnings) == 1
    assert "the cache is not used" in shelf.warnings[0]


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way")

    with pytest.raises(BadInputError, match="cannot use"):
        Shelf(tmp_path / "cache")


WRITER = """
import sys
from pathlib import Path
from evalci.edges.llm.cache import AnswerStore
from tests.fakes import make_output
store = AnswerStore(Path(sys.argv[1]), clean=str, warn=lambda s: sys.exit(s))
for n in range(300):
    store.put(f"{sys.argv[2]}-{n}", make_output(f"answer {n}" * 50))
    store.put(f"both-{n}", make_output(f"answer {n}" * 50))
"""


OPENER = """
import sys
from pathlib import Path
from evalci.edges.llm.cache import AnswerStore
from tests.fakes import make_output
sys.stdin.read()
store = AnswerStore(Path(sys.argv[1]), clean=str, warn=lambda s: sys.stderr.write(s))
store.put(sys.argv[2], make_output("answer"))
"""


@pytest.mark.slow
@pytest.mark.parametrize("content", [b"", b"not a database" * 500], ids=["cold", "damaged"])
def test_processes_that_open_at_one_moment_lose_nothing(tmp_path: Path, content: bytes) -> None:
    for round_ in range(2):
        folder = tmp_path / str(round_)
        folder.mkdir()
        if content:
            (folder / FILE).write_bytes(content)
        openers = [
            subprocess.Popen(
                [sys.executable, "-c", OPENER, str(folder), str(number)],
                stdin=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            for number in range(6)
        ]
        time.sleep(1)
        for opener in openers:
            assert opener.stdin is not None
            opener.stdin.close()

        assert [opener.wait(60) for opener in openers] == [0] * 6
        assert Shelf(folder).store.stock().answers == 6


def test_two_processes_lose_nothing_and_break_nothing(shelf: Shelf) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(shelf.folder), name])
        for name in ("one", "two")
    ]

    codes = [writer.wait(60) for writer in writers]

    assert codes == [0, 0]
    assert shelf.store.stock().answers == 900
    with sqlite3.connect(shelf.store.place) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    database.close()
    assert FILE in {place.name for place in shelf.folder.iterdir()}
