"""Assets of the tables: one a table of `schemas/`, with the blocking checks that its Table Schema gives rise to."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import dagster as dg

from pipelines.core.errors import ArobaseError
from pipelines.orchestration.graphs import graph_of
from pipelines.orchestration.metadata import column_schema, preview, table_metadata
from pipelines.orchestration.retries import tried_again
from pipelines.orchestration.sources import RECORDS
from pipelines.orchestration.wording import failure, in_words, say
from pipelines.orchestration.workspace import Workspace
from pipelines.schema import Package, PackageTable, TableSchema
from pipelines.schema.order import needs
from pipelines.sources import Source

if TYPE_CHECKING:
    from pipelines.pipeline.check_groups import FamilyCheck
    from pipelines.pipeline.graph import BuildGraph


def table_key(package: str, table: str) -> dg.AssetKey:
    """`label/palmares` as Dagster's key; hyphens, which it allows in no key, become underscores."""
    return dg.AssetKey([part.replace("-", "_") for part in (package, table)])


def group_of(package: str) -> str:
    return package.replace("-", "_")


def table_asset(package: Package, table: PackageTable, sources: Mapping[str, Source]) -> dg.AssetsDefinition:
    """One table, assembled from its sources or derived from others, validated, in key order."""
    from pipelines.pipeline.check_groups import DESCRIPTIONS, families_of

    key = table_key(package.name, table.name)
    schema = package.schema(table.name)
    name = f"{package.name}/{table.name}"

    @dg.asset(
        key=key,
        group_name=group_of(package.name),
        deps=_deps(package, table, sources),
        description=say(f"{schema.title}. {schema.description}", f"{schema.title_en}. {schema.description_en}"),
        owners=[f"team:{package.owner}"],
        kinds={"parquet", "frictionless"},
        metadata={"dagster/column_schema": column_schema(schema), "schema": schema.path},
        check_specs=[
            dg.AssetCheckSpec(family, asset=key, description=in_words(DESCRIPTIONS[family]), blocking=True)
            for family in families_of(schema)
        ]
        + [
            dg.AssetCheckSpec(
                "rejets", asset=key, description=say("Aucune ligne n'a été écartée.", "No row was rejected.")
            )
        ],
    )
    def made(context: dg.AssetExecutionContext, workspace: Workspace) -> Iterator[Any]:
        with tried_again(context):
            yield from workspace.run(
                lambda project, again: _made(graph_of(context, project, again=again), name, schema, table)
            )

    return made


def _made(graph: "BuildGraph", name: str, schema: TableSchema, table: PackageTable) -> Iterator[Any]:
    from pipelines.pipeline.check_groups import family_checks
    from pipelines.pipeline.tables import PROVENANCE, TABLE

    try:
        with graph.making("table", name):
            result = graph.table(name)
    except ArobaseError as error:
        raise failure(error) from error
    project, summary, folder = graph.project, result.summary, result.kept.folder
    files = {"table": folder / TABLE, "provenance": folder / PROVENANCE}
    metadata: dict[str, Any] = {
        say("aperçu", "preview"): preview(result.table, schema, project, graph.seen),
        say("recalculé", "computed again"): result.kept.is_new,
        say("rejets", "rejects"): summary["rejected"],
        say("redites", "repeated rows"): summary["duplicates"],
    }
    yield dg.MaterializeResult(
        metadata=table_metadata(project, summary["accepted"], files, metadata),
        data_version=dg.DataVersion(result.kept.fingerprint[:16]),
    )
    for check in family_checks(schema, table, summary):
        expected = _expected(in_words(check.expected), check.found, dict(check.errors))
        expected[say("erreurs écartées à l'entrée", "errors rejected on the way in")] = check.rejected
        yield dg.AssetCheckResult(
            check_name=check.family, passed=check.passed, metadata=expected, description=_outcome(check)
        )
    expected = _expected(0, summary["rejected"], summary["errors"])
    severity = dg.AssetCheckSeverity.WARN
    yield dg.AssetCheckResult(check_name="rejets", passed=not summary["rejected"], metadata=expected, severity=severity)


def _expected(wanted: Any, found: Any, errors: Any) -> dict[str, Any]:
    return {say("attendu", "expected"): wanted, say("trouvé", "found"): found, say("erreurs", "errors"): errors}


def _outcome(check: "FamilyCheck") -> str:
    """One sentence on a check: also a check that passes says what it was spared."""
    if not check.passed:
        french = f"{check.found} trouvés ; attendu : {check.expected.fr}."
        return say(french, f"{check.found} found; expected: {check.expected.en}.")
    if check.rejected:
        return say(
            f"La table est conforme ; {check.rejected} erreurs ont fait écarter des lignes (voir « rejets »).",
            f'The table is valid; {check.rejected} errors had rows rejected (see "rejets").',
        )
    return say(
        "La table est conforme ; aucune ligne n'a été écartée pour ce motif.",
        "The table is valid; no row was rejected for this reason.",
    )


def _deps(package: Package, table: PackageTable, sources: Mapping[str, Source]) -> list[dg.AssetDep]:
    """The partitions of the sources that fill the table, its parents, and the tables that it is derived from."""
    name = f"{package.name}/{table.name}"
    filled_by = [source.name for source in sources.values() if name in source.tables]
    deps = []
    if filled_by:
        deps.append(dg.AssetDep(RECORDS, partition_mapping=dg.SpecificPartitionsPartitionMapping(filled_by)))
    others = sorted({f"{package.name}/{item}" for item in needs(package, table)} | set(table.inputs))
    return deps + [dg.AssetDep(table_key(*other.split("/"))) for other in others]
