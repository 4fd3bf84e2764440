"""Dagster's event log on SQLite, with its files kept open for as long as the process.

Dagster opens the file again for every event, makes the same statements again and, as the last one out, moves the
write-ahead log into the file at each close. A run of the main job writes 2,600 events: with nothing to do it spent most
of its time on that. PostgreSQL is not touched. `docs/decisions/event-log.md`.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as db
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sql import create_engine
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from sqlalchemy.pool import StaticPool

MOST_OPEN = 4
"""The index of all runs, and the runs that were written to last."""
_KEPT = "_arobase_kept"


class _Cursor(Protocol):
    def execute(self, sql: str) -> Any: ...


class KeptOpen:
    """The engines of one storage by shard, the least used closed first; used under the storage's own lock."""

    def __init__(self, storage: SqliteEventLogStorage) -> None:
        self.storage = storage
        self.process = os.getpid()
        self._engines: OrderedDict[str, db.Engine] = OrderedDict()
        self.tables: set[str] = set()

    def engine(self, shard: str) -> db.Engine:
        """The engine of a shard. One whose file was deleted meanwhile is made again, or its events would go nowhere."""
        engine = self._engines.pop(shard, None)
        if engine is not None and not Path(self.storage.path_for_shard(shard)).exists():
            engine.dispose()
            engine = None
            self.storage._initialized_dbs.discard(shard)
        if engine is None:
            engine = _engine(self.storage.conn_string_for_shard(shard))
        self._engines[shard] = engine
        while len(self._engines) > MOST_OPEN:
            self._engines.popitem(last=False)[1].dispose()
        return engine

    def close(self) -> None:
        while self._engines:
            self._engines.popitem()[1].dispose()


_has_table_of_dagster = SqliteEventLogStorage.has_table
_dispose_of_dagster = SqliteEventLogStorage.dispose


def keep_event_log_open() -> None:
    """Have every SQLite event log of this process keep its files open. Said again, it changes nothing more."""
    if SqliteEventLogStorage._connect is not _connect:
        SqliteEventLogStorage._connect = _connect  # type: ignore[method-assign]
        SqliteEventLogStorage.has_table = _has_table  # type: ignore[method-assign]
        SqliteEventLogStorage.dispose = _dispose  # type: ignore[method-assign]


def _kept(storage: SqliteEventLogStorage) -> KeptOpen:
    """Of this process: a connection that was opened before a fork is not used after it."""
    found = storage.__dict__.get(_KEPT)
    if found is None or found.process != os.getpid():
        found = storage.__dict__[_KEPT] = KeptOpen(storage)
    return found


def _engine(address: str) -> db.Engine:
    """One connection, lent to whichever thread holds the storage's lock."""
    settings = {"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False}
    engine = create_engine(address, poolclass=StaticPool, connect_args=settings)

    def relaxed(connection: _Cursor, _record: object) -> None:
        # With a write-ahead log, no commit waits for the disk: a power cut may cost the last events, never the file.
        connection.execute("PRAGMA synchronous=NORMAL")

    db.event.listen(engine, "connect", relaxed)
    return engine


@contextmanager
def _connect(self: SqliteEventLogStorage, shard: str) -> Iterator[db.Connection]:
    with self._db_lock:
        engine = _kept(self).engine(shard)
        if shard not in self._initialized_dbs:
            self._initdb(engine)
            self._initialized_dbs.add(shard)
        with engine.connect() as connection, connection.begin():
            yield connection


def _has_table(self: SqliteEventLogStorage, table_name: str) -> bool:
    """Asked twice for each check that is reported, also while the lock is held; a table that is there stays."""
    known = _kept(self).tables
    if table_name not in known and _has_table_of_dagster(self, table_name):
        known.add(table_name)
    return table_name in known


def _dispose(self: SqliteEventLogStorage) -> None:
    with self._db_lock:
        _kept(self).close()
    _dispose_of_dagster(self)
