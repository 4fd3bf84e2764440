"""Addresses that stay: the current version's files, their checksums, one archive; deltas, feeds and contract beside."""

from __future__ import annotations

import hashlib
import json
import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema.validators import validator_for
from rdflib import Graph

from pipelines.catalogue import latest as latest_files
from pipelines.catalogue import write_catalogue
from pipelines.catalogue.graph import full
from pipelines.catalogue.site import Site
from pipelines.releases.retract import retract
from tests.catalogue.builders import BASE, a_catalogue, published, retracted, two_versions
from tests.catalogue.conformance import pyshacl_accepts
from tests.releases.builders import a_package, a_request

ODCS = Path(__file__).parent / "odcs" / "odcs-json-schema-v3.1.0.json"


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    two_versions(tmp_path)
    a_catalogue(tmp_path)
    return tmp_path


def test_every_file_of_the_current_version_has_an_address_that_stays(outputs: Path) -> None:
    data, latest = outputs / "releases" / "prix" / "1.0.1" / "data", outputs / "catalogue" / "prix" / "latest"
    names = sorted(path.relative_to(data) for path in data.rglob("*") if path.is_file())
    assert (
        sorted(path.relative_to(latest) for path in latest.rglob("*") if path.name != "SHA256SUMS" and path.is_file())
        == names
    )
    assert all((latest / name).samefile(data / name) for name in names)


def test_checksums_are_what_sha256sum_reads(outputs: Path) -> None:
    folder = outputs / "catalogue" / "prix" / "latest"
    subprocess.run(["sha256sum", "--strict", "--quiet", "-c", "SHA256SUMS"], cwd=folder, check=True)
    (folder / "prix.csv").unlink()
    (folder / "prix.csv").write_text("faux", encoding="utf-8")
    assert subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=folder, check=False).returncode == 1
    a_catalogue(outputs)
    subprocess.run(["sha256sum", "--strict", "--quiet", "-c", "SHA256SUMS"], cwd=folder, check=True)


def test_the_archive_holds_a_version_that_can_be_verified(outputs: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(outputs / "catalogue" / "prix" / "latest.zip") as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path / "sorti")
    release = tmp_path / "sorti" / "prix-1.0.1"
    subprocess.run(["sha256sum", "--quiet", "-c", "manifest-sha256.txt"], cwd=release, check=True)
    released = outputs / "releases" / "prix" / "1.0.1"
    same = [path for path in release.rglob("*") if path.is_file()]
    assert all(path.read_bytes() == (released / path.relative_to(release)).read_bytes() for path in same)
    assert {path.name for path in released.rglob("*")} - {path.name for path in same if path.is_file()} - {"data"} == {
        "inclusion.tlog-proof",
        *(path.name for path in released.rglob("*") if path.is_dir() and path.name != "data"),
    }


def test_archives_of_one_version_have_equal_bytes(tmp_path: Path) -> None:
    digests = set()
    for name in ("a", "b"):
        two_versions(tmp_path / name)
        archive = a_catalogue(tmp_path / name) / "prix" / "latest.zip"
        digests.add(hashlib.sha256(archive.read_bytes()).hexdigest())
    assert len(digests) == 1


def test_a_damaged_archive_is_made_again_and_a_right_one_is_left(outputs: Path) -> None:
    archive = outputs / "catalogue" / "prix" / "latest.zip"
    before = archive.read_bytes()
    assert write_catalogue(outputs / "releases", outputs / "catalogue", base_url=BASE) == []
    archive.write_bytes(before[:-1])
    assert write_catalogue(outputs / "releases", outputs / "catalogue", base_url=BASE) == ["prix/latest.zip"]
    assert archive.read_bytes() == before


