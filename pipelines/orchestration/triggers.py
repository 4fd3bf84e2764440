"""What starts a run: jobs for everything and for each package, a daily schedule, a sensor on the drop folders."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from pipelines.core.project import Project
from pipelines.orchestration.cursors import following, seen
from pipelines.orchestration.due import Asked, is_within
from pipelines.orchestration.packages import release_key
from pipelines.orchestration.partitions import RANGE_START, all_sources, keep_partitions, shares_of_sources
from pipelines.orchestration.portals import PORTALS
from pipelines.orchestration.sources import RECORDS, SNAPSHOTS, sources_per_run
from pipelines.orchestration.tables import group_of
from pipelines.orchestration.wording import say
from pipelines.orchestration.workspace import Workspace
from pipelines.sources import Capture, load_sources

PARTITION = "dagster/partition"
EVERYTHING, COLLECT, READING, PUBLISHING = "tout", "collecte", "lecture", "publication"
DAILY = "30 5 * * *"
UNDER_WAY = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
]
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


def reading_job() -> Job:
    """What is done source by source, so that several machines can share it: collection and reading."""
    return dg.define_asset_job(
        READING,
        selection=dg.AssetSelection.assets(SNAPSHOTS, RECORDS),
        description=say(
            "La collecte et la lecture, une partition par source : ce que plusieurs machines se partagent.",
            "Collection and reading, one partition per source: what several machines share.",
        ),
    )


def publishing_job() -> Job:
    """What follows from all sources together, from what was read of them: tables, releases, catalogue."""
    return dg.define_asset_job(
        PUBLISHING,
        selection=dg.AssetSelection.all()
        - dg.AssetSelection.groups(PORTALS)
        - dg.AssetSelection.assets(SNAPSHOTS, RECORDS),
        description=say(
            "De ce qui a été lu de toutes les sources aux versions publiées et au catalogue.",
            "From what was read of all sources to the published releases and the catalogue.",
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


def daily_schedule(store: str = "") -> dg.ScheduleDefinition:
    """Everything, every day before the working day, in the time zone of the label's association.

    `store`: the address of the object store of the outputs, where they are in one. Then sources are shared out, several
    a run, and what changed is published once they were read (`changed_sources_sensor`)."""

    @dg.schedule(
        name="chaque_jour",
        job_name=READING if store else EVERYTHING,
        cron_schedule=DAILY,
        execution_timezone="Europe/Paris",
        description=say(
            "Chaque jour à 5 h 30, heure de Paris : collecte, contrôle, publication de ce qui a changé.",
            "Every day at 5:30, Paris time: collects, validates, publishes what changed.",
        ),
    )
    def every_day(context: dg.ScheduleEvaluationContext, workspace: Workspace) -> Iterator[dg.RunRequest]:
        if not store:
            yield dg.RunRequest(tags=all_sources(context.instance, workspace.described))
            return
        day = context.scheduled_execution_time.isoformat()
        for tags in shares_of_sources(context.instance, workspace.described, sources_per_run()):
            yield dg.RunRequest(run_key=f"{day} {tags[RANGE_START]}", tags=tags)

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
            for name in load_sources(workspace.described)
            for path in deliveries(workspace.described, name)
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
        tags = {**all_sources(context.instance, workspace.described), "arobase/livraison": ", ".join(delivered)}
        yield dg.RunRequest(run_key=key, tags=tags)

    return watch


def collect_job() -> Job:
    """Only the collection of sources, one partition per source: what the sensor of due sources runs."""
    return dg.define_asset_job(
        COLLECT,
        selection=dg.AssetSelection.assets(SNAPSHOTS),
        description=say(
            "Seulement la collecte, une partition par source.", "Only the collection, one partition per source."
        ),
    )


def due_sources_sensor(store: str = "") -> dg.SensorDefinition:
    """Asks a remote source again once its cadence has passed since it was last asked; on a `store`, reads it too."""

    @dg.sensor(
        name="sources_a_relever",
        job_name=READING if store else COLLECT,
        minimum_interval_seconds=300,
        description=say(
            "Relève chaque source distante quand sa cadence est passée, et de nouveau après un échec.",
            "Asks each remote source again once its cadence has passed, and again after a failure.",
        ),
    )
    def due(context: dg.SensorEvaluationContext, workspace: Workspace) -> Iterator[dg.RunRequest | dg.SkipReason]:
        from pipelines.sources import latest
        from pipelines.sources.freshness import duration

        now, asked = datetime.now(UTC), Asked.of(context.cursor)
        keep_partitions(context.instance, workspace.described)
        sources = load_sources(workspace.described)
        remote = {name: source for name, source in sources.items() if source.obtained is None and source.cadence}
        with workspace.at_work() as project:
            captures = {name: latest(project, source) for name, source in remote.items()}
        requests = []
        for name, source in remote.items():
            cadence, capture = duration(str(source.cadence)), captures[name]
            if capture is not None and is_within(now, capture.checked, cadence):
                continue
            last = capture.checked.isoformat() if capture else NEVER
            key = asked.key(name, last, now, cadence)
            if key is not None and not _is_being_asked(context.instance, name):
                asked.note(name, last, now)
                requests.append(dg.RunRequest(run_key=key, partition_key=name, tags={PARTITION: name}))
        context.update_cursor(asked.cursor(remote))
        yield from requests
        if not requests:
            yield dg.SkipReason(
                say(
                    "Aucune source à relever : chacune l'a été dans sa cadence, ou vient d'être demandée.",
                    "No source is due: each was asked within its cadence, or a run was just started for it.",
                )
            )

    return due


def _is_being_asked(instance: dg.DagsterInstance, name: str) -> bool:
    """Whether a run over this source alone has not ended."""
    return bool(instance.get_runs(dg.RunsFilter(tags={PARTITION: name}, statuses=UNDER_WAY), limit=1))


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


def _was_read(project: Project, capture: Capture | None) -> bool:
    """Whether the records that were made last of a source are those of this capture."""
    from pipelines.pipeline.records import snapshots_read

    if capture is None:
        return False
    return snapshots_read(project, capture.source) == {part.sha256 for part in capture.parts}


def changed_sources_sensor(store: str = "") -> dg.SensorDefinition:
    """A run over everything when a source gave something new, collected by a sensor, a person or a command.

    On a `store`, where several machines read them: a run over what follows from all, once none is being read."""

    @dg.sensor(
        name="sources_changees",
        job_name=PUBLISHING if store else EVERYTHING,
        minimum_interval_seconds=60,
        description=say(
            "Lance tout quand une nouvelle copie d'une source est là.",
            "Starts everything when there is a new snapshot of a source.",
        ),
    )
    def changed(context: dg.SensorEvaluationContext, workspace: Workspace) -> Iterator[dg.RunRequest | dg.SkipReason]:
        from pipelines.sources import latest

        sources = load_sources(workspace.described)
        with workspace.at_work() as project:
            captures = {name: latest(project, source) for name, source in sources.items()}
        marks = {name: ",".join(part.sha256 for part in found.parts) for name, found in captures.items() if found}
        state = json.dumps(marks, sort_keys=True)
        if store and _are_being_read(context.instance):
            yield dg.SkipReason(say("Des sources sont en cours de lecture.", "Sources are being read."))
            return
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
        with workspace.at_work() as project:
            new = [
                name
                for name in new
                if not (_within(collected[name], windows, ended=True) and _was_read(project, captures[name]))
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
        tags = {} if store else all_sources(context.instance, workspace.described)
        yield dg.RunRequest(run_key=key, tags={**tags, "arobase/sources": ", ".join(new)})

    return changed


def _are_being_read(instance: dg.DagsterInstance) -> bool:
    """Whether a run that collects or reads sources has not ended: a job of ours, or a backfill."""
    runs = instance.get_runs(dg.RunsFilter(statuses=UNDER_WAY))
    return any(run.job_name in (READING, COLLECT) or run.job_name.startswith("__") for run in runs)
