"""What starts a run: jobs for everything and for each package, a daily schedule, a sensor on the drop folders."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from pipelines.orchestration.cursors import following, seen
from pipelines.orchestration.packages import release_key
from pipelines.orchestration.partitions import all_sources, keep_partitions
from pipelines.orchestration.portals import PORTALS
from pipelines.orchestration.sources import SNAPSHOTS
from pipelines.orchestration.tables import group_of
from pipelines.orchestration.wording import say
from pipelines.orchestration.workspace import Workspace
from pipelines.sources import Capture, load_sources

PARTITION = "dagster/partition"
EVERYTHING, COLLECT = "tout", "collecte"
DAILY = "30 5 * * *"
NEVER = "jamais"  # in keys of runs, which are of no language
LOOKED_BACK = 25
"""Runs of a job that a sensor looks at: more than can have begun since its last look."""

Job = Any  # dagster names the type of `define_asset_job`'s result in no public module


def everything_job() -> Job:
    """All stages of all packages, in one run over all sources, but no portal.

    Those are others' machines: only `pousser` writes there, once somebody turned its sensor on."""
    return dg.define_asset_job(
        EVERYTHING,
        selection=dg.AssetSelection.all() - dg.AssetSelection.groups(PORTALS),
        description=say(
            "Tout : de la collecte de chaque source aux versions publiées et au catalogue.",
            "Everything: from the collection of each source to the releases and the catalogue.",
        ),
    )


def package_job(package: str) -> Job:
    """All stages that lead to the release of one package, over all sources."""
    return dg.define_asset_job(
        group_of(package),
        selection=dg.AssetSelection.assets(release_key(package)).upstream(),
        description=say(
            f"Tout ce qui mène à une nouvelle version de « {package} ».",
            f'Everything that leads to a new release of "{package}".',
        ),
    )


def daily_schedule() -> dg.ScheduleDefinition:
    """Everything, every day before the working day, in the time zone of the label's association."""

    @dg.schedule(
        name="chaque_jour",
        job_name=EVERYTHING,
        cron_schedule=DAILY,
        execution_timezone="Europe/Paris",
        description=say(
            "Chaque jour à 5 h 30, heure de Paris : collecte, contrôle, publication de ce qui a changé.",
            "Every day at 5:30, Paris time: collects, validates, publishes what changed.",
        ),
    )
    def every_day(context: dg.ScheduleEvaluationContext, workspace: Workspace) -> dg.RunRequest:
        return dg.RunRequest(tags=all_sources(context.instance, workspace.project))

    return every_day


def inbox_sensor() -> dg.SensorDefinition:
    """A run over everything when a file was left in a drop folder, once per delivery."""

    @dg.sensor(
        name="boite_de_depot",
        job_name=EVERYTHING,
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=30,
        description=say(
            "Regarde sources/inbox/<source>/ : un nouveau fichier lance la collecte de tout.",
            "Looks at sources/inbox/<source>/: a new file starts the collection of everything.",
        ),
    )
    def watch(context: dg.SensorEvaluationContext, workspace: Workspace) -> Iterator[dg.RunRequest | dg.SkipReason]:
        from pipelines.pipeline.inbox import deliveries

        there = [
            f"{name}/{path.name}@{path.stat().st_mtime_ns}:{path.stat().st_size}"
            for name in load_sources(workspace.project)
            for path in deliveries(workspace.project, name)
        ]
        state, known = "\n".join(there), seen(context.cursor) or ""
        if state == known:
            yield dg.SkipReason(say("Aucun nouveau fichier dans sources/inbox/.", "No new file in sources/inbox/."))
            return
        before = set(known.split("\n"))
        delivered = sorted(
            {item.split("/", maxsplit=1)[0] for item in there if item not in before} or {say("retrait", "taken away")}
        )
        cursor, key = following(context.cursor, state)
        context.update_cursor(cursor)
        tags = {**all_sources(context.instance, workspace.project), "arobase/livraison": ", ".join(delivered)}
        yield dg.RunRequest(run_key=key, tags=tags)

    return watch


def collect_job() -> Job:
    """Only the collection of sources, one partition a source: what the sensor of due sources runs."""
    return dg.define_asset_job(
        COLLECT,
        selection=dg.AssetSelection.assets(SNAPSHOTS),
        description=say(
            "Seulement la collecte, une partition par source.", "Only the collection, one partition per source."
        ),
    )


