"""DCAT for two portals: the catalogue's graph as their harvesters take it, where they do not take what DCAT-AP says.

Belongs here: what each needs otherwise, and why. Does not: what is said (`dcat.py`). Each variant says the same of the
same things, under the same addresses. Sources: udata 17, `udata/core/dataset/rdf.py`; ckanext-dcat 2.4,
`profiles/base.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from pipelines.catalogue.dcat_terms import AUTHORITY
from pipelines.catalogue.graph import Graph, Iri, Term, Text
from pipelines.core.text import Language
from pipelines.releases.formats import output_formats

Statement = tuple[str, Term]
Rewrite = Callable[[str, Term], Iterator[Statement]]
FILE_TYPE = f"{AUTHORITY}file-type/"


def datagouv(graph: Graph, licences: Mapping[str, str]) -> Graph:
    """For udata, the software of data.gouv.fr. `licences`: its code of each licence, by the licence's address.

    It refuses checksums of a type, which DCAT-AP demands; it fetches a period that has an address, and reads our page
    there; it knows its own licences by their codes.
    """
    periods = {term: Iri(f"_:periode-{place}") for place, term in enumerate(_terms(graph, "dct:temporal"))}

    def rewrite(predicate: str, term: Term) -> Iterator[Statement]:
        if predicate == "spdx:checksumValue":
            yield predicate, Text(term.value)
        elif predicate == "dct:license" and term.value in licences:
            yield predicate, Text(licences[term.value])
        else:
            yield predicate, periods.get(term, term)

    return _rewritten(graph, rewrite, {term.value: blank.value for term, blank in periods.items()})


def ckan(graph: Graph, language: Language) -> Graph:
    """For ckanext-dcat: one language, since it mixes the tags of all, and formats by their names, which it shows."""
    names = {f"{FILE_TYPE}{form.file_type}": form.short for form in reversed(output_formats())}

    def rewrite(predicate: str, term: Term) -> Iterator[Statement]:
        if predicate == "dct:format":
            yield predicate, Text(names.get(term.value, term.value.removeprefix(FILE_TYPE)))
        elif not isinstance(term, Text) or term.language in ("", language):
            yield predicate, term

    return _rewritten(graph, rewrite, {})


def _terms(graph: Graph, predicate: str) -> list[Term]:
    """The objects of a predicate, each once, in the graph's order."""
    found = (term for statements in graph.subjects.values() for name, term in statements if name == predicate)
    return list(dict.fromkeys(found))


def _rewritten(graph: Graph, rewrite: Rewrite, renamed: Mapping[str, str]) -> Graph:
    """The graph with each statement rewritten and things renamed; one that would be left with no text keeps its own."""
    made = Graph()
    for subject, statements in graph.subjects.items():
        kept = {statement: None for statement_before in statements for statement in rewrite(*statement_before)}
        silent = {name for name, _ in statements} - {name for name, _ in kept}
        kept |= {statement_before: None for statement_before in statements if statement_before[0] in silent}
        made.subjects[renamed.get(subject, subject)] = kept
    return made


def ckan_licences(descriptors: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The licences of packages as CKAN's setting `licenses_group_url` reads them: its own list has no French licence,
    and a harvested dataset whose licence it does not know has none. Each once, in the order of the packages."""
    found: dict[str, dict[str, str]] = {}
    for licence in (item for descriptor in descriptors for item in descriptor.get("licenses", [])):
        entry = {"id": licence["name"], "title": licence.get("title", licence["name"]), "url": licence.get("path", "")}
        found.setdefault(entry["id"], {**entry, "status": "active", "od_conformance": "", "osd_conformance": ""})
    return list(found.values())
