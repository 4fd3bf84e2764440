"""GeoJSON: tables by département or region, each row a feature with the outline of its territory (RFC 7946).

A table is one when its schema says so: `"maps": {"departement": "departement_code"}`, the kind of territory and the
field that contains its code. A territory whose outline is unknown (an overseas collectivity, a former region) has no
geometry, as RFC 7946 allows. The outlines are simplified, to look at rather than to measure with: `geo/outlines.py`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.core.text import Said
from pipelines.geo.outlines import outlines
from pipelines.releases.canonical import text
from pipelines.releases.csvfile import Written
from pipelines.releases.flaws import Flaw
from pipelines.releases.formats.registry import OutputFormat, Published, Released, output_format

MEDIA_TYPE = "application/geo+json"
LARGEST = 9_007_199_254_740_991  # beyond, readers of JSON lose whole numbers: they are texts


@output_format
class GeoJson(OutputFormat):
    """One feature collection a table; the properties of a feature are the fields of its row."""

    name, suffix, media_type = "geojson", ".geojson", MEDIA_TYPE
    label, short, file_type, order, folder = Said("GeoJSON", "GeoJSON"), "GeoJSON", "GEOJSON", 5, "geojson/"
    described: ClassVar[Mapping[str, Any]] = {"format": "GeoJSON", "mediatype": MEDIA_TYPE}

    def takes(self, published: Published) -> bool:
        return bool(published.maps)

    def write(self, published: Published, path: Path) -> Written:
        digest, size = hashlib.sha256(), 0
        with path.open("wb") as file:
            for block in features(published):
                digest.update(block)
                size += file.write(block)
        return Written(size, digest.hexdigest(), published.table.num_rows)

    def check(self, released: Released, path: Path) -> Iterator[Flaw]:
        """The properties are the row's values; outlines may have been drawn more finely since.

        Nothing else is in the file: no other member, no geometry that is no outline of a territory.
        """
        document = json.loads(path.read_text(encoding="utf-8"))
        published = released.published()
        wanted = [json.loads(line) for line in properties(published.table)]
        found = document.get("features", [])
        is_whole = document == {"type": "FeatureCollection", "name": published.name, "features": found}
        same = [
            {"type": "Feature", "geometry": feature.get("geometry"), "properties": row}
            for feature, row in zip(found, wanted, strict=False)
        ]
        is_drawn = all(_is_outline(feature["geometry"]) for feature in same)
        if not is_whole or found != same or len(found) != len(wanted) or not is_drawn:
            yield Flaw("format", f"data/{path.relative_to(released.data).as_posix()}", self.label)


def _is_outline(geometry: Any) -> bool:
    """Whether this is none, or polygons within the longitudes and latitudes that there are."""
    if geometry is None:
        return True
    if set(geometry) != {"type", "coordinates"} or geometry["type"] not in ("Polygon", "MultiPolygon"):
        return False
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    places = [place for polygon in polygons for ring in polygon for place in ring]
    return all(len(place) == 2 and abs(place[0]) <= 180 and abs(place[1]) <= 90 for place in places)


def features(published: Published) -> Iterator[bytes]:
    """The document, one feature per line."""
    (kind, field), *_ = sorted(published.maps.items())
    shapes = {code: _json(shape) for code, shape in outlines(kind).items()}
    yield b'{"type":"FeatureCollection","name":' + _json(published.name).encode() + b',"features":[\n'
    codes = published.table.column(field).cast(pa.string()).to_pylist()
    last = len(codes) - 1
    for row, (code, values) in enumerate(zip(codes, properties(published.table), strict=True)):
        shape = shapes.get(code or "", "null")
        end = "\n" if row == last else ",\n"
        yield f'{{"type":"Feature","geometry":{shape},"properties":{values}}}{end}'.encode()
    yield b"]}\n"


def properties(table: pa.Table) -> Iterator[str]:
    """Each row as a JSON object: numbers as canonical CSV writes them, absent values as null."""
    columns = [_values(table.column(name)) for name in table.column_names]
    names = [_json(name) for name in table.column_names]
    for cells in zip(*columns, strict=True):
        yield "{" + ",".join(f"{name}:{cell}" for name, cell in zip(names, cells, strict=True)) + "}"


def _values(column: pa.ChunkedArray) -> list[str]:
    words = text(column).to_pylist()
    kind = column.type
    is_plain = pa.types.is_boolean(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    if pa.types.is_integer(kind):
        bounds = pc.min_max(column).as_py()
        is_plain = bounds["max"] is None or max(abs(bounds["max"]), abs(bounds["min"])) <= LARGEST
    if is_plain:
        return ["null" if word is None else _number(word) for word in words]
    return ["null" if word is None else _json(word) for word in words]


def _number(word: str) -> str:
    """A number or a truth as it is; what JSON has no sign for (INF, NaN) as text."""
    return word if word in ("true", "false") or word.lstrip("-")[:1].isdigit() else _json(word)


def _json(value: Mapping[str, Any] | str) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
