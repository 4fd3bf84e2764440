"""What a file is said to be where it is served or sent: its media type, by the ending of its name.

Belongs here: one table for the catalogue's server and for object stores, from which a browser or a portal may read
directly. Does not: the formats of releases, which say their own in the descriptor. Source: IANA's registry of media
types.
"""

from __future__ import annotations

from pathlib import PurePosixPath

TYPES = {
    ".atom": "application/atom+xml; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".geojson": "application/geo+json",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".jsonld": "application/ld+json; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".parquet": "application/vnd.apache.parquet",
    ".png": "image/png",
    ".rdf": "application/rdf+xml; charset=utf-8",
    ".sql": "application/sql; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".ttl": "text/turtle; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".yaml": "application/yaml; charset=utf-8",
    ".zip": "application/zip",
}
BYTES = "application/octet-stream"


def media_type(name: str) -> str:
    """The media type of a file, by its name; of one whose ending says nothing, that it is bytes."""
    return TYPES.get(PurePosixPath(name).suffix, BYTES)
