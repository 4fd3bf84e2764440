"""What machines watch: figures in Prometheus' text, events that OpenLineage's own client takes, and the dashboard."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from openlineage.client.event_v2 import RunEvent
from openlineage.client.serde import Serde
from prometheus_client.parser import text_string_to_metric_families

from pipelines.cli import commands
from pipelines.core.project import Project
from pipelines.monitoring.after_run import wants_lineage
from pipelines.monitoring.lineage import run_events
from pipelines.monitoring.metrics import metrics_text
from pipelines.pipeline.run_journal import find_journal
from tests.pipeline.builders import a_small_project, rewrite
from tests.sources.server import Reply, serving

DASHBOARD = Path(__file__).resolve().parents[2] / "deploy" / "grafana" / "arobase.json"
NOW = datetime(2026, 11, 29, tzinfo=UTC)
Figures = dict[str, dict[tuple[str, ...], float]]


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A small project after a run in which one row was rejected."""
    project = a_small_project(tmp_path_factory.mktemp("project"))
    rewrite(project, "villes", "code,nom,niveau,courriel\n57463,Metz,5,\n47001,Agen,9,\n25056,Besançon,3,\n")
    assert arobase(project, "release").exit_code == 0
    return project


def arobase(project: Project, *words: str, **environment: str) -> Result:
    settings = {"AROBASE_ROOT": str(project.root), "AROBASE_OUTPUTS": "", "AROBASE_LANG": "en", **environment}
    return CliRunner().invoke(commands, list(words), env=settings, catch_exceptions=False)


def figures(text: str) -> Figures:
    """As Prometheus' own parser reads them: by name and values of labels."""
    return {
        family.name: {tuple(sample.labels.values()): sample.value for sample in family.samples}
        for family in text_string_to_metric_families(text)
    }


def test_figures_say_rows_rejects_findings_releases_and_ages(released: Project) -> None:
    found = figures(metrics_text(released, NOW))
    assert found["arobase_table_rows"]["villes", "villes"] == 2
    assert found["arobase_release_info"]["villes", "1.0.0"] == 1
    rejected = found["arobase_rejected_rows"]
    assert rejected["villes", "records"] + rejected["villes/villes", "tables"] == 1
    assert found["arobase_last_run_success"][()] == 1
    assert found["arobase_stage_duration_seconds"]["release",] > 0
    assert found["arobase_source_age_seconds"]["villes",] > 24 * 3600
    assert found["arobase_source_late"]["villes",] == 0


def test_every_figure_has_its_unit_and_what_it_is(released: Project) -> None:
    families = list(text_string_to_metric_families(metrics_text(released, NOW)))
    assert all(family.documentation for family in families)
    assert {family.type for family in families} == {"gauge"}


def test_a_project_that_never_ran_has_figures_too(tmp_path: Path) -> None:
    found = figures(metrics_text(a_small_project(tmp_path), NOW))
    assert found["arobase_source_files_wrong"] == {(): 0}
    assert found.get("arobase_table_rows", {}) == {}


def test_a_release_leaves_its_figures_where_it_is_told_to(tmp_path: Path) -> None:
    project, path = a_small_project(tmp_path / "project"), tmp_path / "arobase.prom"
    arobase(project, "release", AROBASE_METRICS_FILE=str(path))
    assert "arobase_table_rows" in figures(path.read_text(encoding="utf-8"))
    assert figures(arobase(project, "metrics").output).keys() == figures(path.read_text(encoding="utf-8")).keys()


def test_the_dashboard_asks_for_figures_that_there_are(released: Project) -> None:
    known = set(figures(metrics_text(released, NOW))) | {"arobase_quarantined_values", "arobase_alerts_open"}
    dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    asked = {
        name
        for panel in dashboard["panels"]
        for target in panel.get("targets", ())
        for name in re.findall(r"\barobase_[a-z_]+", target["expr"])
    }
    assert asked
    assert asked <= known
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])


def events_of(project: Project) -> list[RunEvent]:
    return run_events(project, *find_journal(project, "last"))


def test_each_step_is_a_job_with_its_datasets_schema_and_quality(released: Project) -> None:
    events: list[dict[str, Any]] = [json.loads(Serde.to_json(event)) for event in events_of(released)]
    by_job: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        by_job.setdefault(event["job"]["name"], []).append(event)
    assert {event["eventType"] for event in by_job["release"]} == {"START", "COMPLETE"}
    done = by_job["tables.villes.villes"][-1]
    assert [item["name"] for item in done["inputs"]] == ["records/villes"]
    (written,) = done["outputs"]
    assert [item["name"] for item in written["facets"]["schema"]["fields"]] == ["code", "nom", "niveau"]
    assert written["outputFacets"]["outputStatistics"]["rowCount"] == 2
    (claim,) = written["facets"]["dataQualityAssertions"]["assertions"]
    assert claim["success"] is False
    assert by_job["release.villes"][-1]["outputs"][0]["facets"]["version"]["datasetVersion"] == "1.0.0"
    assert all(event["run"]["facets"]["parent"] for job, found in by_job.items() if job != "release" for event in found)


def test_the_same_journal_gives_the_same_events(released: Project) -> None:
    first, second = events_of(released), events_of(released)
    assert [Serde.to_json(event) for event in first] == [Serde.to_json(event) for event in second]


def test_a_failed_step_is_a_failed_run_with_the_code_of_its_error(tmp_path: Path) -> None:
    project = a_small_project(tmp_path)
    (project.sources / "data" / "villes.csv").unlink()
    arobase(project, "release")
    failed = [json.loads(Serde.to_json(event)) for event in events_of(project) if str(event.eventType.value) == "FAIL"]
    assert {"collect.villes", "tables.villes.villes", "release"} <= {event["job"]["name"] for event in failed}
    (collected,) = [event for event in failed if event["job"]["name"] == "collect.villes"]
    assert re.fullmatch(r"[a-z-]+", collected["run"]["facets"]["errorMessage"]["message"])


def test_a_release_sends_its_events_to_the_service_that_is_named(tmp_path: Path) -> None:
    project = a_small_project(tmp_path)
    with serving() as server:
        server.reply = lambda request: Reply(b"", 201)  # type: ignore[method-assign]
        done = arobase(project, "release", OPENLINEAGE_URL=server.url)
        assert done.exit_code == 0
        told = [request.document for request in server.asked]
    assert {"release", "release.villes", "records.actions"} <= {event["job"]["name"] for event in told}


def test_a_service_that_takes_nothing_is_told_and_changes_nothing_else(tmp_path: Path) -> None:
    project = a_small_project(tmp_path)
    with serving() as server:
        server.reply = lambda request: Reply(b"no", 403)  # type: ignore[method-assign]
        done = arobase(project, "release", OPENLINEAGE_URL=server.url)
    assert done.exit_code == 0
    assert "lineage-not-told" in done.output + (done.stderr or "")


def test_nothing_is_sent_unless_openlineage_is_set_up() -> None:
    assert not wants_lineage({})
    assert not wants_lineage({"OPENLINEAGE_URL": "https://a.example", "OPENLINEAGE_DISABLED": "true"})
    assert wants_lineage({"OPENLINEAGE_URL": "https://a.example"})


def test_figures_that_cannot_be_written_are_told_and_change_nothing_else(tmp_path: Path) -> None:
    project, file = a_small_project(tmp_path / "project"), tmp_path / "file"
    file.write_text("", encoding="utf-8")
    done = arobase(project, "release", AROBASE_METRICS_FILE=str(file / "arobase.prom"))
    assert done.exit_code == 0
    assert "villes" in done.output
    assert "✗ " in done.stderr
