"""What a push does to CKAN."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from pipelines.core.project import Project
from pipelines.portals.client import Reply
from pipelines.portals.datastore import DataStore
from pipelines.portals.errors import (
    Ambiguous,
    ChangedMeanwhile,
    NewerThere,
    NotAsPushed,
    PortalRefused,
    PortalUnreachable,
    TokenRefused,
)
from pipelines.portals.offers import OfferedFile
from pipelines.releases.store import ReleaseStore
from tests.portals.builders import Renew, a_portal, looked, pushed, written_by_the_second_of_two_pushes
from tests.portals.fake_ckan import TOKEN, failed
from tests.portals.server import Asked, Served, Told
from tests.releases.builders import PRIZES


def dataset(ckan: Served) -> dict[str, object]:
    return ckan.portal.datasets["prix"]


def resources(ckan: Served) -> dict[str, dict[str, object]]:
    return {item["arobase_key"]: item for item in ckan.portal.datasets["prix"]["resources"] if "arobase_key" in item}


def test_a_package_becomes_a_dataset_with_its_files(project: Project, ckan: Served) -> None:
    outcome = pushed(project, a_portal(project, "ckan", ckan.address, organization="mairie-inventee"), TOKEN)
    assert (outcome.done, outcome.version, outcome.page) == ("created", "1.0.0", f"{ckan.address}dataset/prix")
    assert dataset(ckan)["version"] == "1.0.0"
    assert dataset(ckan)["organization"] == {"name": "mairie-inventee"}
    assert set(resources(ckan)) == {
        *(f"{table}/{form}" for table in ("editions", "prix") for form in ("csv", "parquet", "ods")),
        "datapackage",
    }


def test_a_resource_leads_to_the_release_and_bears_its_hash(project: Project, ckan: Served) -> None:
    pushed(project, a_portal(project, "ckan", ckan.address), TOKEN)
    document = ReleaseStore.read(project.releases, "prix").path() / "data" / "datapackage.json"
    told = resources(ckan)["prix/csv"]
    assert told["url"] == "https://donnees.example.org/releases/prix/1.0.0/data/prix.csv"
    assert str(told["hash"]) in document.read_text(encoding="utf-8")


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


def test_the_same_release_pushed_twice_writes_nothing(project: Project, ckan: Served) -> None:
    portal = a_portal(project, "ckan", ckan.address)
    assert written_by_the_second_of_two_pushes(project, portal, TOKEN, ckan) == []


def test_a_new_release_updates_the_same_dataset_and_resources(project: Project, ckan: Served, renew: Renew) -> None:
    portal = a_portal(project, "ckan", ckan.address)
    pushed(project, portal, TOKEN)
    before = {key: item["id"] for key, item in resources(ckan).items()}
    renew()
    assert pushed(project, portal, TOKEN).done == "updated"
    assert {key: item["id"] for key, item in resources(ckan).items()} == before
    assert len(ckan.portal.tables[before["prix/csv"]]["records"]) == 4
    assert dataset(ckan)["version"] == "1.1.0"


def test_a_table_that_did_not_change_is_not_loaded_again(project: Project, ckan: Served, renew: Renew) -> None:
    portal = a_portal(project, "ckan", ckan.address)
    pushed(project, portal, TOKEN)
    renew()
    ckan.asked.clear()
    pushed(project, portal, TOKEN)
    assert [item for item in ckan.writes if "datastore_create" in item] == ["POST /api/3/action/datastore_create"]


def test_what_others_put_there_stays(project: Project, ckan: Served, renew: Renew) -> None:
    portal = a_portal(project, "ckan", ckan.address)
    pushed(project, portal, TOKEN)
    dataset(ckan)["resources"].append({"id": "autre", "name": "Notice d'un autre", "url": "https://example.org/"})
    dataset(ckan)["extras"].append({"key": "theme", "value": "culture"})
    renew()
    pushed(project, portal, TOKEN)
    assert [item["name"] for item in dataset(ckan)["resources"] if item["id"] == "autre"] == ["Notice d'un autre"]
    assert {"key": "theme", "value": "culture"} in dataset(ckan)["extras"]


def test_a_newer_version_is_never_overwritten(project: Project, ckan: Served) -> None:
    portal = a_portal(project, "ckan", ckan.address)
    pushed(project, portal, TOKEN)
    dataset(ckan)["version"] = "1.2.0"
    ckan.asked.clear()
    with pytest.raises(NewerThere, match=r"1\.2\.0"):
        pushed(project, portal, TOKEN)
    assert ckan.writes == []


@pytest.mark.parametrize(("field", "value"), [("version", "2.0.0"), ("metadata_modified", "2026-02-02T00:00:00")])
def test_a_change_between_look_and_write_is_not_overwritten(
    project: Project, ckan: Served, renew: Renew, field: str, value: str
) -> None:
    portal = a_portal(project, "ckan", ckan.address)
    pushed(project, portal, TOKEN)
    renew()
    revised = []

    def another_changes_it(asked: Asked) -> Told | None:
        if asked.path.endswith("package_revise") and not revised:
            revised.append(asked)
            dataset(ckan)[field] = value
        return None

    ckan.before = another_changes_it
    with pytest.raises(ChangedMeanwhile, match=field):
        pushed(project, portal, TOKEN)
    assert dataset(ckan)[field] == value
    assert "/1.0.0/" in str(resources(ckan)["prix/csv"]["url"])


def test_a_dataset_made_by_another_in_between_is_left_alone(project: Project, ckan: Served) -> None:
    def another_creates(asked: Asked) -> Told | None:
        if asked.path.endswith("package_create"):
            return failed(409, {"__type": "Validation Error", "name": ["That URL is already in use."]})
        return None

    ckan.before = another_creates
    with pytest.raises(ChangedMeanwhile):
        pushed(project, a_portal(project, "ckan", ckan.address), TOKEN)


def test_rows_are_not_loaded_into_a_version_that_is_no_longer_ours(project: Project, ckan: Served) -> None:
    def another_pushes(asked: Asked, told: Told) -> Told:
        if asked.path.endswith("package_create"):
            dataset(ckan)["version"] = "9.0.0"
        return told

    ckan.after = another_pushes
    with pytest.raises(ChangedMeanwhile):
        pushed(project, a_portal(project, "ckan", ckan.address), TOKEN)
    assert ckan.portal.tables == {}


def test_a_resource_that_vanished_during_the_push_is_told(project: Project, ckan: Served) -> None:
    def another_deletes(asked: Asked, told: Told) -> Told:
        if asked.path.endswith("package_create"):
            dataset(ckan)["resources"].clear()
        return told

    ckan.after = another_deletes
    with pytest.raises(ChangedMeanwhile, match="editions/csv"):
        pushed(project, a_portal(project, "ckan", ckan.address), TOKEN)


@pytest.mark.parametrize("cut_at", range(1, 6))
def test_a_push_cut_after_any_write_is_resumed_and_doubles_nothing(project: Project, ckan: Served, cut_at: int) -> None:
    portal, written = a_portal(project, "ckan", ckan.address), [0]

    def cut(asked: Asked, told: Told) -> Told:
        written[0] += asked.writes
        return Told(0, cut=True) if asked.writes and written[0] == cut_at else told

    ckan.after = cut
    with pytest.raises(PortalUnreachable):
        pushed(project, portal, TOKEN)
    ckan.after = lambda asked, told: told
    assert pushed(project, portal, TOKEN).done in ("updated", "unchanged")
    assert len(ckan.portal.datasets) == 1
    assert len(dataset(ckan)["resources"]) == 7
    assert [len(table["records"]) for table in ckan.portal.tables.values()] == [2, 3]
    assert looked(project, portal, TOKEN).differences == ()


def test_drift_is_named_and_removed(project: Project, ckan: Served) -> None:
    portal = a_portal(project, "ckan", ckan.address)
    pushed(project, portal, TOKEN)
    dataset(ckan)["title"] = "Autre titre"
    ckan.portal.tables[resources(ckan)["prix/csv"]["id"]]["records"].pop()
    told = [item.told() for item in looked(project, portal, TOKEN).differences]
    assert told == ["jeu.title: Autre titre → Prix inventés", "prix/csv/datastore.rows: 2 → 3"]
    assert pushed(project, portal, TOKEN).done == "updated"
    assert looked(project, portal, TOKEN).differences == ()


def test_a_doubled_resource_of_ours_goes(project: Project, ckan: Served) -> None:
    portal = a_portal(project, "ckan", ckan.address)
    pushed(project, portal, TOKEN)
    dataset(ckan)["resources"].append({**resources(ckan)["prix/csv"], "id": "double"})
    (difference,) = looked(project, portal, TOKEN).differences
    assert (difference.told(), difference.told("en")) == ("ressource double: double → —", "resource double: double → —")
    pushed(project, portal, TOKEN)
    assert len(dataset(ckan)["resources"]) == 7


def test_a_dataset_of_this_name_that_is_not_ours_is_not_touched(project: Project, ckan: Served) -> None:
    theirs = {"id": "x", "name": "prix", "metadata_modified": "2026-01-02", "extras": [], "resources": []}
    ckan.portal.datasets["prix"] = theirs
    with pytest.raises(Ambiguous, match="prefix"):
        pushed(project, a_portal(project, "ckan", ckan.address), TOKEN)
    assert ckan.writes == []
    assert pushed(project, a_portal(project, "ckan", ckan.address, prefix="arobase-"), TOKEN).done == "created"


def test_a_portal_without_datastore_gets_no_rows(project: Project, ckan: Served) -> None:
    pushed(project, a_portal(project, "ckan", ckan.address, datastore=False), TOKEN)
    assert ckan.portal.tables == {}


def test_what_the_portal_drops_is_told(project: Project, ckan: Served) -> None:
    def forgetful(asked: Asked, told: Told) -> Told:
        for item in ckan.portal.datasets.values():
            item["license_id"] = ""
        return told

    ckan.after = forgetful
    with pytest.raises(NotAsPushed, match=r"dataset\.license_id"):
        pushed(project, a_portal(project, "ckan", ckan.address), TOKEN)


@pytest.mark.parametrize("action", ["package_show", "package_create", "datastore_search", "datastore_create"])
def test_a_refusal_of_the_portal_is_shown_in_its_words(project: Project, ckan: Served, action: str) -> None:
    said = failed(409, {"__type": "Validation Error", "title": ["Trop long"]})
    ckan.before = lambda asked: said if asked.path.endswith(action) else None
    with pytest.raises(PortalRefused, match="Trop long"):
        pushed(project, a_portal(project, "ckan", ckan.address), TOKEN)


def test_a_refused_revision_is_shown(project: Project, ckan: Served, renew: Renew) -> None:
    portal = a_portal(project, "ckan", ckan.address)
    pushed(project, portal, TOKEN)
    renew()
    said = failed(409, {"__type": "Validation Error", "title": ["Trop long"]})
    ckan.before = lambda asked: said if asked.path.endswith("package_revise") else None
    with pytest.raises(PortalRefused, match="Trop long"):
        pushed(project, portal, TOKEN)


def test_a_wrong_token_is_named_by_its_variable_and_never_shown(project: Project, ckan: Served) -> None:
    with pytest.raises(TokenRefused) as caught:
        pushed(project, a_portal(project, "ckan", ckan.address), "mauvais-jeton")
    assert "JETON_DU_PORTAIL" in str(caught.value)
    assert "mauvais-jeton" not in str(caught.value)


def loaded(path: Path, text: str, size: int = 1) -> list[tuple[str, dict[str, Any]]]:
    """What is asked of the DataStore to load a table of two columns, `a` and `b`, the second of objects."""
    asked: list[tuple[str, dict[str, Any]]] = []

    def action(name: str, body: dict[str, Any], *, reads: bool = False) -> Reply:
        asked.append((name, body))
        return Reply(200, {"result": {}}, "")

    path.write_text(text, encoding="utf-8")
    schema = {"fields": [{"name": "a", "type": "any"}, {"name": "b", "type": "object"}]}
    item = OfferedFile("t/csv", "t", "csv", "T", "", path, "", size, "0" * 64, "text/csv", rows=1, schema=schema)
    DataStore(action, ValueError).load("r", item, empty=True)
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


def test_a_first_push_is_shown_to_the_public_once_its_tables_are_whole(project: Project, ckan: Served) -> None:
    seen: list[tuple[bool, object, int]] = []

    def watched(asked: Asked, told: Told) -> Told:
        if asked.writes:
            raw = ckan.portal.datasets["prix"]
            seen.append((raw.get("private", False), raw.get("version"), len(ckan.portal.tables)))
        return told

    ckan.after = watched
    assert pushed(project, a_portal(project, "ckan", ckan.address, organization="mairie"), TOKEN).done == "created"
    assert {state for state in seen if not state[0]} == {(False, "1.0.0", 2)}
    assert seen[0] == (True, None, 0)
    assert len([state for state in seen if not state[0]]) == 1


def test_a_first_push_that_was_cut_stays_private_until_the_next_ends_it(project: Project, ckan: Served) -> None:
    portal = a_portal(project, "ckan", ckan.address, organization="mairie")
    ckan.before = lambda asked: Told(0, cut=True) if asked.path.endswith("datastore_create") else None
    with pytest.raises(PortalUnreachable):
        pushed(project, portal, TOKEN)
    assert (dataset(ckan)["private"], dataset(ckan).get("version")) == (True, None)
    ckan.before = lambda asked: None
    ckan.portal.datasets["prix"]["title"] = "Autre titre"
    assert pushed(project, portal, TOKEN).done == "updated"
    assert (dataset(ckan)["private"], dataset(ckan)["version"]) == (False, "1.0.0")


def test_a_dataset_that_a_person_made_private_stays_so(project: Project, ckan: Served, renew: Renew) -> None:
    portal = a_portal(project, "ckan", ckan.address, organization="mairie")
    pushed(project, portal, TOKEN)
    ckan.portal.datasets["prix"]["private"] = True
    renew()
    assert pushed(project, portal, TOKEN).done == "updated"
    assert (dataset(ckan)["private"], dataset(ckan)["version"]) == (True, "1.1.0")


def test_fields_that_people_keep_are_sent_once_and_left_alone(project: Project, ckan: Served, renew: Renew) -> None:
    portal = a_portal(project, "ckan", ckan.address, keep=["title", "tags"])
    pushed(project, portal, TOKEN)
    (raw,) = ckan.portal.datasets.values()
    raw |= {"title": "Un titre choisi", "tags": [{"name": "choisi"}]}
    renew()
    assert pushed(project, portal, TOKEN).done == "updated"
    (after,) = ckan.portal.datasets.values()
    assert (after["title"], [item["name"] for item in after["tags"]]) == ("Un titre choisi", ["choisi"])
    assert looked(project, portal, TOKEN).differences == ()
