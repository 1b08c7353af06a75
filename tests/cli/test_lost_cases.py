"""Cases that a branch moves, renames or takes out still count where the base had them."""

import contextlib
import shutil
from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.desk import BROKEN, GATELESS, HARMLESS, run_json
from tests.cli.history import change, check_out_merge, git, start_history
from tests.cli.job import Job

GATE = "gate: {mode: threshold, rules: [{match: {domain: security}, min_score: 0.8}]}\n"
SOME_BROKEN = "Reply with exactly: {{ 'wrong' if q in ('s0', 's1') else q }}\n"
TRIAGE, REVIEW = "prompts/triage.md", "prompts/reply.md"
FOLDER = "golden/desk"


def rows(prefix: str, prompt: str, count: int, *, first: int = 0, **keys: str) -> str:
    """Return cases whose answer is their id."""
    given = {"task_type": "triage", "domain": "misc", **keys}
    return "".join(
        f"  - {{id: {prefix}{n}, task_type: {given['task_type']}, domain: {given['domain']}, "
        f"prompt: {prompt}, inputs: {{q: {prefix}{n}}}, expected: {prefix}{n}}}\n"
        for n in range(first, count)
    )


def golden(*cases: str) -> dict[str, str]:
    """Return the files of a golden set, with a manifest that agrees with it."""
    text = "".join(cases)
    counts = {t: text.count(f"task_type: {t},") for t in ("triage", "sorting", "review")}
    listed = ", ".join(f"{name}: {count}" for name, count in counts.items() if count)
    return {
        f"{FOLDER}/cases.yaml": f"defaults: {{scorers: {{exact: {{}}}}}}\ncases:\n{text}",
        f"{FOLDER}/manifest.yaml": f'version: "1.0"\nactive: {sum(counts.values())}\n'
        f"categories: {{{listed}}}\n",
    }


MANY = rows("t", TRIAGE, 45)
SECURE = rows("s", REVIEW, 6, domain="security")
OTHERS = rows("r", REVIEW, 6, task_type="review")


@pytest.fixture(scope="module")
def main(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository with a baseline of three categories, to be copied."""
    folder = tmp_path_factory.mktemp("shop") / "desk"
    folder.mkdir()
    config = GATELESS.replace("trials: 4", "trials: 1, min_trials: 1") + GATE
    with contextlib.chdir(folder):
        start_history(folder, {"evalci.yaml": config, **golden(MANY, SECURE, OTHERS)})
    shutil.rmtree(folder / ".evalci")
    return folder


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(
            {
                REVIEW: SOME_BROKEN,
                **golden(MANY, rows("s", REVIEW, 2), SECURE.split("\n", 2)[2], OTHERS),
            },
            "failure",
            id="broken cases moved to a lenient category",
        ),
        pytest.param(
            {
                TRIAGE: BROKEN,
                **golden(rows("new", TRIAGE, 30, task_type="sorting"), SECURE, OTHERS),
            },
            "neutral",
            id="a broken category renamed, ids and all",
        ),
        pytest.param(
            {TRIAGE: BROKEN, **golden(rows("new", TRIAGE, 30), SECURE, OTHERS)},
            "neutral",
            id="the ids of a broken category renamed",
        ),
        pytest.param(
            {TRIAGE: BROKEN, **golden(SECURE, OTHERS)},
            "neutral",
            id="a broken category deleted",
        ),
        pytest.param(
            {TRIAGE: HARMLESS, **golden(rows("t", TRIAGE, 45, first=1), SECURE, OTHERS)},
            "success",
            id="one case of many deleted",
        ),
        pytest.param(
            {**golden(MANY.replace("expected: t0}", "expected: T0}"), SECURE, OTHERS)},
            "success",
            id="one case of many edited",
        ),
        pytest.param({TRIAGE: HARMLESS}, "success", id="an edited prompt"),
        pytest.param(
            {TRIAGE: HARMLESS, **golden(rows("t", TRIAGE, 46), SECURE, OTHERS)},
            "success",
            id="a new case",
        ),
    ],
)
def test_a_check_of_an_own_branch(
    main: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    job: Job,
    files: dict[str, str],
    expected: str,
) -> None:
    folder = tmp_path / "desk"
    shutil.copytree(main, folder)
    monkeypatch.chdir(folder)
    base = git("rev-parse", "HEAD")
    head = change(folder, files)
    merged = check_out_merge(monkeypatch, tmp_path / "event.json", base=base, head=head)

    run_cli(["run", "--no-gate"])
    job.begin(head=head, GITHUB_SHA=merged)
    job.publish()

    assert job.checks == {"evalci / desk": expected}


def test_a_moved_case_is_listed(
    main: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "desk"
    shutil.copytree(main, folder)
    monkeypatch.chdir(folder)
    change(folder, golden(MANY, rows("s", REVIEW, 1), SECURE.split("\n", 1)[1], OTHERS))

    run_cli(["run"])

    moved = {"path": "category of s0", "old": "triage/security", "new": "triage"}
    assert moved in run_json()["policy_changes"]
