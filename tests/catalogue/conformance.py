"""The two SHACL implementations that check a graph against this project's shapes."""

from __future__ import annotations

from pathlib import Path

import pyrudof
from pyshacl import validate
from rdflib import Graph

SHAPES = Path(__file__).with_name("shapes.ttl").read_text(encoding="utf-8")


def pyshacl_accepts(graph: Graph) -> bool:
    conforms, _, _ = validate(graph, shacl_graph=Graph().parse(data=SHAPES, format="turtle"), inference="none")
    return bool(conforms)


def rudof_accepts(graph: Graph) -> bool:
    rudof = pyrudof.Rudof(pyrudof.RudofConfig())
    rudof.read_data(graph.serialize(format="turtle"))
    rudof.read_shacl(SHAPES)
    return bool(rudof.validate_shacl().conforms)
