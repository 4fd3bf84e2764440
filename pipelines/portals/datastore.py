"""CKAN's DataStore: the rows of a table with the types of its Table Schema and its data dictionary.

Belongs here: loading and reading back one table. Does not: the dataset (`ckan.py`).
A table that differs is dropped and made again with its rows in one transaction of the portal: it is there whole or not
there. One whose file is larger than `AT_ONCE` is renewed where it is, in batches: columns that are new come first, each
row is written over the one of its key, those that are no more are deleted, then columns that are no more, so that a
reader always finds a row for every key that stays. It is dropped and loaded in batches, incomplete for that while, only
where there is none yet, it has no key of texts and whole numbers, or a column has another type than before. Its
resource gets the mark of its content last, so that a load that was cut is begun again.
Source: CKAN 2.12, `ckanext/datastore/logic/action.py`.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pipelines.portals.ckan_answers import is_absent
from pipelines.portals.client import Reply
from pipelines.portals.publications import PublishedFile
from pipelines.storage import sha256_bytes
from pipelines.storage.cells import allow_long_cells

BATCH = 5000
PAGE = 30_000  # rows of one answer; CKAN gives 32,000 at most
AT_ONCE = 8_000_000
"""Bytes of a CSV file whose rows go in one request; web servers before CKAN refuse some 100 MB."""
SAME_TEXT = ("text", "int8", "int4")
"""Types whose values CKAN gives back as they were written; of others a key may come back in another form."""
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

    def wanted(self, item: PublishedFile) -> dict[str, Any]:
        """The table that a CSV file should have: its columns, its number of rows, the mark of its content."""
        columns = _columns(item)
        mark = sha256_bytes(json.dumps([item.sha256, columns], ensure_ascii=False).encode())
        return {"fields": sorted(columns), "rows": item.rows, "content": mark}

    def read(self, resource: str, mark: str) -> dict[str, Any] | None:
        """The table of a resource, None where there is none. `mark` is what its resource has."""
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
        # Columns that are added later are last in the portal: their order says nothing.
        return {"fields": sorted(columns), "rows": result["total"], "content": mark}

    def load(self, resource: str, item: PublishedFile, there: Mapping[str, Any] | None) -> None:
        """Make the table what it should be, from the one that is `there`.

        Raises `PortalRefused` and what `PortalClient.ask` raises.
        """
        assert item.schema is not None
        columns, key = _columns(item), item.schema.get("primaryKey", [])
        keys = [key] if isinstance(key, str) else list(key)
        kinds = {name: kind for name, kind, _, _ in columns}
        is_told_apart = bool(keys) and all(kinds[name] in SAME_TEXT for name in keys)
        if there is not None and item.bytes > AT_ONCE and is_told_apart and _holds_what_stays(there, kinds, keys):
            self._renew(resource, keys, columns, there, item)
            return
        if there is not None:
            self._good(self.action("datastore_delete", {"resource_id": resource, "force": True}))
        batches = _batches(item, kinds)
        body: dict[str, Any] = {"resource_id": resource, "force": True, "fields": _fields(columns)}
        if keys:
            body["primary_key"] = keys
        if item.bytes <= AT_ONCE:
            body["records"] = [record for records in batches for record in records]
        self._good(self.action("datastore_create", body))
        for records in batches:
            more = {"resource_id": resource, "force": True, "method": "insert", "records": records}
            self._good(self.action("datastore_upsert", more))

    def _renew(
        self,
        resource: str,
        keys: Sequence[str],
        columns: Sequence[list[str]],
        there: Mapping[str, Any],
        item: PublishedFile,
    ) -> None:
        """Add what columns are new, write every row over the one of its key, then delete the rows whose key is no more,
        then the columns that are no more."""
        fields: dict[str, Any] = {"resource_id": resource, "force": True, "fields": _fields(columns)}
        if there["fields"] != sorted(columns):
            self._good(self.action("datastore_create", fields))
        kept: set[tuple[str, ...]] = set()
        for records in _batches(item, {name: kind for name, kind, _, _ in columns}):
            kept.update(_key(record, keys) for record in records)
            more = {"resource_id": resource, "force": True, "method": "upsert", "records": records}
            self._good(self.action("datastore_upsert", more))
        gone = [record for record in self._keys_there(resource, keys) if _key(record, keys) not in kept]
        for filters in _filters(gone, keys):
            self._good(
                self.action("datastore_delete", {"resource_id": resource, "force": True, "filters": dict(filters)})
            )
        if {column[0] for column in there["fields"]} - {column[0] for column in columns}:
            self._good(self.action("datastore_create", {**fields, "delete_fields": True}))

    def _keys_there(self, resource: str, keys: Sequence[str]) -> Iterator[dict[str, Any]]:
        """The key of each row of a table, in the order in which rows came to it."""
        start = 0
        while True:
            query = {"resource_id": resource, "fields": ["_id", *keys], "sort": "_id", "limit": PAGE, "offset": start}
            found = self._good(self.action("datastore_search", query, reads=True))["result"]["records"]
            yield from found
            start += len(found)
            if not found:
                return

    def _good(self, reply: Reply) -> dict[str, Any]:
        if not reply.is_good:
            raise self.refused(reply)
        document: dict[str, Any] = reply.document
        return document


def _columns(item: PublishedFile) -> list[list[str]]:
    """The columns of a CSV file in their order: name, type, label, notes."""
    assert item.schema is not None
    return [_column(field) for field in item.schema["fields"]]


def _fields(columns: Iterable[list[str]]) -> list[dict[str, Any]]:
    """Columns as CKAN is given them."""
    return [
        {"id": name, "type": kind, "info": {"label": label, "notes": notes}} for name, kind, label, notes in columns
    ]


def _holds_what_stays(there: Mapping[str, Any], kinds: Mapping[str, str], keys: Sequence[str]) -> bool:
    """Whether a table has the columns of its key, and each column that stays has the type that it had."""
    types = {name: kind for name, kind, _, _ in there["fields"]}
    return all(name in types for name in keys) and all(kinds.get(name, kind) == kind for name, kind in types.items())


def _column(field: dict[str, Any]) -> list[str]:
    notes = "\n\n".join(text for text in (field.get("description", ""), field.get("description_en", "")) if text)
    return [field["name"], TYPES.get(field["type"], "text"), field.get("title", field["name"]), notes]


def _key(record: Mapping[str, Any], keys: Sequence[str]) -> tuple[str, ...]:
    """A key as text: CKAN gives numbers back as numbers."""
    return tuple(str(record[name]) for name in keys)


def _filters(gone: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """What to delete, as CKAN's filters: many values of a key of one column at once, each key of several by itself."""
    if len(keys) == 1:
        for start in range(0, len(gone), BATCH):
            yield {keys[0]: [record[keys[0]] for record in gone[start : start + BATCH]]}
    else:
        yield from ({name: record[name] for name in keys} for record in gone)


def _batches(item: PublishedFile, kinds: dict[str, str]) -> Iterator[list[dict[str, Any]]]:
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
