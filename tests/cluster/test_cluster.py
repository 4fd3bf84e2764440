"""A real cluster on this machine: Ray with two nodes, PostgreSQL, SeaweedFS, Dagster's daemon (`make test-cluster`)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.core.project import Project
from pipelines.storage.buckets import Bucket
from scripts.cluster.parts import NODES, Cluster, a_cluster
from tests.cluster.checks import (
    KEYS,
    arobase,
    half_results,
    in_folder,
    in_store,
    on_one_machine,
    opened,
    published,
)
from tests.cluster.faults import FAULTS, SETTINGS, Disturber, a_project, change, told, work

pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder of a short name: Ray's sockets are in it."""
    with tempfile.TemporaryDirectory(prefix="arobase-", ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o711)
        yield Path(made)


@pytest.fixture(scope="module")
def project(folder: Path) -> Project:
    return a_project(folder / "p")


@pytest.fixture(scope="module")
def cluster(folder: Path, project: Project) -> Iterator[Cluster]:
    with a_cluster(folder / "c", project.root, SETTINGS) as running:
        yield running


def stores(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> tuple[Bucket, Bucket]:
    for name in (*KEYS, *SETTINGS):
        monkeypatch.setenv(name, cluster.environment[name])
    return opened(cluster)


def shared_by_both(cluster: Cluster) -> None:
    """Both nodes have worked. What died may have left one of them with nothing that it ended: undisturbed, two of the
    runs of a backfill go on at once, and a node has one processor."""
    if not all(cluster.scratch(name).is_dir() for name in NODES):
        told(work(cluster, "read"))
    assert all(cluster.scratch(name).is_dir() for name in NODES)


def test_what_dies_while_two_nodes_share_the_work_and_another_machine_releases_changes_no_byte(
    cluster: Cluster, project: Project, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run, a machine, a connection of PostgreSQL, the store and the head of Ray are killed, each once; meanwhile the
    cluster and the command line of another machine publish the same package."""
    store, private = stores(cluster, monkeypatch)
    disturber = Disturber(cluster, list(FAULTS))
    disturber.start()
    did = told(work(cluster, "read"))
    publishing = work(cluster, "publish")
    arobase(cluster, "release", "--no-collect")
    told(publishing)
    while disturber.is_alive():  # where the machine is quicker than the faults, there is more to disturb
        told(work(cluster, "publish"))
    assert disturber.end() == list(FAULTS)
    assert did["read"]["runs"] >= 4
    shared_by_both(cluster)
    assert half_results(private) == []
    assert len(published(store)) == 1
    on_one_machine(project, folder / "outputs")
    assert in_store(store, "releases") == in_folder(folder / "outputs" / "releases")
    theirs, ours = in_store(store, "catalogue"), in_folder(folder / "outputs" / "catalogue")
    assert sorted(theirs) == sorted(ours)
    assert [name for name in ours if theirs[name] != ours[name]] == []
    assert "intact" in arobase(cluster, "verify")
    cluster.parts["store"].kill()  # begun while it is away, a command waits for it
    assert "intact" in arobase(cluster, "verify")


def test_a_worker_without_the_keys_of_the_private_store_says_so_and_keeps_nothing(
    cluster: Cluster, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, _ = stores(cluster, monkeypatch)
    before = published(store)
    change(project, "-quater")
    none = {"AROBASE_PRIVATE_ACCESS_KEY_ID": "none", "AROBASE_PRIVATE_SECRET_ACCESS_KEY": "none"}
    scratch = cluster.scratch("stranger")
    for name in NODES:
        part = cluster.parts[name]
        part.environment = {**part.environment, **none, "AROBASE_SCRATCH": str(scratch)}
        part.kill()
    did = told(work(cluster, "publish"), well=False)
    assert "cannot read personal values" in " ".join(did["publish"]["failures"])
    assert published(store) == before
    left = [path.read_bytes() for path in scratch.rglob("*") if path.is_file()]
    assert not any(b"@example.org" in data for data in left)
