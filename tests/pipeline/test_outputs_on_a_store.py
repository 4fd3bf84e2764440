"""Outputs on an object store: `arobase` as people run it, on several machines at once, against a real SeaweedFS."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.core.project import Project
from pipelines.storage.buckets import Bucket
from tests.pipeline.builders import TOWNS, a_small_project, rewrite
from tests.sources.stores import KEY, SECRET, a_bucket, seaweedfs

pytestmark = pytest.mark.heavy
ADDRESS, PRIVATE = "s3://sorties/essai", "s3://prive/essai"
TIMED = {"inclusion.tlog-proof"}
"""What carries the moment of the event, and differs from one run to another."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with seaweedfs(tmp_path_factory.mktemp("weed")) as address:
        yield address


@pytest.fixture
def store(server: str, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """The store of outputs, empty, with the keys of the tests in the environment."""
    told = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_ENDPOINT_URL": server}
    for name, value in {**told, "AWS_REGION": "us-east-1"}.items():
        monkeypatch.setenv(name, value)
    for address in (ADDRESS, PRIVATE):
        a_bucket(server, address.split("/")[2])
        bucket = Bucket.open(address)
        for name in bucket.names():
            bucket.delete(name)
    return Bucket.open(ADDRESS)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = a_small_project(tmp_path / "project")
    shutil.rmtree(made.schemas / "bilan")  # its table is made by a function of the tests, which no other process knows
    return made


def arobase(project: Project, scratch: Path, *words: str, **more: str) -> subprocess.Popen[str]:
    """The command on a machine of its own: nothing is common with another but the project's files and the store."""
    told = {"AROBASE_ROOT": str(project.root), "AROBASE_OUTPUTS": ADDRESS, "AROBASE_PRIVATE_STORE": PRIVATE}
    told |= {"AROBASE_SCRATCH": str(scratch), "AROBASE_LANG": "en", "COLUMNS": "200", **more}
    command = [sys.executable, "-m", "pipelines.cli", *words]
    return subprocess.Popen(
        command, env={**os.environ, **told}, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def ended(running: subprocess.Popen[str], code: int = 0) -> str:
    output, _ = running.communicate(timeout=240)
    assert running.returncode == code, output
    return output


def bytes_of(folder: Path) -> dict[str, bytes]:
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in TIMED)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in found
        if not path.name.startswith(".") and not path.name.endswith(".lock")
    }


def in_store(store: Bucket, place: str) -> dict[str, bytes]:
    names = [name for name in store.names(place) if name.rpartition("/")[2] not in TIMED and "/." not in name]
    return {name.removeprefix(f"{place}/"): store.read(name) or b"" for name in names}


def test_releases_are_those_of_a_folder_byte_for_byte(store: Bucket, project: Project, tmp_path: Path) -> None:
    folder = tmp_path / "outputs"
    ended(arobase(project, tmp_path / "x", "release", AROBASE_OUTPUTS=str(folder), AROBASE_PRIVATE_STORE=""))
    said = ended(arobase(project, tmp_path / "a", "release"))
    assert f"{ADDRESS}/releases/villes/1.0.0" in said
    assert in_store(store, "releases") == bytes_of(folder / "releases")
    assert store.read("ledger.jsonl") == (folder / "ledger.jsonl").read_bytes()
    assert set(in_store(store, "catalogue")) == set(bytes_of(folder / "catalogue"))


def test_another_machine_finds_everything_and_makes_nothing_again(
    store: Bucket, project: Project, tmp_path: Path
) -> None:
    ended(arobase(project, tmp_path / "a", "release"))
    before = in_store(store, "releases"), store.read("ledger.jsonl")
    results = Bucket.open(PRIVATE).names("work")
    said = ended(arobase(project, tmp_path / "b", "release", "--no-collect"))
    assert "Nothing changed" in said
    assert (in_store(store, "releases"), store.read("ledger.jsonl")) == before
    assert Bucket.open(PRIVATE).names("work") == results
    assert "intact" in ended(arobase(project, tmp_path / "c", "verify"))


def test_the_next_version_can_come_from_another_machine(store: Bucket, project: Project, tmp_path: Path) -> None:
    ended(arobase(project, tmp_path / "a", "release"))
    rewrite(project, "villes", TOWNS.replace("Metz", "Metz-Ville"))
    said = ended(arobase(project, tmp_path / "b", "release"))
    assert "1.0.1 new" in said
    assert "1.0.1" in (store.read("releases/villes/latest.json") or b"").decode()
    assert "intact" in ended(arobase(project, tmp_path / "a", "verify"))


