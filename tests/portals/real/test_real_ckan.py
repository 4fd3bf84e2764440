"""Pushed to the real CKAN 2.12 and harvested by it: what is promised of CKAN, read back through its own API.

Everything is CKAN's own code but the search index, which is stood in for. `make test-portals` installs and runs it.
"""

from __future__ import annotations

import html
import json
import re
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import requests

from pipelines.catalogue import write_catalogue
from pipelines.core.project import Project
from pipelines.portals import Portal, datastore
from pipelines.portals.ckan import Ckan
from pipelines.portals.client import PortalClient
from pipelines.portals.errors import ChangedMeanwhile, NewerThere
from pipelines.portals.publications import make_publication
from pipelines.portals.pushing import Outcome
from tests.portals.builders import CHANGED, NOW, a_portal, a_project, looked, pushed, release
from tests.portals.real.ckan_server import RunningCkan, running_ckan
from tests.portals.real.running import PATIENCE, hosting
from tests.releases.builders import PRIZES

pytestmark = pytest.mark.heavy
ORGANISATION = "mairie-inventee"


@dataclass
class Journey:
    """What happened, step by step."""

    ckan: RunningCkan
    project: Project
    portal: Portal
    pushes: list[Outcome] = field(default_factory=list)
    datasets: list[dict[str, Any]] = field(default_factory=list)
    rows: list[list[dict[str, Any]]] = field(default_factory=list)
    jobs: list[dict[str, int]] = field(default_factory=list)
    harvests: list[list[dict[str, Any]]] = field(default_factory=list)

    def action(self, name: str, /, **body: Any) -> Any:
        address = f"{self.ckan.address}api/3/action/{name}"
        answer = requests.post(address, json=body, headers={"Authorization": self.ckan.token}, timeout=120)
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]

    def push(self) -> None:
        self.pushes.append(pushed(self.project, self.portal, self.ckan.token))
        self.datasets.append(self.action("package_show", id="prix"))
        identifier = resources(self.datasets[-1])["prix/csv"]["id"]
        self.rows.append(self.action("datastore_search", resource_id=identifier, sort="prix_id")["records"])

    def harvest(self) -> None:
        """Harvest our catalogue; every dataset that CKAN has from there, after it."""
        source = self.action("harvest_source_show", id="arobase")["id"]
        job = self.action("harvest_job_create", source_id=source, run=True)["id"]
        end = time.monotonic() + PATIENCE
        while True:
            self.action("harvest_jobs_run", source_id=source)
            told = self.action("harvest_job_show", id=job)
            if told["status"] == "Finished":
                break
            assert time.monotonic() < end, told
            time.sleep(0.5)
        assert told["stats"]["errored"] == 0, told
        self.jobs.append(told["stats"])
        found = self.action("package_search", q="*:*", rows=100)["results"]
        self.harvests.append(sorted((item for item in found if item["name"] != "prix"), key=lambda item: item["id"]))

    def announce(self) -> None:
        write_catalogue(self.project.releases, self.project.catalogue, base_url=self.portal.base)


