"""Dagster's part of the week: schedules and sensors are asked at their moments, and the runs that they ask for are run.

The daemon's work, by Dagster's own API: `evaluate_tick` of each schedule and sensor with its cursor, one run a key,
`execute_in_process` on an instance that is kept on the disk, the sensors of runs after each of them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import dagster as dg
from sqlalchemy import event
from sqlalchemy.engine import Engine

from benchmarks.week.clock import Clock
from pipelines.core.project import Project
from pipelines.definitions import build_definitions
from pipelines.orchestration.alerts import FAILED, STATE, WELL
from pipelines.orchestration.workspace import Workspace


@event.listens_for(Engine, "connect")
def _do_not_wait_for_the_disk(connection: Any, _record: Any) -> None:
    """Dagster writes an event per transaction; a deployment has PostgreSQL, whose waiting is not what is measured."""
    if type(connection).__module__.startswith("sqlite3"):
        connection.execute("PRAGMA synchronous=OFF")


SENSORS = ("sources_connues", "boite_de_depot", "sources_a_relever", "sources_changees", STATE)


@dataclass
class Driven:
    """One run: what asked for it, when, how it ended, how long it took on the machine."""

    asked_by: str
    job: str
    at: datetime
    succeeded: bool
    seconds: float


@dataclass
class Driver:
    """The daemon of one project."""

    project: Project
    instance: dg.DagsterInstance
    clock: Clock
    home: Path
    runs: list[Driven] = field(default_factory=list)
    cursors: dict[str, str | None] = field(default_factory=dict)
    keys: set[tuple[str, str]] = field(default_factory=set)
    ticks: int = 0

    def __post_init__(self) -> None:
        self.definitions = build_definitions(self.project)
        self.resources = {"workspace": Workspace(root=str(self.project.root), outputs=str(self.project.outputs))}

    def schedule(self, name: str) -> None:
        """One tick of a schedule."""
        schedule = self.definitions.resolve_schedule_def(name)
        context = dg.build_schedule_context(
            self.instance, scheduled_execution_time=self.clock.now(), resources=self.resources
        )
        self.ticks += 1
        for request in schedule.evaluate_tick(context).run_requests or ():
            self._run(name, schedule.job_name, request)

    def sensors(self) -> None:
        """One tick of every sensor, in the order in which a daemon would meet them."""
        for name in SENSORS:
            sensor = self.definitions.resolve_sensor_def(name)
            context = dg.build_sensor_context(
                instance=self.instance, cursor=self.cursors.get(name), resources=self.resources
            )
            self.ticks += 1
            data = sensor.evaluate_tick(context)
            self.cursors[name] = data.cursor
            for request in data.run_requests or ():
                self._run(name, request.job_name or sensor.job_name, request)

    def _run(self, asked_by: str, job: str, request: dg.RunRequest) -> None:
        if request.run_key is not None:
            if (asked_by, request.run_key) in self.keys:
                return  # Dagster starts one run a key, ever
            self.keys.add((asked_by, request.run_key))
        began, at = time.perf_counter(), self.clock.now()
        done = self.definitions.resolve_job_def(job).execute_in_process(
            instance=self.instance,
            raise_on_error=False,
            tags=dict(request.tags),
            partition_key=request.partition_key,
            run_config=request.run_config,
        )
        self.runs.append(Driven(asked_by, job, at, done.success, time.perf_counter() - began))
        self._tell(done)

    def _tell(self, done: dg.ExecuteInProcessResult) -> None:
        """What the daemon does after a run: the sensor of its outcome."""
        sensor: Any = self.definitions.resolve_sensor_def(WELL if done.success else FAILED)
        kind = dg.DagsterEventType.RUN_SUCCESS if done.success else dg.DagsterEventType.RUN_FAILURE
        (ended,) = [item for item in done.all_events if item.event_type is kind]
        context = dg.build_run_status_sensor_context(
            sensor_name=sensor.name,
            dagster_event=ended,
            dagster_instance=self.instance,
            dagster_run=done.dagster_run,
            resources=self.resources,
        )
        self.ticks += 1
        sensor(context)
