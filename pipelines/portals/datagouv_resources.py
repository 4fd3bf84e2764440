"""Files and keywords of a package in udata's words, as data.gouv.fr keeps and gives them back.

Belongs here: one resource, its extras, names and tags. Does not: asking the portal anything (`datagouv.py`).
Source: udata 17, `udata/core/dataset/{api,forms,models}.py` and `udata/tags.py`.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipelines.portals.publications import PublishedFile

PACKAGE, VERSION, KEY = "arobase:package", "arobase:version", "arobase:key"
OWN = "arobase:"
# Letters that Unicode does not take apart; source: python-slugify, which udata makes tags with.
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})
COMPARED = (
    "title",
    "description",
    "type",
    "filetype",
    "format",
    "url",
    "mime",
    "filesize",
    "checksum",
    "schema",
    "extras",
)


def sha1_file(path: Path) -> str:
    """The SHA-1 of a file, which udata computes itself of what it hosts."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.sha1(usedforsecurity=False)).hexdigest()


def resource_of(item: PublishedFile) -> dict[str, Any]:
    described: dict[str, Any] = {
        "title": item.title,
        "description": item.description,
        "type": "main" if item.table else "documentation",
        "format": item.kind,
        "filesize": item.bytes,
        "extras": {KEY: item.key, f"{OWN}sha256": item.sha256},
    }
    if item.schema_address:
        described["schema"] = {"name": item.schema_name, "version": item.schema_version, "url": item.schema_address}
    if item.kind == "csv":
        return {**described, "filetype": "file", "checksum": {"type": "sha1", "value": sha1_file(item.path)}}
    checksum = {"type": "sha256", "value": item.sha256}
    return {**described, "filetype": "remote", "url": item.address, "mime": item.media_type, "checksum": checksum}


def as_compared(item: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """A resource in the words of `resource_of`, only the fields that are compared."""
    compared = {name: item.get(name) for name in COMPARED if name in wanted}
    compared["extras"] = own_extras(extras_of(item))
    compared["checksum"] = _checksum(item)
    if "schema" in wanted:
        compared["schema"] = {key: (item.get("schema") or {}).get(key) for key in wanted["schema"]}
    return compared


def _checksum(item: Mapping[str, Any]) -> dict[str, Any] | None:
    found = item.get("checksum") or None
    return {key: found.get(key) for key in ("type", "value")} if found else None


def extras_of(item: Mapping[str, Any] | None) -> dict[str, Any]:
    return dict((item or {}).get("extras") or {})


def own_extras(extras: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in extras.items() if key.startswith(OWN)}


def is_bare_file(item: Mapping[str, Any]) -> bool:
    """Whether this is a hosted file that nobody described, as one is between its sending and its description."""
    return item.get("filetype") == "file" and not item.get("description")


def file_name_of(item: PublishedFile) -> str:
    return f"{item.schema_name.replace('/', '-')}.csv"


def normal_name(name: str) -> str:
    """A file's name without what portals change in one: case, accents, hyphens for underscores."""
    return tag_of(name)


def tag_of(word: str) -> str:
    """A keyword as udata keeps it: lower case ASCII, hyphens. Source: udata/tags.py."""
    plain = unicodedata.normalize("NFKD", word.lower().translate(LIGATURES)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
