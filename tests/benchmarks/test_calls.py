"""What a call costs beside a bare litellm loop against the same server, in one interleaved run."""

import sys
from pathlib import Path
from statistics import median

from tests.benchmarks.children import EVALCI, Usage, loop, run, table, vendor, write_cases

ROUNDS = 3
CALLS, CONCURRENCY, DELAY_S = 1000, 50, 0.5
ASK = [EVALCI, "run", "--no-cache"]
CACHED = 5000


def desk(folder: Path, base: str, count: int) -> Path:
    """Return a repository of so many cases."""
    place = folder / f"desk-{count}"
    place.mkdir(exist_ok=True)
    write_cases(place, base, count, concurrency=CONCURRENCY)
    return place


def test_the_cpu_of_a_further_case(tmp_path: Path) -> None:
    few = 20
    per_case: dict[str, list[float]] = {"evalci": [], "plain": [], "lean": []}

    with vendor() as server:
        small, large = desk(tmp_path, server.base, few), desk(tmp_path, server.base, CALLS)
        for _ in range(ROUNDS):
            for kind, figures in per_case.items():
                pair = [
                    run(ASK, place)
                    if kind == "evalci"
                    else run(loop(kind, server.base, count, concurrency=CONCURRENCY), tmp_path)
                    for place, count in ((small, few), (large, CALLS))
                ]
                figures.append((pair[1].cpu_s - pair[0].cpu_s) / (CALLS - few))

    ms = {kind: median(figures) * 1000 for kind, figures in per_case.items()}
    plain, lean = ms["evalci"] / ms["plain"], ms["evalci"] / ms["lean"]
    table(
        [
            (f"CPU a case, plain loop {ms['plain']:.2f} ms", plain, "<=", 0.85),
            (f"CPU a case, lean loop {ms['lean']:.2f} ms", lean, "<=", 1.15),
        ]
    )
    assert server.seen["most_in_flight"] <= CONCURRENCY
    assert plain <= 0.85
    assert lean <= 1.15


def test_how_well_the_window_is_filled(tmp_path: Path) -> None:
    ideal = CALLS / CONCURRENCY * DELAY_S

    with vendor(DELAY_S) as server:
        usage = run(ASK, desk(tmp_path, server.base, CALLS))
    # What the machine allows: on a busy one a bare loop misses the limits, too.
    with vendor(DELAY_S) as asked:
        bare = run(loop("lean", asked.base, CALLS, concurrency=CONCURRENCY), tmp_path)

    seen = server.seen
    window = ideal / (seen["last_at"] - seen["first_at"])
    bare_window = ideal / (asked.seen["last_at"] - asked.seen["first_at"])
    whole, tail = ideal / usage.wall_s, usage.ended_at - seen["last_at"]
    table(
        [
            (f"window efficiency, lean loop {bare_window:.2f}", window, ">=", 0.94),
            (f"whole process, lean loop {ideal / bare.wall_s:.2f}", whole, ">=", 0.78),
            ("last answer to exit, s", tail, "<=", 0.25),
            ("most in flight", seen["most_in_flight"], "<=", CONCURRENCY),
        ]
    )
    assert seen["requests"] == CALLS
    assert seen["most_in_flight"] <= CONCURRENCY
    assert window >= 0.94
    assert whole >= 0.78
    assert tail <= 0.25


def test_a_run_of_one_case(tmp_path: Path) -> None:
    ours: list[float] = []
    bare: list[float] = []

    with vendor() as server:
        place = desk(tmp_path, server.base, 1)
        for _ in range(ROUNDS):
            bare.append(run(loop("plain", server.base, 1, concurrency=1), tmp_path).cpu_s)
            ours.append(run(ASK, place).cpu_s)

    ratio = median(ours) / median(bare)
    table([(f"CPU of one case, bare script {median(bare):.2f} s", ratio, "<=", 0.8)])
    assert ratio <= 0.8


def test_a_run_that_is_answered_from_the_cache(tmp_path: Path) -> None:
    importing = [sys.executable, "-c", "import litellm"]
    cached: list[Usage] = []
    imports: list[float] = []

    with vendor() as server:
        place = desk(tmp_path, server.base, CACHED)
        run([EVALCI, "run"], place)
        for _ in range(ROUNDS):
            imports.append(run(importing, tmp_path).cpu_s)
            cached.append(run([EVALCI, "run"], place))

    ratio = median(usage.cpu_s for usage in cached) / median(imports)
    table([(f"CPU of {CACHED} hits, import litellm {median(imports):.2f} s", ratio, "<=", 0.6)])
    assert server.seen["requests"] == CACHED
    assert ratio <= 0.6


def test_memory_grows_little_with_cases(tmp_path: Path) -> None:
    with vendor() as server:
        peaks = [run(ASK, desk(tmp_path, server.base, count)).peak_mb for count in (1, CACHED)]

    growth = peaks[1] - peaks[0]
    table([(f"peak memory of {CACHED} cases, from {peaks[0]:.0f} MB", growth, "<=", 40)])
    assert growth <= 40
