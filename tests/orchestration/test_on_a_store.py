"""Dagster with its outputs on an object store: machines that have nothing in common but the store, a real SeaweedFS."""

from __future__ import annotations

import atexit
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from filelock import FileLock, Timeout

from pipelines.core.project import OutputsElsewhere, Project
from pipelines.core.settings import SettingWrong
from pipelines.definitions import build_definitions
from pipelines.orchestration.partitions import RANGE_END, RANGE_START, all_sources
from pipelines.orchestration.triggers import changed_sources_sensor
from pipelines.orchestration.workspace import Workspace, _copy_of_this_process
from pipelines.privacy.everyone import Everyone
from pipelines.privacy.known import PersonalValues
from pipelines.storage.buckets import Bucket
from pipelines.storage.shared import shared_of
from tests.orchestration.test_definitions import payload
from tests.pipeline.builders import TOWNS, a_run, a_small_project, rewrite
from tests.sources.stores import KEY, SECRET, a_bucket, seaweedfs

ADDRESS, PRIVATE = "s3://sorties/dagster", "s3://prive/dagster"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with seaweedfs(tmp_path_factory.mktemp("weed")) as address:
        yield address


@pytest.fixture
def store(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """The store of outputs, empty; this process is a machine that has the keys of both stores."""
    told = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_ENDPOINT_URL": server}
    told |= {"AWS_REGION": "us-east-1", "AROBASE_PRIVATE_STORE": PRIVATE, "AROBASE_SCRATCH": str(tmp_path / "a")}
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    for address in (ADDRESS, PRIVATE):
        a_bucket(server, address.split("/")[2])
        bucket = Bucket.open(address)
        for name in bucket.names():
            bucket.delete(name)
    return Bucket.open(ADDRESS)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


def execute(
    project: Project, instance: dg.DagsterInstance, job: str = "tout", **more: Any
) -> dg.ExecuteInProcessResult:
    """A job on the machine that AROBASE_SCRATCH names, over all sources unless a partition is named."""
    chosen = build_definitions(project, ADDRESS).resolve_job_def(job)
    tags = all_sources(instance, project)
    is_over_all = job == "tout" and "partition_key" not in more
    return chosen.execute_in_process(instance=instance, tags=tags if is_over_all else {}, raise_on_error=False, **more)


def released(bucket: Bucket) -> dict[str, bytes]:
    names = [name for name in bucket.names("releases") if "/data/" in name]
    return {name.removeprefix("releases/"): bucket.read(name) or b"" for name in names}


def said(result: dg.ExecuteInProcessResult) -> str:
    told = [item.step_failure_data.user_failure_data for item in result.all_events if item.is_step_failure]
    return " ".join(str(item.description) for item in told if item is not None)


def test_a_resource_on_a_store_gives_no_folder_but_while_it_is_at_work(tmp_path: Path) -> None:
    project = a_small_project(tmp_path)
    workspace = Workspace(root=str(project.root), outputs="s3://user:key@bucket/x")
    with pytest.raises(OutputsElsewhere) as refused:
        _ = workspace.project
    assert "key" not in str(refused.value)
    assert workspace.described.root == project.root
    assert Workspace(root=str(project.root)).project == project


def test_partitions_are_shared_out_on_a_store_and_are_one_run_in_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = a_small_project(tmp_path)

    def per_run(store: str) -> set[Any]:
        graph = build_definitions(project, store).resolve_asset_graph()
        policies = [graph.get(dg.AssetKey(name)).backfill_policy for name in ("snapshots", "records")]
        return {policy and policy.max_partitions_per_run for policy in policies}

    assert per_run("") == {None}
    assert per_run(ADDRESS) == {50}
    monkeypatch.setenv("AROBASE_SOURCES_PER_RUN", "20")
    assert per_run(ADDRESS) == {20}
    for wrong in ("0", "-3", "vingt", "²"):
        monkeypatch.setenv("AROBASE_SOURCES_PER_RUN", wrong)
        with pytest.raises(SettingWrong, match="AROBASE_SOURCES_PER_RUN"):
            per_run(ADDRESS)


def test_every_day_sources_are_shared_out_on_a_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = a_small_project(tmp_path / "project")
    monkeypatch.setenv("AROBASE_SOURCES_PER_RUN", "1")
    home = tmp_path / "dagster"
    home.mkdir()
    with dg.DagsterInstance.local_temp(str(home)) as instance:
        schedule = build_definitions(project, ADDRESS).resolve_schedule_def("chaque_jour")
        resources = {"workspace": Workspace(root=str(project.root), outputs=ADDRESS)}
        moment = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)
        context = dg.build_schedule_context(instance, scheduled_execution_time=moment, resources=resources)
        asked = schedule.evaluate_tick(context).run_requests
    assert schedule.job_name == "lecture"
    assert [(item.tags[RANGE_START], item.tags[RANGE_END]) for item in asked] == [("actions",) * 2, ("villes",) * 2]
    assert len({item.run_key for item in asked}) == 2


def test_a_process_that_ends_leaves_its_working_copy_to_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AROBASE_SCRATCH", str(tmp_path))
    at_its_end: list[Callable[[], None]] = []
    monkeypatch.setattr(atexit, "register", lambda *given: at_its_end.append(partial(*given)))
    copy = _copy_of_this_process("memory:///")
    assert _copy_of_this_process("memory:///") is copy
    held = FileLock(copy.folder.with_name(f"{copy.folder.name}.lock"))
    with pytest.raises(Timeout):
        held.acquire(timeout=0)
    for close in at_its_end:
        close()
    held.acquire(timeout=0)
    assert shared_of(copy.folder) is None


