"""Dagster's front door: assembles the definitions of a project from `schemas/` and `sources/`, and computes nothing.

A new table or a new source appears here by being there. `build_definitions` serves the tests and other projects too.
"""

from __future__ import annotations

import warnings

import dagster as dg

from pipelines.core.errors import ArobaseError
from pipelines.core.project import Project, root_here, store_here
from pipelines.core.settings import PRIVATE_STORE, value_of
from pipelines.core.text import Said, check_language
from pipelines.orchestration.alerts import alert_sensors
from pipelines.orchestration.cleaning import clean_job, clean_schedule
from pipelines.orchestration.event_log import keep_event_log_open
from pipelines.orchestration.operations import operation_jobs, retention_schedule
from pipelines.orchestration.packages import catalogue_asset, catalogue_sensor, findings_asset, release_asset
from pipelines.orchestration.partitions import partitions_sensor
from pipelines.orchestration.portals import known_portals, portal_assets, push_job, push_sensors
from pipelines.orchestration.postgresql import use_few_connections
from pipelines.orchestration.sources import backfills_of, records_asset, snapshots_asset, whole_checks
from pipelines.orchestration.tables import table_asset
from pipelines.orchestration.triggers import (
    changed_sources_sensor,
    collect_job,
    daily_schedule,
    due_sources_sensor,
    everything_job,
    inbox_sensor,
    package_job,
    publishing_job,
    reading_job,
)
from pipelines.orchestration.wording import in_words, sentence
from pipelines.orchestration.workspace import Workspace
from pipelines.schema import load_packages
from pipelines.sources import load_sources

# Backfills in one run are marked beta, and checks of partitions a preview; what they do for us is held by tests, with
# Dagster's version pinned.
warnings.filterwarnings("ignore", category=dg.BetaWarning, message=".*backfill_policy.*")
warnings.filterwarnings("ignore", category=dg.PreviewWarning, message=".*partitions_def on an AssetCheckSpec.*")
keep_event_log_open()
use_few_connections()


def _unused_store() -> Said | None:
    from pipelines.pipeline.private_store import unused_private_store

    return unused_private_store()


def build_definitions(project: Project, store: str = "") -> dg.Definitions:
    """The definitions of one project. `store`: the address of the object store of its outputs, where they are in one.

    A source whose file is wrong is left out and reported in the log of the code location, and so is a package whose
    file or table schemas are: the others load.
    """
    try:
        check_language()
    except ArobaseError as wrong:
        dg.get_dagster_logger("arobase").error(sentence(wrong))
    if value_of(PRIVATE_STORE).text and (unused := _unused_store()) is not None:
        dg.get_dagster_logger("arobase").warning(in_words(unused))
    sources = load_sources(project)
    packages = load_packages(project.schemas, sources)
    for error in (*sources.errors, *packages.errors.values()):
        dg.get_dagster_logger("arobase").error(sentence(error))
    backfills = backfills_of(store)
    assets: list[dg.AssetsDefinition] = [snapshots_asset(sources, backfills), records_asset(sources, backfills)]
    for package in packages.values():
        assets += [table_asset(package, table, sources) for table in package.tables]
        assets += [findings_asset(package), release_asset(package)]
    assets.append(catalogue_asset(packages))
    portals = known_portals(project)
    assets += portal_assets(portals, packages)
    return dg.Definitions(
        assets=assets,
        asset_checks=whole_checks(),
        jobs=[
            everything_job(),
            collect_job(),
            reading_job(),
            publishing_job(),
            *(package_job(name) for name in packages),
            *push_job(portals),
            *operation_jobs(),
            clean_job(),
        ],
        schedules=[daily_schedule(store), retention_schedule(), clean_schedule()],
        sensors=[
            inbox_sensor(),
            due_sources_sensor(store),
            changed_sources_sensor(store),
            partitions_sensor(),
            catalogue_sensor(),
            *push_sensors(portals),
            *alert_sensors(project),
        ],
        resources={"workspace": Workspace(root=str(project.root), outputs=store or str(project.outputs))},
        # A trivial step costs 3 s less in the run's own process than in one of its own; parallelism is across runs.
        executor=dg.in_process_executor,
    )


defs = build_definitions(Project.at(root_here()) if store_here() else Project.here(), store_here())
