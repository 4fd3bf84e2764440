"""What opens a run by itself: the schedule, the drop folder, sources that change, versions for portals."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from pipelines.core.project import Project
from pipelines.definitions import build_definitions
from pipelines.orchestration.partitions import PARTITIONS, RANGE_END, RANGE_START, all_sources
from pipelines.orchestration.workspace import Workspace
from pipelines.pipeline.run import run
from pipelines.releases.retract import retract
from tests.orchestration.builders import described_portal
from tests.pipeline.builders import ACTIONS, NOW, a_run, first_run, rewrite


def test_every_day_everything_runs_over_all_sources(project: Project, on_disk: dg.DagsterInstance):
    schedule = build_definitions(project).resolve_schedule_def("chaque_jour")
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("30 5 * * *", "Europe/Paris")
    (request,) = schedule.evaluate_tick(
        dg.build_schedule_context(on_disk, resources={"workspace": a_workspace(project)})
    ).run_requests
    assert (request.tags[RANGE_START], request.tags[RANGE_END]) == ("actions", "villes")


def a_workspace(project: Project) -> Workspace:
    return Workspace(root=str(project.root), outputs=str(project.outputs))


def test_a_new_source_is_a_partition_without_reloading_and_one_that_is_gone_is_none(
    project: Project, instance: dg.DagsterInstance
):
    definitions = build_definitions(project)
    sensor, cursor, told = definitions.resolve_sensor_def("sources_connues"), None, []

    def seen() -> list[str]:
        nonlocal cursor
        resources = {"workspace": a_workspace(project)}
        context = dg.build_sensor_context(instance=instance, cursor=cursor, resources=resources)
        data = sensor.evaluate_tick(context)
        cursor = data.cursor
        told.append(data.skip_message)
        return instance.get_dynamic_partitions("sources")

    assert seen() == ["actions", "villes"]
    shutil.copy(project.sources / "actions.yaml", project.sources / "actions-bis.yaml")
    described = (project.sources / "actions-bis.yaml").read_text(encoding="utf-8")
    described = described.replace("name: actions", "name: actions-bis")
    (project.sources / "actions-bis.yaml").write_text(described, encoding="utf-8")
    assert seen() == ["actions", "villes", "actions-bis"]
    job = definitions.resolve_job_def("collecte")
    assert job.execute_in_process(instance=instance, partition_key="actions-bis").success
    (project.sources / "actions-bis.yaml").unlink()
    assert seen() == ["actions", "villes"]
    seen()
    assert told[1:] == [
        "Partitions ajoutées : actions-bis ; retirées : aucune.",
        "Partitions ajoutées : aucune ; retirées : actions-bis.",
        "Aucune source nouvelle.",
    ]


def test_what_was_materialised_under_static_partitions_is_still_there(project: Project, instance: dg.DagsterInstance):
    before = dg.StaticPartitionsDefinition(["actions", "villes"])

    @dg.asset(key="snapshots", partitions_def=before)
    def snapshots() -> None: ...

    assert dg.materialize([snapshots], instance=instance, partition_key="actions").success
    all_sources(instance, project)
    found = instance.get_status_by_partition(dg.AssetKey("snapshots"), ["actions", "villes"], PARTITIONS)
    assert {name: status and status.value for name, status in found.items()} == {
        "actions": "MATERIALIZED",
        "villes": None,
    }


def look(project: Project, instance: dg.DagsterInstance, cursor: str | None) -> tuple[list[dg.RunRequest], str]:
    sensor = build_definitions(project).resolve_sensor_def("boite_de_depot")
    resources = {"workspace": a_workspace(project)}
    context = dg.build_sensor_context(instance=instance, cursor=cursor, resources=resources)
    data = sensor.evaluate_tick(context)
    return list(data.run_requests or []), data.cursor


def test_a_delivery_opens_one_run_and_only_one(project: Project, instance: dg.DagsterInstance):
    assert look(project, instance, None)[0] == []
    inbox = project.sources / "inbox" / "actions"
    inbox.mkdir(parents=True)
    (inbox / "livraison.csv").write_text(ACTIONS, encoding="utf-8")
    (request,), cursor = look(project, instance, None)
    assert request.tags["arobase/livraison"] == "actions"
    assert request.tags[RANGE_START] == "actions"
    assert look(project, instance, cursor)[0] == []
    os.utime(inbox / "livraison.csv", ns=(1, 1))
    (again,), _ = look(project, instance, cursor)
    assert again.run_key != request.run_key


def tick(
    project: Project, instance: dg.DagsterInstance, sensor: str, cursor: str | None = None
) -> dg.SensorExecutionData:
    resources = {"workspace": a_workspace(project)}
    definitions = build_definitions(project)
    repository = definitions.get_repository_def()
    context = dg.build_sensor_context(instance=instance, cursor=cursor, resources=resources, repository_def=repository)
    return definitions.resolve_sensor_def(sensor).evaluate_tick(context)


def test_a_new_snapshot_opens_first_run_no_matter_who_collected_it(project: Project, instance: dg.DagsterInstance):
    first_run(project)
    first = tick(project, instance, "sources_changees")
    assert not first.run_requests
    assert not tick(project, instance, "sources_changees", first.cursor).run_requests
    rewrite(project, "actions", ACTIONS + "a3,47001,Wifi\n")
    a_run(project)
    (request,) = tick(project, instance, "sources_changees", first.cursor).run_requests
    assert request.tags["arobase/sources"] == "actions"


def test_a_delivery_that_a_run_has_read_opens_no_second_run(project: Project, instance: dg.DagsterInstance):
    first_run(project)
    cursor = tick(project, instance, "sources_changees").cursor
    path = project.sources / "inbox" / "actions" / "livraison.csv"
    path.parent.mkdir(parents=True)
    path.write_text(ACTIONS + "a3,47001,Wifi\n", encoding="utf-8")
    (request,), _ = look(project, instance, None)
    definitions = build_definitions(project)
    done = definitions.resolve_job_def("tout").execute_in_process(instance=instance, tags=request.tags)
    assert done.success
    found = tick(project, instance, "sources_changees", cursor)
    assert not found.run_requests
    assert found.cursor != cursor
    assert not tick(project, instance, "sources_changees", found.cursor).run_requests


def test_a_source_that_is_again_what_it_was_opens_a_run_each_time(project: Project, instance: dg.DagsterInstance):
    first_run(project)
    cursor, keys = tick(project, instance, "sources_changees").cursor, []
    for text in (ACTIONS + "a3,47001,Wifi\n", ACTIONS) * 2:
        rewrite(project, "actions", text)
        a_run(project)
        found = tick(project, instance, "sources_changees", cursor)
        (request,) = found.run_requests
        assert tick(project, instance, "sources_changees", cursor).run_requests[0].run_key == request.run_key
        cursor = found.cursor
        keys.append(request.run_key)
    assert len(set(keys)) == 4


def test_a_delivery_that_is_taken_away_and_comes_back_opens_a_run_each_time(
    project: Project, instance: dg.DagsterInstance
):
    path, cursor, keys = project.sources / "inbox" / "actions" / "livraison.csv", None, []
    path.parent.mkdir(parents=True)
    for is_there in (True, False) * 2:
        if is_there:
            path.write_text(ACTIONS, encoding="utf-8")
            os.utime(path, ns=(1, 1))
        else:
            path.unlink()
        (request,), cursor = look(project, instance, cursor)
        keys.append(request.run_key)
    assert len(set(keys)) == 4


def test_a_version_that_is_retracted_reaches_the_portals_again(project: Project, instance: dg.DagsterInstance):
    described_portal(project)
    a_run(project)
    first = tick(project, instance, "nouvelles_versions")
    rewrite(project, "actions", ACTIONS + "a3,47001,Wifi\n")
    newer = a_run(project).outcomes["villes"].version
    second = tick(project, instance, "nouvelles_versions", first.cursor)
    retract(project.releases, "villes", newer, "inventé", now=NOW)
    third = tick(project, instance, "nouvelles_versions", second.cursor)
    assert len({request.run_key for found in (first, second, third) for request in found.run_requests}) == 3
    assert not tick(project, instance, "nouvelles_versions", third.cursor).run_requests


def a_source_of_every_day(project: Project) -> None:
    path = project.sources / "actions.yaml"
    text = path.read_text(encoding="utf-8").replace("obtained: '2026-11-01'\n", "cadence: P1D\n")
    path.write_text(text, encoding="utf-8")


def test_a_remote_source_is_asked_again_once_its_cadence_has_passed(project: Project, instance: dg.DagsterInstance):
    a_source_of_every_day(project)
    (request,) = tick(project, instance, "sources_a_relever").run_requests
    assert (request.partition_key, request.run_key) == ("actions", "actions@jamais")
    run(project, now=datetime(2020, 1, 1, tzinfo=UTC))
    (again,) = tick(project, instance, "sources_a_relever").run_requests
    assert again.run_key == "actions@2020-01-01T00:00:00+00:00"
    run(project, now=datetime.now(UTC))
    assert not tick(project, instance, "sources_a_relever").run_requests


def test_a_remote_source_whose_run_gave_nothing_is_asked_again_an_hour_later(
    project: Project, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
):
    a_source_of_every_day(project)
    first = tick(project, instance, "sources_a_relever")
    at_once = tick(project, instance, "sources_a_relever", first.cursor)
    assert not at_once.run_requests  # the run may only have begun
    monkeypatch.setattr("pipelines.orchestration.due.AGAIN", timedelta(0))  # an hour has passed
    later = tick(project, instance, "sources_a_relever", at_once.cursor)
    twice = tick(project, instance, "sources_a_relever", at_once.cursor)
    keys = [request.run_key for found in (first, later, twice) for request in found.run_requests]
    assert (keys[0], keys[1] == keys[0], keys[2] == keys[1]) == ("actions@jamais", False, True)


def test_a_source_that_a_clock_ahead_of_time_collected_is_asked_by_the_right_clock(
    project: Project, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
):
    a_source_of_every_day(project)
    run(project, now=datetime.now(UTC) + timedelta(days=400))
    assert [item.partition_key for item in tick(project, instance, "sources_a_relever").run_requests] == ["actions"]
    monkeypatch.setenv("AROBASE_CLOCK_IS_RIGHT", "1")
    run(project, now=datetime.now(UTC))
    assert not tick(project, instance, "sources_a_relever").run_requests
