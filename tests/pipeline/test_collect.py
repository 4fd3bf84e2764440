"""The drop folder takes the place of a source's address."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.core.project import Project
from pipelines.pipeline.collect import as_captured, delivered, make_snapshot
from pipelines.pipeline.errors import DeliveryNamed, PartNeverCollected
from pipelines.pipeline.graph import BuildGraph
from pipelines.pipeline.inbox import deliveries
from pipelines.sources import SnapshotStore, load_sources
from tests.pipeline.builders import ACTIONS, a_run, a_small_project, first_run


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return a_small_project(tmp_path)


def deliver(project: Project, source: str, name: str, text: str, seconds: int = 1) -> Path:
    path = project.sources / "inbox" / source / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, (seconds, seconds))
    return path


def test_without_a_delivery_the_source_is_asked(project: Project):
    source = BuildGraph(project).sources["actions"]
    assert delivered(project, source) is source


def test_the_newest_delivery_is_read_instead_of_the_address(project: Project):
    deliver(project, "actions", "b.csv", ACTIONS + "a9,47001,Ancien\n", seconds=1)
    deliver(project, "actions", "a.csv", ACTIONS + "a8,47001,Nouveau\n", seconds=2)
    done = a_run(project)
    assert done.records["actions"].summary["rows"] == {"villes/actions": 3}
    capture = BuildGraph(project).capture("actions")
    assert capture.parts[0].address == "sources/inbox/actions/a.csv"
    assert capture.parts[0].obtained.year == 2026


@pytest.mark.parametrize("name", ["Zoe Kervadec.csv", "Export de Mme Kervadec.csv", "zoe.kervadec@example.org.csv"])
def test_a_delivery_named_after_somebody_is_not_read_before_it_is_renamed(project: Project, name: str):
    path = deliver(project, "actions", name, ACTIONS)
    with pytest.raises(DeliveryNamed, match=r"for example to actions\.csv") as raised:
        make_snapshot(project, BuildGraph(project).sources["actions"], now=datetime(2026, 12, 1, tzinfo=UTC))
    assert "ervadec" not in raised.value.message("fr") + raised.value.message("en")
    assert not (project.snapshots / "log" / "actions.jsonl").exists()
    path.rename(path.with_name("actions.csv"))
    make_snapshot(project, BuildGraph(project).sources["actions"], now=datetime(2026, 12, 1, tzinfo=UTC))


def test_half_copied_files_are_not_deliveries(project: Project):
    for name in (".cache.csv", "~a.csv", "a.csv.part", "b.tmp"):
        deliver(project, "actions", name, "x")
    assert deliveries(project, "actions") == []


def test_a_workbook_delivered_in_another_format_is_read_as_what_it_is(project: Project):
    path = project.sources / "actions.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("format: csv", "format: xlsx"), encoding="utf-8")
    source = BuildGraph(project).sources["actions"]
    deliver(project, "actions", "livraison.xls", "")
    assert delivered(project, source).part("lignes").format == "xls"


def test_a_source_of_several_files_takes_them_all_by_name_from_the_delivery(project: Project):
    path = project.sources / "actions.yaml"
    text = path.read_text(encoding="utf-8").replace("address: data/actions.csv", "address: data")
    part = "  lignes:\n    path: actions.csv\n"
    other = "  autres:\n    format: csv\n    path: villes.csv\n    schema: villes\n"
    path.write_text(text.replace("  lignes:\n", other + part), encoding="utf-8")
    source = BuildGraph(project).sources["actions"]
    deliver(project, "actions", "actions.csv", ACTIONS)
    assert delivered(project, source).address == "inbox/actions"
    assert a_run(project).errors[0][1].code == "source-file-absent"


def test_the_capture_says_in_which_format_it_came(project: Project):
    first_run(project)
    graph = BuildGraph(project)
    source = graph.sources["actions"]
    assert as_captured(source, graph.capture("actions")) == source


def test_an_export_of_a_form_left_by_hand_keeps_what_the_source_names_only(tmp_path: Path):
    project = a_small_project(tmp_path)
    text = (project.sources / "actions.yaml").read_text(encoding="utf-8")
    changed = text.replace("connector: files", "connector: limesurvey").replace(
        "data/actions.csv", "https://example.org/x"
    )
    (project.sources / "actions.yaml").write_text(changed.replace("obtained: '2026-11-01'\n", ""), encoding="utf-8")
    folder = project.sources / "inbox" / "actions"
    folder.mkdir(parents=True)
    (folder / "export.csv").write_text("id,Adresse IP,ville,titre\na1,192.0.2.9,47001,Wifi\n", encoding="utf-8")
    capture = make_snapshot(project, load_sources(project)["actions"], now=datetime(2026, 11, 23, tzinfo=UTC))
    kept = SnapshotStore.of(project).path(capture.parts[0]).read_text(encoding="utf-8")
    assert kept == "id,ville,titre\na1,47001,Wifi\n"


def test_a_part_that_came_after_the_last_capture_is_told_by_name(project: Project):
    a_run(project)
    graph = BuildGraph(project)
    source = graph.sources["actions"]
    later = replace(source, parts=(*source.parts, replace(source.parts[0], name="suite")))
    with pytest.raises(PartNeverCollected, match="suite"):
        as_captured(later, graph.capture("actions"))