def test_a_version_that_is_too_large_for_one_file_has_none_and_no_page_leads_to_one(
    outputs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, leads = outputs / "catalogue" / "prix" / "latest.zip", b"latest.zip"
    pages = [outputs / "catalogue" / name for name in ("prix/index.html", "machines.html", "en/prix/index.html")]
    assert [leads in page.read_bytes() for page in pages] == [True] * 3
    monkeypatch.setattr(latest_files, "LARGEST", 1000)
    a_catalogue(outputs)
    assert not archive.exists()
    assert [leads in page.read_bytes() for page in pages] == [False] * 3
    assert (archive.parent / "latest" / "prix.csv").is_file()


def test_a_retracted_version_leaves_the_addresses_that_stay(outputs: Path) -> None:
    latest = outputs / "catalogue" / "prix" / "latest"
    retract(outputs / "releases", "prix", "1.0.1", "Fausse.", now=datetime(2026, 3, 4, tzinfo=UTC))
    a_catalogue(outputs)
    assert json.loads((latest / "datapackage.json").read_text(encoding="utf-8"))["version"] == "1.0.0"
    retract(outputs / "releases", "prix", "1.0.0", "Fausse aussi.", now=datetime(2026, 3, 5, tzinfo=UTC))
    a_catalogue(outputs)
    assert not latest.exists()
    assert not latest.with_name("latest.zip").exists()


def test_released_files_are_not_checked_a_second_time(tmp_path: Path) -> None:
    seen: list[str] = []

    def inspect(folder: Path) -> None:
        seen.extend(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())

    two_versions(tmp_path)
    for _ in range(2):
        write_catalogue(tmp_path / "releases", tmp_path / "catalogue", base_url=BASE, inspect=inspect)
    assert "prix/latest/SHA256SUMS" in seen
    assert [name for name in seen if name.startswith("prix/latest") and not name.endswith("SHA256SUMS")] == []


def test_a_file_of_somebody_else_under_the_same_folder_is_checked(tmp_path: Path) -> None:
    two_versions(tmp_path)
    a_catalogue(tmp_path)
    (tmp_path / "catalogue" / "prix" / "latest" / "notes.txt").write_text("à moi", encoding="utf-8")
    seen: list[str] = []

    def inspect(folder: Path) -> None:
        seen.extend(path.name for path in folder.rglob("*"))

    write_catalogue(tmp_path / "releases", tmp_path / "catalogue", base_url=BASE, inspect=inspect)
    assert "notes.txt" in seen


def test_links_become_copies_where_the_file_system_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise OSError("no links here")

    two_versions(tmp_path)
    monkeypatch.setattr(Path, "hardlink_to", refuse)
    a_catalogue(tmp_path)
    released = tmp_path / "releases" / "prix" / "1.0.1" / "data" / "prix.parquet"
    shown = tmp_path / "catalogue" / "prix" / "latest" / "prix.parquet"
    assert not shown.samefile(released)
    assert shown.read_bytes() == released.read_bytes()
    assert write_catalogue(tmp_path / "releases", tmp_path / "catalogue", base_url=BASE) == []


def test_two_makers_of_one_path_are_refused(tmp_path: Path) -> None:
    site = Site()
    site.link("a", tmp_path)
    with pytest.raises(ValueError, match="twice"):
        site.add("a", "x")
    with pytest.raises(ValueError, match="leaves"):
        site.link("../b", tmp_path)


def test_deltas_name_the_files_that_hold_what_each_version_changed(outputs: Path) -> None:
    told = json.loads((outputs / "catalogue" / "prix" / "deltas.json").read_text(encoding="utf-8"))
    assert [(item["version"], item["from"]) for item in told["versions"]] == [("1.0.1", "1.0.0"), ("1.0.0", None)]
    (changed,) = [item for item in told["versions"][0]["tables"] if item["table"] == "prix"]
    assert (changed["counts"]["changed"], changed["key"]) == (1, ["prix_id"])
    for item in (file for version in told["versions"] for table in version["tables"] for file in table["files"]):
        path = outputs / item["path"].removeprefix(BASE)
        assert hashlib.sha256(path.read_bytes()).hexdigest() == item["sha256"]
        assert path.stat().st_size == item["bytes"]


def test_deltas_leave_out_a_retracted_version(tmp_path: Path) -> None:
    retracted(tmp_path)
    a_catalogue(tmp_path)
    told = json.loads((tmp_path / "catalogue" / "prix" / "deltas.json").read_text(encoding="utf-8"))
    assert [item["version"] for item in told["versions"]] == ["1.0.0"]


def test_a_package_has_a_feed_of_its_own(outputs: Path) -> None:
    for folder, title in (("prix", "Prix inventés"), ("en/prix", "Invented prizes")):
        told = json.loads((outputs / "catalogue" / folder / "feed.json").read_text(encoding="utf-8"))
        assert told["title"] == title
        assert told["feed_url"] == f"{BASE}catalogue/{folder}/feed.json"
        assert len(told["items"]) == 2
        assert f"<title>{title}</title>" in (outputs / "catalogue" / folder / "feed.atom").read_text(encoding="utf-8")


def test_the_contract_holds_against_the_published_schema(outputs: Path) -> None:
    schema = json.loads(ODCS.read_text(encoding="utf-8"))
    document = yaml.safe_load((outputs / "catalogue" / "prix" / "contrat.odcs.yaml").read_text(encoding="utf-8"))
    assert [error.message for error in validator_for(schema)(schema).iter_errors(document)] == []
    assert (document["apiVersion"], document["version"]) == ("v3.1.0", "1.0.1")
    (table,) = [item for item in document["schema"] if item["name"] == "prix"]
    key = next(item for item in table["properties"] if item["name"] == "prix_id")
    assert (key["primaryKey"], key["required"]) == (True, True)
    document["schema"][0]["propriété"] = "inconnue"
    assert list(validator_for(schema)(schema).iter_errors(document))


def test_high_value_datasets_say_their_category_and_the_law(tmp_path: Path) -> None:
    more = {"hvd": "earth-observation-environment", "bbox": [-1.5, 43.0, 2.0, 45.5]}
    published(a_request(package=a_package(more=more)), tmp_path / "releases")
    catalogue = a_catalogue(tmp_path)
    graph = json.loads((catalogue / "catalog.jsonld").read_text(encoding="utf-8"))["@graph"]
    law = {"@id": "http://data.europa.eu/eli/reg_impl/2023/138/oj"}
    told = [item for item in graph if law in item.get("dcatap:applicableLegislation", [])]
    kinds = {kind for item in told for kind in item["@type"]}
    assert kinds == {full("dcat:Dataset"), full("dcat:Distribution")}
    assert len(told) == 1 + len([item for item in graph if full("dcat:Distribution") in item["@type"]])
    (dataset,) = [item for item in told if full("dcat:Dataset") in item["@type"]]
    assert dataset["dcatap:hvdCategory"] == [{"@id": "http://data.europa.eu/bna/c_dd313021"}]
    (place,) = [item for item in graph if item["@id"].endswith("#emprise")]
    assert {"@id": place["@id"]} in dataset["dct:spatial"]
    (box,) = place["dcat:bbox"]
    assert json.loads(box["@value"])["coordinates"][0][0] == [-1.5, 43.0]
    assert pyshacl_accepts(Graph().parse(catalogue / "catalog.ttl", format="turtle"))


def test_other_datasets_say_no_law(outputs: Path) -> None:
    assert "dcatap:" not in (outputs / "catalogue" / "catalog.jsonld").read_text(encoding="utf-8").replace(
        "dcatap:availability", ""
    )
