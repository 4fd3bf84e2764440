"""What a push does to data.gouv.fr."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pipelines.core.project import Project
from pipelines.portals.errors import (
    Ambiguous,
    NewerThere,
    PortalAnswerWrong,
    PortalError,
    PortalRefused,
    PortalUnreachable,
)
from pipelines.releases.store import ReleaseStore
from tests.portals.builders import Renew, a_portal, looked, pushed, written_by_the_second_of_two_pushes
from tests.portals.fake_datagouv import TOKEN, FakeDatagouv
from tests.portals.server import Asked, Served, Told, served


@pytest.fixture
def datagouv() -> Iterator[Served]:
    with served(FakeDatagouv()) as holder:
        yield holder


def dataset(datagouv: Served) -> dict[str, Any]:
    (only,) = datagouv.portal.datasets.values()
    return dict(only)


def resources(datagouv: Served) -> dict[str, dict[str, Any]]:
    return {item["extras"]["arobase:key"]: item for item in dataset(datagouv)["resources"]}


def test_a_package_becomes_a_dataset_in_the_portals_words(project: Project, datagouv: Served) -> None:
    spatial = {"zones": ["country:fr"], "granularity": "country"}
    outcome = pushed(project, a_portal(project, "datagouv", datagouv.address, spatial=spatial), TOKEN)
    told = dataset(datagouv)
    assert (outcome.done, outcome.quality) == ("created", {"score": 1})
    assert (told["license"], told["frequency"], told["spatial"]) == ("lov2", "annual", spatial)
    assert told["temporal_coverage"] == {"start": "2024-01-01", "end": "2025-12-31"}
    assert told["extras"]["arobase:version"] == "1.0.0"


def test_csv_files_are_hosted_byte_for_byte(project: Project, datagouv: Served) -> None:
    pushed(project, a_portal(project, "datagouv", datagouv.address), TOKEN)
    hosted = resources(datagouv)["prix/csv"]
    path = ReleaseStore.read(project.releases, "prix").path() / "data" / "prix.csv"
    assert hosted["filetype"] == "file"
    assert datagouv.portal.files[hosted["url"]] == path.read_bytes()


def test_parquet_files_are_remote_with_their_sha256(project: Project, datagouv: Served) -> None:
    pushed(project, a_portal(project, "datagouv", datagouv.address), TOKEN)
    told = resources(datagouv)["prix/parquet"]
    assert (told["filetype"], told["checksum"]["type"]) == ("remote", "sha256")
    assert told["url"] == "https://donnees.example.org/releases/prix/1.0.0/data/prix.parquet"


def test_each_table_names_its_schema_and_the_package_is_documented(project: Project, datagouv: Served) -> None:
    pushed(project, a_portal(project, "datagouv", datagouv.address), TOKEN)
    told = resources(datagouv)
    assert told["prix/csv"]["schema"]["name"] == "prix/prix"
    assert told["prix/csv"]["schema"]["url"].startswith("https://donnees.example.org/catalogue/prix/schemas/")
    assert told["datapackage"]["type"] == "documentation"
    assert all(item["description"] for item in told.values())


def test_the_same_release_pushed_twice_writes_nothing(project: Project, datagouv: Served) -> None:
    portal = a_portal(project, "datagouv", datagouv.address)
    assert written_by_the_second_of_two_pushes(project, portal, TOKEN, datagouv) == []


def test_a_new_release_replaces_files_in_place(project: Project, datagouv: Served, renew: Renew) -> None:
    portal = a_portal(project, "datagouv", datagouv.address)
    pushed(project, portal, TOKEN)
    before = resources(datagouv)["prix/csv"].copy()
    renew()
    assert pushed(project, portal, TOKEN).done == "updated"
    after = resources(datagouv)["prix/csv"]
    assert (after["id"], after["latest"], after["title"]) == (before["id"], before["latest"], before["title"])
    assert after["url"] != before["url"]
    assert b"Autre-Exemple" in datagouv.portal.files[after["url"]]


def test_a_file_that_did_not_change_is_not_sent_again(project: Project, datagouv: Served, renew: Renew) -> None:
    portal = a_portal(project, "datagouv", datagouv.address)
    pushed(project, portal, TOKEN)
    datagouv.asked.clear()
    renew()
    pushed(project, portal, TOKEN)
    assert len([item for item in datagouv.writes if item.endswith("upload/")]) == 1


def test_what_others_put_there_stays(project: Project, datagouv: Served, renew: Renew) -> None:
    portal = a_portal(project, "datagouv", datagouv.address)
    pushed(project, portal, TOKEN)
    (raw,) = datagouv.portal.datasets.values()
    raw["extras"]["recommandation"] = "oui"
    raw["resources"].append({"id": "autre", "title": "Notice d'un autre", "extras": {}, "filetype": "remote"})
    resources_before = next(item for item in raw["resources"] if item["extras"].get("arobase:key") == "prix/csv")
    resources_before["extras"]["analysis:parsing"] = "vue"
    renew()
    pushed(project, portal, TOKEN)
    assert raw["extras"]["recommandation"] == "oui"
    assert [item["title"] for item in raw["resources"] if item["id"] == "autre"] == ["Notice d'un autre"]
    assert resources_before["extras"]["analysis:parsing"] == "vue"


@pytest.mark.parametrize("kind", ["remote", "file"])
@pytest.mark.parametrize("is_ours_there", [True, False])
def test_another_resource_of_the_name_of_a_file_of_ours_stays(
    project: Project, datagouv: Served, kind: str, is_ours_there: bool
) -> None:
    portal = a_portal(project, "datagouv", datagouv.address)
    pushed(project, portal, TOKEN)
    (raw,) = datagouv.portal.datasets.values()
    if not is_ours_there:
        raw["resources"].remove(resources(datagouv)["prix/csv"])
    other = {"id": "autre", "title": "prix_prix.csv", "extras": {}, "filetype": kind, "description": "Un autre fichier"}
    raw["resources"].append(dict(other))
    pushed(project, portal, TOKEN)
    assert [item for item in raw["resources"] if item["id"] == "autre"] == [other]
    assert looked(project, portal, TOKEN).differences == ()


def test_of_two_files_that_nobody_described_one_is_taken_and_none_deleted(project: Project, datagouv: Served) -> None:
    portal = a_portal(project, "datagouv", datagouv.address)
    pushed(project, portal, TOKEN)
    (raw,) = datagouv.portal.datasets.values()
    raw["resources"].remove(resources(datagouv)["prix/csv"])
    for name in ("1", "2"):
        raw["resources"].append({"id": name, "title": "prix-prix.csv", "extras": {}, "filetype": "file"})
    pushed(project, portal, TOKEN)
    assert sorted(item["id"] for item in raw["resources"] if len(item["id"]) == 1) == ["1", "2"]
    assert resources_by_title(raw) == {"prix-prix.csv": "2", "Prix (CSV)": "1"}


def resources_by_title(raw: dict[str, Any]) -> dict[str, str]:
    return {item["title"]: item["id"] for item in raw["resources"] if len(item["id"]) == 1}


def test_a_newer_version_is_never_overwritten(project: Project, datagouv: Served) -> None:
    portal = a_portal(project, "datagouv", datagouv.address)
    pushed(project, portal, TOKEN)
    dataset(datagouv)["extras"]["arobase:version"] = "3.0.0"
    datagouv.asked.clear()
    with pytest.raises(NewerThere):
        pushed(project, portal, TOKEN)
    assert datagouv.writes == []


@pytest.mark.parametrize("cut_at", range(1, 9))
def test_a_push_cut_after_any_write_is_resumed_and_doubles_nothing(
    project: Project, datagouv: Served, cut_at: int
) -> None:
    portal, written = a_portal(project, "datagouv", datagouv.address), [0]

    def cut(asked: Asked, told: Told) -> Told:
        written[0] += asked.writes
        # What a PUT asks is harmless to ask again, so that only a lasting failure ends the push there.
        return Told(0, cut=True) if asked.writes and written[0] >= cut_at else told

    datagouv.after = cut
    with pytest.raises(PortalUnreachable):
        pushed(project, portal, TOKEN)
    datagouv.after = lambda asked, told: told
    assert pushed(project, portal, TOKEN).done in ("updated", "unchanged")
    assert len(dataset(datagouv)["resources"]) == 7
    assert looked(project, portal, TOKEN).differences == ()


def test_drift_is_named_and_removed(project: Project, datagouv: Served) -> None:
    portal = a_portal(project, "datagouv", datagouv.address)
    pushed(project, portal, TOKEN)
    (raw,) = datagouv.portal.datasets.values()
    raw["license"] = "notspecified"
    resources(datagouv)["prix/parquet"]["checksum"]["value"] = "0"
    places = [item.place for item in looked(project, portal, TOKEN).differences]
    assert places == ["jeu.license", "prix/parquet.checksum"]
    assert pushed(project, portal, TOKEN).done == "updated"
    assert looked(project, portal, TOKEN).differences == ()


def test_a_remote_csv_is_made_anew_as_a_hosted_one(project: Project, datagouv: Served) -> None:
    portal = a_portal(project, "datagouv", datagouv.address)
    pushed(project, portal, TOKEN)
    resources(datagouv)["prix/csv"]["filetype"] = "remote"
    pushed(project, portal, TOKEN)
    assert resources(datagouv)["prix/csv"]["filetype"] == "file"
    assert len(dataset(datagouv)["resources"]) == 7


def test_a_resource_of_a_table_that_is_gone_goes(project: Project, datagouv: Served) -> None:
    portal = a_portal(project, "datagouv", datagouv.address)
    pushed(project, portal, TOKEN)
    (raw,) = datagouv.portal.datasets.values()
    raw["resources"].append({"id": "vieille", "extras": {"arobase:key": "disparue/csv"}, "filetype": "remote"})
    pushed(project, portal, TOKEN)
    assert len(raw["resources"]) == 7


def test_an_organisation_owns_the_dataset_and_its_list_is_read_to_the_end(project: Project, datagouv: Served) -> None:
    portal = a_portal(project, "datagouv", datagouv.address, organization="orga")
    datagouv.portal.datasets["0"] = {"id": "0", "title": "Un autre", "extras": {}, "resources": []}
    pushed(project, portal, TOKEN)
    assert pushed(project, portal, TOKEN).done == "unchanged"
    assert len(datagouv.portal.datasets) == 2
    assert list(datagouv.portal.datasets.values())[1]["organization"]["id"] == "orga"


def test_an_existing_dataset_is_taken_over_when_the_portals_file_names_it(project: Project, datagouv: Served) -> None:
    datagouv.portal.datasets["ancien"] = {"id": "ancien", "title": "À la main", "resources": [], "tags": ["x"]}
    portal = a_portal(project, "datagouv", datagouv.address, datasets={"prix": "ancien"})
    assert pushed(project, portal, TOKEN).done == "updated"
    assert dataset(datagouv)["title"] == "Prix inventés"


def test_two_datasets_that_bear_the_package_need_a_person(project: Project, datagouv: Served) -> None:
    for number in ("1", "2"):
        datagouv.portal.datasets[number] = {"id": number, "extras": {"arobase:package": "prix"}, "resources": []}
    with pytest.raises(Ambiguous, match="1, 2"):
        pushed(project, a_portal(project, "datagouv", datagouv.address), TOKEN)


def test_a_deleted_dataset_is_not_taken_for_the_package(project: Project, datagouv: Served) -> None:
    deleted = {"id": "1", "extras": {"arobase:package": "prix"}, "resources": [], "deleted": "2026-01-01"}
    datagouv.portal.datasets["1"] = deleted
    assert pushed(project, a_portal(project, "datagouv", datagouv.address), TOKEN).done == "created"


@pytest.mark.parametrize(
    ("method", "path", "document"),
    [
        ("GET", "/api/1/me/datasets/", {"data": []}),
        ("GET", "/api/1/me/datasets/", ["a"]),
        ("GET", "/api/1/organizations/orga/datasets/", {"items": []}),
        ("GET", "/api/1/organizations/orga/datasets/", [{"id": "1"}]),
        ("POST", "/api/1/datasets/", {"uuid": "1"}),
        ("POST", "/upload/", {"success": True}),
        ("PUT", "/resources/", ["a"]),
        ("GET", "/api/1/datasets/a1/", {"id": "a1", "resources": [{"title": "x"}]}),
    ],
)
def test_an_answer_of_another_shape_is_told(
    project: Project, datagouv: Served, method: str, path: str, document: Any
) -> None:
    datagouv.portal.datasets["a1"] = {"id": "a1", "title": "À la main", "extras": {}, "resources": []}
    more = {"organization": "orga"} if "organizations" in path else {}
    more |= {"datasets": {"prix": "a1"}} if "a1" in path else {}
    said = Told(200, document)
    datagouv.before = lambda asked: said if asked.method == method and path in asked.path else None
    with pytest.raises(PortalAnswerWrong, match="another shape"):
        pushed(project, a_portal(project, "datagouv", datagouv.address, **more), TOKEN)


@pytest.mark.parametrize("path", ["/api/1/me/datasets/", "/api/1/datasets/"])
def test_a_refusal_of_the_portal_is_shown_in_its_words(project: Project, datagouv: Served, path: str) -> None:
    said = Told(400, {"message": "Licence inconnue"})
    datagouv.before = lambda asked: said if asked.path == path else None
    with pytest.raises(PortalRefused, match="Licence inconnue"):
        pushed(project, a_portal(project, "datagouv", datagouv.address), TOKEN)


def test_nobody_sees_a_dataset_before_it_is_whole(project: Project, datagouv: Served) -> None:
    portal = a_portal(project, "datagouv", datagouv.address)
    seen: list[tuple[bool, int]] = []

    def watched(_: Asked, told: Told) -> Told:
        seen.extend((bool(item.get("private")), len(item["resources"])) for item in datagouv.portal.datasets.values())
        return told

    datagouv.after = watched
    pushed(project, portal, TOKEN)
    (raw,) = datagouv.portal.datasets.values()
    assert raw["private"] is False
    assert all(is_private or count == len(raw["resources"]) for is_private, count in seen)
    assert (True, 0) in seen


def test_a_first_push_that_was_cut_stays_private_until_another_ends_it(project: Project, datagouv: Served) -> None:
    portal = a_portal(project, "datagouv", datagouv.address)
    datagouv.before = lambda asked: Told(500) if asked.path.endswith("upload/") else None
    with pytest.raises(PortalError):
        pushed(project, portal, TOKEN)
    (raw,) = datagouv.portal.datasets.values()
    assert raw["private"] is True
    assert "arobase:version" not in raw["extras"]
    datagouv.before = lambda _: None
    assert pushed(project, portal, TOKEN).done == "updated"
    assert (raw["private"], raw["extras"]["arobase:version"]) == (False, "1.0.0")
    assert len(datagouv.portal.datasets) == 1


def test_a_dataset_that_a_person_made_private_stays_so(project: Project, datagouv: Served, renew: Renew) -> None:
    portal = a_portal(project, "datagouv", datagouv.address)
    pushed(project, portal, TOKEN)
    (raw,) = datagouv.portal.datasets.values()
    raw["private"] = True
    renew()
    assert pushed(project, portal, TOKEN).done == "updated"
    assert raw["private"] is True


def test_fields_that_people_keep_are_sent_once_and_left_alone(project: Project, datagouv: Served, renew: Renew) -> None:
    portal = a_portal(project, "datagouv", datagouv.address, keep=["title", "tags"])
    pushed(project, portal, TOKEN)
    (raw,) = datagouv.portal.datasets.values()
    assert raw["title"] == "Prix inventés"
    raw |= {"title": "Un titre choisi", "tags": ["choisi"], "description": "Réécrite."}
    assert [item.place for item in looked(project, portal, TOKEN).differences] == ["jeu.description"]
    renew()
    pushed(project, portal, TOKEN)
    assert (raw["title"], raw["tags"]) == ("Un titre choisi", ["choisi"])
    assert raw["description"].startswith("Un paquet inventé")
    assert looked(project, portal, TOKEN).differences == ()
