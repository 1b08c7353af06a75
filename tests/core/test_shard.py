"""Shards: how a run is split, and what joins to the run it was split from."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from evalci.core.baseline import BaselineCase, BaselineTrial
from evalci.core.certificate import CertificateRef
from evalci.core.gate import decide
from evalci.core.run import Run, RunCase
from evalci.core.shard import Part, ShardFile, join, shard_of, was_measured
from evalci.core.shares import shares
from evalci.core.verdict import Outcome
from evalci.errors import BadInputError, ExitCode
from tests.baselines import make_baseline_case
from tests.report.test_calibrations import GOOD
from tests.runs import make_carried, make_run, make_run_case

VERSION = "0.1.0"


def recorded(*trials: BaselineTrial) -> BaselineCase:
    return replace(make_baseline_case(), trials=trials)


def case(name: str, **usage: Any) -> RunCase:
    """Return an unmeasured case of which the baseline recorded one call."""
    before = recorded(BaselineTrial(score=1.0, **usage))
    return make_run_case((), (1.0,), id=name, planned=4, baseline=before)


def many(number: int) -> list[RunCase]:
    return [case(f"a-{n}") for n in range(number)]


def split(run: Run, total: int) -> list[ShardFile]:
    """Return all shards of a run, each ."""
    parts = [shard_of(run, Part(index=n + 1, total=total)) for n in range(total)]
    return [ShardFile(source=f"{n + 1}.json", run=part) for n, part in enumerate(parts)]


def joined(files: list[ShardFile]) -> Run:
    return join(files, version=VERSION)


@pytest.mark.parametrize("total", [1, 2, 4, 7, 40])
def test_every_case_is_in_one_shard(total: int) -> None:
    parts = shares(many(23), total)

    assert sorted(place for places in parts for place in places) == list(range(23))


def test_without_records_every_shard_gets_as_many_cases() -> None:
    sizes = [len(places) for places in shares(many(22), 4)]

    assert sorted(sizes) == [5, 5, 6, 6]


def test_a_shard_does_not_depend_on_the_order_of_the_files() -> None:
    cases = many(20)
    names = [{cases[place].id for place in places} for places in shares(cases, 3)]

    backwards = cases[::-1]
    again = [{backwards[place].id for place in places} for places in shares(backwards, 3)]

    assert names == again


@pytest.mark.parametrize(
    "usage", [{"latency_s": 9.0}, {"cost_usd": 9.0}], ids=["by latency", "by cost"]
)
def test_the_slow_case_gets_a_shard_of_its_own(usage: dict[str, float]) -> None:
    key = next(iter(usage))
    cases = [case("slow", **usage), *(case(f"a-{n}", **{key: 1.0}) for n in range(6))]

    parts = shares(cases, 2)

    assert sorted(map(len, parts)) == [1, 6]


def test_latency_counts_more_than_cost() -> None:
    cases = [
        case("slow", latency_s=9.0, cost_usd=0.1),
        case("dear", latency_s=1.0, cost_usd=9.0),
        case("quick", latency_s=1.0, cost_usd=0.1),
    ]

    assert (0,) in shares(cases, 2)


def test_a_case_without_a_record_weighs_as_much_as_the_others() -> None:
    cases = [case("a", latency_s=2.0), case("b", latency_s=2.0), case("new"), case("newer")]

    assert sorted(map(len, shares(cases, 2))) == [2, 2]


def test_what_is_carried_forward_weighs_nothing() -> None:
    cases = [case("a", latency_s=1.0), case("b", latency_s=1.0), *[make_carried()] * 9]

    parts = shares(cases, 2)

    assert all(len({0, 1} & set(places)) == 1 for places in parts)


def test_a_shard_has_no_verdict() -> None:
    (first, _) = split(make_run(make_run_case((0.0,)), make_run_case((0.0,), id="b")), 2)

    verdict = decide(first.run)

    assert (verdict.outcome, verdict.blocking) == (Outcome.NOT_MEASURED, False)
    assert verdict.exit_code is ExitCode.NOT_MEASURED
    assert "evalci merge" in verdict.reason


@pytest.mark.parametrize("total", [1, 3, 5])
def test_joined_shards_are_the_run_they_were_split_from(total: int) -> None:
    run = make_run(*many(3), make_run_case((1.0, 0.0), id="b"))

    assert joined(split(run, total)[::-1]) == run


def test_times_and_models_of_all_shards_count() -> None:
    first, second = split(make_run(*many(4)), 2)
    where = second.run.provenance
    later = replace(where, finished_at="2026-03-02T13:00:00+00:00", resolved_models=("m-2",))

    run = joined([first, replace(second, run=replace(second.run, provenance=later))])

    assert run.provenance.started_at == first.run.provenance.started_at
    assert run.provenance.finished_at == "2026-03-02T13:00:00+00:00"
    assert run.provenance.resolved_models == ("m-2",)


def test_a_shard_that_broke_off_breaks_off_the_run() -> None:
    first, second = split(make_run(*many(4)), 2)

    run = joined([first, replace(second, run=replace(second.run, stopped="the key is refused"))])

    assert run.stopped == "shard 2 of 2: the key is refused"
    assert decide(run).outcome is Outcome.NOT_MEASURED


def other_version(files: list[ShardFile]) -> list[ShardFile]:
    run = files[1].run
    return [files[0], changed(files[1], provenance=replace(run.provenance, evalci="0.0.9"))]


def other_inputs(files: list[ShardFile]) -> list[ShardFile]:
    edited = make_run(*many(6), selection="all")
    return [files[0], split(edited, 3)[1], files[2]]


def other_total(files: list[ShardFile]) -> list[ShardFile]:
    return [*files, *split(make_run(*many(6)), 4)[3:]]


def other_commit(files: list[ShardFile]) -> list[ShardFile]:
    run = make_run(*many(6))
    later = replace(run, provenance=replace(run.provenance, commit="f" * 40))
    return [files[0], split(later, 3)[1], files[2]]


def changed(file: ShardFile, **changes: Any) -> ShardFile:
    return replace(file, run=replace(file.run, **changes))


@pytest.mark.parametrize(
    ("spoiled", "words"),
    [
        pytest.param(lambda f: f[:2], "shard 3 of 3; name every shard", id="one is missing"),
        pytest.param(lambda f: f[:1], "shard 2, 3 of 3; name every", id="two are missing"),
        pytest.param(lambda f: [*f, f[1]], "is there twice: 2.json and 2.json", id="one twice"),
        pytest.param(other_version, "measured by evalci 0.0.9; this is 0.1.0", id="version"),
        pytest.param(other_inputs, "shard 2 of 3 measured other inputs", id="other inputs"),
        pytest.param(
            other_commit, "other inputs than shard 1 of 3; commit fffffff, not ", id="commit"
        ),
        pytest.param(other_total, "shard 4 of 4 is of another split than", id="another split"),
        pytest.param(
            lambda f: [*f[:2], changed(f[2], shard=None)],
            "3.json: the run of a whole golden set, not a shard",
            id="a whole run",
        ),
        pytest.param(
            lambda f: [*f[:2], changed(f[2], cases=())],
            "does not hold the cases that it names",
            id="cases were taken out",
        ),
    ],
)
def test_what_is_not_exactly_all_shards_is_refused(
    spoiled: Callable[[list[ShardFile]], list[ShardFile]], words: str
) -> None:
    files = spoiled(split(make_run(*many(6)), 3))

    with pytest.raises(BadInputError) as caught:
        joined(files)

    assert words in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        pytest.param(make_run(make_run_case((1.0, None))), True, id="a score"),
        pytest.param(make_run(make_run_case((None, None))), False, id="none at all"),
        pytest.param(make_run(make_run_case((1.0,)), stopped="401"), False, id="broken off"),
        pytest.param(make_run(make_carried(planned=0)), True, id="nothing was due"),
        pytest.param(make_run(), True, id="no case"),
    ],
)
def test_a_shard_was_measured(run: Run, expected: bool) -> None:
    assert was_measured(run) is expected


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        pytest.param({"started_at": "2026-03-02T13:00:00+00:00"}, True, id="another hour"),
        pytest.param({"dirty": True}, True, id="a file that the first shard left"),
        pytest.param({"commit": "f" * 40}, False, id="another commit"),
    ],
)
def test_what_makes_other_inputs(changes: dict[str, Any], same: bool) -> None:
    run = make_run(*many(2))
    other = replace(run, provenance=replace(run.provenance, **changes))

    names = {part.shard and part.shard.inputs for part in (one_of(run), one_of(other))}

    assert (len(names) == 1) is same


def test_what_decides_nothing_makes_no_other_inputs() -> None:
    run = make_run(*many(2))
    other = replace(run, calibration=GOOD, certificate=CertificateRef(runs=100, red=1))

    names = {part.shard and part.shard.inputs for part in (one_of(run), one_of(other))}

    assert len(names) == 1


def one_of(run: Run) -> Run:
    return shard_of(run, Part(index=1, total=2))
