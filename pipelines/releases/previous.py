"""The version before, as the new one sees it: its descriptor, its tables, what differs from them and why.

Belongs here: reading the current version in order to compare. Does not: comparing (`diff.py`, `versioning.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.releases.causes import Across, Ingredients, Stage, walk, with_causes
from pipelines.releases.corrected import caused_by_correction, correction_link, corrections_of
from pipelines.releases.descriptor import read_descriptor
from pipelines.releases.diff import Difference, Side, difference
from pipelines.releases.errors import ReleaseDamaged
from pipelines.releases.parquet import parquet_side, read_parquet
from pipelines.releases.store import ReleaseStore
from pipelines.schema import TableSchema
from pipelines.storage import sha256_file

FIRST_CAUSE = "premiere_version"


@dataclass(frozen=True)
class Previous:
    """The current version of a package; without a descriptor when there is none yet."""

    store: ReleaseStore
    document: Mapping[str, Any] | None

    @classmethod
    def of(cls, store: ReleaseStore) -> Previous:
        """Raises `ReleaseDamaged` when its descriptor cannot be read."""
        return cls(store, read_descriptor(store.path() / "data") if store.current else None)

    @property
    def tables(self) -> dict[str, Any]:
        """Its resources of tables, by name."""
        found = self.document["resources"] if self.document else []
        return {item["name"]: item for item in found if "schema" in item and "/" not in item["path"]}

    @property
    def rows(self) -> dict[str, int]:
        return {name: item["rows"] for name, item in self.tables.items()}

    @property
    def warnings(self) -> list[str]:
        """Its warnings and notices, in French."""
        return [str(item["fr"]) for item in (self.document or {}).get("warnings", [])]

    def table(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """One of its tables, once its bytes were found to be what its descriptor says. Raises `ReleaseDamaged`."""
        return read_parquet(self._sound(name), columns)

    def _sound(self, name: str) -> Path:
        path = self.store.path() / "data" / f"{name}.parquet"
        document = self.document or {"resources": []}
        recorded = next((item["hash"] for item in document["resources"] if item["path"] == path.name), "absent")
        got = f"sha256:{sha256_file(path)}" if path.is_file() else "absent"
        if got != recorded:
            label = f"{self.store.package}/{self.store.current}/data/{name}.parquet"
            raise ReleaseDamaged(file=label, found=got, expected=recorded)
        return path

    def differences(self, schemas: Mapping[str, TableSchema], tables: Mapping[str, pa.Table]) -> dict[str, Difference]:
        """Changes by table; a table that was not there has all its rows added."""
        found = {}
        for name, table in tables.items():
            old = parquet_side(self._sound(name)) if name in self.tables else Side.of(table.slice(0, 0))
            found[name] = difference(old, Side.of(table), self.key(name, schemas[name]))
        return found

    def key(self, name: str, schema: TableSchema) -> tuple[str, ...]:
        """The fields by which rows of the two versions are matched; none when the key did not stay the same."""
        resource = self.tables.get(name, {"schema": {"primaryKey": list(schema.primary_key)}})
        return schema.primary_key if resource["schema"].get("primaryKey", []) == list(schema.primary_key) else ()

    def corrections(
        self,
        differences: Mapping[str, Difference],
        schemas: Mapping[str, TableSchema],
        tables: Mapping[str, pa.Table],
    ) -> dict[str, dict[str, str]]:
        """By table and key, the correction of each row of which a correction changed a value."""
        found = {}
        for name, item in differences.items():
            link = correction_link(schemas[name].descriptor())
            key = self.key(name, schemas[name])
            keys = caused_by_correction(item.changes).column("cle").to_pylist()
            if link is None or not key or not keys:
                continue
            sides = [tables[name]]
            if name in self.tables and link[0] in [item["name"] for item in self.tables[name]["schema"]["fields"]]:
                sides.append(self.table(name, [*key, link[0]]))
            found[name] = corrections_of(keys, key, link[0], sides)
        return found

    def explained(
        self,
        differences: Mapping[str, Difference],
        schemas: Mapping[str, TableSchema],
        tables: Mapping[str, pa.Table],
        after: Ingredients,
        across: Across | None,
    ) -> dict[str, Difference]:
        """The same differences, each change with its cause."""
        if self.document is None:
            stages = [Stage((FIRST_CAUSE,), tables)]
        else:
            stages = walk(Ingredients.parse(self.document["arobase"]["ingredients"]), after, tables, across)
        found = {}
        for name, item in differences.items():
            key = self.key(name, schemas[name])
            together = [Stage(tuple(cause for stage in stages for cause in stage.causes), tables)]
            chosen = stages if key else together
            old = tables[name].slice(0, 0)
            if len(chosen) > 1 and item.counts and name in self.tables:
                old = self.table(name, [*key, *item.counts.fields])
            found[name] = with_causes(item, name, key, old, chosen)
        return found
