"""Assets of the packages: their findings and their releases; and the catalogue of all of them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import dagster as dg

from pipelines.core.errors import PARTIES, ArobaseError, ResponsibleParty
from pipelines.core.project import Project
from pipelines.core.text import Said
from pipelines.orchestration.graphs import graph_of
from pipelines.orchestration.metadata import column_schema, counts_of_tables, place, preview, table_metadata
from pipelines.orchestration.retries import tried_again
from pipelines.orchestration.tables import group_of, table_key
from pipelines.orchestration.wording import MACHINE, facts_for_programs, failure, in_words, say
from pipelines.orchestration.workspace import Workspace
from pipelines.schema import Package, TableSchema, load_quality
from pipelines.storage.faults import as_error

if TYPE_CHECKING:
    from pipelines.pipeline.graph import BuildGraph

OUTCOMES = {"Published": Said("publiée", "published"), "Unchanged": Said("inchangée", "unchanged")}
REFUSED = "release-refused"
"""What a step that was refused a release gives as its code; alerts know it by that."""


def findings_key(package: str) -> dg.AssetKey:
    return dg.AssetKey([package.replace("-", "_"), "constats"])


def release_key(package: str) -> dg.AssetKey:
    return dg.AssetKey([package.replace("-", "_"), "release"])


def findings_asset(package: Package) -> dg.AssetsDefinition:
    """What the rules say of a package's tables."""
    own = {f"{package.name}/{table.name}" for table in package.tables}
    read = own | {item for table in package.tables for item in table.inputs}
    deps = [table_key(*item.split("/")) for item in sorted(read)]
    schema = load_quality("constats")

    @dg.asset(
        key=findings_key(package.name),
        group_name=group_of(package.name),
        deps=deps,
        description=say(
            f"Constats sur « {package.title} » : le résultat des contrôles, avec le calcul.",
            f'Findings on "{package.title_en}": the results of the checks, with the calculation.',
        ),
        owners=[f"team:{package.owner}"],
        kinds={"parquet"},
        metadata={"dagster/column_schema": column_schema(schema), "schema": schema.path},
    )
    def constats(context: dg.AssetExecutionContext, workspace: Workspace) -> Iterator[Any]:
        with tried_again(context):
            yield from workspace.run(
                lambda project, again: _found(graph_of(context, project, again=again), package.name, schema)
            )

    return constats


def _found(graph: "BuildGraph", package: str, schema: TableSchema) -> Iterator[Any]:
    from collections import Counter

    from pipelines.pipeline.findings import FINDINGS

    try:
        with graph.making("findings", package):
            result = graph.findings(package)
    except ArobaseError as error:
        raise failure(error) from error
    project, table = graph.project, result.table
    metadata: dict[str, Any] = {
        say("par résultat", "by result"): dict(Counter(table.column("resultat").to_pylist())),
        say("aperçu", "preview"): preview(table, schema, project, graph.seen),
        say("recalculé", "computed again"): result.kept.is_new,
    }
    yield dg.MaterializeResult(
        metadata=table_metadata(project, table.num_rows, {"table": result.kept.folder / FINDINGS}, metadata),
        data_version=dg.DataVersion(result.kept.fingerprint[:16]),
    )


def release_asset(package: Package) -> dg.AssetsDefinition:
    """The immutable versions of a package."""
    key = release_key(package.name)

    @dg.asset(
        key=key,
        group_name=group_of(package.name),
        deps=[findings_key(package.name), *(table_key(package.name, table.name) for table in package.tables)],
        description=say(
            f"Versions immuables de « {package.title} » : CSV, Parquet, différences et preuve.",
            f'Immutable releases of "{package.title_en}": CSV, Parquet, differences and proof.',
        ),
        owners=[f"team:{package.owner}"],
        kinds={"csv", "parquet"},
        check_specs=[
            dg.AssetCheckSpec(
                "publication",
                asset=key,
                description=say("La version est publiée ou inchangée.", "The release is published or unchanged."),
            )
        ],
    )
    def release(context: dg.AssetExecutionContext, workspace: Workspace) -> Iterator[Any]:
        # Another machine may have published from newer answers since this run began: the store is read again.
        is_shared = bool(workspace.store)
        with tried_again(context):
            yield from workspace.run(
                lambda project, again: _released(graph_of(context, project, again=again or is_shared), package)
            )

    return release


