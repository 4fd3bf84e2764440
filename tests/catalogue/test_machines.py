"""Feeds, indexes, schema.org and Croissant: what others' own software reads in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator

from pipelines.catalogue.contracts import contracts
from tests.catalogue.builders import BASE, a_catalogue, another_package, retracted, two_versions

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    outputs = tmp_path_factory.mktemp("outputs")
    retracted(outputs)
    another_package(outputs)
    a_catalogue(outputs)
    return outputs


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_every_contract_is_a_schema() -> None:
    validator = Draft202012Validator(Draft202012Validator.META_SCHEMA)
    assert {
        name: [fault.message for fault in validator.iter_errors(schema)] for name, schema in contracts().items()
    } == {name: [] for name in contracts()}


@pytest.mark.parametrize(
    ("contract", "pattern"),
    [
        ("versions", "catalogue/versions.json"),
        ("feed", "catalogue/**/feed.json"),
        ("graph", "catalogue/**/*.jsonld"),
        ("croissant", "catalogue/*/croissant.json"),
        ("deltas", "catalogue/*/deltas.json"),
        ("ckan-licences", "catalogue/ckan-licences.json"),
        ("table-schema", "catalogue/*/schemas/*/*.json"),
        ("package-versions", "releases/*/versions.json"),
        ("latest", "releases/*/latest.json"),
        ("tombstone", "releases/*/retraits/*.json"),
        ("datapackage", "releases/*/*/data/datapackage.json"),
    ],
)
def test_documents_keep_their_contract(outputs: Path, contract: str, pattern: str) -> None:
    found = sorted(outputs.glob(pattern))
    assert found
    for path in found:
        errors = list(Draft202012Validator(contracts()[contract]).iter_errors(read(path)))
        assert not errors, (path, errors[:2])


def test_every_line_of_the_ledger_keeps_its_contract(outputs: Path) -> None:
    lines = (outputs / "ledger.jsonl").read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["event"] for line in lines} == {"published", "retracted"}
    for line in lines:
        assert list(Draft202012Validator(contracts()["ledger-line"]).iter_errors(json.loads(line))) == []


def test_a_refusal_keeps_its_contract(tmp_path: Path) -> None:
    from pipelines.releases import publish
    from tests.releases.builders import a_request

    refused = publish(a_request(prizes=[]), tmp_path / "releases", key=None)
    assert type(refused).__name__ == "Refused"
    record = next((tmp_path / "releases" / "prix" / "refus").glob("*.json"))
    assert list(Draft202012Validator(contracts()["refusal"]).iter_errors(read(record))) == []


def test_every_json_that_is_published_has_a_contract(outputs: Path) -> None:
    covered = {
        "versions.json",
        "deltas.json",
        "ckan-licences.json",
        "feed.json",
        "croissant.json",
        "latest.json",
        "datapackage.json",
    }
    for path in [*outputs.rglob("*.json"), *outputs.rglob("*.jsonld")]:
        inside = {"schemas", "retraits", "refus"} & set(path.relative_to(outputs).parts)
        assert path.name in covered or path.suffix == ".jsonld" or inside, path


def test_a_contract_refuses_what_it_must(outputs: Path) -> None:
    document = read(outputs / "catalogue" / "versions.json")
    document["packages"][0]["versions"][0]["tagmanifest"] = "x"
    assert list(Draft202012Validator(contracts()["versions"]).iter_errors(document))


def test_the_feed_tells_of_releases_and_retractions_newest_first(outputs: Path) -> None:
    items = read(outputs / "catalogue" / "en" / "feed.json")["items"]
    assert items[0]["title"] == "Invented prizes 1.0.1 (retracted)"
    assert items[0]["date_published"] == "2026-03-04T05:06:07Z"
    assert items[0]["content_text"] == "Valeur fausse dans la source."
    assert {item["title"] for item in items[1:]} == {"Invented prizes 1.0.0", "Invented medals 1.0.0"}
    assert len({item["id"] for item in items}) == len(items)


@pytest.mark.parametrize("path", ["feed.atom", "en/feed.atom"])
def test_the_atom_feed_is_what_rfc_4287_demands(outputs: Path, path: str) -> None:
    feed = ElementTree.fromstring((outputs / "catalogue" / path).read_bytes())
    assert feed.tag == f"{ATOM}feed"
    for one in [feed, *feed.iter(f"{ATOM}entry")]:
        for name in ("id", "title", "updated"):
            assert len(one.findall(f"{ATOM}{name}")) == 1, name
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    own = feed.find(f"{ATOM}link[@rel='self']")
    assert own is not None
    assert own.get("href") == f"{BASE}catalogue/{path}"
    moments = [entry.findtext(f"{ATOM}updated") for entry in feed.iter(f"{ATOM}entry")]
    assert feed.findtext(f"{ATOM}updated") == moments[0] == max(str(moment) for moment in moments)


def test_the_sitemap_holds_every_page_once(outputs: Path) -> None:
    tree = ElementTree.fromstring((outputs / "catalogue" / "sitemap.xml").read_bytes())
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    told = [str(one.text) for one in tree.iter(f"{space}loc")]
    made = [path.relative_to(outputs / "catalogue").as_posix() for path in (outputs / "catalogue").rglob("*.html")]
    expected = [f"{BASE}catalogue/{path.removesuffix('index.html')}" for path in made if not path.endswith("404.html")]
    assert sorted(told) == sorted(expected)


def test_frictionless_accepts_what_a_portal_downloads(outputs: Path) -> None:
    from frictionless import validate

    found = sorted(outputs.glob("releases/*/*/data/datapackage.json"))
    assert found
    for path in found:
        assert validate(str(path)).valid


def test_nothing_to_announce_is_an_empty_catalogue(tmp_path: Path) -> None:
    catalogue = a_catalogue(tmp_path)
    assert read(catalogue / "versions.json")["packages"] == []
    assert read(catalogue / "feed.json")["items"] == []
    assert (catalogue / "index.html").is_file()


def test_a_package_whose_versions_are_all_retracted_is_named_but_not_offered(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from pipelines.releases.retract import retract

    releases = retracted(tmp_path)
    retract(releases, "prix", "1.0.0", "Retirée aussi.", now=datetime(2026, 4, 1, tzinfo=UTC))
    catalogue = a_catalogue(tmp_path)
    assert read(catalogue / "versions.json")["packages"][0]["latest"] is None
    assert not (catalogue / "prix" / "dcat.ttl").exists()
    assert "dcat#Dataset" not in (catalogue / "catalog.ttl").read_text(encoding="utf-8")


def test_croissant_is_read_by_its_own_library(tmp_path: Path) -> None:
    import mlcroissant

    two_versions(tmp_path)
    catalogue = a_catalogue(tmp_path)
    document = read(catalogue / "prix" / "croissant.json")
    for file in document["distribution"]:
        file["contentUrl"] = str(tmp_path / file["contentUrl"].removeprefix(BASE))
    path = tmp_path / "croissant.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    dataset = mlcroissant.Dataset(str(path))
    assert not dataset.metadata.issues.errors
    rows = list(dataset.records("prix"))
    assert [row["prix/prix_id"] for row in rows] == [b"p1", b"p2", b"p3"]
    assert rows[0]["prix/arobases"] == 4
