"""CKAN as far as a push sees it: datasets, `package_revise` with its match, the DataStore. Shapes of CKAN 2.12."""

from __future__ import annotations

import copy
import uuid
from dataclasses import dataclass, field
from typing import Any

from tests.portals.server import Asked, Served, Told

TOKEN = "jeton-ckan-invente"


@dataclass
class FakeCkan:
    """`datasets` by name; `tables` of the DataStore by resource; `refuses_rows_after` breaks a load after that many."""

    datasets: dict[str, dict[str, Any]] = field(default_factory=dict)
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    clock: int = 0

    def answer(self, asked: Asked) -> Told:
        if asked.headers.get("authorization") != TOKEN:
            return failed(403, {"__type": "Authorization Error", "message": "Access denied"})
        name = asked.path.rsplit("/", maxsplit=1)[-1]
        told: Told = getattr(self, name)(asked.document)
        return told

    def package_show(self, body: dict[str, Any]) -> Told:
        found = self.datasets.get(body["id"])
        return good(found) if found else failed(404, {"__type": "Not Found Error", "message": "Not found"})

    def package_create(self, body: dict[str, Any]) -> Told:
        if body["name"] in self.datasets:
            return failed(409, {"__type": "Validation Error", "name": ["That URL is already in use."]})
        if body.get("private") and not body.get("owner_org"):
            return failed(409, {"private": ["Datasets with no organization can't be private."]})
        self.datasets[body["name"]] = self._kept({**body, "id": str(uuid.uuid4())})
        return good(self.datasets[body["name"]])

    def package_revise(self, body: dict[str, Any]) -> Told:
        found = next(item for item in self.datasets.values() if item["id"] == body["match"]["id"])
        unmatched = [key for key, value in body["match"].items() if found.get(key) != value]
        if unmatched:
            return failed(409, {"__type": "Validation Error", "match": unmatched})
        revised = copy.deepcopy(found)
        for pattern in body.get("filter", []):
            revised.pop(pattern.removeprefix("-"), None)
        revised |= body.get("update", {})
        for key, value in body.items():
            if key.startswith("update__resources__"):
                wanted = key.removeprefix("update__resources__")
                next(item for item in revised["resources"] if item["id"] == wanted).update(value)
        self.datasets[found["name"]] = self._kept(revised)
        return good({"package": {}})

    def datastore_search(self, body: dict[str, Any]) -> Told:
        table = self.tables.get(body["resource_id"])
        if table is None:
            return failed(404, {"__type": "Not Found Error", "message": "Not found: Resource was not found."})
        start, limit = body.get("offset", 0), body.get("limit", 100)
        told = {"fields": [{"id": "_id", "type": "int"}, *table["fields"]], "total": len(table["records"])}
        return good({**told, "records": table["records"][start : start + limit]})

    def datastore_delete(self, body: dict[str, Any]) -> Told:
        filters = body.get("filters")
        if filters is None:
            self.tables.pop(body["resource_id"])
            return good({})
        table = self.tables[body["resource_id"]]
        wanted = {name: told if isinstance(told, list) else [told] for name, told in filters.items()}
        table["records"] = [
            record for record in table["records"] if any(record[name] not in told for name, told in wanted.items())
        ]
        return good({})

    def datastore_create(self, body: dict[str, Any]) -> Told:
        if body["resource_id"] in self.tables:
            return self._altered(self.tables[body["resource_id"]], body)
        self.tables[body["resource_id"]] = {
            "fields": body["fields"],
            "primary_key": body.get("primary_key"),
            "records": body.get("records", []),
        }
        return good({})

    def datastore_upsert(self, body: dict[str, Any]) -> Told:
        table = self.tables[body["resource_id"]]
        if body["method"] == "upsert":
            key = table["primary_key"]
            by_key = {tuple(record[name] for name in key): record for record in table["records"]}
            by_key |= {tuple(record[name] for name in key): record for record in body["records"]}
            table["records"] = list(by_key.values())
        else:
            table["records"] = [*table["records"], *body["records"]]
        return good({})

    def _altered(self, table: dict[str, Any], body: dict[str, Any]) -> Told:
        """As `alter_table` of CKAN's DataStore: columns that are new come last, none changes its type."""
        told = {item["id"]: item for item in body["fields"]}
        known = {item["id"]: item["type"] for item in table["fields"]}
        fields = [{**told.get(item["id"], item), "type": item["type"]} for item in table["fields"]]
        fields += [item for item in body["fields"] if item["id"] not in known]
        if body.get("delete_fields"):
            fields = [item for item in fields if item["id"] in told]
        names = [item["id"] for item in fields]
        table["fields"] = fields
        table["records"] = [{name: record.get(name) for name in names} for record in table["records"]]
        return good({})

    def _kept(self, dataset: dict[str, Any]) -> dict[str, Any]:
        self.clock += 1
        for item in dataset["resources"]:
            item.setdefault("id", str(uuid.uuid4()))
        organization = {"name": dataset["owner_org"]} if "owner_org" in dataset else None
        modified = f"2026-01-02T03:04:{self.clock:02d}.000001"
        return {**dataset, "metadata_modified": modified, "organization": organization}


def good(result: Any) -> Told:
    return Told(200, {"help": "http://ckan.example.org/api/3/action/help_show", "success": True, "result": result})


def failed(status: int, error: dict[str, Any]) -> Told:
    return Told(status, {"help": "http://ckan.example.org/", "success": False, "error": error})


def dataset(ckan: Served) -> dict[str, object]:
    return ckan.portal.datasets["prix"]


def resources(ckan: Served) -> dict[str, dict[str, object]]:
    return {item["arobase_key"]: item for item in ckan.portal.datasets["prix"]["resources"] if "arobase_key" in item}
