"""Assets of the sources, partitioned by source: their snapshots, and the records read and normalised from them.

A run over several partitions goes on when one fails: what fails is not materialised, its checks fail, and the run fails
with it at the end, so that Dagster shows that partition in red and finds it among those that are failed or missing. The
last snapshot stays in use.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import dagster as dg
from dagster._core.definitions.source_asset import SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION as UNTOLD

from pipelines.core.errors import ArobaseError
from pipelines.core.project import Project
from pipelines.core.settings import SOURCES_PER_RUN, count_of
from pipelines.orchestration import retries
from pipelines.orchestration.graphs import graph_of
from pipelines.orchestration.metadata import place
from pipelines.orchestration.partitions import PARTITIONS, sources_of
from pipelines.orchestration.retries import tried_again
from pipelines.orchestration.wording import facts_of, language, listed, say, sentence
from pipelines.orchestration.workspace import Workspace
from pipelines.sources import Capture, Source, load_sources

SNAPSHOTS, RECORDS = dg.AssetKey("snapshots"), dg.AssetKey("records")
COLLECTED, FRESH, READ, WHOLE = "collecte", "fraicheur", "lecture", "partitions"
POOL = "sources"
DATA_VERSION, IS_GIVEN = "dagster/data_version", "dagster/data_version_is_user_provided"


PER_RUN, ONE_RUN = 50, dg.BackfillPolicy.single_run()


def backfills_of(store: str) -> dg.BackfillPolicy:
    """In how many runs partitions are asked for: one on one machine, several where several machines can share them.

    Raises `SettingWrong`."""
    return dg.BackfillPolicy.multi_run(sources_per_run()) if store else ONE_RUN


def sources_per_run() -> int:
    """How many sources a run takes where several machines share them. Raises `SettingWrong`."""
    return count_of(SOURCES_PER_RUN, PER_RUN)


def snapshots_asset(sources: dict[str, Source], backfills: dg.BackfillPolicy = ONE_RUN) -> dg.AssetsDefinition:
    """The exact bytes that each source gave, under their SHA-256."""

    @dg.asset(
        key=SNAPSHOTS,
        group_name="collect",
        partitions_def=PARTITIONS,
        backfill_policy=backfills,
        description=say(
            "Les octets exacts que chaque source a donnés, gardés sous leur SHA-256 avec la date et l'adresse.",
            "The exact bytes that each source gave, kept under their SHA-256 with the date and the address.",
        ),
        owners=_owners(sources),
        kinds={"file"},
        pool=POOL,
        check_specs=[
            _check(SNAPSHOTS, COLLECTED, say("La source a répondu.", "The source answered.")),
            _check(
                SNAPSHOTS, FRESH, say("La source a été lue dans sa cadence.", "The source was read within its cadence.")
            ),
        ],
    )
    def snapshots(context: dg.AssetExecutionContext, workspace: Workspace) -> Iterator[Any]:
        with tried_again(context):
            yield from workspace.run(
                lambda project, again: _collected(context, project, again=again), keeps_results=False
            )

    return snapshots


def _collected(context: dg.AssetExecutionContext, project: Project, *, again: bool) -> Iterator[Any]:
    """The snapshots of the run's partitions; `again`: of what was collected here, nothing is in the store."""
    from pipelines.pipeline.collect import make_snapshots

    if again:
        _answered.cache_clear()
    answered = _answered(project, context.run.run_id)
    described = load_sources(project)
    by_name: dict[str, Source] = {}
    failed: dict[str, ArobaseError] = {}
    for name in sources_of(context):
        try:
            by_name[name] = described.find(name)
        except ArobaseError as error:
            failed[name] = error
    waiting = [source for name, source in by_name.items() if name not in answered]
    for name, outcome in make_snapshots(project, waiting, now=lambda: datetime.now(UTC)):
        if isinstance(outcome, ArobaseError):
            failed[name] = outcome
            continue
        answered[name] = outcome
        digests = [part.sha256 for part in outcome.parts]
        metadata = {
            say("changé", "changed"): outcome.changed,
            say("octets", "bytes"): sum(part.size for part in outcome.parts),
            "sha256": digests,
            say("adresse", "address"): by_name[name].address,
        }
        yield _materialised(SNAPSHOTS, name, metadata, " ".join(digests))
        yield _passed(SNAPSHOTS, COLLECTED, name)
    _tried_again(context, failed)
    for name, source in by_name.items():
        yield _fresh(project, name, source)
    yield from _ended(context, SNAPSHOTS, COLLECTED, failed)


