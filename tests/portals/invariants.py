"""What the public may see of a portal at any moment of a push: the whole dataset, the one before it, or none.

Belongs here: validating what a portal shows, real or stood for. Does not: any push.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines.core.project import Project
from pipelines.releases.store import ReleaseStore
from pipelines.storage import sha256_file

COUNT = 7
"""Resources of the dataset: two tables in three forms, and the descriptor."""


def whole_on_ckan(
    project: Project, shown: Mapping[str, Any] | None, tables: Mapping[str, Sequence[Mapping[str, Any]] | None]
) -> str:
    """The version that CKAN shows the public, empty for none. Raises `AssertionError` where it shows a half.

    `shown` is the dataset as anybody sees it; `tables` are the rows of the DataStore by resource.
    """
    if shown is None:
        return ""
    version, released = str(shown["version"]), _versions(project)
    assert version in released, version
    assert len(shown["resources"]) == COUNT, f"{len(shown['resources'])} resources"
    for item in shown["resources"]:
        assert f"/{version}/" in item["url"]
        file = released[version] / item["url"].partition(f"/{version}/")[2]
        assert item["hash"] == f"sha256:{sha256_file(file)}", item["url"]
        rows = tables.get(item["id"])
        if rows is not None:
            table = item["arobase_key"].partition("/")[0]
            assert len(rows) in {_rows(folder, table) for folder in released.values()}, "half a table"
    return version


def whole_on_datagouv(project: Project, shown: Mapping[str, Any] | None, files: Mapping[str, bytes]) -> str:
    """The version that udata shows the public, empty for none. Raises `AssertionError` where it shows a half.

    It has no transaction over files: while a version replaces another each is the one's or the other's, whole.
    `files` are the hosted ones by address.
    """
    if shown is None:
        return ""
    version, released = str(shown["extras"]["arobase:version"]), _versions(project)
    assert version in released, version
    assert len(shown["resources"]) == COUNT, f"{len(shown['resources'])} resources"
    for item in shown["resources"]:
        if item["filetype"] == "remote":
            assert any(f"/{one}/" in item["url"] for one in released), item["url"]
            continue
        whole = [path.read_bytes() for folder in released.values() for path in (folder / "data").glob("*.csv")]
        assert files[item["url"]] in whole, "half a file"
    return version


def _versions(project: Project) -> dict[str, Path]:
    """The folder of each version."""
    store = ReleaseStore.read(project.releases, "prix")
    return {version: store.path(version) for version in store.versions}


def _rows(folder: Path, table: str) -> int:
    with (folder / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.DictReader(file))
