"""Dagster's own history, whose files stay open: nothing of it is lost, held back from others or left behind."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage

from pipelines.orchestration import event_log
from pipelines.orchestration.event_log import MOST_OPEN, keep_event_log_open

RUN = "00000000-0000-0000-0000-00000000000"

keep_event_log_open()


def tell(instance: dg.DagsterInstance, run: int, *messages: str) -> None:
    for message in messages:
        instance.report_engine_event(message, run_id=f"{RUN}{run}", job_name="tout")


def log_of(instance: dg.DagsterInstance) -> SqliteEventLogStorage:
    storage = instance.event_log_storage
    assert isinstance(storage, SqliteEventLogStorage)
    return storage


def file_of(instance: dg.DagsterInstance, run: int) -> Path:
    return Path(log_of(instance).path_for_shard(f"{RUN}{run}"))


def stored(path: Path) -> int:
    """What another process sees, which opens the file by itself."""
    with sqlite3.connect(path) as connection:
        return int(connection.execute("SELECT count(*) FROM event_logs").fetchone()[0])


def open_files(folder: Path) -> list[str]:
    links = [str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.exists()]
    return sorted(name for name in links if str(folder) in name)


def test_events_are_written_to_files_that_were_opened_once(
    on_disk: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
):
    opened: list[str] = []
    make = event_log.create_engine

    def counted(address: str, **settings: object) -> object:
        opened.append(address)
        return make(address, **settings)

    monkeypatch.setattr(event_log, "create_engine", counted)
    tell(on_disk, 1, *(f"event {number}" for number in range(20)))
    assert len(opened) == 1
    assert stored(file_of(on_disk, 1)) == 20
    assert len(on_disk.all_logs(f"{RUN}1")) == 20


def test_a_run_whose_file_is_deleted_meanwhile_gets_a_new_one(on_disk: dg.DagsterInstance):
    tell(on_disk, 1, "before")
    for path in file_of(on_disk, 1).parent.glob(f"{RUN}1.db*"):
        path.unlink()
    tell(on_disk, 1, "after")
    assert [event.message for event in on_disk.all_logs(f"{RUN}1")] == ["after"]
    assert stored(file_of(on_disk, 1)) == 1


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files are told by Linux")
def test_few_files_stay_open_and_none_after_the_end(on_disk: dg.DagsterInstance):
    folder = file_of(on_disk, 1).parent
    for run in range(MOST_OPEN + 3):
        tell(on_disk, run, "once")
    assert len({name for name in open_files(folder) if name.endswith(".db")}) == MOST_OPEN
    log_of(on_disk).dispose()
    assert open_files(folder) == []
    assert [stored(file_of(on_disk, run)) for run in range(MOST_OPEN + 3)] == [1] * (MOST_OPEN + 3)


def test_a_process_that_was_forked_off_opens_files_of_its_own(on_disk: dg.DagsterInstance):
    tell(on_disk, 1, "parent")
    before = log_of(on_disk).__dict__["_arobase_kept"]
    before.process = -1  # as a fork leaves it: kept by another process
    tell(on_disk, 1, "child")
    assert log_of(on_disk).__dict__["_arobase_kept"] is not before
    assert stored(file_of(on_disk, 1)) == 2
    before.close()
