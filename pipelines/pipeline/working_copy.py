"""Outputs on an object store (`AROBASE_OUTPUTS=s3://bucket/prefix`): the working copy of this process, taken before a
command and given back after it.

Belongs here: what is exchanged, and in which order; Dagster's runs exchange the same (`orchestration/workspace.py`).
Does not: how (`storage/shared.py`, `releases/shared_store.py`).
Snapshots are given first, then what is kept apart, then the releases, whose ledger is the commit, then the catalogue
made of them: a run that is killed anywhere leaves a store in which everything that is named is there.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from pipelines.core.project import Project, is_address
from pipelines.core.settings import OUTPUTS, PRIVATE_STORE, SCRATCH, folder_of, value_of
from pipelines.pipeline.private_store import private_store
from pipelines.releases.shared_store import give_releases, take_releases
from pipelines.storage import make_own_folder, sha256_bytes
from pipelines.storage.buckets import Bucket
from pipelines.storage.errors import Overtaken
from pipelines.storage.shared import Shared, closed, opened, shared_of
from pipelines.storage.shared_deletions import deleted_here, erase, forget_if_deleted, take_back
from pipelines.storage.shared_names import DELETIONS

MIRRORED = ("snapshots/log", "snapshots/ingredients", "README.md", "portals")
YIELDING = ("runs", "alerts")
"""Told of what was done; where two machines write one at once, either will do."""
OBJECTS, VAULT, CATALOGUE = "snapshots/objects", "private", "catalogue"
ATTEMPTS = 5
T = TypeVar("T")


@contextmanager
def at_hand(*, is_used: bool = True, whole: bool = False) -> Iterator[None]:
    """Where AROBASE_OUTPUTS names an object store: a working copy of it, under AROBASE_OUTPUTS meanwhile; what changed
    in it is given back at the end, not when the block raises. With a folder, nothing.

    `is_used`: whether the outputs are read at all. `whole`: also the bytes of every snapshot, for what deletes some.
    Raises `PrivateStoreMissing` when the private store lets nobody in with these keys, and what a store raises.
    """
    address = value_of(OUTPUTS).text
    if not is_address(address):
        yield
        return
    if not is_used:
        with _slot(address) as folder, _as_outputs(folder):
            yield
        return
    with working_copy(address) as shared, _as_outputs(shared.folder):
        take(shared)
        if whole:
            shared.fetch_all_objects()
        try:
            yield
        except SystemExit:  # how commands end, well or not
            give(shared)
            raise
        give(shared)


@contextmanager
def working_copy(address: str) -> Iterator[Shared]:
    """A working copy that no other process has meanwhile, as it was left: the caller takes and gives.

    Raises `PrivateStoreMissing` when the private store lets nobody in with these keys, and what a store raises."""
    with _slot(address) as folder:
        shared = Shared.of(folder, Bucket.open(address), private_store(address), MERGES)
        opened(shared)
        try:
            yield shared
        finally:
            closed(shared)


def committed(project: Project, work: Callable[[bool], T], *, wait_seconds: float) -> T:
    """The result of `work`, once what it made is in the store. With outputs in a folder it is simply called.

    `work` is called with whether it may collect. When another machine published first, its state is taken and `work` is
    called again, on what is collected by then. Raises `Overtaken` when that happens each time, and what `work` raises.
    """
    shared = shared_of(project.outputs)
    if shared is None:
        return work(True)
    for attempt in range(ATTEMPTS):
        done = work(attempt == 0)
        try:
            give(shared, wait_seconds=wait_seconds)
        except Overtaken:
            take(shared)
            if attempt + 1 == ATTEMPTS:
                raise
        else:
            break
    return done


def take(shared: Shared) -> None:
    """Make the folder what the store contains; objects and results come when they are asked for."""
    forget_if_deleted(shared)
    shared.take((*MIRRORED, DELETIONS, *YIELDING, VAULT, CATALOGUE))
    make_own_folder(shared.folder / "work")
    take_releases(shared.public, shared.folder / "releases")


def give(shared: Shared, *, wait_seconds: float = 60) -> None:
    """Send what changed, each thing before whatever names it. Raises `Overtaken`."""
    releases = shared.folder / "releases"
    deletions = deleted_here(shared)
    if shared.is_behind() and not deletions:
        raise _overtaken_by_deletion(shared)
    shared.give((OBJECTS, VAULT, *MIRRORED, DELETIONS))
    if deletions or not (shared.folder / "work").is_dir():
        erase(shared, deletions)
    elif shared.is_behind():
        take_back(shared)
        raise _overtaken_by_deletion(shared)
    if releases.is_dir():
        give_releases(shared.public, releases, wait_seconds=wait_seconds, sleep=time.sleep)
    shared.give((CATALOGUE,))
    shared.give(YIELDING, yields=True)


def _overtaken_by_deletion(shared: Shared) -> Overtaken:
    return Overtaken(address=shared.public.address, name=DELETIONS)


@contextmanager
def _slot(address: str) -> Iterator[Path]:
    """A folder of this account that no other process works in: the first of those there are that is free."""
    private = value_of(PRIVATE_STORE).text
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "arobase"
    base = (folder_of(SCRATCH) or cache).resolve() / sha256_bytes(f"{address}\n{private}".encode())[:16]
    make_own_folder(base)
    number = 0
    while True:
        number += 1
        lock = FileLock(base / f"{number}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            continue
        try:
            folder = base / str(number)
            make_own_folder(folder)
            yield folder
        finally:
            lock.release()
        return


@contextmanager
def _as_outputs(folder: Path) -> Iterator[None]:
    """The folder as AROBASE_OUTPUTS, for this process and those that it starts."""
    before = os.environ[OUTPUTS.name]
    os.environ[OUTPUTS.name] = str(folder)
    try:
        yield
    finally:
        os.environ[OUTPUTS.name] = before


def _later(theirs: bytes, ours: bytes) -> bytes:
    """Of two retention dates of the private folder, the later one: what was kept last is kept for as long as it was
    told to be."""

    def until(data: bytes) -> str:
        memory: Mapping[str, str] = json.loads(data)
        return memory["a_supprimer_apres"]

    return max(theirs, ours, key=until)


def _one_after_the_other(theirs: bytes, ours: bytes) -> bytes:
    """Of two logs of deletions that two machines continued at once, theirs, then what ours has beyond it."""
    from pipelines.pipeline.retention import continued

    before = theirs.decode("utf-8").splitlines()
    return continued(before, [line for line in ours.decode("utf-8").splitlines() if line not in before])


MERGES = {"private/conservation.json": _later, DELETIONS: _one_after_the_other}
