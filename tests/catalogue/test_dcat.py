"""The graphs conform to DCAT-AP as this project writes it down, and say the truth about the releases."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCTERMS, FOAF, RDF, SKOS, XSD

from pipelines.catalogue.graph import Graph as Told
from pipelines.catalogue.graph import Iri, Text
from tests.catalogue.builders import BASE, a_catalogue, another_package, published, retracted, two_versions
from tests.catalogue.conformance import pyshacl_accepts, rudof_accepts
from tests.releases.builders import a_request

DCAT = Namespace("http://www.w3.org/ns/dcat#")
ADMS = Namespace("http://www.w3.org/ns/adms#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
DATASET = URIRef(f"{BASE}catalogue/prix/#jeu")
CATALOG = URIRef(f"{BASE}catalogue/#catalogue")


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    outputs = tmp_path_factory.mktemp("outputs")
    two_versions(outputs)
    another_package(outputs)
    return a_catalogue(outputs)


def read(catalogue: Path, name: str) -> Graph:
    return Graph().parse(catalogue / f"{name}.ttl", format="turtle")


@pytest.mark.parametrize("name", ["catalog", "prix/dcat"])
def test_the_three_syntaxes_say_the_same(catalogue: Path, name: str) -> None:
    turtle = read(catalogue, name)
    assert isomorphic(turtle, Graph().parse(catalogue / f"{name}.rdf", format="xml"))
    assert isomorphic(turtle, Graph().parse(catalogue / f"{name}.jsonld", format="json-ld"))


@pytest.mark.parametrize("name", ["catalog", "prix/dcat", "medailles/dcat"])
def test_two_implementations_of_shacl_accept_each_graph(catalogue: Path, name: str) -> None:
    graph = read(catalogue, name)
    assert pyshacl_accepts(graph)
    assert rudof_accepts(graph)


def test_a_portal_harvests_one_dataset_a_package(catalogue: Path) -> None:
    graph = read(catalogue, "catalog")
    assert set(graph.objects(CATALOG, DCAT.dataset)) == set(graph.subjects(RDF.type, DCAT.Dataset))
    assert not list(graph.subjects(RDF.type, DCAT.DatasetSeries))
    assert DATASET in set(graph.objects(CATALOG, DCAT.dataset))


def test_names_of_things_do_not_move_with_the_version(tmp_path: Path) -> None:
    another_package(tmp_path, "prix")
    before = read(a_catalogue(tmp_path), "catalog")
    later = tmp_path / "later"
    two_versions(later)
    after = read(a_catalogue(later), "catalog")
    assert set(before.subjects(RDF.type, DCAT.Dataset)) == set(after.subjects(RDF.type, DCAT.Dataset))
    assert set(before.subjects(RDF.type, DCAT.Distribution)) == set(after.subjects(RDF.type, DCAT.Distribution))


def test_the_history_chains_versions(catalogue: Path) -> None:
    graph = read(catalogue, "prix/dcat")
    first, second = (URIRef(f"{BASE}catalogue/prix/version-{number}.html#version") for number in ("1.0.0", "1.0.1"))
    assert graph.value(DATASET, DCAT.hasCurrentVersion) == second
    assert set(graph.objects(DATASET, DCAT.hasVersion)) == {first, second}
    assert graph.value(second, DCAT.previousVersion) == first
    assert graph.value(first, DCAT.previousVersion) is None
    assert set(graph.subjects(DCAT.isVersionOf, DATASET)) == {first, second}
    assert not list(graph.subjects(RDF.type, DCAT.DatasetSeries))  # DCAT 3 keeps versions out of series
    assert not list(graph.triples((None, DCAT.inSeries, None))) + list(graph.triples((None, DCAT.prev, None)))
    assert str(graph.value(second, DCAT.version)) == "1.0.1"
    assert set(graph.objects(second, ADMS.versionNotes)) == {
        Literal("prix : 1 valeur modifiée", lang="fr"),
        Literal("prix: 1 value changed", lang="en"),
    }


def test_a_retracted_version_is_not_offered(tmp_path: Path) -> None:
    retracted(tmp_path)
    graph = read(a_catalogue(tmp_path), "prix/dcat")
    assert {str(one) for one in graph.objects(DATASET, DCAT.version)} == {"1.0.0"}
    assert "1.0.1" not in (tmp_path / "catalogue" / "prix" / "dcat.ttl").read_text(encoding="utf-8")


def test_checksums_are_those_of_the_files(catalogue: Path) -> None:
    import hashlib

    graph = read(catalogue, "catalog")
    for distribution in graph.subjects(RDF.type, DCAT.Distribution):
        path = str(graph.value(distribution, DCAT.downloadURL)).removeprefix(BASE)
        data = (catalogue.parent / path).read_bytes()
        checksum = graph.value(distribution, SPDX.checksum)
        told = graph.value(checksum, SPDX.checksumValue)
        assert told == Literal(hashlib.sha256(data).hexdigest(), datatype=XSD.hexBinary)
        assert int(str(graph.value(distribution, DCAT.byteSize))) == len(data)


def test_the_french_portal_gets_plain_checksums_and_nothing_else_differs(catalogue: Path) -> None:
    standard = json.loads((catalogue / "catalog.jsonld").read_text(encoding="utf-8"))
    plain = json.loads((catalogue / "catalog-datagouv.jsonld").read_text(encoding="utf-8"))
    values = [node.pop("spdx:checksumValue") for node in plain["@graph"] if "spdx:checksumValue" in node]
    assert values
    assert all(list(value[0]) == ["@value"] for value in values)
    for node in standard["@graph"]:
        node.pop("spdx:checksumValue", None)
    assert plain == standard


def test_what_a_package_says_of_itself_reaches_the_graph(tmp_path: Path) -> None:
    published(a_request(), tmp_path / "releases")
    path = tmp_path / "releases" / "prix" / "1.0.0" / "data" / "datapackage.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    document |= {"temporal": {"start": "2024-01-01", "end": "2025-12-31"}, "cadence": "P1M", "themes": ["REGI", "XX"]}
    document["contact"] = {"title": "Guichet inventé", "email": "contact@example.org"}
    path.write_text(json.dumps(document), encoding="utf-8")
    graph = read(a_catalogue(tmp_path), "catalog")
    assert pyshacl_accepts(graph)
    period = graph.value(DATASET, DCTERMS.temporal)
    assert graph.value(period, DCAT.endDate) == Literal("2025-12-31", datatype=XSD.date)
    assert str(graph.value(DATASET, DCTERMS.accrualPeriodicity)).endswith("/frequency/MONTHLY")
    contact = graph.value(DATASET, DCAT.contactPoint)
    assert graph.value(contact, VCARD.hasEmail) == URIRef("mailto:contact@example.org")
    assert {str(one)[-4:] for one in graph.objects(DATASET, DCAT.theme)} == {"REGI", "e/XX"}


def _without(predicate: URIRef, kind: URIRef) -> Callable[[Graph], None]:
    def mutate(graph: Graph) -> None:
        graph.remove((next(graph.subjects(RDF.type, kind)), predicate, None))

    return mutate


def _instead(predicate: URIRef, kind: URIRef, value: Literal | URIRef) -> Callable[[Graph], None]:
    def mutate(graph: Graph) -> None:
        graph.set((next(graph.subjects(RDF.type, kind)), predicate, value))

    return mutate


def _twice(predicate: URIRef, kind: URIRef, value: Literal | URIRef) -> Callable[[Graph], None]:
    def mutate(graph: Graph) -> None:
        graph.add((next(graph.subjects(RDF.type, kind)), predicate, value))

    return mutate


YESTERDAY = Literal("hier", lang="fr")
MUTATIONS = {
    "catalogue without a title": _without(DCTERMS.title, DCAT.Catalog),
    "catalogue without a description": _without(DCTERMS.description, DCAT.Catalog),
    "catalogue without a publisher": _without(DCTERMS.publisher, DCAT.Catalog),
    "catalogue without datasets": _without(DCAT.dataset, DCAT.Catalog),
    "two publishers": _twice(DCTERMS.publisher, DCAT.Catalog, URIRef("https://example.org/other")),
    "two dates of change": _twice(
        DCTERMS.modified, DCAT.Dataset, Literal("2020-01-01T00:00:00Z", datatype=XSD.dateTime)
    ),
    "dataset without a title": _without(DCTERMS.title, DCAT.Dataset),
    "dataset without a description": _without(DCTERMS.description, DCAT.Dataset),
    "dataset without an identifier": _without(DCTERMS.identifier, DCAT.Dataset),
    "dataset without a theme": _without(DCAT.theme, DCAT.Dataset),
    "dataset without anyone to ask": _without(DCAT.contactPoint, DCAT.Dataset),
    "dataset without distributions": _without(DCAT.distribution, DCAT.Dataset),
    "dataset without a version": _without(DCAT.version, DCAT.Dataset),
    "version that is not a number": _instead(DCAT.version, DCAT.Dataset, Literal("dernière")),
    "issued yesterday": _instead(DCTERMS.issued, DCAT.Dataset, YESTERDAY),
    "publisher as a text": _instead(DCTERMS.publisher, DCAT.Dataset, Literal("Arobase")),
    "landing page as a text": _instead(DCAT.landingPage, DCAT.Dataset, Literal("https://example.org/")),
    "title in no language": _twice(DCTERMS.title, DCAT.Dataset, Literal("Prix")),
    "distribution without an address": _without(DCAT.accessURL, DCAT.Distribution),
    "address as a text": _instead(DCAT.accessURL, DCAT.Distribution, Literal("https://example.org/prix.csv")),
    "size in words": _instead(DCAT.byteSize, DCAT.Distribution, Literal("deux Ko")),
    "licence as a text": _instead(DCTERMS.license, DCAT.Distribution, Literal("etalab-2.0")),
    "distribution without a format": _without(DCTERMS["format"], DCAT.Distribution),
    "distribution without a checksum": _without(SPDX.checksum, DCAT.Distribution),
    "checksum cut short": _instead(SPDX.checksumValue, SPDX.Checksum, Literal("ab12", datatype=XSD.hexBinary)),
    "checksum without its algorithm": _without(SPDX.algorithm, SPDX.Checksum),
    "publisher without a name": _without(FOAF.name, FOAF.Agent),
    "concept without a label": _without(SKOS.prefLabel, SKOS.Concept),
}


@pytest.mark.parametrize("mutation", list(MUTATIONS))
def test_each_fault_is_caught_by_both_implementations(catalogue: Path, mutation: str) -> None:
    graph = read(catalogue, "catalog")
    MUTATIONS[mutation](graph)
    assert not pyshacl_accepts(graph)
    assert not rudof_accepts(graph)


def test_no_address_holds_what_an_iri_cannot() -> None:
    assert Iri("https://example.org/a b<c>").value == "https://example.org/a%20b%3Cc%3E"


def test_texts_survive_every_syntax() -> None:
    wild = 'Le "Hameau"\\du\ntest\r<&> é'
    told = Told()
    told.add("https://example.org/a", "dcat:Dataset", ("dct:title", Text(wild, "fr")), ("dct:title", Text("")))
    as_read = [
        Graph().parse(data=told.turtle(), format="turtle"),
        Graph().parse(data=told.rdf_xml(), format="xml"),
        Graph().parse(data=told.json_ld(), format="json-ld"),
    ]
    for graph in as_read:
        assert list(graph.objects(None, DCTERMS.title)) == [Literal(wild, lang="fr")]


def test_a_version_without_sources_claims_no_provenance(tmp_path: Path) -> None:
    published(a_request(sources=()), tmp_path / "releases")
    graph = read(a_catalogue(tmp_path), "catalog")
    assert graph.value(DATASET, DCTERMS.provenance) is None
    assert pyshacl_accepts(graph)


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn"]) | st.sampled_from("\n\t\r\"\\<>&'"))


@settings(deadline=None, max_examples=60)
@given(WORDS.filter(bool), st.sampled_from(["fr", "en", ""]))
def test_any_text_is_read_back_from_every_syntax(words: str, language: str) -> None:
    told = Told()
    told.add("https://example.org/a", "dcat:Dataset", ("dct:title", Text(words, language)))
    expected = Literal(words, lang=language or None)
    for data, syntax in ((told.turtle(), "turtle"), (told.rdf_xml(), "xml"), (told.json_ld(), "json-ld")):
        assert list(Graph().parse(data=data, format=syntax).objects(None, DCTERMS.title)) == [expected]