def test_a_result_that_was_altered_in_the_store_is_made_again(store: Bucket, project: Project, tmp_path: Path) -> None:
    ended(arobase(project, tmp_path / "a", "release"))
    private = Bucket.open(PRIVATE)
    for name in private.names("work"):
        if name.endswith((".arrow", ".parquet")):
            private.send(name, b"altered")
    said = ended(arobase(project, tmp_path / "b", "release", "--no-collect"))
    assert "Nothing changed" in said
    assert "intact" in ended(arobase(project, tmp_path / "b", "verify"))


def test_two_machines_that_release_at_once_publish_one_version(store: Bucket, project: Project, tmp_path: Path) -> None:
    running = [arobase(project, tmp_path / name, "release") for name in "ab"]
    said = [ended(item) for item in running]
    lines = (store.read("ledger.jsonl") or b"").decode().splitlines()
    assert sum('"event":"published"' in line and '"villes"' in line for line in lines) == 1, said
    assert "intact" in ended(arobase(project, tmp_path / "c", "verify"))


def test_a_run_killed_at_any_moment_leaves_a_store_that_the_next_one_completes(
    store: Bucket, project: Project, tmp_path: Path
) -> None:
    begun = time.monotonic()
    ended(arobase(project, tmp_path / "warm", "release"))
    whole, length = in_store(store, "releases"), time.monotonic() - begun
    for part in (0.5, 0.7, 0.8, 0.9, 0.95):
        for address in (ADDRESS, PRIVATE):
            bucket = Bucket.open(address)
            for name in bucket.names():
                bucket.delete(name)
        shutil.rmtree(tmp_path / "a", ignore_errors=True)
        running = arobase(project, tmp_path / "a", "release")
        time.sleep(part * length)
        running.send_signal(signal.SIGKILL)
        running.communicate()
        ended(arobase(project, tmp_path / "b", "release", "--wait", "3"))
        assert in_store(store, "releases") == whole, part
        assert "intact" in ended(arobase(project, tmp_path / "b", "verify"))


def test_a_claim_of_a_dead_machine_is_taken_over(store: Bucket, project: Project, tmp_path: Path) -> None:
    store.send("releases/villes/.reservations/1.0.0", b"0" * 64)
    store.send("releases/villes/1.0.0/data/left.csv", b"left")
    ended(arobase(project, tmp_path / "a", "release", "--wait", "2"))
    assert store.read("releases/villes/1.0.0/data/left.csv") is None
    assert "intact" in ended(arobase(project, tmp_path / "b", "verify"))


def test_a_private_store_that_lets_nobody_in_is_told_in_words(store: Bucket, project: Project, tmp_path: Path) -> None:
    keys = {"AROBASE_PRIVATE_ACCESS_KEY_ID": "other", "AROBASE_PRIVATE_SECRET_ACCESS_KEY": "invented"}
    said = ended(arobase(project, tmp_path / "a", "release", **keys), code=2)
    assert "[private-store-missing]" in said
    assert "cannot read personal values" in said


def test_a_machine_without_the_private_store_says_so_and_publishes_nothing(
    store: Bucket, project: Project, tmp_path: Path
) -> None:
    ended(arobase(project, tmp_path / "a", "release"))
    before = [in_store(store, place) for place in ("releases", "catalogue", "log")]
    rewrite(project, "villes", TOWNS.replace("Metz", "Metz-Ville"))
    said = ended(arobase(project, tmp_path / "b", "release", AROBASE_PRIVATE_STORE=""), code=1)
    assert "[private-store-missing]" in said
    assert [in_store(store, place) for place in ("releases", "catalogue", "log")] == before
    values = (b"contact.invente@example.org", b"autre.invente@example.org")
    left = (path.read_bytes() for path in (tmp_path / "b").rglob("*") if path.is_file())
    assert not any(value in data for data in left for value in values)


def test_no_personal_value_is_in_the_store_of_outputs_and_what_is_deleted_goes_from_both(
    store: Bucket, project: Project, tmp_path: Path
) -> None:
    ended(arobase(project, tmp_path / "a", "release"))
    assert not any(b"contact.invente@example.org" in (store.read(name) or b"") for name in store.names())
    private = Bucket.open(PRIVATE)
    assert private.names("private")
    ended(arobase(project, tmp_path / "b", "private", "delete", "--all", "--yes"))
    assert private.names() == []
    assert store.read("suppressions.jsonl")
    ended(arobase(project, tmp_path / "a", "private", "show"))
    assert not list((tmp_path / "a").rglob("private/*/*/*.parquet"))
