"""A small RDF graph in the order in which it was made, and its three serialisations: JSON-LD, Turtle, RDF/XML.

Belongs here: terms, statements, syntaxes. Does not: any vocabulary's meaning (`dcat.py`). Nothing is anonymous, but for
periods in a variant for a portal (`portal_dcat.py`): each thing has an address, so that two harvests can be compared
statement by statement, and bytes depend on nothing but what was stated. Sources: RDF 1.1 Turtle, RDF 1.1 XML, JSON-LD
1.1. Tests read each back with rdflib.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape, quoteattr

PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


ENCODED = {ord(sign): f"%{ord(sign):02X}" for sign in '<>"{}|\\^` \t\r\n'}


@dataclass(frozen=True)
class Iri:
    """The address of a thing; characters that an IRI cannot hold are percent-encoded."""

    value: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", self.value.translate(ENCODED))


@dataclass(frozen=True)
class Text:
    """A literal: in a language, or of a type (`xsd:date`), or plain when both are empty."""

    value: str
    language: str = ""
    datatype: str = ""


Term = Iri | Text


@dataclass
class Graph:
    """Statements by subject, each made once, in the order in which they were made."""

    subjects: dict[str, dict[tuple[str, Term], None]] = field(default_factory=dict)

    def add(self, subject: str, kind: str, *described: tuple[str, Term | None]) -> Iri:
        """Say of `subject` that it is a `kind` (`dcat:Dataset`) and what else is said; absent values are not said."""
        about = Iri(subject)
        statements = self.subjects.setdefault(about.value, {})
        statements[("rdf:type", Iri(full(kind)))] = None
        for predicate, term in described:
            if term is not None and not (isinstance(term, Text) and not term.value):
                statements[(predicate, term)] = None
        return about

    def turtle(self) -> str:
        """Turtle, UTF-8."""
        lines = [f"@prefix {prefix}: <{space}> ." for prefix, space in PREFIXES.items()]
        for subject, statements in self.subjects.items():
            lines += ["", f"<{subject}>"]
            lines_of_subject = [f"    {predicate} {_turtle(term)}" for predicate, term in statements]
            lines += [f"{statement} ;" for statement in lines_of_subject[:-1]] + [f"{lines_of_subject[-1]} ."]
        return "\n".join([*lines, ""])

    def rdf_xml(self) -> str:
        """RDF/XML, UTF-8."""
        spaces = " ".join(f'xmlns:{prefix}="{space}"' for prefix, space in PREFIXES.items())
        lines = ['<?xml version="1.0" encoding="utf-8"?>', f"<rdf:RDF {spaces}>"]
        for subject, statements in self.subjects.items():
            lines.append(f"  <rdf:Description rdf:about={quoteattr(subject)}>")
            lines += [f"    {_xml(predicate, term)}" for predicate, term in statements]
            lines.append("  </rdf:Description>")
        return "\n".join([*lines, "</rdf:RDF>", ""])

    def json_ld(self) -> str:
        """JSON-LD, its context inlined, a line for each thing."""
        nodes: list[dict[str, Any]] = []
        for subject, statements in self.subjects.items():
            node: dict[str, Any] = {"@id": subject}
            for predicate, term in statements:
                if predicate == "rdf:type" and isinstance(term, Iri):
                    node.setdefault("@type", []).append(term.value)
                else:
                    node.setdefault(predicate, []).append(_json(term))
            nodes.append(node)
        lines = ",\n".join(json.dumps(node, ensure_ascii=False) for node in nodes)
        return f'{{"@context": {json.dumps(PREFIXES)},\n"@graph": [\n{lines}\n]}}\n'


def full(name: str) -> str:
    """The address that a prefixed name stands for. Raises `KeyError` for an unknown prefix."""
    prefix, _, rest = name.partition(":")
    return PREFIXES[prefix] + rest


def _turtle(term: Term) -> str:
    if isinstance(term, Iri):
        return f"<{term.value}>"
    words = term.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{words}"' + (f"@{term.language}" if term.language else f"^^{term.datatype}" if term.datatype else "")


def _xml(predicate: str, term: Term) -> str:
    if isinstance(term, Iri):
        return f"<{predicate} rdf:resource={quoteattr(term.value)}/>"
    kind = f' xml:lang="{term.language}"' if term.language else ""
    kind += f' rdf:datatype="{full(term.datatype)}"' if term.datatype else ""
    return f"<{predicate}{kind}>{escape(term.value, {chr(13): '&#13;'})}</{predicate}>"


def _json(term: Term) -> dict[str, str]:
    if isinstance(term, Iri):
        return {"@id": term.value}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    return {"@value": term.value, "@type": full(term.datatype)} if term.datatype else {"@value": term.value}
