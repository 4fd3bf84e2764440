"""Places: the official geographic code of France, and the resolution of names as printed.

Belongs here: names, the gazetteer, corrections, resolution. Does not: how a mapping asks for it
(`mapping/converters/territoire.py`), findings about names that stay unresolved (the rules of domains).
"""

from pipelines.geo.corrections import Corrections, load_corrections
from pipelines.geo.gazetteer import Gazetteer, load_gazetteer, read_reference
from pipelines.geo.names import normalise
from pipelines.geo.outcome import ALERTS, CERTAINTIES, METHODS, Resolution
from pipelines.geo.resolution import Query, resolve

__all__ = [
    "ALERTS",
    "CERTAINTIES",
    "METHODS",
    "Corrections",
    "Gazetteer",
    "Query",
    "Resolution",
    "load_corrections",
    "load_gazetteer",
    "normalise",
    "read_reference",
    "resolve",
]