def records_asset(sources: dict[str, Source], backfills: dg.BackfillPolicy = ONE_RUN) -> dg.AssetsDefinition:
    """The records of each source's latest snapshot, validated on the way in and normalised to tables."""

    @dg.asset(
        key=RECORDS,
        group_name="read",
        partitions_def=PARTITIONS,
        backfill_policy=backfills,
        deps=[SNAPSHOTS],
        description=say(
            "Les enregistrements de chaque source : lus, contrôlés à l'entrée, mis dans la forme des tables.",
            "The records of each source: read, validated on the way in, mapped to the tables.",
        ),
        owners=_owners(sources),
        kinds={"arrow", "frictionless"},
        check_specs=[_check(RECORDS, READ, say("La source a pu être lue.", "The source could be read."))],
    )
    def records(context: dg.AssetExecutionContext, workspace: Workspace) -> Iterator[Any]:
        with tried_again(context):
            yield from workspace.run(lambda project, again: _read(context, project, again=again))

    return records


def _read(context: dg.AssetExecutionContext, project: Project, *, again: bool) -> Iterator[Any]:
    graph = graph_of(context, project, again=again)
    failed: dict[str, ArobaseError] = {}
    for name in sources_of(context):
        try:
            with graph.making("records", name):
                result = graph.records(name)
        except ArobaseError as error:
            failed[name] = error
            continue
        read = sum(part["read"] for part in result.summary["parts"].values())
        metadata = {
            "dagster/row_count": read,
            say("rejets", "rejects"): result.summary["rejected"],
            say("lignes", "rows"): result.summary["rows"],
            say("recalculé", "computed again"): result.kept.is_new,
            say("fichiers", "files"): place(project, result.kept.folder),
        }
        doubts = [*result.summary["declared"], *result.summary["noticed"]]
        warned = [*result.summary["thin"], *(item[language()] for item in doubts)]
        metadata[say("avertissements", "warnings")] = warned
        yield _materialised(RECORDS, name, metadata, result.kept.fingerprint[:16])
        yield _passed(RECORDS, READ, name)
    _tried_again(context, failed)
    yield from _ended(context, RECORDS, READ, failed)


def whole_checks() -> list[dg.AssetChecksDefinition]:
    """The steps that fail a run of which a partition failed, where the run had to go on without it."""
    return [_whole(SNAPSHOTS, COLLECTED), _whole(RECORDS, READ)]


