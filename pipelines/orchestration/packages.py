"""Assets of the packages: their findings and their releases; and the catalogue of all of them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from pipelines.core.errors import MENDERS, ArobaseError, Mender
from pipelines.core.text import Said
from pipelines.orchestration.graphs import graph_of
from pipelines.orchestration.shown import column_schema, counts_of_tables, preview, table_metadata
from pipelines.orchestration.tables import group_of, table_key
from pipelines.orchestration.wording import MACHINE, failure, in_words, say, told_to_programs
from pipelines.orchestration.workspace import Workspace
from pipelines.schema import Package, load_quality
from pipelines.storage.faults import told as told_fault

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
            f"Constats sur « {package.title} » : ce que disent les règles et la loi, avec le calcul.",
            f'Findings on "{package.title_en}": what the rules and the law say, with the calculation.',
        ),
        owners=[f"team:{package.owner}"],
        kinds={"parquet"},
        metadata={"dagster/column_schema": column_schema(schema), "schema": schema.path},
    )
    def constats(context: dg.AssetExecutionContext, workspace: Workspace) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster reads it, and knows it bare
        from collections import Counter

        from pipelines.pipeline.findings import FINDINGS

        graph = graph_of(context, workspace)
        try:
            with graph.making("findings", package.name):
                result = graph.findings(package.name)
        except ArobaseError as error:
            raise failure(error) from error
        table = result.table
        shown: dict[str, Any] = {
            say("par résultat", "by result"): dict(Counter(table.column("resultat").to_pylist())),
            say("aperçu", "preview"): preview(table, schema, workspace.project),
            say("recalculé", "computed again"): result.kept.is_new,
        }
        return dg.MaterializeResult(
            metadata=table_metadata(table.num_rows, {"table": result.kept.folder / FINDINGS}, shown),
            data_version=dg.DataVersion(result.kept.fingerprint[:16]),
        )

    return constats


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
        from pipelines.pipeline.release import WAIT_SECONDS, release_of
        from pipelines.releases import Refused
        from pipelines.releases.signature import key_of_environment

        told: dict[str, Any]
        try:
            graph = graph_of(context, workspace)
            now, signing = datetime.now(UTC), key_of_environment()
            outcome = release_of(graph, package.name, key=signing, now=now, wait_seconds=WAIT_SECONDS)
        except ArobaseError as error:
            raise failure(error) from error
        except Exception as error:  # noqa: BLE001  its text may hold a value: Dagster is told where, and no more
            fault = told_fault(error, name=package.name, stage="release", file=f"schemas/{package.name}")
            raise failure(fault) from None
        if isinstance(outcome, Refused):
            reasons = Said(" ".join(item.fr for item in outcome.reasons), " ".join(item.en for item in outcome.reasons))
            told = {"code": REFUSED, say("dossier", "folder"): dg.MetadataValue.path(str(outcome.record))}
            told |= {MACHINE: told_to_programs(reasons, Said(*MENDERS[Mender.OPERATOR].values()), REFUSED)}
            raise dg.Failure(description=in_words(reasons), metadata=told, allow_retries=False)
        told = {"version": outcome.version, say("état", "state"): in_words(OUTCOMES[type(outcome).__name__])}
        told |= {say("dossier", "folder"): dg.MetadataValue.path(str(outcome.path))}
        rows = {item.name: graph.table(f"{package.name}/{item.name}").summary["accepted"] for item in package.tables}
        told |= {"dagster/row_count": sum(rows.values()), "tables": counts_of_tables(rows, outcome.path)}
        told[say("raisons", "reasons")] = [in_words(cause) for cause in getattr(outcome, "causes", ())]
        yield dg.MaterializeResult(metadata=told)
        yield dg.AssetCheckResult(check_name="publication", passed=True, metadata={"version": outcome.version})

    return release


def catalogue_asset(packages: dict[str, Package]) -> dg.AssetsDefinition:
    """The catalogue for people and for machines."""

    @dg.asset(
        key="catalogue",
        group_name="announce",
        deps=[release_key(name) for name in packages],
        description=say(
            "Le catalogue : pages pour les personnes, DCAT-AP et flux pour les portails.",
            "The catalogue: pages for people, DCAT-AP and feeds for portals.",
        ),
        owners=["team:arobase"],
        kinds={"html", "rdf"},
        # Where one package is blocked, Dagster skips what depends on it in that run: the others are announced here.
        automation_condition=dg.AutomationCondition.any_deps_updated().since_last_handled()
        & ~dg.AutomationCondition.in_progress()
        & ~dg.AutomationCondition.any_deps_in_progress(),
    )
    def catalogue(workspace: Workspace) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster reads it, and knows it bare
        from pipelines.pipeline.announce import make_announcement

        try:
            folder = make_announcement(workspace.project)
        except ArobaseError as error:
            raise failure(error) from error
        except Exception as error:  # noqa: BLE001  as above
            raise failure(told_fault(error, name="catalogue", stage="announce", file="catalogue.yaml")) from None
        return dg.MaterializeResult(metadata={say("dossier", "folder"): dg.MetadataValue.path(str(folder))})

    return catalogue


def catalogue_sensor() -> dg.AutomationConditionSensorDefinition:
    """Announces what was released by a run that could not announce it itself; on by default."""
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
