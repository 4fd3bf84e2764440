"""The things that datasets share in DCAT: who publishes, whom to ask, where, when, how often, under which licence.

Belongs here: turning a descriptor's entries into typed things of the graph. Does not: datasets (`dcat.py`).
Every function says the thing in the graph and returns its name; the same thing said twice is said once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipelines.catalogue.addresses import Addresses
from pipelines.catalogue.graph import Graph, Iri, Term, Text, full
from pipelines.catalogue.model import contributor, text_in
from pipelines.core.text import Language, Said

AUTHORITY = "http://publications.europa.eu/resource/authority/"
FRANCE = f"{AUTHORITY}country/FRA"
FREQUENCIES = {
    "P1Y": "ANNUAL",
    "P6M": "ANNUAL_2",
    "P3M": "QUARTERLY",
    "P1M": "MONTHLY",
    "P1W": "WEEKLY",
    "P1D": "DAILY",
}
LANGUAGES: dict[Language, str] = {"fr": "FRA", "en": "ENG"}
THEMES = Said("Thèmes de données", "Data themes")
THEME_NAMES: dict[str, Said] = {
    "ECON": Said("Économie et finances", "Economy and finance"),
    "ENVI": Said("Environnement", "Environment"),
    "GOVE": Said("Gouvernement et secteur public", "Government and public sector"),
    "JUST": Said("Justice, système juridique et sécurité publique", "Justice, legal system and public safety"),
    "REGI": Said("Régions et villes", "Regions and cities"),
    "SOCI": Said("Population et société", "Population and society"),
    "TECH": Said("Science et technologie", "Science and technology"),
}
# The box around metropolitan France, Guadeloupe, Martinique, Guyane, La Réunion and Mayotte: west, south, east, north.
FRANCE_BOX = (-61.81, -21.39, 55.84, 51.09)
# Sources: Implementing Regulation (EU) 2023/138; its categories in the authority tables; DCAT-AP 3 for HVD.
HVD_LAW = "http://data.europa.eu/eli/reg_impl/2023/138/oj"
HVD_CATEGORIES = "http://data.europa.eu/bna/asd487ae75"
HVD_NAMES: dict[str, tuple[str, Said]] = {
    "geospatial": ("c_ac64a52d", Said("Géospatial", "Geospatial")),
    "earth-observation-environment": (
        "c_dd313021",
        Said("Observation de la Terre et environnement", "Earth observation and environment"),
    ),
    "meteorological": ("c_164e0bf5", Said("Météorologiques", "Meteorological")),
    "statistics": ("c_e1da4e07", Said("Statistiques", "Statistics")),
    "companies": (
        "c_a9135398",
        Said("Entreprises et propriété d'entreprises", "Companies and company ownership"),
    ),
    "mobility": ("c_b79e35eb", Said("Mobilité", "Mobility")),
}
DEFAULT_THEMES = ("GOVE",)
Statement = tuple[str, Term | None]


def common(graph: Graph, descriptor: Mapping[str, Any], addresses: Addresses) -> Iterator[Statement]:
    """What datasets and their versions both say."""
    yield "dct:publisher", publisher(graph, descriptor, addresses)
    yield "dcat:contactPoint", contact(graph, descriptor, addresses)
    yield "dct:spatial", place(graph, str(descriptor.get("spatial", FRANCE)))
    if "bbox" in descriptor:
        extent = f"{addresses.page(str(descriptor['name']) + '/')}#emprise"
        yield "dct:spatial", graph.add(extent, "dct:Location", ("dcat:bbox", _box(descriptor["bbox"])))
    yield "dct:temporal", period(graph, descriptor, addresses)
    cadence = FREQUENCIES.get(str(descriptor.get("cadence", "")), "IRREG")
    yield "dct:accrualPeriodicity", graph.add(f"{AUTHORITY}frequency/{cadence}", "dct:Frequency")


def subject(graph: Graph, descriptor: Mapping[str, Any]) -> Iterator[Statement]:
    """What datasets alone say: themes, keywords, languages, who may read them."""
    for code in descriptor.get("themes", DEFAULT_THEMES):
        yield (
            "dcat:theme",
            concept(graph, f"data-theme/{code}", THEME_NAMES.get(code, Said("", str(code))), "data-theme"),
        )
    for key, spelled in (("keywords", "fr"), ("keywords_en", "en")):
        for word in descriptor.get(key, []):
            yield "dcat:keyword", Text(str(word), spelled)
    for language in LANGUAGES:
        yield "dct:language", spoken(graph, language)
    yield "dct:accessRights", graph.add(f"{AUTHORITY}access-right/PUBLIC", "dct:RightsStatement")


def own_publisher(graph: Graph, addresses: Addresses) -> Iri:
    """Who publishes the catalogue itself, as `catalogue.yaml` says."""
    known = addresses.publisher.url or f"{addresses.page('')}#editeur"
    return graph.add(known, "foaf:Agent", ("foaf:name", Text(addresses.publisher.title)))


def publisher(graph: Graph, descriptor: Mapping[str, Any], addresses: Addresses) -> Iri:
    """The contributor whose role is publisher; the catalogue's own publisher where none is given."""
    found = contributor(descriptor)
    if not found.get("title"):
        return own_publisher(graph, addresses)
    known = str(found.get("path") or f"{addresses.page(str(descriptor['name']) + '/')}#editeur")
    return graph.add(known, "foaf:Agent", ("foaf:name", Text(str(found["title"]))))


