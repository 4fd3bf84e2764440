"""CKAN's DataStore: the rows of a table with the types of its Table Schema and its data dictionary.

Belongs here: loading and reading back one table. Does not: the dataset (`ckan.py`).
A table that differs is dropped and made again with its rows in one transaction of the portal: it is there whole or not
there. One whose file is larger than `AT_ONCE` is loaded in batches, incomplete for that while. Its resource bears the
mark of its content last, so that a load that was cut is begun again.
Source: CKAN 2.12, `ckanext/datastore/logic/action.py`.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pipelines.portals.ckan_answers import is_absent
from pipelines.portals.client import Reply
from pipelines.portals.offers import OfferedFile
from pipelines.storage import sha256_bytes
from pipelines.storage.cells import allow_long_cells

BATCH = 5000
AT_ONCE = 8_000_000
"""Bytes of a CSV file whose rows go in one request; web servers before CKAN refuse some 100 MB."""
# Types of PostgreSQL under the names that CKAN gives back; what is not here is text.
TYPES = {
    "integer": "int8",
    "year": "int4",
    "number": "numeric",
    "boolean": "bool",
    "date": "date",
    "datetime": "timestamp",
    "time": "time",
    "object": "json",
    "array": "json",
    "geojson": "json",
}


@dataclass(frozen=True)
class DataStore:
    """`action(name, body, reads=…)` calls the API; `refused` makes the error of an answer that is not good."""

    action: Callable[..., Reply]
    refused: Callable[[Reply], Exception]

    def wanted(self, item: OfferedFile) -> dict[str, Any]:
        """The table that a CSV file should have: its columns, its number of rows, the mark of its content."""
        assert item.schema is not None
        columns = [_column(field) for field in item.schema["fields"]]
        mark = sha256_bytes(json.dumps([item.sha256, columns], ensure_ascii=False).encode())
        return {"fields": columns, "rows": item.rows, "content": mark}

    def read(self, resource: str, mark: str) -> dict[str, Any] | None:
        """The table of a resource, None where there is none. `mark` is what its resource bears."""
        reply = self.action(
            "datastore_search", {"resource_id": resource, "limit": 0, "include_total": True}, reads=True
        )
        if is_absent(reply):
            return None
        result = self._good(reply)["result"]
        columns = [
            [item["id"], item["type"], item.get("info", {}).get("label", ""), item.get("info", {}).get("notes", "")]
            for item in result["fields"]
            if item["id"] != "_id"
        ]
        return {"fields": columns, "rows": result["total"], "content": mark}

    def load(self, resource: str, item: OfferedFile, *, empty: bool) -> None:
        """Drop the table unless `empty`, make it, load it. Raises `PortalRefused` and what `Door.ask` raises."""
        assert item.schema is not None
        if not empty:
            self._good(self.action("datastore_delete", {"resource_id": resource, "force": True}))
        wanted = self.wanted(item)["fields"]
        fields = [
            {"id": name, "type": kind, "info": {"label": label, "notes": notes}} for name, kind, label, notes in wanted
        ]
        key = item.schema.get("primaryKey", [])
        body: dict[str, Any] = {"resource_id": resource, "force": True, "fields": fields}
        if key:
            body["primary_key"] = [key] if isinstance(key, str) else list(key)
        batches = _batches(item, {name: kind for name, kind, _, _ in wanted})
        if item.bytes <= AT_ONCE:
            body["records"] = [record for records in batches for record in records]
        self._good(self.action("datastore_create", body))
        for records in batches:
            more = {"resource_id": resource, "force": True, "method": "insert", "records": records}
            self._good(self.action("datastore_upsert", more))

    def _good(self, reply: Reply) -> dict[str, Any]:
        if not reply.is_good:
            raise self.refused(reply)
        document: dict[str, Any] = reply.document
        return document


def _column(field: dict[str, Any]) -> list[str]:
    notes = "\n\n".join(text for text in (field.get("description", ""), field.get("description_en", "")) if text)
    return [field["name"], TYPES.get(field["type"], "text"), field.get("title", field["name"]), notes]


def _batches(item: OfferedFile, kinds: dict[str, str]) -> Iterator[list[dict[str, Any]]]:
    """The rows as records; an empty cell is null. PostgreSQL reads the text of every other type itself."""
    allow_long_cells()
    with item.path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        while batch := list(islice(rows, BATCH)):
            yield [{name: _cell(cell, kinds[name]) for name, cell in row.items()} for row in batch]


def _cell(cell: str, kind: str) -> Any:
    if cell == "":
        return None
    return json.loads(cell) if kind == "json" else cell
