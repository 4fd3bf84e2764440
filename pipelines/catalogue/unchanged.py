"""Since which version rows are what they are now: read from the changes that each version ships.

Belongs here: reading those keys. Does not: the changes themselves (`releases/changes.py`). Pages that say this, and not
the number of the current version, stay as they are while their rows do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipelines.catalogue import rows
from pipelines.catalogue.model import Holding, Table, Version

KEY = "cle"


@dataclass(frozen=True)
class Unchanged:
    """For a table of the current version. `since`: by key, the version that last touched the row; `oldest`: the
    version from which on all other rows are as they are now. They may have been so before, in versions that cannot be
    compared."""

    since: Mapping[str, Version]
    oldest: Version
    places: Mapping[str, int]
    """Of the versions that were read, newest first: the place of each by its number."""

    def of(self, keys: Iterable[str]) -> Version:
        """The version since which all these rows are unchanged."""
        touching = [self.since.get(key, self.oldest) for key in keys]
        return min(touching, key=lambda version: self.places[version.number], default=self.oldest)


def unchanged(holding: Holding, version: Version, table: Table) -> Unchanged:
    """Walks back from a version, as long as each says what it changed of the one before."""
    since: dict[str, Version] = {}
    places = {version.number: 0}
    readable = {item.number: item for item in holding.readable}
    newer = version
    while table.key:
        older = readable.get(str(newer.own.get("compared_with")))
        same = older.table(table.name) if older is not None else None
        changes = newer.folder / "data" / "changes" / table.name
        if older is None or same is None or same.key != table.key or not changes.with_suffix(".csv").is_file():
            break
        for item in rows.count_by(changes, [KEY]):
            since.setdefault(item[KEY], newer)
        newer = older
        places[newer.number] = len(places)
    return Unchanged(since, newer, places)
