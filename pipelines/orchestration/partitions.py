"""The partitions of the sources: one a file of `sources/`, known to Dagster without reloading the code location.

Belongs here: which partitions there are. Does not: what is made of one.
"""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg

from pipelines.core.project import Project
from pipelines.orchestration.wording import say
from pipelines.orchestration.workspace import Workspace
from pipelines.sources import load_sources

PARTITIONS = dg.DynamicPartitionsDefinition(name="sources")
RANGE_START, RANGE_END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
SOURCES_KNOWN = "sources_connues"


def keep_partitions(instance: dg.DagsterInstance, project: Project) -> tuple[list[str], list[str]]:
    """Add the partition of each new source and take away that of each source without a file; gives both, by name.

    A source whose file is wrong keeps its partition, which fails with the reason; it gets none before it is right once.
    """
    known = set(instance.get_dynamic_partitions(str(PARTITIONS.name)))
    files = {path.stem for path in project.sources.glob("*.yaml")}
    new = [name for name in load_sources(project) if name not in known]
    gone = sorted(known - files)
    if new:
        instance.add_dynamic_partitions(str(PARTITIONS.name), new)
    for name in gone:
        instance.delete_dynamic_partition(str(PARTITIONS.name), name)
    return new, gone


def sources_of(context: dg.AssetExecutionContext) -> list[str]:
    """The sources of a run. Raises `Failure`, which is not tried again, for a run that was given none."""
    try:
        return list(context.partition_keys)
    except dg.DagsterInvariantViolationError as error:
        french = (
            "Cette exécution ne nomme aucune source. Dans Dagster, choisir les partitions au lancement ; en ligne de "
            f"commande, donner les étiquettes {RANGE_START} et {RANGE_END} (--tags), ou lancer `arobase release`."
        )
        english = (
            "This run names no source. In Dagster, choose the partitions when launching it; on the command line, give "
            f"the tags {RANGE_START} and {RANGE_END} (--tags), or run `arobase release`."
        )
        raise dg.Failure(say(french, english), allow_retries=False) from error


def all_sources(instance: dg.DagsterInstance, project: Project) -> dict[str, str]:
    """The tags of a run over every source at once, also those that Dagster did not know yet."""
    keep_partitions(instance, project)
    names = instance.get_dynamic_partitions(str(PARTITIONS.name))
    return {RANGE_START: names[0], RANGE_END: names[-1]} if names else {}


def shares_of_sources(instance: dg.DagsterInstance, project: Project, size: int) -> list[dict[str, str]]:
    """The tags of runs over so many sources each, over every source in all."""
    keep_partitions(instance, project)
    names = instance.get_dynamic_partitions(str(PARTITIONS.name))
    lots = [names[first : first + size] for first in range(0, len(names), size)]
    return [{RANGE_START: lot[0], RANGE_END: lot[-1]} for lot in lots]


def partitions_sensor() -> dg.SensorDefinition:
    """Looks at the files of `sources/`; on by default, so that a new one can be materialised half a minute later."""

    @dg.sensor(
        name=SOURCES_KNOWN,
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=30,
        description=say(
            "Regarde sources/*.yaml : une nouvelle source devient une partition, sans recharger le code.",
            "Looks at sources/*.yaml: a new source becomes a partition, without reloading the code.",
        ),
    )
    def look(context: dg.SensorEvaluationContext, workspace: Workspace) -> Iterator[dg.SkipReason]:
        project = workspace.described
        files = sorted(project.sources.glob("*.yaml"))
        known = sorted(context.instance.get_dynamic_partitions(str(PARTITIONS.name)))
        state = "\n".join([*(f"{path.name}@{path.stat().st_mtime_ns}" for path in files), *known])
        if state == context.cursor:
            yield dg.SkipReason(say("Aucune source nouvelle.", "No new source."))
            return
        new, gone = keep_partitions(context.instance, project)
        known = sorted(context.instance.get_dynamic_partitions(str(PARTITIONS.name)))
        context.update_cursor("\n".join([*(f"{path.name}@{path.stat().st_mtime_ns}" for path in files), *known]))
        added, removed, none = ", ".join(new), ", ".join(gone), say("aucune", "none")
        french = f"Partitions ajoutées : {added or none} ; retirées : {removed or none}."
        yield dg.SkipReason(say(french, f"Partitions added: {added or none}; removed: {removed or none}."))

    return look
