"""Pushed to the real udata 17 and harvested by it: what is promised of data.gouv.fr, read back through its own API.

Everything is udata's own code but the database server (mongomock). `make test-portals` installs it and runs this.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import requests

from pipelines.catalogue import read_publisher_settings, write_catalogue
from pipelines.core.project import Project
from pipelines.portals import Portal
from pipelines.portals.errors import NewerThere
from pipelines.portals.pushing import Outcome
from pipelines.releases.store import ReleaseStore
from tests.acceptance.builders import shipped_once
from tests.portals.builders import CHANGED, a_portal, a_project, looked, pushed, release
from tests.portals.real.running import INSTALLED, ROOT, first_line, free_port, hosting, running, wait_for_port

pytestmark = pytest.mark.heavy
QUALITY = (
    "license",
    "temporal_coverage",
    "spatial",
    "update_frequency",
    "update_fulfilled_in_time",
    "dataset_description_quality",
    "has_open_format",
    "all_resources_available",
    "resources_documentation",
)


@dataclass
class Journey:
    """What happened, step by step."""

    project: Project
    portal: Portal
    token: str
    pushes: list[Outcome] = field(default_factory=list)
    datasets: list[dict[str, Any]] = field(default_factory=list)
    harvests: list[dict[str, Any]] = field(default_factory=list)
    shipped: list[dict[str, Any]] = field(default_factory=list)
    """The catalogue that this project ships, harvested twice."""

    def push(self) -> None:
        self.pushes.append(pushed(self.project, self.portal, self.token))
        self.datasets.append(self.dataset())

    def dataset(self) -> dict[str, Any]:
        answer = requests.get(
            f"{self.portal.address}api/1/organizations/{self.portal.organization}/datasets/", timeout=60
        )
        found = [item for item in answer.json()["data"] if item["extras"].get("arobase:package") == "prix"]
        assert len(found) == 1
        whole = requests.get(f"{self.portal.address}api/1/datasets/{found[0]['id']}/", timeout=60)
        return dict(whole.json())

    def harvest(self) -> None:
        self.harvests.append(harvested(self.portal, self.portal.base))

    def announce(self) -> None:
        write_catalogue(self.project.releases, self.project.catalogue, base_url=self.portal.base)


def harvested(portal: Portal, base: str) -> dict[str, Any]:
    """Harvest the catalogue that is served at `base`; what the portal then has of it."""
    address = f"{base}catalogue/catalog-datagouv.jsonld"
    answer = requests.get(f"{portal.address}essai/moisson", params={"url": address}, timeout=300)
    return dict(answer.json())


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    """Push, push again; harvest, harvest again; change, push, push again, harvest."""
    folder = tmp_path_factory.mktemp("udata")
    project, port, python = a_project(folder), free_port(), INSTALLED / "udata" / "bin" / "python"
    project.outputs.mkdir(exist_ok=True)
    server = ROOT / "tests" / "portals" / "real" / "udata_server.py"
    with (
        hosting(project.outputs) as base,
        running([python, server, folder, port], folder / "udata.log") as log,
    ):
        told = json.loads(first_line(log))
        wait_for_port(port, log)
        spatial = {"zones": ["country:fr"], "granularity": "country"}
        portal = a_portal(
            project,
            "datagouv",
            f"http://127.0.0.1:{port}/",
            base=base,
            organization=told["organization"],
            spatial=spatial,
        )
        made = Journey(project, portal, told["token"])
        made.announce()
        made.push()
        made.push()
        made.harvest()
        made.harvest()
        release(project, CHANGED)
        made.announce()
        time.sleep(1.1)  # udata keeps an uploaded file under the second at which it came, and refuses another
        made.push()
        made.push()
        made.harvest()
        release(project, CHANGED[:-1])
        made.announce()
        made.harvest()
        time.sleep(1.1)
        made.push()
        shipped = shipped_once(tmp_path_factory).project
        with hosting(shipped.outputs) as elsewhere:
            settings = replace(read_publisher_settings(shipped), base_url=elsewhere)
            write_catalogue(shipped.releases, shipped.catalogue, settings=settings)
            made.shipped = [harvested(portal, elsewhere) for _ in range(2)]
        yield made
    shutil.rmtree(folder, ignore_errors=True)


def resources(dataset: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {item["extras"]["arobase:key"]: item for item in dataset["resources"]}


def test_the_first_push_creates_and_the_same_again_changes_nothing(journey: Journey) -> None:
    assert [item.done for item in journey.pushes[:4]] == ["created", "unchanged", "updated", "unchanged"]
    assert journey.datasets[0] == journey.datasets[1]
    assert journey.datasets[2] == journey.datasets[3]


def test_a_new_release_keeps_the_dataset_its_resources_and_their_permanent_addresses(journey: Journey) -> None:
    before, after = journey.datasets[0], journey.datasets[2]
    assert before["id"] == after["id"]
    kept = {key: (item["id"], item["latest"]) for key, item in resources(before).items()}
    assert {key: (item["id"], item["latest"]) for key, item in resources(after).items()} == kept


def test_what_the_portal_serves_is_the_released_file(journey: Journey) -> None:
    hosted = resources(journey.datasets[-1])["prix/csv"]
    released = ReleaseStore.read(journey.project.releases, "prix").path() / "data" / "prix.csv"
    stored = [item for item in (journey.project.root.parent / "fs").rglob("*.csv") if item.name in hosted["url"]]
    assert released.read_bytes() in [item.read_bytes() for item in stored]
    assert hosted["filesize"] == released.stat().st_size


def test_schemas_and_hashes_are_kept(journey: Journey) -> None:
    told = resources(journey.datasets[2])
    assert told["prix/csv"]["schema"]["name"] == "prix/prix"
    assert told["prix/parquet"]["checksum"]["type"] == "sha256"
    assert told["prix/csv"]["checksum"]["type"] == "sha1"


@pytest.mark.parametrize("item", QUALITY)
def test_every_item_of_the_quality_score_is_met(journey: Journey, item: str) -> None:
    assert journey.datasets[2]["quality"][item] is True


def test_nothing_differs_after_a_push(journey: Journey) -> None:
    assert looked(journey.project, journey.portal, journey.token).differences == ()


def test_our_catalogue_is_harvested_without_an_error(journey: Journey) -> None:
    assert journey.harvests[0]["errors"] == []
    assert [item["title"] for item in journey.harvests[0]["datasets"]] == ["Prix inventés"]
    assert all(item["checksum"] for item in journey.harvests[0]["datasets"][0]["resources"])


def test_harvesting_twice_changes_nothing(journey: Journey) -> None:
    assert journey.harvests[0] == journey.harvests[1]


def test_three_versions_change_the_same_dataset_and_the_same_files(journey: Journey) -> None:
    datasets = [told["datasets"] for told in (journey.harvests[0], *journey.harvests[2:])]
    assert [len(found) for found in datasets] == [1, 1, 1]
    assert len({(found["id"], found["remote_id"]) for (found,) in datasets}) == 1
    # udata knows a harvested file by its address alone and never takes one away.
    files = [{item["url"]: item["id"] for item in found["resources"]} for (found,) in datasets]
    assert files[0] == files[1] == files[2]
    checksums = [{item["url"]: item["checksum"] for item in found["resources"]} for (found,) in datasets]
    assert len({told[address] for told in checksums for address in told if address.endswith("/latest/prix.csv")}) == 3
    assert [told["errors"] for told in journey.harvests] == [[], [], [], []]


def test_what_is_shipped_has_the_whole_score_when_it_is_harvested(journey: Journey) -> None:
    first, second = journey.shipped
    assert first["errors"] == []
    assert len(first["datasets"]) == 3
    for item in first["datasets"]:
        assert (item["quality"]["score"], item["license"]) == (1.0, "lov2"), item
        assert all(item["quality"][name] for name in QUALITY), item
        assert item["temporal"]
    assert first == second


def test_a_newer_version_on_the_portal_is_not_overwritten(journey: Journey) -> None:
    dataset = journey.datasets[-1]
    extras = {**dataset["extras"], "arobase:version": "9.0.0"}
    address = f"{journey.portal.address}api/1/datasets/{dataset['id']}/"
    headers = {"X-API-KEY": journey.token}
    assert requests.put(address, json={**dataset, "extras": extras}, headers=headers, timeout=60).status_code == 200
    with pytest.raises(NewerThere):
        pushed(journey.project, journey.portal, journey.token)
    assert journey.dataset()["extras"]["arobase:version"] == "9.0.0"


def test_the_token_is_nowhere_in_what_a_push_leaves(journey: Journey) -> None:
    left = [path.read_bytes() for path in journey.project.outputs.rglob("*") if path.is_file()]
    assert not [content for content in left if journey.token.encode() in content]