def contact(graph: Graph, descriptor: Mapping[str, Any], addresses: Addresses) -> Iri:
    """Whom to ask: the package's generic contact, never a person; the publisher's name where none is given."""
    contact = descriptor.get("contact", {})
    named = contributor(descriptor)
    name = str(contact.get("title") or named.get("title") or addresses.publisher.title)
    email = str(contact.get("email", ""))
    known = f"{addresses.page(str(descriptor['name']) + '/')}#contact"
    mail = Iri(f"mailto:{email}") if email else None
    kind = Iri(full("vcard:Kind"))  # what DCAT-AP 3 asks for; a validator may not know what vCard's classes are part of
    return graph.add(
        known, "vcard:Organization", ("rdf:type", kind), ("vcard:fn", Text(name)), ("vcard:hasEmail", mail)
    )


def place(graph: Graph, address: str) -> Iri:
    """A territory, by its official address, and the box around France: portals that know no address draw that."""
    return graph.add(address, "dct:Location", ("dcat:bbox", _box(FRANCE_BOX) if address == FRANCE else None))


def _box(box: Sequence[float]) -> Text:
    west, south, east, north = box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return Text(json.dumps({"type": "Polygon", "coordinates": [ring]}), datatype="geo:geoJSONLiteral")


def high_value(graph: Graph, descriptor: Mapping[str, Any]) -> Iterator[Statement]:
    """What a dataset of the list of high-value datasets says (`hvd` in package.yaml): its category, and the law."""
    known = HVD_NAMES.get(str(descriptor.get("hvd", "")))
    if known is None:
        return
    code, names = known
    scheme = graph.add(HVD_CATEGORIES, "skos:ConceptScheme", *both("dct:title", SCHEMES["hvd"]))
    labels = both("skos:prefLabel", names)
    category = graph.add(f"http://data.europa.eu/bna/{code}", "skos:Concept", *labels, ("skos:inScheme", scheme))
    yield "dcatap:hvdCategory", category
    yield from legislation(graph, descriptor)


def legislation(graph: Graph, descriptor: Mapping[str, Any]) -> Iterator[Statement]:
    """The law that a high-value dataset, and each of its files, is published under."""
    if descriptor.get("hvd") in HVD_NAMES:
        yield "dcatap:applicableLegislation", graph.add(HVD_LAW, "eli:LegalResource")


def period(graph: Graph, descriptor: Mapping[str, Any], addresses: Addresses) -> Iri | None:
    """The period that the data speak of; none where the descriptor does not say."""
    declared = descriptor.get("temporal")
    if not isinstance(declared, Mapping):
        return None
    start, end = (str(declared.get(name, "")) for name in ("start", "end"))
    known = f"{addresses.page(str(descriptor['name']) + '/')}#periode-{start}-{end}"
    days = (("dcat:startDate", Text(start, datatype="xsd:date")), ("dcat:endDate", Text(end, datatype="xsd:date")))
    return graph.add(known, "dct:PeriodOfTime", *days)


def spoken(graph: Graph, language: Language) -> Iri:
    """A language, by its address in the authority table."""
    return graph.add(f"{AUTHORITY}language/{LANGUAGES[language]}", "dct:LinguisticSystem")


def licence(graph: Graph, descriptor: Mapping[str, Any]) -> Iri | None:
    """The licence's own page; none for a licence that has no address."""
    found: Mapping[str, Any] = next(iter(descriptor.get("licenses", [])), {})
    page = found.get("path")
    return graph.add(page, "dct:LicenseDocument", ("dct:title", Text(str(found.get("title", ""))))) if page else None


def concept(graph: Graph, path: str, words: Said, scheme: str = "") -> Iri:
    """A concept of an authority table."""
    of = scheme or path.split("/", maxsplit=1)[0]
    table = graph.add(f"{AUTHORITY}{of}", "skos:ConceptScheme", *both("dct:title", SCHEMES.get(of, Said("", of))))
    return graph.add(f"{AUTHORITY}{path}", "skos:Concept", *both("skos:prefLabel", words), ("skos:inScheme", table))


SCHEMES: dict[str, Said] = {
    "hvd": Said("Catégories de données de forte valeur", "High-value dataset categories"),
    "data-theme": THEMES,
    "planned-availability": Said("Disponibilité prévue", "Planned availability"),
}


def document(graph: Graph, address: str) -> Iri:
    """A page."""
    return graph.add(address, "foaf:Document")


def resource(graph: Graph, address: str) -> Iri:
    """A file."""
    return graph.add(address, "rdfs:Resource")


def of(predicate: str, descriptor: Mapping[str, Any], name: str) -> list[Statement]:
    """A text of a descriptor in each of its languages."""
    return [
        (predicate, Text(text_in(descriptor, name, "fr"), "fr")),
        (predicate, Text(text_in(descriptor, name, "en"), "en")),
    ]


def both(predicate: str, words: Said) -> list[Statement]:
    """A text in each language that it has."""
    return [(predicate, Text(word, language)) for language, word in words.by_language().items() if word]


def instant(moment: str) -> Text | None:
    """An instant; none for an empty text."""
    return Text(moment, datatype="xsd:dateTime") if moment else None
