"""Positions of GeoJSON that are in something other than longitude and latitude.

Belongs here: what a document says of its coordinates. Does not: converting any. Sources: RFC 7946, 4 (WGS 84 alone) and
GeoJSON of 2008, 3 (the member `crs`, which many tools still write).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipelines.core.text import Said

_DEGREES = re.compile(r"(?:urn:ogc:def:crs:|https?://www\.opengis\.net/def/crs/)?(?:OGC\W.*CRS84h?|EPSG\W.*\b4326)")
_TOLD = re.compile(r"[\w.:/ +-]{1,80}")


def other_reference_system(document: Any) -> Iterator[Said]:
    """What has to be known of a GeoJSON document whose `crs` names something other than WGS 84."""
    if not isinstance(document, dict) or document.get("type") not in ("FeatureCollection", "Feature"):
        return
    system = document.get("crs")
    if system is None:
        return
    properties = system.get("properties") if isinstance(system, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if isinstance(name, str) and _DEGREES.fullmatch(name):
        return
    told = name if isinstance(name, str) and _TOLD.fullmatch(name) else "crs"
    yield Said(
        f"les positions sont dans le système « {told} » et non en longitude et latitude (RFC 7946) ; elles sont lues "
        "telles quelles",
        f'positions are in the system "{told}" and not in longitude and latitude (RFC 7946); they are read as they are',
    )
