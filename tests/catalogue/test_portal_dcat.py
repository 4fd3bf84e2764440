"""The catalogue as two portals' harvesters take it: the same things, said so that they are understood there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rdflib import BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, RDF

from pipelines.catalogue import PublisherSettings, write_catalogue
from tests.catalogue.builders import BASE, published
from tests.releases.builders import a_package, a_request

DCAT = Namespace("http://www.w3.org/ns/dcat#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
LICENCE = "https://www.etalab.gouv.fr/wp-content/uploads/2017/04/ETALAB-Licence-Ouverte-v2.0.pdf"


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two packages with one period, and one with none."""
    outputs = tmp_path_factory.mktemp("outputs")
    period = {"temporal": {"start": "2024-01-01", "end": "2025-12-31"}}
    for name, more in (("prix", period), ("medailles", period), ("coupes", {})):
        published(a_request(package=a_package(name=name, more=more)), outputs / "releases")
    settings = PublisherSettings(licences={LICENCE: "lov2"})
    write_catalogue(outputs / "releases", outputs / "catalogue", settings=settings, base_url=BASE)
    return outputs / "catalogue"


def read(catalogue: Path, name: str) -> Graph:
    return Graph().parse(catalogue / f"{name}.jsonld", format="json-ld")


def datasets(graph: Graph) -> list[Any]:
    return sorted(graph.subjects(RDF.type, DCAT.Dataset))


def test_twins_speak_of_the_same_datasets_and_files(catalogue: Path) -> None:
    standard, *twins = (read(catalogue, name) for name in ("catalog", "catalog-datagouv", "catalog-ckan"))
    for twin in twins:
        assert datasets(twin) == datasets(standard)
        for predicate in (DCAT.distribution, DCAT.downloadURL, DCTERMS.identifier, DCAT.byteSize):
            assert set(twin.subject_objects(predicate)) == set(standard.subject_objects(predicate))


def test_datagouv_gets_periods_that_it_need_not_fetch(catalogue: Path) -> None:
    graph = read(catalogue, "catalog-datagouv")
    named = {str(item).split("/")[-2]: graph.value(item, DCTERMS.temporal) for item in datasets(graph)}
    assert named["coupes"] is None
    for period in (named["prix"], named["medailles"]):
        assert isinstance(period, BNode)
        assert str(graph.value(period, DCAT.startDate)) == "2024-01-01"
        assert str(graph.value(period, DCAT.endDate)) == "2025-12-31"


def test_datagouv_gets_its_own_code_of_the_licence_and_plain_checksums(catalogue: Path) -> None:
    graph = read(catalogue, "catalog-datagouv")
    for item in graph.subjects(RDF.type, DCAT.Distribution):
        assert graph.value(item, DCTERMS.license) == Literal("lov2")
        checksum = graph.value(graph.value(item, SPDX.checksum), SPDX.checksumValue)
        assert isinstance(checksum, Literal)
        assert checksum.datatype is None


def test_a_licence_that_datagouv_has_no_code_for_keeps_its_address(tmp_path: Path) -> None:
    published(a_request(), tmp_path / "releases")
    write_catalogue(tmp_path / "releases", tmp_path / "catalogue", base_url=BASE)
    graph = read(tmp_path / "catalogue", "catalog-datagouv")
    licences = {graph.value(item, DCTERMS.license) for item in graph.subjects(RDF.type, DCAT.Distribution)}
    assert licences == {URIRef(LICENCE)}


def test_the_box_around_france_is_told_to_all(catalogue: Path) -> None:
    for name in ("catalog", "catalog-datagouv", "catalog-ckan"):
        graph = read(catalogue, name)
        (place,) = set(graph.objects(None, DCTERMS.spatial))
        box = graph.value(place, DCAT.bbox)
        assert isinstance(box, Literal)
        assert str(box.datatype) == "http://www.opengis.net/ont/geosparql#geoJSONLiteral"
        (ring,) = json.loads(box)["coordinates"]
        assert len(ring) == 5
        assert ring[0] == ring[-1]


def test_ckan_gets_one_language_and_formats_by_their_names(catalogue: Path) -> None:
    graph = read(catalogue, "catalog-ckan")
    assert {str(term) for term in graph.objects(None, DCTERMS["format"])} == {"CSV", "Parquet", "Excel", "ODS"} - {
        "Excel"
    }
    for item in datasets(graph):
        assert {str(word) for word in graph.objects(item, DCAT.keyword)} == {"prix"}
        assert {title.language for title in graph.objects(item, DCTERMS.title) if isinstance(title, Literal)} == {"fr"}


def test_twins_are_valid_json_ld_of_equal_bytes(catalogue: Path, tmp_path: Path) -> None:
    for name in ("catalog-datagouv.jsonld", "catalog-ckan.jsonld"):
        document = json.loads((catalogue / name).read_text(encoding="utf-8"))
        names = [item["@id"] for item in document["@graph"]]
        assert len(names) == len(set(names))