def due_sources_sensor() -> dg.SensorDefinition:
    """Asks a remote source again once its cadence has passed since it was last asked."""

    @dg.sensor(
        name="sources_a_relever",
        job_name=COLLECT,
        minimum_interval_seconds=300,
        description=say(
            "Relève chaque source distante quand sa cadence est passée.",
            "Asks each remote source again once its cadence has passed.",
        ),
    )
    def due(context: dg.SensorEvaluationContext, workspace: Workspace) -> Iterator[dg.RunRequest | dg.SkipReason]:
        from pipelines.sources import latest
        from pipelines.sources.freshness import duration

        now, asked = datetime.now(UTC), False
        keep_partitions(context.instance, workspace.project)
        for name, source in load_sources(workspace.project).items():
            if source.obtained is not None or not source.cadence:
                continue
            capture = latest(workspace.project, source)
            if capture is None or now - capture.checked >= duration(source.cadence):
                asked = True
                last = capture.checked.isoformat() if capture else NEVER
                yield dg.RunRequest(run_key=f"{name}@{last}", partition_key=name, tags={PARTITION: name})
        if not asked:
            yield dg.SkipReason(
                say(
                    "Aucune source à relever : chacune l'a été dans sa cadence.",
                    "No source is due: each was asked within its cadence.",
                )
            )

    return due


def _windows_of(instance: dg.DagsterInstance, job: str) -> list[tuple[float, float | None]]:
    """When the latest runs of a job began and ended, in seconds since 1970; no end for those still under way."""
    records = instance.get_run_records(dg.RunsFilter(job_name=job), limit=LOOKED_BACK)
    return [(record.start_time, record.end_time) for record in records if record.start_time is not None]


def _within(moment: datetime, windows: list[tuple[float, float | None]], *, ended: bool) -> bool:
    """Whether a moment (to the second, as the log of snapshots has it) falls in a run that has, or has not, ended."""
    at = moment.timestamp()
    return any(
        (end is not None) == ended and int(start) <= at <= (at if end is None else end) for start, end in windows
    )


def _was_read(workspace: Workspace, capture: Capture | None) -> bool:
    """Whether the records that were made last of a source are those of this capture."""
    from pipelines.pipeline.records import snapshots_read

    if capture is None:
        return False
    return snapshots_read(workspace.project, capture.source) == {part.sha256 for part in capture.parts}


def changed_sources_sensor() -> dg.SensorDefinition:
    """A run over everything when a source gave something new, whoever collected it: a sensor, a person, a command."""

    @dg.sensor(
        name="sources_changees",
        job_name=EVERYTHING,
        minimum_interval_seconds=60,
        description=say(
            "Lance tout quand une nouvelle copie d'une source est là.",
            "Starts everything when there is a new snapshot of a source.",
        ),
    )
    def changed(context: dg.SensorEvaluationContext, workspace: Workspace) -> Iterator[dg.RunRequest | dg.SkipReason]:
        from pipelines.sources import latest

        sources = load_sources(workspace.project)
        captures = {name: latest(workspace.project, source) for name, source in sources.items()}
        marks = {name: ",".join(part.sha256 for part in found.parts) for name, found in captures.items() if found}
        state = json.dumps(marks, sort_keys=True)
        known = seen(context.cursor)
        before = json.loads(known) if known else None
        new = sorted(name for name, mark in marks.items() if before is not None and before.get(name) != mark)
        collected = {name: found.checked for name, found in captures.items() if found is not None and name in new}
        windows = _windows_of(context.instance, EVERYTHING)
        if any(_within(moment, windows, ended=False) for moment in collected.values()):
            yield dg.SkipReason(
                say(
                    "Une exécution de tout est en cours : elle lit ce qu'elle vient de collecter.",
                    "A run of everything is under way: it reads what it has just collected.",
                )
            )
            return
        # What a run of everything collected itself (a delivery, the schedule) it has read itself: no second run.
        new = [
            name
            for name in new
            if not (_within(collected[name], windows, ended=True) and _was_read(workspace, captures[name]))
        ]
        if not new:
            nothing_new = say("Aucune nouvelle copie.", "No new snapshot.")
            first = say("Premier regard : rien à comparer.", "First look: nothing to compare with.")
            yield dg.SkipReason(nothing_new if before is not None else first)
            if state != known:
                context.update_cursor(following(context.cursor, state)[0])
            return
        cursor, key = following(context.cursor, state)
        context.update_cursor(cursor)
        tags = {**all_sources(context.instance, workspace.project), "arobase/sources": ", ".join(new)}
        yield dg.RunRequest(run_key=key, tags=tags)

    return changed
