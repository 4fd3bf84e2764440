"""What a push does to CKAN's DataStore: the rows of tables, their types and their dictionary."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from pipelines.core.project import Project
from pipelines.portals import datastore
from pipelines.portals.client import Reply
from pipelines.portals.datastore import DataStore
from pipelines.portals.errors import (
    ChangedMeanwhile,
)
from pipelines.portals.publications import PublishedFile
from pipelines.releases import publish
from tests.portals.builders import (
    CHANGED,
    Renew,
    a_portal,
    pushed,
    release,
    written_by_the_second_of_two_pushes,
)
from tests.portals.fake_ckan import TOKEN, dataset, resources
from tests.portals.server import Asked, Served, Told
from tests.releases.builders import PRIZES, a_request, field, prizes_schema


def test_the_datastore_has_the_types_of_the_schema_and_its_dictionary(project: Project, ckan: Served) -> None:
    pushed(project, a_portal(project, "ckan", ckan.address), TOKEN)
    table = ckan.portal.tables[resources(ckan)["prix/csv"]["id"]]
    kinds = {item["id"]: item["type"] for item in table["fields"]}
    assert kinds == {
        "prix_id": "text",
        "annee": "int8",
        "nom": "text",
        "arobases": "int8",
        "part": "numeric",
        "niveau": "text",
    }
    assert table["fields"][2]["info"] == {"label": "Nom", "notes": "Nom du lauréat.\n\nName of the laureate."}
    assert table["primary_key"] == ["prix_id"]


def test_the_datastore_holds_the_rows_and_null_for_an_empty_cell(project: Project, ckan: Served) -> None:
    pushed(project, a_portal(project, "ckan", ckan.address), TOKEN)
    records = ckan.portal.tables[resources(ckan)["prix/csv"]["id"]]["records"]
    assert [row["nom"] for row in records] == [row["nom"] for row in PRIZES]
    assert records[2]["arobases"] is None


def test_a_table_that_did_not_change_is_not_loaded_again(project: Project, ckan: Served, renew: Renew) -> None:
    portal = a_portal(project, "ckan", ckan.address)
    pushed(project, portal, TOKEN)
    renew()
    ckan.asked.clear()
    pushed(project, portal, TOKEN)
    assert [item for item in ckan.writes if "datastore_create" in item] == ["POST /api/3/action/datastore_create"]


def test_rows_are_not_loaded_into_a_version_that_is_no_longer_ours(project: Project, ckan: Served) -> None:
    def another_pushes(asked: Asked, told: Told) -> Told:
        if asked.path.endswith("package_create"):
            dataset(ckan)["version"] = "9.0.0"
        return told

    ckan.after = another_pushes
    with pytest.raises(ChangedMeanwhile):
        pushed(project, a_portal(project, "ckan", ckan.address), TOKEN)
    assert ckan.portal.tables == {}


def test_a_portal_without_datastore_gets_no_rows(project: Project, ckan: Served) -> None:
    pushed(project, a_portal(project, "ckan", ckan.address, datastore=False), TOKEN)
    assert ckan.portal.tables == {}


def loaded(path: Path, text: str, size: int = 1) -> list[tuple[str, dict[str, Any]]]:
    """What is asked of the DataStore to load a table of two columns, `a` and `b`, the second of objects."""
    asked: list[tuple[str, dict[str, Any]]] = []

    def action(name: str, body: dict[str, Any], *, reads: bool = False) -> Reply:
        asked.append((name, body))
        return Reply(200, {"result": {}}, "")

    path.write_text(text, encoding="utf-8")
    schema = {"fields": [{"name": "a", "type": "any"}, {"name": "b", "type": "object"}]}
    item = PublishedFile("t/csv", "t", "csv", "T", "", path, "", size, "0" * 64, "text/csv", rows=1, schema=schema)
    DataStore(action, ValueError).load("r", item, None)
    return asked


def test_a_cell_longer_than_pythons_reader_takes_by_itself_is_loaded(tmp_path: Path) -> None:
    limit = csv.field_size_limit(131_072)
    try:
        asked = loaded(tmp_path / "t.csv", f"a,b\n{'x' * 200_000},\n")
    finally:
        csv.field_size_limit(limit)
    assert len(asked[0][1]["records"][0]["a"]) == 200_000


def test_a_table_without_a_key_is_loaded_all_the_same(tmp_path: Path) -> None:
    ((name, body),) = loaded(tmp_path / "t.csv", 'a,b\n1,"{""x"": 1}"\n')
    assert name == "datastore_create"
    assert "primary_key" not in body
    assert body["records"] == [{"a": "1", "b": {"x": 1}}]


def test_a_table_too_large_for_one_request_is_loaded_in_parts(tmp_path: Path) -> None:
    asked = loaded(tmp_path / "t.csv", "a,b\n" + "1,\n" * 7_000, size=8_000_001)
    assert [(name, len(body.get("records", ()))) for name, body in asked] == [
        ("datastore_create", 0),
        ("datastore_upsert", 5_000),
        ("datastore_upsert", 2_000),
    ]


def test_a_large_table_is_renewed_where_it_is_and_never_without_a_row_that_stays(
    project: Project, ckan: Served, renew: Renew, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datastore, "AT_ONCE", 0)
    monkeypatch.setattr(datastore, "BATCH", 2)
    monkeypatch.setattr(datastore, "PAGE", 3)
    portal = a_portal(project, "ckan", ckan.address)
    pushed(project, portal, TOKEN)
    table = resources(ckan)["prix/csv"]["id"]
    assert [row["prix_id"] for row in ckan.portal.tables[table]["records"]] == ["p1", "p2", "p3"]
    seen: list[set[str]] = []

    def watched(asked: Asked, told: Told) -> Told:
        seen.append({row["prix_id"] for row in ckan.portal.tables[table]["records"]})
        return told

    ckan.after = watched
    renew()
    release(project, CHANGED[1:])
    assert pushed(project, portal, TOKEN).done == "updated"
    assert all(keys >= {"p2", "p3"} for keys in seen)
    assert [row["prix_id"] for row in ckan.portal.tables[table]["records"]] == ["p2", "p3", "p4"]
    assert ckan.writes.count("POST /api/3/action/datastore_create") == 2, "those of the first push"
    ckan.after = lambda asked, told: told
    assert written_by_the_second_of_two_pushes(project, portal, TOKEN, ckan) == []


def test_a_large_table_whose_columns_differ_is_renewed_where_it_is(
    project: Project, ckan: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A column comes, one goes, one is called otherwise: no row ever misses, nor a value of a column that stays."""
    monkeypatch.setattr(datastore, "AT_ONCE", 0)
    monkeypatch.setattr(datastore, "BATCH", 2)
    portal = a_portal(project, "ckan", ckan.address)
    pushed(project, portal, TOKEN)
    table = resources(ckan)["prix/csv"]["id"]
    seen: list[dict[str, str]] = []

    def watched(asked: Asked, told: Told) -> Told:
        seen.append({row["prix_id"]: row["nom"] for row in ckan.portal.tables[table]["records"]})
        return told

    ckan.after = watched
    document = prizes_schema()
    document["fields"] = [item for item in document["fields"] if item["name"] != "niveau"]
    document["fields"].insert(1, field("pays"))
    document["fields"][2] = {**document["fields"][2], "title": "Millésime"}
    rows = [{name: value for name, value in row.items() if name != "niveau"} | {"pays": "FR"} for row in PRIZES]
    publish(a_request(rows, prix=document), project.releases, key=None)
    assert pushed(project, portal, TOKEN).done == "updated"
    assert all(set(names) == {"p1", "p2", "p3"} and all(names.values()) for names in seen)
    there = ckan.portal.tables[table]
    assert {item["id"]: item["info"]["label"] for item in there["fields"]} == {
        item["name"]: item["title"] for item in document["fields"]
    }
    assert [row["pays"] for row in there["records"]] == ["FR", "FR", "FR"]
    ckan.after = lambda asked, told: told
    assert written_by_the_second_of_two_pushes(project, portal, TOKEN, ckan) == []


