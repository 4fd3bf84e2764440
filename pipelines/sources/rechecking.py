"""Sources whose files are in a folder and are, to the byte, those of the last capture: read where they are.

Belongs here: recognising those, one after the other, at the cost of reading them. Does not: collecting
(`collecting.py`), which copies what it is sent, in several threads that wait for each other; thousands of small files
that did not change are looked at in less time than it takes to hand them to threads.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipelines.core.errors import ArobaseError
from pipelines.core.project import Project
from pipelines.sources.descriptions import Source
from pipelines.sources.local_files import digests, lies_here
from pipelines.sources.snapshots import (
    UNCHANGED,
    Capture,
    SnapshotStore,
    sends_personal_values,
    written,
)
from pipelines.storage import make_own_folder
from pipelines.storage.atomic import ASIDE
from pipelines.storage.locks import lock_if_free

A_DAY = timedelta(days=1)


def make_folders(store: SnapshotStore) -> None:
    """What sources send may contain personal data, also where their schemas know of none: nobody else here reads it."""
    for kept in (store.folder, store.working.parent, store.working) if store.is_personal else (store.folder,):
        make_own_folder(kept)
    (store.folder / "locks").mkdir(exist_ok=True)


def lock_path(store: SnapshotStore, source: str) -> Path:
    """The lock under which a source is collected."""
    return store.folder / f"locks/{source}.lock"


class Rechecking:
    """What the sources of one run are looked at with: each incoming schema is read once, each folder made once."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._personal: dict[frozenset[str | None], bool] = {}
        self._stores: dict[bool, SnapshotStore] = {}
        self._left: dict[bool, list[str]] = {}

    def unchanged(self, source: Source, now: datetime) -> Capture | None:
        """The last capture, logged as checked, where the files of a source are here and are those that it contains.

        None wherever that is not so, or not sure: collecting it says what is the matter.
        """
        if not lies_here(source):
            return None
        started = time.monotonic()
        try:
            store = self._store(source)
            with lock_if_free(lock_path(store, source.name)) as is_held:
                return self._unchanged(store, source, now, started) if is_held else None
        except (ArobaseError, OSError, ValueError):
            return None

    def _unchanged(self, store: SnapshotStore, source: Source, now: datetime, started: float) -> Capture | None:
        left = (source.name, f"{ASIDE}{source.name}.")
        if any(name == left[0] or name.startswith(left[1]) for name in self._left[store.is_personal]):
            return None  # of a collection that died: collecting clears it away, or goes on from it
        previous = store.kept(source.name)
        if previous is None:
            return None
        if source.obtained is None and now < previous.checked - A_DAY:
            return None  # a clock that runs behind
        if not _is_same(previous, source, digests(source, self._project.sources)):
            return None
        state = dict(previous.state)
        entry = {"at": written(now), "outcome": UNCHANGED, "connector": source.connector, "state": state}
        capture = Capture(source.name, previous.parts, False, now, state)
        store.checked(source.name, entry | {"seconds": round(time.monotonic() - started, 3)}, capture)
        return capture

    def _store(self, source: Source) -> SnapshotStore:
        schemas = frozenset(part.schema for part in source.parts)
        if schemas not in self._personal:
            self._personal[schemas] = sends_personal_values(self._project, source)
        is_personal = self._personal[schemas]
        if is_personal not in self._stores:
            self._stores[is_personal] = SnapshotStore.of(self._project, source)
            make_folders(self._stores[is_personal])
            self._left[is_personal] = _left_over(self._stores[is_personal])
        return self._stores[is_personal]


def _left_over(store: SnapshotStore) -> list[str]:
    """What collections that died left, or others make now: folders that are not kept, by their names."""
    resume = store.working / "resume"
    started = [path.name for path in resume.iterdir()] if resume.is_dir() else []
    return [*started, *(path.name for path in store.working.iterdir() if path.name.startswith(ASIDE))]


def _is_same(previous: Capture, source: Source, found: dict[str, tuple[str, str]]) -> bool:
    """As collecting distinguishes two captures: by content; where the source's file says when its files were obtained,
    also by that day and by their address."""
    if [item.part for item in previous.parts] != [part.name for part in source.parts]:
        return False
    for item in previous.parts:
        digest, address = found[item.part]
        if item.content != digest or item.sha256 != digest:
            return False
        if source.obtained is not None:
            dated = datetime.combine(source.obtained, source.obtained_time, UTC)
            if (item.address, written(item.obtained)) != (address, written(dated)):
                return False
    return True
