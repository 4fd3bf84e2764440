"""What Dagster is shown, and that it does the same as the command line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from pipelines.core.project import Project
from pipelines.definitions import build_definitions
from pipelines.orchestration.partitions import PARTITIONS, all_sources
from pipelines.orchestration.portals import portal_key
from pipelines.orchestration.triggers import COLLECT, EVERYTHING
from pipelines.pipeline.collect import make_snapshot
from pipelines.pipeline.run import run
from pipelines.sources import Source
from pipelines.storage import Busy
from tests.orchestration.builders import described_portal
from tests.pipeline.builders import ACTIONS, NOW, REPOSITORY, TOWNS, a_run, a_small_project, rewrite

HEAVY = ["duckdb", "frictionless", "lxml", "numpy", "pandas", "pyarrow", "rapidfuzz", "rdflib", "requests"]


def execute(
    project: Project, instance: dg.DagsterInstance, job: str = EVERYTHING, **more: object
) -> dg.ExecuteInProcessResult:
    definitions = build_definitions(project)
    tags = all_sources(instance, project)
    tags = tags if "partition_key" not in more else {}
    return definitions.resolve_job_def(job).execute_in_process(
        instance=instance, tags=tags, raise_on_error=False, **more
    )


def evaluations(
    result: dg.ExecuteInProcessResult, key: str, partition: str | None = None
) -> dict[str, dg.AssetCheckEvaluation]:
    found = result.get_asset_check_evaluations()
    return {
        item.check_name: item
        for item in found
        if item.asset_key.to_user_string() == key and item.partition == partition
    }


def partitions_now(project: Project, instance: dg.DagsterInstance, key: str) -> dict[str, str | None]:
    """What "failed and missing" asks: the state of each partition of an asset."""
    definition = build_definitions(project).resolve_asset_graph().get(dg.AssetKey(key)).partitions_def
    names = definition.get_partition_keys(dynamic_partitions_store=instance)
    found = instance.get_status_by_partition(dg.AssetKey(key), names, definition)
    return {name: found[name].value if found[name] else None for name in names}


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def payload(folder: Path) -> dict[str, bytes]:
    """What is released: only the place in the ledger tells in which order two packages of one run came."""
    chained = ("bag-info.txt", "tagmanifest-sha256.txt", "versions.json", "latest.json", ".tlog-proof")
    return {name: data for name, data in files(folder).items() if not name.endswith(chained)}


def test_nothing_heavy_is_imported_while_definitions_load():
    script = f"import sys, pipelines.definitions; print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True, cwd=REPOSITORY
    )
    assert done.stdout.strip() == "[]"


def test_every_table_and_source_of_the_project_is_there_without_being_named_in_code(project: Project):
    graph = build_definitions(project).resolve_asset_graph()
    keys = {key.to_user_string() for key in graph.get_all_asset_keys()}
    assert keys == {
        *("snapshots", "records", "catalogue"),
        *("villes/villes", "villes/actions", "villes/constats", "villes/release"),
        *("bilan/nombres", "bilan/constats", "bilan/release"),
    }
    assert graph.get(dg.AssetKey("records")).partitions_def == PARTITIONS


def test_every_asset_is_described_owned_and_marked_with_kinds(project: Project):
    graph = build_definitions(project).resolve_asset_graph()
    for node in graph.asset_nodes:
        assert node.description, node.key
        assert node.owners, node.key
        assert node.kinds, node.key


def test_a_table_shows_its_columns(project: Project):
    node = build_definitions(project).resolve_asset_graph().get(dg.AssetKey(["villes", "villes"]))
    columns = {column.name: column for column in node.metadata["dagster/column_schema"].columns}
    assert list(columns) == ["code", "nom", "niveau"]
    assert columns["niveau"].type == "integer"
    assert columns["niveau"].constraints.other == ["minimum 1", "maximum 5"]
    assert not columns["nom"].constraints.nullable
    assert columns["code"].tags == {"privacy": "public"}


def test_the_job_gives_the_same_bytes_as_the_command_line(
    project: Project, tmp_path: Path, instance: dg.DagsterInstance
):
    result = execute(project, instance)
    assert result.success
    other = Project.at(project.root, tmp_path / "ailleurs")
    a_run(other)
    assert payload(project.releases) == payload(other.releases)


def test_the_checks_of_a_table_come_from_its_schema_and_block(project: Project, instance: dg.DagsterInstance):
    result = execute(project, instance)
    towns = evaluations(result, "villes/villes")
    assert set(towns) == {"structure", "types", "contraintes", "cles", "volume", "rejets"}
    assert set(evaluations(result, "villes/actions")) == {*towns, "references"}
    assert all(item.passed for item in towns.values())
    assert towns["contraintes"].blocking
    assert not towns["rejets"].blocking
    assert towns["cles"].metadata["attendu"].value == "0 erreur"
    assert towns["volume"].metadata["trouvé"].value == 2


def test_a_materialised_table_shows_rows_preview_and_files_but_nothing_personal(
    project: Project, instance: dg.DagsterInstance
):
    result = execute(project, instance)
    (event,) = [
        item
        for item in result.get_asset_materialization_events()
        if item.asset_key == dg.AssetKey(["villes", "villes"])
    ]
    metadata = event.materialization.metadata
    assert metadata["dagster/row_count"].value == 2
    assert "| 57463 | Metz | 5 |" in metadata["aperçu"].value
    assert Path(metadata["table"].value).is_file()
    assert "invente@example.org" not in str(result.all_events)


def test_findings_and_releases_show_their_columns_their_tables_and_their_files(
    project: Project, instance: dg.DagsterInstance
):
    graph = build_definitions(project).resolve_asset_graph()
    shown = graph.get(dg.AssetKey(["villes", "constats"])).metadata["dagster/column_schema"]
    assert [column.name for column in shown.columns][:3] == ["constat_id", "regle", "table"]
    made = {
        item.asset_key.to_user_string(): item.materialization.metadata
        for item in execute(project, instance).get_asset_materialization_events()
    }
    findings = made["villes/constats"]
    assert findings["aperçu"].value.startswith("| constat_id | regle | table |")
    assert Path(findings["table"].value).is_file()
    release = made["villes/release"]
    (towns,) = [line for line in release["tables"].value.splitlines() if line.startswith("| villes |")]
    assert towns.split(" | ")[1] == "2"
    assert Path(towns.split("`")[1]).is_file()


def test_rejected_rows_warn_and_do_not_block(project: Project, instance: dg.DagsterInstance):
    rewrite(project, "actions", ACTIONS + "a3,99999,Nulle part\n")
    result = execute(project, instance)
    assert result.success
    rejects = evaluations(result, "villes/actions")["rejets"]
    assert not rejects.passed
    assert rejects.severity == dg.AssetCheckSeverity.WARN
    assert rejects.metadata["trouvé"].value == 1


def test_a_broken_source_fails_its_check_and_its_tables_and_the_rest_goes_on(
    project: Project, instance: dg.DagsterInstance
):
    rewrite(project, "actions", "identifiant,ville,titre\na1,57463,Ateliers\n")
    result = execute(project, instance)
    assert not result.success
    check = evaluations(result, "records", "actions")["lecture"]
    assert not check.passed
    assert "colonne" in check.metadata["erreur"].value
    assert evaluations(result, "records", "villes")["lecture"].passed
    failed = {event.step_key for event in result.all_events if event.is_step_failure}
    assert failed == {"villes__actions", "records_partitions"}
    assert partitions_now(project, instance, "records") == {"actions": "FAILED", "villes": "MATERIALIZED"}
    assert (project.releases / "bilan" / "1.0.0").is_dir()
    assert not (project.releases / "villes" / "1.0.0").exists()


def test_a_source_that_is_not_there_is_failed_and_the_others_are_published(
    project: Project, instance: dg.DagsterInstance
):
    assert execute(project, instance).success
    (project.sources / "data" / "actions.csv").unlink()
    rewrite(project, "villes", TOWNS + "01001,Exemple,3,\n")
    result = execute(project, instance)
    assert not result.success
    assert partitions_now(project, instance, "snapshots") == {"actions": "FAILED", "villes": "MATERIALIZED"}
    assert {event.step_key for event in result.all_events if event.is_step_failure} == {"snapshots_partitions"}
    assert (project.releases / "villes" / "1.1.0").is_dir()
    assert not evaluations(result, "snapshots", "actions")["collecte"].passed
    only = execute(project, instance, partition_key="villes")
    assert only.success
    assert partitions_now(project, instance, "snapshots")["actions"] == "FAILED"


def test_a_collection_of_several_sources_fails_with_one_of_them(project: Project, instance: dg.DagsterInstance):
    (project.sources / "data" / "actions.csv").unlink()
    assert not execute(project, instance, COLLECT).success
    assert partitions_now(project, instance, "snapshots") == {"actions": "FAILED", "villes": "MATERIALIZED"}


def test_a_lost_history_is_begun_anew_and_publishes_nothing(project: Project, instance: dg.DagsterInstance):
    assert execute(project, instance).success
    published = files(project.releases)
    with dg.DagsterInstance.ephemeral() as empty:
        assert execute(project, empty).success
        assert partitions_now(project, empty, "records") == {"actions": "MATERIALIZED", "villes": "MATERIALIZED"}
    assert files(project.releases) == published


def test_a_run_that_names_no_source_says_how_to_name_some(project: Project, instance: dg.DagsterInstance):
    job = build_definitions(project).resolve_job_def(COLLECT)
    result = job.execute_in_process(instance=instance, raise_on_error=False)
    failed = result.failure_data_for_node("snapshots")
    assert "ne nomme aucune source" in failed.user_failure_data.description
    assert "dagster/asset_partition_range_start" in failed.user_failure_data.description
    assert not [event for event in result.all_events if event.is_step_up_for_retry]


def test_what_waiting_may_help_is_asked_again_and_what_answered_is_not(
    project: Project, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
):
    asked: list[list[str]] = []

    def busy_once(_project: Project, sources: list[Source], **_: object) -> Iterator[tuple[str, object]]:
        asked.append([source.name for source in sources])
        for source in sources:
            if source.name == "actions" and len(asked) == 1:
                yield source.name, Busy(place="example.org")
            else:
                yield source.name, make_snapshot(project, source, now=NOW)

    monkeypatch.setattr("pipelines.orchestration.retries.RETRIES", dg.RetryPolicy(max_retries=3, delay=0))
    monkeypatch.setattr("pipelines.pipeline.collect.make_snapshots", busy_once)
    assert execute(project, instance, COLLECT).success
    assert asked == [["actions", "villes"], ["actions"]]
    assert partitions_now(project, instance, "snapshots") == {"actions": "MATERIALIZED", "villes": "MATERIALIZED"}


def test_a_source_that_did_not_change_is_the_same_version_of_data(project: Project, instance: dg.DagsterInstance):
    versions = []
    for _ in range(2):
        events = execute(project, instance).get_asset_materialization_events()
        versions.append({(str(item.asset_key), item.partition): item.materialization.tags for item in events})
    key = (str(dg.AssetKey("records")), "actions")
    assert versions[0][key]["dagster/data_version"] == versions[1][key]["dagster/data_version"]


def test_one_partition_collects_and_reads_one_source(project: Project, instance: dg.DagsterInstance):
    result = execute(project, instance, partition_key="villes")
    seen = {
        (event.asset_key.to_user_string(), event.partition)
        for event in result.get_asset_materialization_events()
        if event.partition
    }
    assert seen == {("snapshots", "villes"), ("records", "villes")}


def test_a_fault_that_waiting_would_not_mend_is_not_retried(project: Project, instance: dg.DagsterInstance):
    execute(project, instance)
    (project.sources / "data" / "actions.csv").unlink()
    result = execute(project, instance, partition_key="actions")
    assert not result.success
    assert not [event for event in result.all_events if event.is_step_up_for_retry]


@pytest.mark.parametrize("stage", ["pipelines.pipeline.records.keep_apart", "pipelines.pipeline.tables.finish"])
def test_a_run_that_is_cancelled_ends_and_publishes_nothing(
    project: Project, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch, stage: str
):
    """Cancelling is SIGINT to the process of the run; Dagster would try a step with a retry policy again."""
    if threading.current_thread() is not threading.main_thread():
        pytest.skip("signals reach the main thread alone")

    def cancelled(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(5)

    monkeypatch.setattr(stage, cancelled)
    result = execute(project, instance)
    assert not result.success
    assert not [event for event in result.all_events if event.is_step_up_for_retry]
    assert not project.releases.exists()


def test_a_crash_is_tried_again_and_told_as_it_is_in_the_end(
    project: Project, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
):
    def crash(*_: object, **__: object) -> None:
        raise Busy(place="ailleurs")

    monkeypatch.setattr("pipelines.orchestration.retries.RETRIES", dg.RetryPolicy(max_retries=2, delay=0))
    monkeypatch.setattr("pipelines.pipeline.catalogue.make_catalogue", crash)
    result = execute(project, instance)
    again = [event.step_key for event in result.all_events if event.is_step_up_for_retry]
    assert again == ["catalogue", "catalogue"]
    assert "ailleurs" in result.failure_data_for_node("catalogue").user_failure_data.description


def test_keys_that_made_rows_be_rejected_are_told_by_the_check_that_passes(
    project: Project, instance: dg.DagsterInstance
):
    rewrite(project, "actions", ACTIONS + "a1,57463,Deux fois\n")
    check = evaluations(execute(project, instance), "villes/actions")["cles"]
    assert check.passed
    assert check.metadata["erreurs écartées à l'entrée"].value > 0
    assert "écarter" in check.description


def test_a_partition_that_cannot_be_read_fails(project: Project, instance: dg.DagsterInstance):
    execute(project, instance)
    rewrite(project, "actions", "")
    result = execute(project, instance, partition_key="actions")
    (failure, *_) = [event for event in result.all_events if event.is_step_failure and event.step_key == "records"]
    assert (
        "actions" in failure.event_specific_data.error_display_string or failure.event_specific_data.user_failure_data
    )


def test_there_is_a_job_a_package_and_one_for_everything(project: Project):
    definitions = build_definitions(project)
    assert {job.name for job in definitions.resolve_all_job_defs() if not job.name.startswith("__")} == {
        EVERYTHING,
        COLLECT,
        *("lecture", "publication"),
        "villes",
        "bilan",
        *("envoyer", "verifier", "retirer", "rejuger", "conservation", "menage"),
    }
    bilan = definitions.resolve_job_def("bilan").asset_layer.executable_asset_keys
    assert dg.AssetKey(["villes", "release"]) not in bilan
    assert dg.AssetKey(["villes", "villes"]) in bilan


def test_everything_is_all_but_what_writes_on_portals(project: Project):
    before = build_definitions(project).resolve_job_def(EVERYTHING).asset_layer.executable_asset_keys
    described_portal(project)
    definitions = build_definitions(project)
    assert definitions.resolve_job_def("pousser").asset_layer.executable_asset_keys == {portal_key("ckan")}
    assert definitions.resolve_job_def(EVERYTHING).asset_layer.executable_asset_keys == before


def test_a_source_that_could_not_be_asked_for_long_is_a_warning(project: Project, instance: dg.DagsterInstance):
    path = project.sources / "actions.yaml"
    text = path.read_text(encoding="utf-8").replace("obtained: '2026-11-01'\n", "cadence: P1D\n")
    path.write_text(text, encoding="utf-8")
    run(project, now=datetime(2020, 1, 1, tzinfo=UTC))
    assert evaluations(execute(project, instance), "snapshots", "actions")["fraicheur"].passed
    (project.sources / "data" / "actions.csv").unlink()
    other = a_small_project(project.root / "autre")
    (other.sources / "actions.yaml").write_text(text, encoding="utf-8")
    run(other, now=datetime(2020, 1, 1, tzinfo=UTC))
    (other.sources / "data" / "actions.csv").unlink()
    late = evaluations(execute(other, instance), "snapshots", "actions")["fraicheur"]
    assert not late.passed
    assert late.severity == dg.AssetCheckSeverity.WARN
    assert late.metadata["attendu"].value == "P1D"


def test_a_wrong_source_file_is_left_out_and_told(
    project: Project, instance: dg.DagsterInstance, caplog: pytest.LogCaptureFixture
):
    (project.sources / "actions.yaml").write_text("name: actions\n", encoding="utf-8")
    build_definitions(project)
    all_sources(instance, project)
    assert instance.get_dynamic_partitions("sources") == ["villes"]
    assert "sources/actions.yaml, ligne 1" in caplog.text


def test_a_source_whose_file_is_wrong_now_fails_with_the_reason(project: Project, instance: dg.DagsterInstance):
    assert execute(project, instance, COLLECT).success
    (project.sources / "actions.yaml").write_text("name: actions\n", encoding="utf-8")
    result = execute(project, instance, COLLECT)
    assert not result.success
    assert "actions.yaml" in evaluations(result, "snapshots", "actions")["collecte"].metadata["erreur"].value
    assert partitions_now(project, instance, "snapshots")["actions"] == "FAILED"


def test_the_definitions_of_the_repository_load():
    from pipelines.definitions import defs

    keys = {key.to_user_string() for key in defs.resolve_asset_graph().get_all_asset_keys()}
    assert {"label/palmares", "enquetes_publiques/enquetes", "territoires_numeriques/inegalites"} <= keys


def test_a_private_store_that_goes_unused_is_told_when_definitions_load(
    project: Project, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("AROBASE_PRIVATE_STORE", "s3://prive/essai")
    monkeypatch.setenv("AROBASE_LANG", "en")
    build_definitions(project)
    assert "AROBASE_PRIVATE_STORE = s3://prive/essai is not used" in caplog.text