def test_a_large_table_of_which_a_column_has_another_type_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    schema = {"fields": [{"name": "a", "type": "string"}, {"name": "b", "type": "integer"}], "primaryKey": "a"}
    item = PublishedFile("t/csv", "t", "csv", "T", "", path, "", 9_000_000, "0" * 64, "text/csv", rows=1, schema=schema)
    asked: list[str] = []

    def action(name: str, body: dict[str, Any], *, reads: bool = False) -> Reply:
        asked.append(name)
        return Reply(200, {"result": {"records": []}}, "")

    store = DataStore(action, ValueError)
    before = store.wanted(item)
    store.load("r", item, {**before, "fields": [["a", "text", "a", ""], ["b", "text", "b", ""]]})
    assert asked == ["datastore_delete", "datastore_create", "datastore_upsert"]
    asked.clear()
    store.load("r", item, {**before, "fields": [["a", "text", "a", ""], ["c", "text", "c", ""]]})
    assert asked == ["datastore_create", "datastore_upsert", "datastore_search", "datastore_create"]


def test_a_large_table_whose_key_may_come_back_in_another_form_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("jour\n2026-01-02\n", encoding="utf-8")
    schema = {"fields": [{"name": "jour", "type": "date"}], "primaryKey": ["jour"]}
    item = PublishedFile("t/csv", "t", "csv", "T", "", path, "", 9_000_000, "0" * 64, "text/csv", rows=1, schema=schema)
    asked: list[str] = []

    def action(name: str, body: dict[str, Any], *, reads: bool = False) -> Reply:
        asked.append(name)
        return Reply(200, {"result": {}}, "")

    store = DataStore(action, ValueError)
    store.load("r", item, store.wanted(item))
    assert asked == ["datastore_delete", "datastore_create", "datastore_upsert"]
