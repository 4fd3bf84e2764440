"""Assets of the sources, partitioned by source: their snapshots, and the records read and conformed from them.

A run over several partitions goes on when one fails: the failure is a check that fails and an error in the log; the
last snapshot stays in use. A run over one partition fails with it.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from pipelines.core.errors import ArobaseError
from pipelines.core.project import Project
from pipelines.orchestration.graphs import graph_of
from pipelines.orchestration.workspace import Workspace
from pipelines.sources import Source

SNAPSHOTS, RECORDS = dg.AssetKey("snapshots"), dg.AssetKey("records")
POOL = "sources"
RETRIES = dg.RetryPolicy(max_retries=3, delay=5, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)


def source_partitions(sources: dict[str, Source]) -> dg.StaticPartitionsDefinition:
    """One partition a source."""
    return dg.StaticPartitionsDefinition(list(sources))


def snapshots_asset(sources: dict[str, Source]) -> dg.AssetsDefinition:
    """The exact bytes that each source gave, under their SHA-256."""
    partitions = source_partitions(sources)

    @dg.asset(
        key=SNAPSHOTS,
        group_name="collect",
        partitions_def=partitions,
        backfill_policy=dg.BackfillPolicy.single_run(),
        description="Les octets exacts que chaque source a donnés, gardés sous leur SHA-256 avec la date et l'adresse.",
        owners=_owners(sources),
        kinds={"file"},
        pool=POOL,
        retry_policy=RETRIES,
        check_specs=[
            dg.AssetCheckSpec("collecte", asset=SNAPSHOTS, description="Chaque source a répondu."),
            dg.AssetCheckSpec("fraicheur", asset=SNAPSHOTS, description="Chaque source a été lue dans sa cadence."),
        ],
    )
    def snapshots(context: dg.AssetExecutionContext, workspace: Workspace) -> Iterator[Any]:
        from pipelines.pipeline.collect import make_snapshots

        asked = [sources[name] for name in context.partition_keys]
        failed: dict[str, ArobaseError] = {}
        for name, outcome in make_snapshots(workspace.project, asked, now=lambda: datetime.now(UTC)):
            if isinstance(outcome, ArobaseError):
                failed[name] = outcome
                continue
            size = sum(part.size for part in outcome.parts)
            told = {"changé": outcome.changed, "octets": size, "sha256": [part.sha256 for part in outcome.parts]}
            context.add_asset_metadata({**told, "adresse": sources[name].address}, partition_key=name)
        yield from _ended(context, dict(sorted(failed.items())), "collecte")
        yield _fresh(workspace.project, asked)

    return snapshots


def records_asset(sources: dict[str, Source]) -> dg.AssetsDefinition:
    """The records of each source's latest snapshot, judged on the way in and conformed to tables."""

    @dg.asset(
        key=RECORDS,
        group_name="read",
        partitions_def=source_partitions(sources),
        backfill_policy=dg.BackfillPolicy.single_run(),
        deps=[SNAPSHOTS],
        description="Les enregistrements de chaque source : lus, jugés à l'entrée, mis dans la forme des tables.",
        owners=_owners(sources),
        kinds={"arrow", "frictionless"},
        check_specs=[dg.AssetCheckSpec("lecture", asset=RECORDS, description="Chaque source a pu être lue.")],
    )
    def records(context: dg.AssetExecutionContext, workspace: Workspace) -> Iterator[Any]:
        graph = graph_of(context, workspace)
        failed: dict[str, ArobaseError] = {}
        for name in context.partition_keys:
            try:
                with graph.making("records", name):
                    result = graph.records(name)
            except ArobaseError as error:
                failed[name] = error
                continue
            read = sum(part["read"] for part in result.summary["parts"].values())
            told = {"dagster/row_count": read, "rejets": result.summary["rejected"], "lignes": result.summary["rows"]}
            told |= {"recalculé": result.kept.is_new, "fichiers": dg.MetadataValue.path(str(result.kept.folder))}
            doubts = [*result.summary["declared"], *result.summary["noticed"]]
            warned = [*result.summary["thin"], *(item["fr"] for item in doubts)]
            context.add_asset_metadata({**told, "avertissements": warned}, partition_key=name)
        yield from _ended(context, failed, "lecture")

    return records


def _ended(context: dg.AssetExecutionContext, failed: dict[str, ArobaseError], check: str) -> Iterator[Any]:
    for name, error in failed.items():
        context.log.error(f"{name}: {error.message('fr')} → {error.advice('fr')} [{error.code}]")
    if failed and len(context.partition_keys) == 1:
        name, error = next(iter(failed.items()))
        raise dg.Failure(
            description=f"{name}: {error.message('fr')}", metadata=_told(error), allow_retries=error.passes
        )
    yield dg.MaterializeResult()
    metadata = {"attendu": len(context.partition_keys), "trouvé": len(context.partition_keys) - len(failed)}
    reasons = {name: error.message("fr") for name, error in failed.items()}
    yield dg.AssetCheckResult(check_name=check, passed=not failed, metadata={**metadata, **reasons})


def _fresh(project: Project, sources: Iterable[Source]) -> dg.AssetCheckResult:
    """How old each source's records are, against how often it says that it changes; late ones are a warning."""
    from pipelines.sources import latest
    from pipelines.sources.freshness import freshness

    now = datetime.now(UTC)
    found = {source.name: freshness(source, latest(project, source), now) for source in sources}
    ages = {name: f"{item.age.days} jours" if item.age is not None else "jamais" for name, item in found.items()}
    late = [name for name, item in found.items() if item.is_late]
    told: dict[str, Any] = {"attendu": "aucune source en retard", "trouvé": late, "âges": ages}
    return dg.AssetCheckResult(
        check_name="fraicheur", passed=not late, metadata=told, severity=dg.AssetCheckSeverity.WARN
    )


def _told(error: ArobaseError) -> dict[str, Any]:
    return {"code": error.code, "à corriger par": error.advice("fr")}


def _owners(sources: dict[str, Source]) -> list[str]:
    return sorted({f"team:{source.owner}" for source in sources.values()})
