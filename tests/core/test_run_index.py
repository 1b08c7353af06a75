"""The index of several commands as one."""

from evalci.core.run_index import RunEntry, RunIndex, joined

PASSED = RunEntry(golden_set="desk", model="main", folder="desk.main", exit_code=0)
FAILED = RunEntry(golden_set="desk", model="small", folder="desk.small", exit_code=1)
ONE = RunIndex(started_at="2026-03-02T09:00:00+00:00", exit_code=0, entries=(PASSED,))
OTHER = RunIndex(started_at="2026-03-02T08:00:00+00:00", exit_code=1, entries=(FAILED,))


def test_what_several_commands_did_is_one_index() -> None:
    found = joined([ONE, OTHER])

    assert found == RunIndex(
        started_at="2026-03-02T08:00:00+00:00", exit_code=1, entries=(PASSED, FAILED)
    )


def test_one_that_was_killed_is_not_hidden_by_the_others() -> None:
    killed = RunIndex(started_at="2026-03-02T08:00:00+00:00", error="out of memory")

    found = joined([ONE, killed])

    assert (found.exit_code, found.error) == (None, "out of memory")