def _whole(key: dg.AssetKey, check: str) -> dg.AssetChecksDefinition:
    description = say("Aucune partition n'a échoué dans la dernière exécution.", "No partition failed in the last run.")

    @dg.asset_check(asset=key, name=WHOLE, description=description)  # type: ignore[arg-type]  # a generator is taken too
    def whole(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        logged = context.instance.all_logs(context.run.run_id, of_type={dg.DagsterEventType.ASSET_CHECK_EVALUATION})
        evaluations = [record.dagster_event.asset_check_evaluation_data for record in logged if record.dagster_event]
        failed = sorted(
            item.partition or "?"
            for item in evaluations
            if item.asset_key == key and item.check_name == check and not item.passed
        )
        yield dg.AssetCheckResult(
            passed=not failed,
            metadata={say("attendu", "expected"): say("aucune", "none"), say("trouvé", "found"): failed},
        )
        if failed:
            # The run is over for these: only a run that fails leaves partitions failed that it did not materialise.
            names = ", ".join(failed)
            told_names = say(f"Partitions en échec : {names}.", f"Partitions that failed: {names}.")
            raise dg.Failure(description=told_names, allow_retries=False)

    return whole


def _check(key: dg.AssetKey, name: str, description: str) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(name, asset=key, description=description, partitions_def=PARTITIONS)


@lru_cache(maxsize=1)
def _answered(_project: Project, _run: str) -> dict[str, Capture]:
    """What sources answered in a run, by name: when its step is tried again, only those that failed are asked."""
    return {}


def _materialised(key: dg.AssetKey, name: str, metadata: Mapping[str, Any], version: str) -> dg.AssetMaterialization:
    tags = {DATA_VERSION: version, IS_GIVEN: "true"}
    return dg.AssetMaterialization(key, partition=name, metadata=metadata, tags=tags)


def _passed(key: dg.AssetKey, check: str, name: str) -> dg.AssetCheckEvaluation:
    return dg.AssetCheckEvaluation(check_name=check, asset_key=key, partition=name, passed=True, metadata={})


def _tried_again(context: dg.AssetExecutionContext, failed: Mapping[str, ArobaseError]) -> None:
    """Ask Dagster to try the step again where waiting may help one of those that failed."""
    passing = {name: error for name, error in failed.items() if error.passes}
    if passing and context.retry_number < retries.RETRIES.max_retries:
        messages = listed({name: error.message(language()) for name, error in passing.items()})
        raise dg.Failure(description=messages, metadata=facts_of(next(iter(passing.values()))), allow_retries=True)


def _ended(
    context: dg.AssetExecutionContext, key: dg.AssetKey, check: str, failed: Mapping[str, ArobaseError]
) -> Iterator[Any]:
    """The end of a step over partitions, of which those that succeeded were reported one by one."""
    for name, error in failed.items():
        context.log.error(listed({name: sentence(error)}))
        metadata = {say("erreur", "error"): error.message(language()), **facts_of(error)}
        yield dg.AssetCheckEvaluation(check_name=check, asset_key=key, partition=name, passed=False, metadata=metadata)
    if failed and not _is_followed(context, key):
        description = listed({name: error.message(language()) for name, error in failed.items()})
        raise dg.Failure(description=description, metadata=facts_of(next(iter(failed.values()))), allow_retries=False)
    # Dagster would show every partition of the run as materialised.
    yield dg.MaterializeResult(metadata={UNTOLD: True})
    checks = context.op_execution_context.selected_output_names - {"result"}
    for output in sorted(checks):
        yield dg.Output(None, output)


def _is_followed(context: dg.AssetExecutionContext, key: dg.AssetKey) -> bool:
    """Whether the run goes on to assets that do without the partitions that failed: then `whole_checks` fail it."""
    return bool(set(context.job_def.asset_layer.executable_asset_keys) - {key}) and len(context.partition_keys) > 1


def _fresh(project: Project, name: str, source: Source) -> dg.AssetCheckEvaluation:
    """How old a source's records are, against how often it says that it changes; a late one is a warning."""
    from pipelines.sources import latest
    from pipelines.sources.freshness import freshness

    found = freshness(source, latest(project, source), datetime.now(UTC))
    age = say("jamais", "never")
    if found.age is not None:
        age = say(f"{found.age.days} jours", f"{found.age.days} days")
    return dg.AssetCheckEvaluation(
        check_name=FRESH,
        asset_key=SNAPSHOTS,
        partition=name,
        passed=not found.is_late,
        metadata={
            say("attendu", "expected"): source.cadence or say("aucune cadence", "no cadence"),
            say("trouvé", "found"): age,
        },
        severity=dg.AssetCheckSeverity.WARN,
    )


def _owners(sources: dict[str, Source]) -> list[str]:
    return sorted({f"team:{source.owner}" for source in sources.values()})