def _released(graph: "BuildGraph", package: Package) -> Iterator[Any]:
    from pipelines.pipeline.release import WAIT_SECONDS, release_of
    from pipelines.releases import Refused
    from pipelines.releases.signature import key_of_environment

    metadata: dict[str, Any]
    project = graph.project
    try:
        now, signing = datetime.now(UTC), key_of_environment()
        outcome = release_of(graph, package.name, key=signing, now=now, wait_seconds=WAIT_SECONDS)
    except ArobaseError as error:
        raise failure(error) from error
    except Exception as error:  # noqa: BLE001  its text may contain a value: Dagster is given the place, and no more
        fault = as_error(error, name=package.name, stage="release", file=f"schemas/{package.name}")
        raise failure(fault) from None
    if isinstance(outcome, Refused):
        reasons = Said(" ".join(item.fr for item in outcome.reasons), " ".join(item.en for item in outcome.reasons))
        metadata = {"code": REFUSED, say("dossier", "folder"): place(project, outcome.record)}
        metadata |= {MACHINE: facts_for_programs(reasons, PARTIES[ResponsibleParty.OPERATOR], REFUSED)}
        raise dg.Failure(description=in_words(reasons), metadata=metadata, allow_retries=False)
    metadata = {"version": outcome.version, say("état", "state"): in_words(OUTCOMES[type(outcome).__name__])}
    metadata |= {say("dossier", "folder"): place(project, outcome.path)}
    rows = {item.name: graph.table(f"{package.name}/{item.name}").summary["accepted"] for item in package.tables}
    metadata |= {"dagster/row_count": sum(rows.values()), "tables": counts_of_tables(project, rows, outcome.path)}
    metadata[say("raisons", "reasons")] = [in_words(cause) for cause in getattr(outcome, "causes", ())]
    yield dg.MaterializeResult(metadata=metadata)
    yield dg.AssetCheckResult(check_name="publication", passed=True, metadata={"version": outcome.version})


def catalogue_asset(packages: dict[str, Package]) -> dg.AssetsDefinition:
    """The catalogue for people and for machines."""

    @dg.asset(
        key="catalogue",
        group_name="catalogue",
        deps=[release_key(name) for name in packages],
        description=say(
            "Le catalogue : pages pour les personnes, DCAT-AP et flux pour les portails.",
            "The catalogue: pages for people, DCAT-AP and feeds for portals.",
        ),
        owners=["team:arobase"],
        kinds={"html", "rdf"},
        # Where one package is blocked, Dagster skips what depends on it in that run: the catalogue of the others is
        # built here.
        automation_condition=dg.AutomationCondition.any_deps_updated().since_last_handled()
        & ~dg.AutomationCondition.in_progress()
        & ~dg.AutomationCondition.any_deps_in_progress(),
    )
    def catalogue(context: dg.AssetExecutionContext, workspace: Workspace) -> Iterator[Any]:
        with tried_again(context):
            yield from workspace.run(lambda project, _: _made_catalogue(context, project), keeps_results=False)

    return catalogue


def _made_catalogue(context: dg.AssetExecutionContext, project: Project) -> Iterator[Any]:
    from pipelines.pipeline.catalogue import make_catalogue

    try:
        folder = make_catalogue(project, seen=graph_of(context, project).seen)
    except ArobaseError as error:
        raise failure(error) from error
    except Exception as error:  # noqa: BLE001  as above
        raise failure(as_error(error, name="catalogue", stage="catalogue", file="catalogue.yaml")) from None
    yield dg.MaterializeResult(metadata={say("dossier", "folder"): place(project, folder)})


def catalogue_sensor() -> dg.AutomationConditionSensorDefinition:
    """Builds the catalogue of what was released by a run that could not build it itself; on by default."""
    return dg.AutomationConditionSensorDefinition(
        "catalogue_a_jour",
        target=dg.AssetSelection.assets("catalogue"),
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=30,
        description=say(
            "Refait le catalogue quand une version est publiée, même si un autre jeu de données est bloqué.",
            "Makes the catalogue again when a release is published, even if another package is blocked.",
        ),
    )
