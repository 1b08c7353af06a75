"""Which checks share a supervisor, which run alone, and when a supervisor is renewed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest

from evalci.core.json_value import JsonObject
from evalci.core.sandbox import Check, CheckResult, Ending, Isolation
from evalci.edges.sandbox.pool import SupervisorPool
from evalci.edges.sandbox.session import Answer
from evalci.errors import SandboxError, SandboxHangsError

CHECK = Check(files=(), command=("true",))
DONE = CheckResult(ending=Ending.EXITED, code=0, output="done")


@dataclass
class FakeSession:
    """Answers every check with the same answer; None is the death of the supervisor."""

    answer: Answer | None
    closed: bool = False
    idle: bool = True
    ended: bool = False
    versions: Mapping[str, str] = field(default_factory=dict)

    def ask(self, check: Check) -> Answer | None:
        """Return the answer; a dead supervisor is closed."""
        del check
        self.closed = self.closed or self.answer is None
        return self.answer

    def close(self) -> str:
        """Note that it was closed."""
        self.ended = True
        return ""


class Opened:
    """Opens fake sessions and remembers them: those that are shared, and those for one check."""

    def __init__(self, shared: Answer | None, alone: Answer | None) -> None:
        """The answers of either kind."""
        self.sessions: list[tuple[bool, FakeSession]] = []
        self._answers = {True: shared, False: alone}

    def __call__(self, image: str, shared: bool) -> FakeSession:
        """Open one."""
        del image
        session = FakeSession(self._answers[shared])
        self.sessions.append((shared, session))
        return session

    @property
    def kinds(self) -> list[str]:
        """Return in what order which kind was opened."""
        return ["shared" if shared else "alone" for shared, _ in self.sessions]


def answer(*, crowded: bool = False, records: tuple[JsonObject, ...] = ()) -> Answer:
    return Answer(result=replace(DONE, records=records), crowded=crowded)


def pool_of(opened: Opened) -> SupervisorPool:
    return SupervisorPool(opened, alone_at_once=1, timeout_s=7)


def test_checks_share_a_supervisor() -> None:
    opened = Opened(answer(), answer())
    pool = pool_of(opened)

    results = [pool.run(CHECK), pool.run(CHECK)]

    assert results == [replace(DONE, limit_s=7)] * 2
    assert opened.kinds == ["shared"]


@pytest.mark.parametrize(
    "first",
    [pytest.param(None, id="the container died"), pytest.param(answer(crowded=True), id="crowded")],
)
def test_a_check_that_was_disturbed_is_repeated_alone(first: Answer | None) -> None:
    opened = Opened(first, answer())

    result = pool_of(opened).run(CHECK)

    assert result.output == "done"
    assert opened.kinds == ["shared", "alone"]
    assert opened.sessions[1][1].ended


class Hanging(FakeSession):
    """A supervisor that never answers."""

    def ask(self, check: Check) -> Answer | None:
        """Give up."""
        raise SandboxError("the sandbox has said nothing")


@pytest.mark.parametrize("alone", [False, True], ids=["shared", "alone"])
def test_a_sandbox_that_hangs_is_tried_once_more_and_no_failure(alone: bool) -> None:
    class Opening(Opened):
        def __call__(self, image: str, shared: bool) -> FakeSession:
            session = super().__call__(image, shared)
            return Hanging(None) if shared or alone else session

    opened = Opening(None, answer())
    found: object = None

    try:
        found = pool_of(opened).run(CHECK).output
    except SandboxError as exc:
        found = exc.message

    assert found == ("the sandbox has said nothing" if alone else "done")
    assert opened.kinds == ["shared", "alone"]


def test_a_check_that_kills_its_own_container_has_failed() -> None:
    opened = Opened(None, None)

    assert pool_of(opened).run(CHECK).ending is Ending.KILLED
    assert opened.kinds == ["shared", "alone", "alone", "alone"]


def test_a_container_that_the_engine_killed_once_is_no_failure() -> None:
    class Recovering(Opened):
        def __call__(self, image: str, shared: bool) -> FakeSession:
            session = super().__call__(image, shared)
            session.answer = answer() if len(self.sessions) == 3 else None
            return session

    assert pool_of(Recovering(None, None)).run(CHECK).ending is Ending.EXITED


def test_an_engine_that_went_away_is_no_failure() -> None:
    class GoingAway(Opened):
        def __call__(self, image: str, shared: bool) -> FakeSession:
            if len(self.sessions) == 3:
                raise SandboxError("cannot start the image")
            return super().__call__(image, shared)

    with pytest.raises(SandboxError, match="cannot start"):
        pool_of(GoingAway(None, None)).run(CHECK)


def test_an_engine_that_hangs_is_waited_for_once() -> None:
    class Stuck(Opened):
        def __call__(self, image: str, shared: bool) -> FakeSession:
            super().__call__(image, shared)
            raise SandboxHangsError("cannot start the image: timed out")

    opened = Stuck(None, None)
    pool = pool_of(opened)

    for _ in range(3):
        with pytest.raises(SandboxError, match="timed out"):
            pool.run(CHECK)

    assert opened.kinds == ["shared"]


def test_a_check_that_asks_for_it_never_shares() -> None:
    opened = Opened(answer(), answer())

    pool_of(opened).run(replace(CHECK, isolation=Isolation.CONTAINER))

    assert opened.kinds == ["alone"]


def test_a_dead_supervisor_is_replaced_for_the_next_check() -> None:
    opened = Opened(None, answer())
    pool = pool_of(opened)

    pool.run(CHECK)
    pool.run(CHECK)

    assert opened.kinds == ["shared", "alone", "shared", "alone"]
    assert opened.sessions[0][1].ended


def test_what_the_sandbox_could_not_run_is_not_a_result() -> None:
    broken = answer(records=({"broken": "OSError: no space"},))

    with pytest.raises(SandboxError, match="cannot run `true`: OSError: no space"):
        pool_of(Opened(broken, broken)).run(CHECK)


def test_a_check_in_flight_starts_nothing_after_the_end() -> None:
    opened = Opened(None, None)
    pool = pool_of(opened)
    pool.close()

    with pytest.raises(SandboxError, match="was closed"):
        pool.run(CHECK)

    assert opened.kinds == []


def test_closing_ends_every_supervisor() -> None:
    opened = Opened(answer(), answer())
    pool = pool_of(opened)
    pool.run(CHECK)

    pool.close()

    assert [session.ended for _, session in opened.sessions] == [True]
