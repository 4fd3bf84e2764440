"""`deltas.json`: what each version changed, table by table, with the files that contain the changes.

Belongs here: the index. Does not: the changes (`releases/changes.py`). A reader that has a version applies the deltas
of those after it, oldest first, and need not fetch whole tables again.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from pipelines.catalogue.addresses import Addresses
from pipelines.catalogue.model import Holding, Table, Version

FOLDER = "changes"


def index(holding: Holding, addresses: Addresses) -> dict[str, Any]:
    """Every version that can be read, newest first; `from` is the version that its changes start from, none for the
    first one. A version whose `from` was retracted has changes from it all the same."""
    return {
        "$schema": addresses.page("schemas/deltas.schema.json"),
        "package": holding.name,
        "versions": [_version(item, addresses) for item in holding.readable],
    }


def _version(version: Version, addresses: Addresses) -> dict[str, Any]:
    return {
        "version": version.number,
        "from": version.own.get("compared_with"),
        "created": version.created,
        "tables": [entry for table in version.tables if (entry := _table(version, table, addresses)) is not None],
    }


def _table(version: Version, table: Table, addresses: Addresses) -> dict[str, Any] | None:
    stem = PurePosixPath(str(table.resource["path"])).stem
    found = [version.resource(f"{FOLDER}/{stem}.{suffix}") for suffix in ("csv", "parquet")]
    files = [
        {
            "path": addresses.release(f"{version.path}data/{item['path']}"),
            "mediatype": "text/csv" if str(item["path"]).endswith(".csv") else "application/vnd.apache.parquet",
            "bytes": int(item["bytes"]),
            "sha256": str(item["hash"]).removeprefix("sha256:"),
        }
        for item in found
        if item is not None
    ]
    if not files:
        return None
    counts = dict(version.own.get("changes", {}).get(table.name, {}))
    lines = next(int(item["row_count"]) for item in found if item is not None)
    return {"table": table.name, "key": table.key, "lines": lines, "counts": counts, "files": files}
