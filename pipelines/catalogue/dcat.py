"""DCAT-AP 3.0.1: the catalogue, its datasets, their versions and files.

Belongs here: what is said of them, and in which words. Does not: what they share (`dcat_terms.py`), how it is written
down (`graph.py`).

A package is one `dcat:Dataset` whose name never changes and whose distributions are those of its current version: what
portals harvest (`catalog.*`). Its history (`<package>/dcat.*`) adds every version with its own distributions, chained
as in DCAT 3: versions of one dataset are no members of a series. Every thing that a statement points at is typed,
because ranges are checked within a file.
Sources: DCAT 3 (W3C, 2024), DCAT-AP 3.0.1, the authority tables of the Publications Office of the European Union.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipelines.catalogue import dcat_terms as terms
from pipelines.catalogue.addresses import LANGUAGES, Addresses
from pipelines.catalogue.dcat_terms import AUTHORITY, Statement
from pipelines.catalogue.graph import Graph, Iri, Text
from pipelines.catalogue.latest import latest_path
from pipelines.catalogue.model import File, Holding, Table, Version, text_in
from pipelines.catalogue.wording import Wording
from pipelines.core.text import Said

SHA256 = "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"
MEDIA = "http://www.iana.org/assignments/media-types/"
TITLE = Said("Catalogue d'Arobase", "The catalogue of Arobase")
DESCRIPTION = Said(
    "Jeux de données publics, en versions qui ne changent plus, avec leur provenance, les lignes écartées et le "
    "résultat des contrôles.",
    "Public datasets, in versions that never change, with their provenance, rejected rows and findings.",
)
STABLE = Said("stable", "stable")


def catalogue_graph(holdings: Sequence[Holding], addresses: Addresses) -> Graph:
    """What portals harvest: the catalogue and one dataset per package that has a current version.

    Its files are given at addresses that stay from one version to the next: portals know a file by its address.
    """
    graph = Graph()
    known = [(holding, holding.current) for holding in holdings if holding.current]
    moments = sorted(one.moment for holding in holdings for one in holding.versions)
    first = known[0][1].descriptor if known else {"name": ""}
    themes = f"{AUTHORITY}data-theme"
    graph.add(
        addresses.catalogue,
        "dcat:Catalog",
        *terms.both("dct:title", TITLE),
        *terms.both("dct:description", DESCRIPTION),
        ("dct:publisher", terms.own_publisher(graph, addresses)),
        ("foaf:homepage", terms.document(graph, addresses.page(""))),
        *(("dct:language", terms.spoken(graph, item)) for item in LANGUAGES),
        ("dct:spatial", terms.place(graph, terms.FRANCE)),
        ("dct:license", terms.licence(graph, first)),
        ("dcat:themeTaxonomy", graph.add(themes, "skos:ConceptScheme", *terms.both("dct:title", terms.THEMES))),
        ("dct:issued", terms.instant(moments[0] if moments else "")),
        ("dct:modified", terms.instant(moments[-1] if moments else "")),
        *(("dcat:dataset", Iri(addresses.dataset(holding.name))) for holding, _ in known),
    )
    for holding, current in known:
        _dataset(graph, holding, current, addresses)
    return graph


def history_graph(holding: Holding, current: Version, addresses: Addresses) -> Graph:
    """The dataset of a package and every version that was not retracted."""
    graph = Graph()
    versions = holding.readable
    dataset = _dataset(graph, holding, current, addresses)
    names = [Iri(addresses.version(holding.name, item.number)) for item in versions]
    graph.add(
        dataset.value,
        "dcat:Dataset",
        ("dcat:hasCurrentVersion", names[0]),
        *(("dcat:hasVersion", name) for name in names),
    )
    for version in versions:
        _version(graph, holding, version, addresses)
    return graph


def _dataset(graph: Graph, holding: Holding, current: Version, addresses: Addresses) -> Iri:
    own, page = addresses.dataset(holding.name), addresses.page(f"{holding.name}/")
    return graph.add(
        own,
        "dcat:Dataset",
        *terms.of("dct:title", current.descriptor, "title"),
        *terms.of("dct:description", current.descriptor, "description"),
        ("dct:identifier", Text(own)),
        *terms.common(graph, current.descriptor, addresses),
        *terms.subject(graph, current.descriptor),
        *terms.high_value(graph, current.descriptor),
        ("dcat:landingPage", terms.document(graph, page)),
        ("dct:issued", terms.instant(holding.readable[-1].created)),
        ("dct:modified", terms.instant(current.created)),
        *_numbered(graph, current, page),
        *_distributions(graph, current, page, addresses, is_latest=True),
    )


def _version(graph: Graph, holding: Holding, version: Version, addresses: Addresses) -> None:
    own = addresses.version(holding.name, version.number)
    page, before = own.removesuffix("#version"), holding.before(version)
    parent = Iri(addresses.version(holding.name, before.number)) if before else None
    graph.add(
        own,
        "dcat:Dataset",
        *(("dct:title", Text(f"{text_in(version.descriptor, 'title', it)} {version.number}", it)) for it in LANGUAGES),
        *terms.of("dct:description", version.descriptor, "description"),
        ("dct:identifier", Text(own)),
        *terms.common(graph, version.descriptor, addresses),
        *terms.subject(graph, version.descriptor),
        *terms.high_value(graph, version.descriptor),
        ("dcat:landingPage", terms.document(graph, page)),
        ("dct:issued", terms.instant(version.created)),
        *_numbered(graph, version, page),
        ("dcat:isVersionOf", Iri(addresses.dataset(holding.name))),
        ("dcat:previousVersion", parent),
        *_distributions(graph, version, page, addresses),
    )


def _numbered(graph: Graph, version: Version, page: str) -> Iterator[Statement]:
    """Its number, why it has that number, and where it comes from."""
    yield "dcat:version", Text(version.number)
    for language in LANGUAGES:
        yield (
            "adms:versionNotes",
            Text(Wording(language).listed(item[language] for item in version.own["reasons"]), language),
        )
    sources = version.descriptor.get("sources", [])
    if sources:
        drawn = Said("Tiré de : ", "Drawn from: ")
        french, english = (Wording(it).listed(text_in(one, "title", it) for one in sources) for it in LANGUAGES)
        kind = "dct:ProvenanceStatement"
        yield (
            "dct:provenance",
            graph.add(
                f"{page}#provenance", kind, *terms.both("rdfs:label", Said(drawn.fr + french, drawn.en + english))
            ),
        )


def _distributions(
    graph: Graph, version: Version, page: str, addresses: Addresses, *, is_latest: bool = False
) -> Iterator[Statement]:
    for table in version.tables:
        for file in table.files:
            inside = file.path.removeprefix(f"{version.path}data/")
            url = addresses.page(latest_path(version.package, inside)) if is_latest else addresses.release(file.path)
            named = (f"{page}#{table.name}-{file.kind}", url)
            yield "dcat:distribution", _distribution(graph, version, table, file, named=named, addresses=addresses)


def _checksum(graph: Graph, file: File, address: str) -> Iri:
    value = Text(file.sha256, datatype="xsd:hexBinary")
    algorithm = graph.add(SHA256, "spdx:ChecksumAlgorithm")
    statements = (("spdx:algorithm", algorithm), ("spdx:checksumValue", value))
    return graph.add(f"{address}-sha256", "spdx:Checksum", *statements)


def _distribution(
    graph: Graph, version: Version, table: Table, file: File, *, named: tuple[str, str], addresses: Addresses
) -> Iri:
    """`named`: what it is called, and where the file is."""
    address, place = named
    number = str(version.own["schema_version"])
    schema = addresses.table_schema(version.package, number, table.name)
    kinds, url = file.form.label, terms.resource(graph, place)
    standard = graph.add(
        schema,
        "dct:Standard",
        *(("dct:title", Text(f"Table Schema – {table.title(item)}", item)) for item in LANGUAGES),
        ("dcat:version", Text(number)),
    )
    return graph.add(
        address,
        "dcat:Distribution",
        *(("dct:title", Text(f"{table.title(item)} ({getattr(kinds, item)})", item)) for item in LANGUAGES),
        *terms.of("dct:description", table.resource, "description"),
        ("dcat:accessURL", url),
        ("dcat:downloadURL", url),
        ("dcat:byteSize", Text(str(file.bytes), datatype="xsd:nonNegativeInteger")),
        ("dcat:mediaType", graph.add(f"{MEDIA}{file.media_type}", "dct:MediaType")),
        ("dct:format", graph.add(f"{AUTHORITY}file-type/{file.form.file_type}", "dct:MediaTypeOrExtent")),
        ("dct:license", terms.licence(graph, version.descriptor)),
        ("dct:conformsTo", standard),
        ("dct:issued", terms.instant(version.created)),
        ("dcatap:availability", terms.concept(graph, "planned-availability/STABLE", STABLE)),
        ("spdx:checksum", _checksum(graph, file, address)),
        *terms.legislation(graph, version.descriptor),
    )