@pytest.fixture(scope="module")
def journey() -> Iterator[Journey]:
    """Push, push again, change, push, push again; harvest, harvest again; change, push, harvest."""
    # Not under pytest's own folder, which PostgreSQL's user may not enter.
    with tempfile.TemporaryDirectory(prefix="arobase-ckan-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield from _travelled(folder)


def _travelled(folder: Path) -> Iterator[Journey]:
    project = a_project(folder)
    write_catalogue(project.releases, project.catalogue)
    licences = project.catalogue / "ckan-licences.json"
    with hosting(project.outputs) as base, running_ckan(folder, licences=licences) as ckan:
        portal = a_portal(project, "ckan", ckan.address, base=base, organization=ORGANISATION)
        made = Journey(ckan, project, portal)
        made.action("organization_create", name=ORGANISATION, title="Mairie inventée")
        made.announce()
        made.push()
        made.push()
        release(project, CHANGED)
        made.announce()
        made.push()
        made.push()
        address = f"{base}catalogue/catalog-ckan.jsonld"
        config = json.dumps({"rdf_format": "json-ld"})
        told = {"source_type": "dcat_rdf", "frequency": "MANUAL", "config": config, "owner_org": ORGANISATION}
        made.action("harvest_source_create", name="arobase", title="Arobase", url=address, **told)
        made.harvest()
        made.harvest()
        release(project, CHANGED[:-1])
        made.announce()
        with mock.patch.object(datastore, "AT_ONCE", 0):  # as a table of more than 8 MB is renewed
            made.push()
        made.harvest()
        yield made


def resources(dataset: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {item["arobase_key"]: item for item in dataset["resources"]}


def test_the_first_push_creates_and_the_same_again_changes_nothing(journey: Journey) -> None:
    assert [item.done for item in journey.pushes[:4]] == ["created", "unchanged", "updated", "unchanged"]
    assert journey.datasets[0] == journey.datasets[1]
    assert journey.datasets[2] == journey.datasets[3]


def test_a_new_release_keeps_the_dataset_and_its_resources(journey: Journey) -> None:
    before, after = journey.datasets[0], journey.datasets[2]
    assert (before["id"], before["version"], after["version"]) == (after["id"], "1.0.0", "1.1.0")
    kept = {key: item["id"] for key, item in resources(before).items()}
    assert {key: item["id"] for key, item in resources(after).items()} == kept


def test_the_datastore_holds_the_released_rows_with_their_types(journey: Journey) -> None:
    assert [row["nom"] for row in journey.rows[0]] == [row["nom"] for row in PRIZES]
    assert [row["nom"] for row in journey.rows[2]] == [row["nom"] for row in CHANGED]
    assert [row["nom"] for row in journey.rows[4]] == [row["nom"] for row in CHANGED[:-1]], "renewed where it was"
    first = journey.rows[2][0]
    assert (first["annee"], first["arobases"], float(first["part"])) == (2024, 4, 0.5)


def test_nothing_differs_after_a_push(journey: Journey) -> None:
    assert looked(journey.project, journey.portal, journey.ckan.token).differences == ()


def test_drift_is_named_and_removed(journey: Journey) -> None:
    journey.action("package_patch", id="prix", title="Autre titre")
    told = [item.message() for item in looked(journey.project, journey.portal, journey.ckan.token).differences]
    assert told == ["jeu.title: Autre titre → Prix inventés"]
    assert pushed(journey.project, journey.portal, journey.ckan.token).done == "updated"


def test_a_version_that_appears_between_look_and_write_is_not_overwritten(journey: Journey) -> None:
    publication = make_publication(journey.project, journey.portal, "prix")
    log = journey.project.outputs / "log.jsonl"
    dialect = Ckan(PortalClient(journey.portal, "Authorization", journey.ckan.token, log, lambda: NOW))
    journey.action("package_patch", id="prix", title="Autre titre")
    found = dialect.read(publication, dialect.wanted(publication))
    journey.action("package_patch", id="prix", version="9.0.0")
    with pytest.raises(ChangedMeanwhile, match="version"):
        dialect.write(publication, found, dialect.wanted(publication), pushed_changes(journey))
    with pytest.raises(NewerThere):
        pushed(journey.project, journey.portal, journey.ckan.token)
    assert journey.action("package_show", id="prix")["version"] == "9.0.0"
    journey.action("package_patch", id="prix", version=publication.version)
    assert pushed(journey.project, journey.portal, journey.ckan.token).done == "updated"


def pushed_changes(journey: Journey) -> Any:
    return looked(journey.project, journey.portal, journey.ckan.token).differences


def test_our_catalogue_is_harvested(journey: Journey) -> None:
    (dataset,) = journey.harvests[0]
    assert dataset["title"] == "Prix inventés"
    assert {item["url"].rsplit("/", maxsplit=1)[-1] for item in dataset["resources"]} >= {"prix.csv", "prix.parquet"}


def test_harvesting_twice_changes_nothing(journey: Journey) -> None:
    first, second, _ = journey.harvests
    assert [without_dates(item) for item in first] == [without_dates(item) for item in second]


def test_harvesting_a_new_version_changes_the_same_dataset(journey: Journey) -> None:
    (before,), (after,) = journey.harvests[1:]
    assert (after["id"], after["name"]) == (before["id"], before["name"])
    assert (before["version"], after["version"]) == ("1.1.0", "1.1.1")
    assert len(after["resources"]) == len(before["resources"])
    kept = [{item["url"]: item["id"] for item in told["resources"]} for told in (before, after)]
    assert kept[0] == kept[1]
    assert all("/prix/latest/" in url for url in kept[0])


@pytest.mark.parametrize("way", ["pushed", "harvested"])
def test_what_people_see_in_ckans_own_pages_is_right(journey: Journey, way: str) -> None:
    name = "prix" if way == "pushed" else journey.harvests[0][0]["name"]
    page = html.unescape(requests.get(f"{journey.ckan.address}dataset/{name}", timeout=60).text)
    assert "Prix inventés" in page
    assert "Invented prizes" not in page
    assert "publications.europa.eu/resource/authority/file-type" not in page
    labels = set(re.findall(r'data-format="([^"]+)"', page))
    assert {"csv", "parquet"} <= labels
    assert not [label for label in labels if "/" in label or ":" in label]
    assert "Licence Ouverte 2.0" in page
    tags = re.findall(r'<a class="tag"[^>]*>\s*([^<]+?)\s*</a>', page)
    assert tags == ["prix"]
    identifier = next(
        item["id"] for item in journey.action("package_show", id=name)["resources"] if "CSV" in item["name"]
    )
    resource = html.unescape(
        requests.get(f"{journey.ckan.address}dataset/{name}/resource/{identifier}", timeout=60).text
    )
    assert "/catalogue/prix/schemas/" in resource


def test_no_harvest_adds_a_dataset_after_the_first(journey: Journey) -> None:
    assert [job["added"] for job in journey.jobs] == [1, 0, 0]
    assert [job["deleted"] for job in journey.jobs] == [0, 0, 0]


def without_dates(dataset: dict[str, Any]) -> dict[str, Any]:
    """A harvested dataset but for the moment and the number of the harvest itself; CKAN gives extras in any order."""
    moving = ("metadata_modified", "harvest_object_id")
    told = [item for item in dataset["extras"] if item["key"] not in moving]
    extras = sorted(told, key=lambda item: str(item["key"]))
    keeps = ("metadata_modified", "created", "position")
    kept = [{key: value for key, value in item.items() if key not in keeps} for item in dataset["resources"]]
    return {**dataset, "metadata_modified": "", "extras": extras, "resources": kept}


def test_the_token_is_nowhere_in_what_a_push_leaves(journey: Journey) -> None:
    left = [path.read_bytes() for path in journey.project.outputs.rglob("*") if path.is_file()]
    assert not [content for content in left if journey.ckan.token.encode() in content]