@pytest.mark.heavy
def test_everything_on_a_store_gives_the_releases_of_a_folder_and_nothing_is_left_here(
    store: Bucket, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    project = a_small_project(tmp_path)
    assert execute(project, instance).success
    assert not project.outputs.exists()
    a_run(project)
    in_folder = {name: data for name, data in payload(project.releases).items() if "/data/" in name}
    assert released(store) == in_folder
    assert store.names("catalogue")
    assert not any(b"contact.invente@example.org" in (store.read(name) or b"") for name in store.names())


@pytest.mark.heavy
def test_everybody_is_put_together_once_a_run(
    store: Bucket, instance: dg.DagsterInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Previews, the gate of a release and that of the catalogue look for the same values."""
    asked: list[int] = []
    whole = PersonalValues.everyone

    def counted(values: PersonalValues) -> Everyone:
        asked.append(len(values))
        return whole(values)

    monkeypatch.setattr(PersonalValues, "everyone", counted)
    assert execute(a_small_project(tmp_path), instance).success
    assert len(asked) == 1
    assert store.names("catalogue")


@pytest.mark.heavy
def test_what_a_machine_made_another_goes_on_from_and_a_third_finds_unchanged(
    store: Bucket, instance: dg.DagsterInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = a_small_project(tmp_path)
    for number, source in enumerate(sorted(path.stem for path in project.sources.glob("*.yaml"))):
        monkeypatch.setenv("AROBASE_SCRATCH", str(tmp_path / f"machine-{number % 2}"))
        assert execute(project, instance, "lecture", partition_key=source).success
    assert not store.names("releases")
    monkeypatch.setenv("AROBASE_SCRATCH", str(tmp_path / "third"))
    assert execute(project, instance, "publication").success
    before, ledger = released(store), store.read("ledger.jsonl")
    assert before
    monkeypatch.setenv("AROBASE_SCRATCH", str(tmp_path / "fourth"))
    result = execute(project, instance)
    assert result.success
    assert (released(store), store.read("ledger.jsonl")) == (before, ledger)


@pytest.mark.heavy
def test_a_worker_that_may_not_open_the_private_store_says_so_and_reads_nothing(
    store: Bucket, instance: dg.DagsterInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = a_small_project(tmp_path)
    assert execute(project, instance).success
    before = released(store)
    rewrite(project, "villes", TOWNS.replace("Metz", "Metz-Ville"))
    for name, value in {"AROBASE_PRIVATE_ACCESS_KEY_ID": "other", "AROBASE_PRIVATE_SECRET_ACCESS_KEY": "no"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AROBASE_SCRATCH", str(tmp_path / "b"))
    refused = execute(project, instance)
    assert not refused.success
    assert "ne peut pas lire les valeurs personnelles" in said(refused)
    monkeypatch.setenv("AROBASE_PRIVATE_STORE", "")
    assert not execute(project, instance).success
    assert released(store) == before
    values = (b"contact.invente@example.org", b"autre.invente@example.org")
    left = [path.read_bytes() for path in (tmp_path / "b").rglob("*") if path.is_file()]
    assert not any(value in data for data in left for value in values)


@pytest.mark.heavy
def test_a_machine_that_published_first_is_followed_not_overwritten(
    store: Bucket, instance: dg.DagsterInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another machine publishes newer answers between the tables of this run and its release."""
    project = a_small_project(tmp_path)
    assert execute(project, instance).success
    rewrite(project, "villes", TOWNS.replace("Metz", "Metz-Ville"))
    assert execute(project, instance, "lecture", partition_key="villes").success
    monkeypatch.setenv("AROBASE_SCRATCH", str(tmp_path / "other"))
    rewrite(project, "villes", TOWNS.replace("Metz", "Metz-la-Neuve"))
    assert execute(project, instance).success
    ledger = store.read("ledger.jsonl")
    monkeypatch.setenv("AROBASE_SCRATCH", str(tmp_path / "a"))
    assert execute(project, instance, "publication").success
    assert store.read("ledger.jsonl") == ledger


@pytest.mark.heavy
def test_a_sensor_sees_what_another_machine_collected(
    store: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = a_small_project(tmp_path / "project")
    home = tmp_path / "dagster"
    home.mkdir()
    with dg.DagsterInstance.local_temp(str(home)) as instance:
        workspace = Workspace(root=str(project.root), outputs=ADDRESS)

        def tick(cursor: str | None) -> tuple[list[dg.RunRequest], str]:
            context = dg.build_sensor_context(instance, cursor=cursor, resources={"workspace": workspace})
            with context:
                found = changed_sources_sensor(ADDRESS)(context)
                requests = [item for item in found if isinstance(item, dg.RunRequest)]  # type: ignore[union-attr]
                return requests, str(context.cursor)

        assert execute(project, instance).success
        _, cursor = tick(None)
        monkeypatch.setenv("AROBASE_SCRATCH", str(tmp_path / "other"))
        rewrite(project, "villes", TOWNS.replace("Metz", "Metz-Ville"))
        assert execute(project, instance, "collecte", partition_key="villes").success
        monkeypatch.setenv("AROBASE_SCRATCH", str(tmp_path / "daemon"))
        shutil.rmtree(tmp_path / "other")
        assert len(tick(cursor)[0]) == 1
