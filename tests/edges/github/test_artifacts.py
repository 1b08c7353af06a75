"""Artifacts: found by commit, read within limits, and refused where they look like an attack."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from evalci.edges.github.artifacts import (
    MAX_ARCHIVE_BYTES,
    MAX_ARTIFACTS,
    MAX_UNPACKED_BYTES,
    Artifact,
    unpacked,
)
from evalci.errors import BadInputError, GitHubError
from tests.edges.github.desk import make_github
from tests.fake_time import FakeTime
from tests.github_forks import CHECK_RUN, HEAD, archive, workflow_run
from tests.github_server import Fault, GitHubServer

RUN = {"desk.main/run.json": "{}", "index.json": "[]"}


def names(content: bytes) -> list[tuple[str, str, bytes]]:
    return [(file.folder, file.name, file.content) for file in unpacked(content)]


def test_only_run_files_are_unpacked() -> None:
    content = archive({**RUN, "desk.main/log.jsonl": "x", "a/b/run.json": "y", "run.json.exe": "z"})

    assert names(content) == [("desk.main", "run.json", b"{}"), ("", "index.json", b"[]")]


def bomb() -> bytes:
    return archive({"desk.main/run.json": b"0" * (MAX_UNPACKED_BYTES + 1)})


def crowd() -> bytes:
    return archive({f"{number}/run.json": "" for number in range(10_001)})


def twice() -> bytes:
    return archive({"run.json": "{}", "run.jsox": "[]"}).replace(b"run.jsox", b"run.json")


def encrypted() -> bytes:
    """Set the flag of encryption in both headers."""
    content = bytearray(archive(RUN))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(mark, at + 4)
    return bytes(content)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        pytest.param(bomb, "more than 50 MB when unpacked", id="a bomb"),
        pytest.param(crowd, "more than 10,000 files", id="a crowd"),
        pytest.param(twice, "a file stands in it twice", id="a file twice"),
        pytest.param(encrypted, "encrypted", id="encrypted"),
        pytest.param(lambda: b"PK no zip", "not a zip archive", id="no archive"),
        pytest.param(lambda: archive(RUN)[:-30], "not a zip archive", id="cut off"),
        pytest.param(lambda: archive({"../run.json": ""}), "leads outside", id="a parent"),
        pytest.param(lambda: archive({"/etc/run.json": ""}), "leads outside", id="the root"),
        pytest.param(lambda: archive({"..\\run.json": ""}), "leads outside", id="a backslash"),
        pytest.param(lambda: archive({"C:/run.json": ""}), "leads outside", id="a drive"),
        pytest.param(
            lambda: archive({}, links={"run.json": "/etc/passwd"}), "a symlink", id="a symlink"
        ),
    ],
)
def test_an_archive_that_no_job_makes_is_refused(make: Callable[[], bytes], why: str) -> None:
    content = make()

    with pytest.raises(BadInputError, match=why):
        unpacked(content)


def test_an_artifact_is_listed_and_read(server: GitHubServer, time: FakeTime) -> None:
    server.repository.upload(CHECK_RUN, archive(RUN))
    server.repository.upload(CHECK_RUN, archive(RUN), name="coverage")
    artifacts = make_github(server, time).artifacts

    (artifact,) = artifacts.of_run(CHECK_RUN)

    assert [file.name for file in artifacts.files(artifact)] == ["run.json", "index.json"]


def test_the_newest_of_evalci_s_artifacts_come_first_however_many_there_are(
    server: GitHubServer, time: FakeTime
) -> None:
    for number in range(150):
        server.repository.upload(CHECK_RUN, archive(RUN), name=f"evalci-shard-{number}")
        server.repository.upload(CHECK_RUN, archive(RUN), name="coverage")
    merged = server.repository.upload(CHECK_RUN, archive(RUN), name="evalci-merge-0")

    found = make_github(server, time).artifacts.of_run(CHECK_RUN)

    assert (found[0].id, len(found)) == (merged, MAX_ARTIFACTS)


def test_what_a_later_attempt_uploaded_replaces_the_earlier(
    server: GitHubServer, time: FakeTime
) -> None:
    server.repository.upload(CHECK_RUN, archive(RUN))
    again = server.repository.upload(CHECK_RUN, archive(RUN))

    found = make_github(server, time).artifacts.of_run(CHECK_RUN)

    assert [artifact.id for artifact in found] == [again]


def test_an_expired_artifact_is_none(server: GitHubServer, time: FakeTime) -> None:
    server.repository.upload(CHECK_RUN, archive(RUN))
    server.repository.artifacts[CHECK_RUN][0]["expired"] = True

    assert make_github(server, time).artifacts.of_run(CHECK_RUN) == ()


def test_an_artifact_that_is_too_large_is_not_downloaded(
    server: GitHubServer, time: FakeTime
) -> None:
    large = Artifact(id=1, name="evalci-check", size=MAX_ARCHIVE_BYTES + 1)

    with pytest.raises(BadInputError, match="larger than 100 MB"):
        make_github(server, time).artifacts.files(large)
    assert server.received == []


def test_a_download_ends_at_its_limit(server: GitHubServer, time: FakeTime) -> None:
    id_ = server.repository.upload(CHECK_RUN, b"0" * 3_000_000)
    path = f"/repos/octo/shop/actions/artifacts/{id_}/zip"

    with pytest.raises(GitHubError, match="larger than 1 MB"):
        make_github(server, time).downloads.download(path, limit=1_000_000)


def test_an_outage_of_the_storage_is_waited_for(server: GitHubServer, time: FakeTime) -> None:
    server.repository.upload(CHECK_RUN, archive(RUN))
    server.faults = [Fault(match="/zip$", status=502, times=2)]
    artifacts = make_github(server, time).artifacts

    (artifact,) = artifacts.of_run(CHECK_RUN)

    assert len(artifacts.files(artifact)) == 2


def test_what_is_gone_is_said(server: GitHubServer, time: FakeTime) -> None:
    gone = Artifact(id=9, name="evalci-check", size=1)

    with pytest.raises(GitHubError, match="410 Artifact has expired"):
        make_github(server, time).artifacts.files(gone)


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        pytest.param([], [], id="none"),
        pytest.param([{"id": 1}, {"id": 3}, {"id": 2}], [3, 2, 1], id="the newest first"),
        pytest.param([{"id": 1}, {"id": 2, "status": "in_progress"}], [1], id="finished ones"),
        pytest.param([{"id": 1, "head_sha": "0" * 40}], [], id="of this commit"),
    ],
)
def test_the_finished_runs_of_a_commit_are_found(
    server: GitHubServer, time: FakeTime, runs: list[dict[str, object]], expected: list[int]
) -> None:
    server.repository.runs = [workflow_run(**{"head": HEAD} | run)["workflow_run"] for run in runs]  # type: ignore[arg-type]  # fields of a run

    found = make_github(server, time).artifacts.finished(HEAD)

    assert [run.id for run in found] == expected


def test_a_run_says_whose_it_is(server: GitHubServer, time: FakeTime) -> None:
    server.repository.runs = [
        workflow_run()["workflow_run"],
        workflow_run(home=None)["workflow_run"],
    ]

    found = make_github(server, time).artifacts.runs_of(HEAD)

    assert sorted(run.repository for run in found) == ["", "mallory/shop"]
    assert replace(found[0], repository="") == replace(found[1], repository="")
