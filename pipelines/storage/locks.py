"""Locks between processes; the system lets go of them when their process dies, however it dies."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from pipelines.core.errors import ArobaseError, ResponsibleParty
from pipelines.storage.atomic import make_folder

POLL_SECONDS = 0.05


class Busy(ArobaseError):
    """Another process holds the lock."""

    code: ClassVar[str] = "busy"
    passes: ClassVar[bool] = True
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.OPERATOR
    fr: ClassVar[str] = "Une autre exécution est en cours ({place}). Attendez qu'elle se termine, puis relancez."
    en: ClassVar[str] = "Another run is in progress ({place}). Wait, then try again."


@contextmanager
def lock(path: Path, *, wait_seconds: float = 0) -> Iterator[None]:
    """Hold the lock file `path` for the block. Raises `Busy` when it is still taken after `wait_seconds`.

    A negative `wait_seconds` waits for as long as it takes.
    """
    from filelock import FileLock, Timeout

    make_folder(path.parent)
    held = FileLock(path)
    try:
        held.acquire(timeout=wait_seconds)
    except Timeout:
        raise Busy(place=path.parent.name) from None
    try:
        yield
    finally:
        held.release()


@contextmanager
def shared_lock(path: Path, *, wait_seconds: float = 0) -> Iterator[None]:
    """Hold the lock file `path` for the block beside others that share it, while nobody holds it alone (`lock`).

    Raises `Busy` when somebody still does after `wait_seconds`.
    """
    make_folder(path.parent)
    handle, deadline = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644), time.monotonic() + wait_seconds
    try:
        while not _is_taken(handle, fcntl.LOCK_SH):
            if time.monotonic() >= deadline:
                raise Busy(place=path.parent.name)
            time.sleep(POLL_SECONDS)
        try:
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)  # a child of this process that still lives has the same file open
    finally:
        os.close(handle)


@contextmanager
def lock_if_free(path: Path) -> Iterator[bool]:
    """Whether a lock file is there and was free: then it is held for the block, and nobody waits.

    The same lock as `lock` takes, without what makes that one dear where thousands are taken one after the other.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        yield False
        return
    try:
        yield _is_taken(handle)
    finally:
        os.close(handle)  # which lets go of it


def _is_taken(handle: int, kind: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):  # another process has it: file systems say it in either way
        return False
    return True
