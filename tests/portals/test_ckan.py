"""What a push does to CKAN."""

from __future__ import annotations

import pytest

from pipelines.core.project import Project
from pipelines.portals.errors import (
    Ambiguous,
    ChangedMeanwhile,
    NewerThere,
    NotAsPushed,
    PortalRefused,
    PortalUnreachable,
    TokenRefused,
)
from pipelines.releases.store import ReleaseStore
from tests.portals.builders import (
    Renew,
    a_portal,
    looked,
    pushed,
    written_by_the_second_of_two_pushes,
)
from tests.portals.fake_ckan import TOKEN, dataset, failed, resources
from tests.portals.server import Asked, Served, Told


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
    told = [item.message() for item in looked(project, portal, TOKEN).differences]
    assert told == ["jeu.title: Autre titre → Prix inventés", "prix/csv/datastore.rows: 2 → 3"]
    assert pushed(project, portal, TOKEN).done == "updated"
    assert looked(project, portal, TOKEN).differences == ()


def test_a_doubled_resource_of_ours_goes(project: Project, ckan: Served) -> None:
    portal = a_portal(project, "ckan", ckan.address)
    pushed(project, portal, TOKEN)
    dataset(ckan)["resources"].append({**resources(ckan)["prix/csv"], "id": "double"})
    (difference,) = looked(project, portal, TOKEN).differences
    assert (difference.message(), difference.message("en")) == (
        "ressource double: double → —",
        "resource double: double → —",
    )
    pushed(project, portal, TOKEN)
    assert len(dataset(ckan)["resources"]) == 7


def test_a_dataset_of_this_name_that_is_not_ours_is_not_touched(project: Project, ckan: Served) -> None:
    theirs = {"id": "x", "name": "prix", "metadata_modified": "2026-01-02", "extras": [], "resources": []}
    ckan.portal.datasets["prix"] = theirs
    with pytest.raises(Ambiguous, match="prefix"):
        pushed(project, a_portal(project, "ckan", ckan.address), TOKEN)
    assert ckan.writes == []
    assert pushed(project, a_portal(project, "ckan", ckan.address, prefix="arobase-"), TOKEN).done == "created"


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
