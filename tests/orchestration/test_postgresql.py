"""A connection to Dagster's history stays open, and one that dies costs no run."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import sqlalchemy as db
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from pipelines.orchestration.postgresql import CONNECTIONS, use_few_connections


class Read:
    """A history whose connection dies so many times while something is asked of it."""

    def __init__(self, deaths: int, *, invalidated: bool = True) -> None:
        self.deaths, self.invalidated, self.stored = deaths, invalidated, []

    def _asked(self) -> None:
        if self.deaths:
            self.deaths -= 1
            raise OperationalError("NOTIFY", {}, Exception("closed"), connection_invalidated=self.invalidated)

    def get_run_by_id(self, run_id: str, *, suffix: str = "") -> str:
        self._asked()
        return run_id + suffix


class Log(Read):
    def store_event(self, event: str) -> None:
        self._asked()
        self.stored.append(event)

    def delete_run(self, run_id: str) -> None:
        self._asked()
        self.stored.remove(run_id)


use_few_connections(Log)
use_few_connections(Log)  # said again, it changes nothing more


def test_what_a_dying_connection_cut_is_written_once_and_asked_until_answered():
    log = Log(CONNECTIONS - 1)
    log.store_event("told")
    assert log.stored == ["told"]
    assert Log(CONNECTIONS - 1).get_run_by_id("a", suffix="b") == "ab"


def test_what_lasts_or_is_another_fault_or_is_no_matter_of_a_run_is_told():
    for log in (Log(CONNECTIONS), Log(1, invalidated=False)):
        with pytest.raises(OperationalError):
            log.store_event("told")
    with pytest.raises(OperationalError):
        Log(1).delete_run("a")
    with pytest.raises(OperationalError):
        Read(1).get_run_by_id("a")


class Kept:
    """What Dagster's storages on PostgreSQL have in common, on a file of SQLite. `opened`: all ever."""

    def __init__(self, path: Path) -> None:
        self.address, self.opened = f"sqlite:///{path}", []
        self._engine = self._listened(db.create_engine(self.address, poolclass=NullPool))

    def _listened(self, engine: db.Engine) -> db.Engine:
        db.event.listen(engine, "connect", lambda connection, record: self.opened.append(connection))
        return engine

    def optimize_for_webserver(self, statement_timeout: int, pool_recycle: int, max_overflow: int) -> None:
        assert statement_timeout == 0, "a long write would be cut"
        pool = {"pool_size": 1, "pool_recycle": pool_recycle, "max_overflow": max_overflow}
        self._engine = self._listened(db.create_engine(self.address, poolclass=db.QueuePool, **pool))

    def _connect(self) -> AbstractContextManager[db.Connection]:
        return self._engine.connect()

    def get_answer(self) -> int:
        with self._connect() as connection:
            return int(connection.execute(db.text("SELECT 42")).scalar_one())


use_few_connections(Kept)


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path / "history.db")


def test_one_connection_serves_all_statements_and_several_at_once_do_not_wait(kept: Kept):
    assert [kept.get_answer() for _ in range(5)] == [42] * 5
    assert len(kept.opened) == 1
    with kept._connect(), kept._connect(), kept._connect():
        assert kept.get_answer() == 42


def test_a_kept_connection_that_died_meanwhile_is_opened_again_unseen(kept: Kept):
    kept.get_answer()
    kept.opened[0].close()
    with kept._connect() as connection:
        assert connection.execute(db.text("SELECT 1")).scalar_one() == 1
    assert len(kept.opened) == 2


def test_a_child_opens_its_own_connection_and_leaves_the_parents(kept: Kept):
    kept.get_answer()
    child = os.fork()
    if child == 0:
        os._exit(0 if kept.get_answer() == 42 and len(kept.opened) == 2 else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert (kept.get_answer(), len(kept.opened)) == (42, 1)
