"""What the public may see of a portal at any moment of a push: the whole dataset, the one before it, or none.

Belongs here: judging what a portal shows, real or stood for. Does not: any push.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines.core.project import Project
from pipelines.releases.store import ReleaseStore
from pipelines.storage import sha256_file

VERSIONS = ("1.0.0", "1.1.0")
ROWS = {"1.0.0": {"editions": 2, "prix": 3}, "1.1.0": {"editions": 2, "prix": 4}}
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
    version = str(shown["version"])
    assert version in VERSIONS
    assert len(shown["resources"]) == COUNT
    for item in shown["resources"]:
        assert f"/{version}/" in item["url"]
        released = ReleaseStore.read(project.releases, "prix").path(version) / item["url"].partition(f"/{version}/")[2]
        assert item["hash"] == f"sha256:{sha256_file(released)}"
        rows = tables.get(item["id"])
        if rows is not None:
            table = item["arobase_key"].partition("/")[0]
            assert len(rows) in {told[table] for told in ROWS.values()}, "half a table"
    return version


def whole_on_datagouv(project: Project, shown: Mapping[str, Any] | None, files: Mapping[str, bytes]) -> str:
    """The version that udata shows the public, empty for none. Raises `AssertionError` where it shows a half.

    It has no transaction over files: while a version replaces another each is the one's or the other's, whole.
    `files` are the hosted ones by address.
    """
    if shown is None:
        return ""
    version = str(shown["extras"]["arobase:version"])
    assert version in VERSIONS
    assert len(shown["resources"]) == COUNT
    for item in shown["resources"]:
        if item["filetype"] == "remote":
            assert any(f"/{one}/" in item["url"] for one in VERSIONS)
            continue
        released = [path.read_bytes() for one in VERSIONS for path in _csv_files(project, one)]
        assert files[item["url"]] in released, "half a file"
    return version


def _csv_files(project: Project, version: str) -> list[Path]:
    store = ReleaseStore.read(project.releases, "prix")
    return sorted((store.path(version) / "data").glob("*.csv")) if version in store.versions else []
